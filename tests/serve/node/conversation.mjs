// The Node SDK against `runmock serve`; test_node_sdk.py says which version of it, and where the server is.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const OpenAI = createRequire(`${process.env.NODE_PACKAGES}/`)("openai");
const isOld = process.env.OPENAI_MAJOR === "4"; // before 5 the ids of a path are arguments one by one
const { threads, assistants } = new OpenAI({ apiKey: "any", maxRetries: 0 }).beta;
const runs = threads.runs;

const TOOLS = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } }];
const within = (thread, id, body = {}) => (isOld ? [thread.id, id, body] : [id, { thread_id: thread.id, ...body }]);
const ask = (content) => threads.create({ messages: [{ role: "user", content }] });
const text = (message) => message.content[0].text.value;

async function newest(thread) {
  return text((await threads.messages.list(thread.id)).data[0]);
}

function answers(run) {
  const calls = run.required_action.submit_tool_outputs.tool_calls;
  return { tool_outputs: calls.map((call) => ({ tool_call_id: call.id, output: JSON.parse(call.function.arguments).city })) };
}

test("creates, and polls by hand", async () => {
  const thread = await ask("plain");
  let run = await runs.create(thread.id, { assistant_id: "asst_1" });
  assert.equal(run.status, "queued");
  while (["queued", "in_progress"].includes(run.status)) run = await runs.retrieve(...within(thread, run.id));
  assert.equal(run.status, "completed");
  assert.equal(await newest(thread), "Plain.");
});

test("polls with its helper, without waiting seconds", async () => {
  const began = Date.now();
  const thread = await ask("polled");
  const run = await runs.createAndPoll(thread.id, { assistant_id: "asst_1" });
  assert.equal(run.status, "completed");
  assert.equal(await newest(thread), "Polled.");
  assert.ok(Date.now() - began < 4000, "the SDK's own interval is 5 seconds");
});

test("streams with its helper", async () => {
  const thread = await ask("streamed");
  const heard = { text: "", events: [] };
  const stream = runs.stream(thread.id, { assistant_id: "asst_1" });
  stream.on("textDelta", (delta) => (heard.text += delta.value));
  stream.on("event", ({ event }) => heard.events.push(event));
  const run = await stream.finalRun();
  assert.equal(run.status, "completed");
  assert.equal(heard.text, "Hello Ada!");
  assert.equal(heard.events[0], "thread.run.created");
  assert.equal(heard.events.at(-1), "thread.run.completed");
  assert.deepEqual((await stream.finalMessages()).map(text), ["Hello Ada!"]);
  assert.equal((await stream.finalRunSteps())[0].type, "message_creation");
});

test("streams as an iterator", async () => {
  const thread = await ask("iterated");
  const heard = { text: "", events: [] };
  for await (const { event, data } of await runs.create(thread.id, { assistant_id: "asst_1", stream: true })) {
    heard.events.push(event);
    if (event === "thread.message.delta") heard.text += data.delta.content[0].text.value;
  }
  assert.equal(heard.text, "Hello Bob!");
  assert.equal(heard.events[0], "thread.run.created");
  assert.equal(heard.events.at(-1), "thread.run.completed");
});

test("streams as an iterator, and leaves early", async () => {
  const thread = await ask("left");
  const stream = await runs.create(thread.id, { assistant_id: "asst_1", stream: true });
  for await (const event of stream) {
    assert.equal(event.event, "thread.run.created");
    break;
  }
  const { data } = await runs.list(thread.id);
  assert.equal(data.length, 1);
});

test("answers tools, streamed", async () => {
  const thread = await ask("tools, streamed");
  const first = runs.stream(thread.id, { assistant_id: "asst_1", tools: TOOLS });
  const run = await first.finalRun();
  assert.equal(run.status, "requires_action");
  const second = runs.submitToolOutputsStream(...within(thread, run.id, answers(run)));
  assert.equal((await second.finalRun()).status, "completed");
  assert.equal(await newest(thread), "Paris and Oslo.");
});

test("answers tools, polled", async () => {
  const thread = await ask("tools, polled");
  let run = await runs.createAndPoll(thread.id, { assistant_id: "asst_1", tools: TOOLS });
  assert.equal(run.status, "requires_action");
  run = await runs.submitToolOutputsAndPoll(...within(thread, run.id, answers(run)));
  assert.equal(run.status, "completed");
});

test("pages through messages and assistants", async () => {
  const thread = await threads.create();
  for (let number = 0; number < 5; number++) await threads.messages.create(thread.id, { role: "user", content: `${number}` });
  const all = [];
  for await (const message of threads.messages.list(thread.id, { limit: 2, order: "asc" })) all.push(text(message));
  assert.deepEqual(all, ["0", "1", "2", "3", "4"]);
  const page = await threads.messages.list(thread.id, { limit: 2 });
  assert.deepEqual(page.data.map(text), ["4", "3"]);
  assert.ok(page.hasNextPage());
  assert.deepEqual((await page.getNextPage()).data.map(text), ["2", "1"]);
  const rest = await threads.messages.list(thread.id, { after: page.data.at(-1).id });
  assert.deepEqual(rest.data.map(text), ["2", "1", "0"]);
  assert.ok(!rest.hasNextPage());

  const made = [];
  for (let number = 0; number < 3; number++) made.push((await assistants.create({ model: "gpt-4o", name: `${number}` })).id);
  const listed = [];
  for await (const one of assistants.list({ limit: 1, order: "asc" })) if (one.name) listed.push(one.id);
  assert.deepEqual(listed, made);
});

test("gets a 404", async () => {
  const thread = await threads.create();
  await assert.rejects(runs.retrieve(...within(thread, "run_none")), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.status, 404);
    assert.match(error.message, /No run found with id 'run_none'\./);
    return true;
  });
});

test("is told a miss once, and does not try again", async () => {
  const thread = await ask("nothing is scripted for this");
  const retrying = new OpenAI({ apiKey: "any", maxRetries: 2 }).beta.threads.runs;
  await assert.rejects(retrying.create(thread.id, { assistant_id: "asst_1" }), (error) => {
    assert.equal(error.status, 501);
    assert.match(error.message, /nothing left on the cassette for this request/);
    return true;
  });
});
