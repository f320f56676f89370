"""How many calls of Python functions an answer takes, and through how many files: `python benchmarks/hops.py [--calls]`.

Counted are the calls inside runmock and its pytest plugin, generators that go on included, from the transport's entry
to the last byte that a client reads. The counts do not depend on the machine, so a limit is a number.
"""

import argparse
import collections
import gc
import sys
from pathlib import Path

import httpx

import runmock

ROOTS = tuple(f"{Path(__file__).resolve().parent.parent / name}/" for name in ("runmock", "pytest_plugin"))
URL = "https://api.openai.com/v1/threads"
HEADERS = {"OpenAI-Beta": "assistants=v2", "Authorization": "Bearer x"}
RUN = {"steps": [{"calls": {"get_weather": {"city": "Paris"}}, "unoffered": True}, {"reply": "Sunny."}]}
RECORDED = {
    "request": "GET /threads/thread_1/runs/run_1",
    "json": {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": "completed"},
}
LIMITS = {"a streamed answer with a tool call": (300, 25), "its submit": (230, 24), "a recorded GET": (130, 14)}
"""By answer: the most calls, and the most files."""


class Hops:
    """Counts calls by file and function, while `with` is open."""

    def __init__(self):
        self.calls = collections.Counter()

    def __enter__(self):
        gc.collect()
        gc.disable()  # when it ends streams of earlier answers is chance
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        gc.enable()

    def _count(self, frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(ROOTS):
            self.calls[code.co_filename, code.co_qualname] += 1

    @property
    def figures(self):
        return sum(self.calls.values()), len({file for file, _ in self.calls})


def read(client, method, path, body=None):
    """The whole body of an answer, read as the SDK reads a stream."""
    with client.stream(method, f"{URL}/{path}", json=body) as answer:
        return b"".join(answer.iter_raw())


def played(client):
    """Reads a streamed run with a tool call, and its submit; returns the hops of both."""
    with Hops() as first:
        events = read(client, "POST", "thread_1/runs", {"assistant_id": "asst_1", "stream": True})
    assert b"requires_action" in events, events
    run_id = events.partition(b'"id":"')[2].partition(b'"')[0].decode()
    outputs = [{"tool_call_id": "call_1", "output": "sunny"}]
    with Hops() as second:
        path = f"thread_1/runs/{run_id}/submit_tool_outputs"
        events = read(client, "POST", path, {"tool_outputs": outputs, "stream": True})
    assert b"thread.run.completed" in events, events
    return first, second


def measured():
    """The hops of each answer in LIMITS."""
    with httpx.Client(headers=HEADERS) as client:
        with runmock.use_cassette(script={"runs": [RUN, RUN]}):
            played(client)  # what is imported and cached at the first request is no part of it
            answers = [*played(client)]
        with runmock.use_cassette(script={"interactions": [RECORDED]}):
            read(client, "GET", "thread_1/runs/run_1")
            with Hops() as hops:
                read(client, "GET", "thread_1/runs/run_1")
            answers.append(hops)
    return dict(zip(LIMITS, answers, strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", action="store_true", help="list the functions")
    shows_calls = parser.parse_args().calls
    is_kept = True
    for name, hops in measured().items():
        (calls, files), (most_calls, most_files) = hops.figures, LIMITS[name]
        is_kept &= calls <= most_calls and files <= most_files
        print(f"{name}: {calls} calls of {most_calls}, {files} files of {most_files}")
        if shows_calls:
            for (file, function), count in hops.calls.most_common():
                print(f"  {count:4} {file.removeprefix(ROOTS[0])}: {function}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
