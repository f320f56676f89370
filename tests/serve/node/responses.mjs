// Every method of responses and conversations; test_node_sdk.py says which version of it, and where the server is.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const OpenAI = createRequire(`${process.env.NODE_PACKAGES}/`)("openai");
const client = new OpenAI({ apiKey: "any", maxRetries: 0 });
const { responses, conversations } = client;

const parameters = { type: "object", properties: {}, additionalProperties: false, required: [] };
const tools = [{ type: "function", name: "get_weather", parameters, strict: true }];
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const ask = (input, more = {}) => responses.create({ model: "gpt-4o", input, tools, ...more });
const message = (content) => ({ type: "message", role: "user", content });

const text = ({ output }) => output.find(({ type }) => type === "message").content[0].text; // 4.x has output_text of create only

async function all(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

function answers(response) {
  const calls = response.output.filter((item) => item.type === "function_call");
  return calls.map(({ call_id, arguments: given }) => ({ type: "function_call_output", call_id, output: JSON.parse(given).city }));
}

test("responses.create answers, and its calls are answered by another one", async () => {
  assert.equal((await ask("plain")).output_text, "Plain.");
  const asked = await ask("tools, created");
  const told = await ask(answers(asked), { previous_response_id: asked.id });
  assert.equal(told.output_text, "Paris and Oslo.");
  await assert.rejects(ask("Hi", { temperature: -1 }), { status: 400, param: "temperature" });
});

test("responses.create streams", async () => {
  const events = await all(await ask("streamed", { stream: true }));
  assert.deepEqual(events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta), ["Hello", " Ada", "!"]);
  assert.equal(events.at(-1).type, "response.completed");
});

test("responses.stream helps", async () => {
  const stream = responses.stream({ model: "gpt-4o", input: "helped" });
  const texts = [];
  stream.on("response.output_text.delta", ({ delta }) => texts.push(delta));
  assert.equal(text(await stream.finalResponse()), "Hello Bob!");
  assert.deepEqual(texts, ["Hello", " Bob", "!"]);
});

test("responses.parse reads the form that it asks for", async () => {
  const form = { format: { type: "json_schema", name: "place", schema, strict: true } };
  assert.deepEqual((await responses.parse({ model: "gpt-4o", input: "parsed", text: form })).output_parsed, { city: "Paris" });
});

test("responses.retrieve polls, streams, and resumes", async () => {
  let response = await ask("polled", { background: true });
  assert.equal(response.status, "queued");
  const { id } = response;
  while (["queued", "in_progress"].includes(response.status)) response = await responses.retrieve(id);
  assert.equal(text(response), "Polled.");
  const events = await all(await responses.retrieve(id, { stream: true }));
  const rest = await all(await responses.retrieve(id, { stream: true, starting_after: 3 }));
  assert.deepEqual(rest, events.slice(4));
  await assert.rejects(responses.retrieve("resp_none"), { status: 404, message: "404 Response with id 'resp_none' not found." });
});

if (responses.cancel) {
  test("responses.cancel ends what is in the background, and only that", async () => {
    const { id } = await ask("cancelled", { background: true });
    assert.equal((await responses.cancel(id)).status, "cancelled");
    assert.equal((await responses.retrieve(id)).status, "cancelled");
    const synchronous = await ask("plain");
    await assert.rejects(responses.cancel(synchronous.id), { status: 400 });
  });
}

test("responses.delete deletes", async () => {
  const { id } = await ask("plain");
  await (responses.delete ?? responses.del).call(responses, id);
  await assert.rejects(responses.retrieve(id), { status: 404 });
});

test("responses.inputItems.list pages through the whole chain", async () => {
  const first = await ask("tools, listed");
  const { id } = await ask(answers(first), { previous_response_id: first.id });
  const kinds = [];
  for await (const item of responses.inputItems.list(id, { limit: 1, order: "asc" })) kinds.push(item.type);
  assert.deepEqual(kinds, ["message", "function_call", "function_call", "function_call_output", "function_call_output"]);
});

if (responses.inputTokens) {
  test("responses.inputTokens.count has the count of its interaction", async () => {
    assert.equal((await responses.inputTokens.count({ model: "gpt-4o", input: "Hi" })).input_tokens, 9);
    await assert.rejects(responses.inputTokens.count({ model: "gpt-4o", input: "Else" }), { status: 501 });
  });
}

if (responses.compact) {
  test("responses.compact has the items of its interaction", async () => {
    const { output } = await responses.compact({ model: "gpt-4o", input: "Hi" });
    assert.deepEqual(output.map(({ type }) => type), ["compaction"]);
    assert.equal((await ask([...output, message("plain")])).output_text, "Plain.");
  });
}

if (conversations) {
  test("conversations.create, with items", async () => {
    const made = await conversations.create({ metadata: { a: "1" }, items: [message("Hi")] });
    assert.deepEqual([made.object, made.metadata], ["conversation", { a: "1" }]);
    assert.equal((await conversations.items.list(made.id)).data.length, 1);
  });

  test("conversations.retrieve", async () => {
    const made = await conversations.create({});
    assert.deepEqual(await conversations.retrieve(made.id), made);
    await assert.rejects(conversations.retrieve("conv_none"), { status: 404, message: "404 Conversation with id 'conv_none' not found." });
  });

  test("conversations.update", async () => {
    const { id } = await conversations.create({ metadata: { a: "1" } });
    assert.deepEqual((await conversations.update(id, { metadata: { b: "2" } })).metadata, { b: "2" });
  });

  test("conversations.delete", async () => {
    const { id } = await conversations.create({});
    assert.equal((await conversations.delete(id)).deleted, true);
    await assert.rejects(conversations.retrieve(id), { status: 404 });
  });

  test("conversations.items.create", async () => {
    const { id } = await conversations.create({});
    const { data } = await conversations.items.create(id, { items: [message("one"), message("two")] });
    assert.deepEqual(data.map(({ content }) => content[0].text), ["one", "two"]);
  });

  test("conversations.items.list has what a response adds", async () => {
    const { id } = await conversations.create({ items: [message("before")] });
    await ask("plain", { conversation: id });
    const texts = [];
    for await (const item of conversations.items.list(id, { order: "asc", limit: 1 })) texts.push(item.content[0].text);
    assert.deepEqual(texts, ["before", "plain", "Plain."]);
  });

  test("conversations.items.retrieve", async () => {
    const { id } = await conversations.create({ items: [message("Hi")] });
    const [item] = (await conversations.items.list(id)).data;
    assert.deepEqual(await conversations.items.retrieve(item.id, { conversation_id: id }), item);
  });

  test("conversations.items.delete", async () => {
    const { id } = await conversations.create({ items: [message("Hi")] });
    const [item] = (await conversations.items.list(id)).data;
    await conversations.items.delete(item.id, { conversation_id: id });
    await assert.rejects(conversations.items.retrieve(item.id, { conversation_id: id }), { status: 404 });
  });
}
