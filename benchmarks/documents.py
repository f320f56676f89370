"""How long a cassette takes to open, beside `json.loads` of the same values; and how much memory its stream takes."""

import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import RUN, stream_body

from runmock.core.sse import EventDecoder
from runmock.tape.cassette import load_cassette

DELTAS, INTERACTIONS = 10_000, 1_000


def long_stream(folder):
    """A cassette with a stream of so many deltas as a recording has it, and its events as JSON texts."""
    words = ", ".join(f'"word{number} "' for number in range(DELTAS))
    path = Path(folder, "stream.yaml")
    path.write_text(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {assistant_id: asst_1, stream: true}\n"
        f"  stream:\n  - thread.run.created: {json.dumps(RUN)}\n"
        "  - thread.message.created: {id: msg_1, object: thread.message, thread_id: thread_1, role: assistant, content: []}\n"
        f"  - text: [{words}]\n  - thread.run.completed: {{same: run_1, status: completed}}\n  - done\n"
    )  # fmt: skip
    texts = [event.data for event in EventDecoder().feed(stream_body(DELTAS)) if event.name != "done"]
    return path, texts


def many_answers(folder):
    """A cassette with so many JSON interactions, and its values as JSON texts."""
    runs = [RUN | {"id": f"run_{number}"} for number in range(INTERACTIONS)]
    path = Path(folder, "many.yaml")
    said = "".join(f"- request: GET /threads/thread_1/runs/{run['id']}\n  json: {json.dumps(run)}\n" for run in runs)
    path.write_text(f"runmock: 1\ninteractions:\n{said}")
    return path, [json.dumps(run) for run in runs]


def ratios(made, rounds):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path, texts = made(folder)
        for _ in range(rounds + 1):
            gc.collect()
            began = time.perf_counter()
            for text in texts:
                json.loads(text)
            floor = time.perf_counter() - began
            gc.collect()
            began = time.perf_counter()
            load_cassette(path)
            found.append((time.perf_counter() - began) / floor)
    return found[1:]


def import_ms(code):
    """Milliseconds of a fresh interpreter that runs `code`."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - began) * 1000


def plugin_ms(rounds):
    """How much longer pytest takes to begin where runmock is installed and not used."""
    pairs = [(import_ms("import pytest"), import_ms("import pytest, pytest_runmock")) for _ in range(rounds + 1)]
    return [ours - plain for plain, ours in pairs[1:]]


def clients(rounds):
    """The time of 40 default clients in a session, beside that of 40 without one."""
    import openai

    import runmock

    def forty():
        began = time.perf_counter()
        for _ in range(40):
            openai.OpenAI(api_key="not-a-key").close()
        return time.perf_counter() - began

    found = []
    for _ in range(rounds + 1):
        alone = forty()
        with runmock.use_cassette():
            found.append(forty() / alone)
    return found[1:]


def rows(rounds):
    """What is measured, its ratios, and the limit."""
    yield f"open a stream of {DELTAS:,} text deltas, json.loads = 1", ratios(long_stream, rounds), 2.0
    yield "40 default clients in a session, without one = 1", clients(rounds), 1.1
    yield "pytest begins with the plugin unused: milliseconds more", plugin_ms(rounds), 5
    yield f"open {INTERACTIONS:,} JSON interactions, json.loads = 1", ratios(many_answers, rounds), 8
