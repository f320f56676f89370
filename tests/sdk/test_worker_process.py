"""A worker in a process of its own, with the SDK as it is, asks the session of its test: polled, streamed, async."""

import json
import os
import subprocess
import sys

WORKER = """
import asyncio, json, openai

def text_of(messages):
    return messages.data[0].content[0].text.value

def ask(threads):
    run = threads.create_and_run_poll(assistant_id="asst_1")
    yield text_of(threads.messages.list(run.thread_id))
    with threads.create_and_run_stream(assistant_id="asst_1") as stream:
        yield "".join(stream.text_deltas)

async def ask_async():
    async with openai.AsyncOpenAI() as client:
        run = await client.beta.threads.create_and_run_poll(assistant_id="asst_1")
        return text_of(await client.beta.threads.messages.list(run.thread_id))

with openai.OpenAI() as client:
    print(json.dumps([*ask(client.beta.threads), asyncio.run(ask_async())]))
"""


def test_a_worker_asks_the_session_of_its_test(runmock):
    runmock.reply("Polled.")
    runmock.reply("Str", "eamed.")
    runmock.reply("Async.")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WORKER],
        env={**os.environ, **runmock.child_env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["Polled.", "Streamed.", "Async."]
    assert [run.status for run in runmock.runs] == ["completed"] * 3
