// Applications with files through the Node SDK, as people publish them; test_node_sdk.py says which version of it.

import assert from "node:assert/strict";
import { createReadStream, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const OpenAI = createRequire(`${process.env.NODE_PACKAGES}/`)("openai");
const isOld = process.env.OPENAI_MAJOR === "4"; // before 5 the ids of a path are arguments one by one
const client = new OpenAI({ apiKey: "any", maxRetries: 0 });
const { threads, assistants } = client.beta;
const stores = client.vectorStores ?? client.beta.vectorStores;
const folder = mkdtempSync(join(tmpdir(), "files-"));
const report = join(folder, "report.txt");
writeFileSync(report, "Summer was warm.");

const remove = (resource, ...ids) => (resource.delete ?? resource.del).call(resource, ...ids);
const removeFrom = (store, file) => (isOld ? remove(stores.files, store, file) : remove(stores.files, file, { vector_store_id: store }));
const newest = async (thread) => (await threads.messages.list(thread.id)).data[0];

async function withFootnotes({ value, annotations }) {
  const citations = [];
  for (const [index, { text, file_citation }] of annotations.entries()) {
    value = value.replace(text, `[${index}]`);
    citations.push(`[${index}] ${(await client.files.retrieve(file_citation.file_id)).filename}`);
  }
  return [value, ...citations].join("\n");
}

async function analyst() {
  const assistant = await assistants.create({ name: "Analyst", model: "gpt-4o", tools: [{ type: "file_search" }] });
  const store = await stores.create({ name: "Reports" });
  const batch = await stores.fileBatches.uploadAndPoll(store.id, { files: [createReadStream(report)] });
  assert.deepEqual([batch.status, batch.file_counts.completed], ["completed", 1]);
  const updated = await assistants.update(assistant.id, { tool_resources: { file_search: { vector_store_ids: [store.id] } } });
  return [updated, store];
}

test("asks a store of reports, and removes it", async () => {
  const [assistant, store] = await analyst();
  const thread = await threads.create({ messages: [{ role: "user", content: "searched" }] });
  await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id });
  assert.equal(await withFootnotes((await newest(thread)).content[0].text), "It was[0].\n[0] cited.txt");
  for await (const file of stores.files.list(store.id)) {
    assert.equal((await removeFrom(store.id, file.id)).deleted, true);
    assert.equal((await remove(client.files, file.id)).deleted, true);
  }
  for (const [resource, id] of [[stores, store.id], [threads, thread.id], [assistants, assistant.id]]) {
    assert.equal((await remove(resource, id)).deleted, true);
  }
  await assert.rejects(stores.retrieve(store.id), { status: 404 });
});

test("attaches a report, and asks in a stream", async () => {
  const [assistant] = await analyst();
  const file = await client.files.create({ file: createReadStream(report), purpose: "assistants" });
  const attachments = [{ file_id: file.id, tools: [{ type: "file_search" }] }];
  const thread = await threads.create({ messages: [{ role: "user", content: "attached", attachments }] });
  const [own] = thread.tool_resources.file_search.vector_store_ids;
  assert.deepEqual((await stores.files.list(own)).data.map(({ id }) => id), [file.id]);
  const shown = [];
  const stream = threads.runs
    .stream(thread.id, { assistant_id: assistant.id })
    .on("toolCallCreated", (call) => shown.push(call.type))
    .on("messageDone", (message) => shown.push(message.content[0].text));
  assert.equal((await stream.finalRun()).status, "completed");
  assert.equal(shown[0], "file_search");
  assert.equal(await withFootnotes(shown[1]), "It was[0].\n[0] cited.txt");
  await remove(client.files, file.id);
  assert.deepEqual((await stores.files.list(own)).data, []);
});

async function plotting(content) {
  const file = await client.files.create({ file: await OpenAI.toFile(Buffer.from("x,y"), "data.csv"), purpose: "assistants" });
  const assistant = await assistants.create({
    model: "gpt-4o",
    tools: [{ type: "code_interpreter" }],
    tool_resources: { code_interpreter: { file_ids: [file.id] } },
  });
  return [assistant, await threads.create({ messages: [{ role: "user", content }] })];
}

test("downloads an image of the code interpreter, and the file behind a link", async () => {
  const [assistant, thread] = await plotting("plotted");
  await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id });
  const [image, { text }] = (await newest(thread)).content;
  const shown = join(folder, "shown.png");
  writeFileSync(shown, Buffer.from(await (await client.files.content(image.image_file.file_id)).arrayBuffer()));
  assert.deepEqual([...readFileSync(shown)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const [{ file_path }] = text.annotations;
  assert.equal((await client.files.retrieve(file_path.file_id)).filename, "/mnt/data/out.csv");
  assert.equal(await (await client.files.content(file_path.file_id)).text(), "x,y");
});

test("shows an image of the code interpreter when it comes in a stream", async () => {
  const [assistant, thread] = await plotting("plotted, streamed");
  const shown = { code: "", images: [] };
  const stream = threads.runs
    .stream(thread.id, { assistant_id: assistant.id })
    .on("toolCallDelta", ({ code_interpreter }) => (shown.code += code_interpreter?.input ?? ""))
    .on("imageFileDone", (image) => shown.images.push(image.file_id));
  await stream.finalRun();
  assert.equal(shown.code, "plot()");
  assert.deepEqual(shown.images, ["file-plot"]);
  assert.equal(Buffer.from(await (await client.files.content("file-plot")).arrayBuffer()).length, 8);
});

test("reads lists to their end", async () => {
  const store = await stores.create();
  const made = [];
  for (let number = 0; number < 5; number++) {
    const file = await OpenAI.toFile(Buffer.from("x"), `${number}.txt`);
    made.unshift((await client.files.create({ file, purpose: "evals" })).id);
  }
  await stores.fileBatches.createAndPoll(store.id, { file_ids: [...made].reverse() });
  const lists = [
    (query) => client.files.list({ purpose: "evals", ...query }),
    (query) => stores.files.list(store.id, query),
  ];
  for (const list of lists) {
    const iterated = [];
    for await (const { id } of list({ limit: 2 })) iterated.push(id);
    assert.deepEqual(iterated, made);
    const asked = [];
    for (let page = await list({ limit: 2 }); page.data.length && asked.length < 20; page = await list({ limit: 2, after: asked.at(-1) })) {
      asked.push(...page.data.map(({ id }) => id));
    }
    assert.deepEqual(asked, made);
  }
});
