"""A worker of an application: it has its addresses and its key from the environment, asks, and prints the answers."""

import json
import os
import sys
import time

import openai


def polled(text, client=None):
    client = client or openai.OpenAI(max_retries=0)
    asked = {"messages": [{"role": "user", "content": text}]}
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", thread=asked)
    if run.status != "completed":
        return run.status
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value


def streamed(text):
    asked = {"messages": [{"role": "user", "content": text}]}
    with openai.OpenAI(max_retries=0).beta.threads.create_and_run_stream(assistant_id="asst_1", thread=asked) as run:
        return "".join(event.data.delta.content[0].text.value for event in run if "delta" in event.event)


def azure(text):
    return polled(text, openai.AzureOpenAI(max_retries=0))


def missed(text):
    try:
        return polled(text)
    except openai.APIStatusError as error:
        return f"{error.status_code} {error.body['code']}: {error.body['message'].splitlines()[0]}"


def left(text):
    """Read one event, and then nothing until somebody ends this process."""
    asked = {"messages": [{"role": "user", "content": text}]}
    for event in openai.OpenAI(max_retries=0).beta.threads.create_and_run(
        assistant_id="asst_1", thread=asked, stream=True
    ):
        print(event.event, flush=True)  # noqa: T201 - the test reads it
        time.sleep(60)


def uploaded(text):
    return openai.OpenAI(max_retries=0).files.create(file=("notes.txt", text.encode()), purpose="assistants").id


def in_environment(environment, way, text):
    """The answer in a worker of `multiprocessing`, which begins with the environment of its parent."""
    os.environ.update(environment)
    return globals()[way](text)


if __name__ == "__main__":
    answers = [globals()[way](text) for way, _, text in (asked.partition("=") for asked in sys.argv[1:])]
    print(json.dumps(answers))  # noqa: T201 - the test reads it
