// A script of Node's: it has its address and its key from the environment, asks, and prints the answers.
import { createRequire } from "node:module";

const { OpenAI } = createRequire(`${process.env.NODE_PACKAGES}/`)("openai");
const { threads } = new OpenAI({ maxRetries: 0 }).beta;

async function polled(text) {
  const thread = { messages: [{ role: "user", content: text }] };
  const run = await threads.createAndRunPoll({ assistant_id: "asst_1", thread });
  const messages = await threads.messages.list(run.thread_id);
  return messages.data[0].content[0].text.value;
}

async function streamed(text) {
  const thread = { messages: [{ role: "user", content: text }] };
  let whole = "";
  for await (const event of await threads.createAndRun({ assistant_id: "asst_1", thread, stream: true })) {
    if (event.event === "thread.message.delta") whole += event.data.delta.content[0].text.value;
  }
  return whole;
}

const [polledText, streamedText] = process.argv.slice(2);
console.log(JSON.stringify([await polled(polledText), await streamed(streamedText)]));
