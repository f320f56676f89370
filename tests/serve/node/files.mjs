// Files and vector stores through the Node SDK; test_node_sdk.py says which version of it, and where the server is.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const OpenAI = createRequire(`${process.env.NODE_PACKAGES}/`)("openai");
const client = new OpenAI({ apiKey: "any", maxRetries: 0 });
const stores = client.vectorStores ?? client.beta.vectorStores;
const file = (name, text) => OpenAI.toFile(Buffer.from(text), name);

test("uploads, lists, downloads and deletes", async () => {
  const sent = await client.files.create({ file: await file("plät.png", "\x89PNG"), purpose: "vision" });
  assert.equal(sent.filename, "plät.png");
  const listed = [];
  for await (const found of client.files.list({ limit: 1 })) listed.push(found.id);
  assert.ok(listed.includes(sent.id));
  assert.equal(await (await client.files.content(sent.id)).text(), "\x89PNG");
  const deleted = await (client.files.delete ?? client.files.del).call(client.files, sent.id);
  assert.equal(deleted.deleted, true);
  await assert.rejects(client.files.retrieve(sent.id), { status: 404, message: `404 No such File object: ${sent.id}` });
});

test("fills a store and asks it, without waiting seconds", async () => {
  const began = Date.now();
  const store = await stores.create({ name: "Notes" });
  const one = await stores.files.uploadAndPoll(store.id, await file("a.txt", "Summer was warm"));
  assert.equal(one.status, "completed");
  const batch = await stores.fileBatches.uploadAndPoll(store.id, {
    files: await Promise.all(["b", "c", "d"].map((name) => file(`${name}.txt`, name))),
  });
  assert.equal(batch.file_counts.completed, 3);
  assert.equal((await stores.retrieve(store.id)).file_counts.total, 4);
  if (stores.search) assert.equal((await stores.search(store.id, { query: "warm" })).data[0].filename, "a.txt");
  assert.ok(Date.now() - began < 4000);
});

test("uploads in parts", async () => {
  const upload = await client.uploads.create({ bytes: 6, filename: "a.txt", mime_type: "text/plain", purpose: "vision" });
  const parts = [];
  for (const text of ["abc", "def"]) {
    parts.push((await client.uploads.parts.create(upload.id, { data: await file("part", text) })).id);
  }
  const done = await client.uploads.complete(upload.id, { part_ids: parts });
  assert.equal(await (await client.files.content(done.file.id)).text(), "abcdef");
});

test("knows models", async () => {
  assert.equal((await client.models.retrieve("gpt-4o")).id, "gpt-4o");
  await assert.rejects(client.models.retrieve("fake_id"), { status: 404 });
});
