"""Opening cassettes, beside `json.loads` of the same values; and default clients, beside those without a mock."""

import gc
import json
import tempfile
import time
from pathlib import Path

import openai
from contenders import CASSETTES, CONTENDERS, Answer
from playing import POST, RUN, RUNS, stream_body

DELTAS, INTERACTIONS, CLIENTS = 10_000, 1_000, 40


class Opening:
    """Rounds that open a cassette, or read its values as JSON texts."""

    def __init__(self, who, text, texts):
        self.who, self.text, self.texts = who, text, texts

    def round(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.yaml")
            path.write_text(self.text)
            gc.collect()
            began = time.perf_counter()
            if self.who == "floor":
                for text in self.texts:
                    json.loads(text)
            elif self.who == "runmock":
                from runmock.tape.reading.cassette import load_cassette

                load_cassette(path)
            else:
                from vcr.cassette import Cassette

                Cassette.load(path=str(path))
            return time.perf_counter() - began


def deltas(who):
    """A stream of so many deltas as a recording has it."""
    words = ", ".join(f'"word{number} "' for number in range(DELTAS))
    text = (
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {assistant_id: asst_1, stream: true}\n"
        f"  stream:\n  - thread.run.created: {json.dumps(RUN)}\n"
        "  - thread.message.created: {id: msg_1, object: thread.message, thread_id: thread_1, role: assistant, content: []}\n"
        f"  - text: [{words}]\n  - thread.run.completed: {{same: run_1, status: completed}}\n  - done\n"
    )
    frames = stream_body(DELTAS).decode().split("\n\n")
    return Opening(who, text, [frame.partition("\ndata: ")[2] for frame in frames if "[DONE]" not in frame and frame])


def interactions(who):
    """So many JSON interactions."""
    answers = [
        Answer("GET", f"{RUNS}/run_{number}", None, RUN | {"id": f"run_{number}"}) for number in range(INTERACTIONS)
    ]
    text = CASSETTES["vcrpy" if who == "vcrpy" else "runmock"](answers)
    return Opening(who, text, [json.dumps(one.body) for one in answers])


class Clients:
    """Rounds that make so many default clients inside a contender's session."""

    def __init__(self, who):
        self.who = who

    def round(self):
        with CONTENDERS[self.who](POST):
            gc.collect()
            began = time.perf_counter()
            for _ in range(CLIENTS):
                openai.OpenAI(api_key="not-a-key").close()
            return time.perf_counter() - began
