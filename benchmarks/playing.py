"""What an SDK is answered: JSON calls, streams, many interactions, many tasks, many threads."""

import asyncio
import functools
import gc
import json
import threading
import time

from contenders import CONTENDERS, Answer

RUN = {"id": "run_1", "object": "thread.run", "created_at": 1767225600, "assistant_id": "asst_1", "thread_id": "thread_1", "status": "queued", "started_at": None, "expires_at": 1767226200, "cancelled_at": None, "failed_at": None, "completed_at": None, "required_action": None, "last_error": None, "model": "gpt-4o", "instructions": "Be brief.", "tools": [], "tool_resources": {}, "metadata": {}, "temperature": 1.0, "top_p": 1.0, "reasoning_effort": None, "max_completion_tokens": None, "max_prompt_tokens": None, "truncation_strategy": {"type": "auto", "last_messages": None}, "incomplete_details": None, "usage": None, "response_format": "auto", "tool_choice": "auto", "parallel_tool_calls": True}  # fmt: skip
CREATE = {"assistant_id": "asst_1"}
RUNS = "/threads/thread_1/runs"
CALLS, EVENTS, STREAMS, TASKS = 100, 1_000, 10, 100


def frame(name, data):
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def stream_body(events, run=RUN, padding=""):
    """A run that says so many words, each with some padding."""
    message = {"id": "msg_1", "object": "thread.message", "thread_id": "thread_1", "role": "assistant", "content": []}
    deltas = [
        {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [{"index": 0, "type": "text", "text": {"value": f"word{number} {padding}"}}]}}
        for number in range(events)
    ]  # fmt: skip
    return b"".join(
        [
            frame("thread.run.created", run),
            frame("thread.message.created", message),
            *(frame("thread.message.delta", delta) for delta in deltas),
            frame("thread.run.completed", run | {"status": "completed"}),
            b"event: done\ndata: [DONE]\n\n",
        ]
    )


class Fresh:
    """A workload whose answers are used up: the client is opened anew in each round, and that is not measured."""

    def __init__(self, contender, answers, ask, *, is_async=False):
        self.open = functools.partial(CONTENDERS[contender], answers, is_async=is_async)
        self.ask = ask

    def round(self):
        with self.open() as client:
            gc.collect()  # what opening leaves behind is no part of it
            began = time.perf_counter()
            told = self.ask(client)
            return told if isinstance(told, float) else time.perf_counter() - began


def create_calls(client):
    for _ in range(CALLS):
        client.beta.threads.runs.create(thread_id="thread_1", **CREATE)


def stream_once(client):
    for _ in client.beta.threads.runs.create(thread_id="thread_1", stream=True, **CREATE):
        pass


def first_events(client):
    """Seconds until the first event of some streams, one after the other."""
    took = 0.0
    for _ in range(STREAMS):
        began = time.perf_counter()
        stream = client.beta.threads.runs.create(thread_id="thread_1", stream=True, **CREATE)
        next(iter(stream))
        took += time.perf_counter() - began
        stream.close()
    return took


def retrieves(number):
    """So many runs, each with its own answer, and the function that asks for them all."""
    runs = [RUN | {"id": f"run_{count}"} for count in range(number)]
    answers = [Answer("GET", f"{RUNS}/{run['id']}", None, run) for run in runs]

    def ask(client):
        for run in runs:
            assert client.beta.threads.runs.retrieve(run["id"], thread_id="thread_1").id == run["id"]

    return answers, ask


def tasks():
    """A run and a stream for each of many tasks at once, all different."""
    answers = []
    for number in range(TASKS):
        run = RUN | {"id": f"run_{number}", "thread_id": f"thread_{number}"}
        answers += [
            Answer("GET", f"/threads/thread_{number}/runs/run_{number}", None, run),
            Answer("POST", f"/threads/thread_{number}/runs", CREATE | {"stream": True}, stream_body(10, run)),
        ]

    async def one(client, number):
        thread = f"thread_{number}"
        run = await client.beta.threads.runs.retrieve(f"run_{number}", thread_id=thread)
        events = [one async for one in await client.beta.threads.runs.create(thread_id=thread, stream=True, **CREATE)]
        assert (run.id, events[0].data.id, len(events)) == (f"run_{number}", f"run_{number}", 13)

    def ask(client):
        async def everybody():
            await asyncio.gather(*(one(client, number) for number in range(TASKS)))

        asyncio.run(everybody())

    return answers, ask


def threads():
    """32 threads that send one equal request 320 times, and get 320 answers."""
    runs = [RUN | {"id": f"run_{number}"} for number in range(320)]
    answers = [Answer("POST", RUNS, CREATE, run) for run in runs]

    def ask(client):
        heard, failed = [], []

        def some():
            try:
                heard.extend(client.beta.threads.runs.create(thread_id="thread_1", **CREATE).id for _ in range(10))
            except BaseException as error:  # noqa: BLE001 - whatever a contender raises
                failed.append(error)

        workers = [threading.Thread(target=some) for _ in range(32)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return float(len(set(heard)))

    return answers, ask


POST = [Answer("POST", RUNS, CREATE, RUN)]
MANY = [Answer("POST", RUNS, CREATE, RUN) for _ in range(CALLS)]
STREAM = [Answer("POST", RUNS, CREATE | {"stream": True}, stream_body(EVENTS))]


def created(who):
    """One JSON call; runmock has one interaction for each, since a recorded POST is used once."""
    return Fresh(who, MANY if who == "runmock" else POST, create_calls)


def streamed(who):
    return Fresh(who, STREAM, stream_once)


def began(who):
    return Fresh(who, STREAM * STREAMS if who == "runmock" else STREAM, first_events)


def replayed(number):
    """Rounds that ask for so many different answers."""
    return lambda who: Fresh(who, *retrieves(number))


def of_tasks(who):
    return Fresh(who, *tasks(), is_async=True)


def of_threads(who):
    return Fresh(who, *threads())
