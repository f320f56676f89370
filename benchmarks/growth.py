"""What must not grow: a call's cost with the cassette and with what is remembered; how often a cassette is read."""

import json
import tempfile
import time
from pathlib import Path

from contenders import CannotError, client, plain
from playing import CREATE, RUN
from suites import plugin_of, ran

FEW, MANY = 100, 4_000
"""Threads with a run each: for the floor, and for runmock."""
TESTS, CASSETTES = 2_000, 500


class Poll:
    """Rounds that tell the seconds of one poll, when all runs were created before the first was polled."""

    def __init__(self, who):
        self.number = FEW if who == "floor" else MANY
        self.folder = tempfile.TemporaryDirectory()
        self.cassette = Path(self.folder.name, "x.yaml")
        self.cassette.write_text(self.text())

    def round(self):
        from runmock import use_cassette

        with use_cassette(self.cassette):
            sdk = client(plain())
            runs = [sdk.beta.threads.create_and_run(**CREATE) for _ in range(self.number)]
            began = time.perf_counter()
            for run in runs:
                sdk.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
            return (time.perf_counter() - began) / self.number


class RecordedPoll(Poll):
    """From a recording."""

    def text(self):
        runs = [RUN | {"id": f"run_{number}", "thread_id": f"thread_{number}"} for number in range(self.number)]
        created = (
            f"- request: POST /threads/runs\n  body: {json.dumps(CREATE)}\n  json: {json.dumps(run)}\n" for run in runs
        )
        polled = (
            f"- request: GET /threads/{run['thread_id']}/runs/{run['id']}\n  json: {json.dumps(run | {'status': 'completed'})}\n"
            for run in runs
        )
        return "".join(["runmock: 1\ninteractions:\n", *created, *polled])


class ScriptedPoll(Poll):
    """From a script."""

    def text(self):
        return "runmock: 1\nruns:\n" + "- reply: Hello.\n" * self.number


COUNTS = """
import collections, sys

opened = collections.Counter()


def hook(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".runmock.yaml"):
        opened[arguments[0]] += 1


sys.addaudithook(hook)


def pytest_unconfigure():
    print("most", max(opened.values()), "of", len(opened))
"""


class Suite:
    """Rounds that run many tests, and tell how often the cassette that was read most was read."""

    def __init__(self, who):
        if who == "floor":
            self.round = lambda: 1.0
            return
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        (folder / "cassettes").mkdir()
        for number in range(CASSETTES):
            (folder / "cassettes" / f"c{number}.runmock.yaml").write_text("runmock: 1\nruns: [{reply: Hi}]\n")
        (folder / "conftest.py").write_text(COUNTS)
        tests = "".join(
            f"@pytest.mark.runmock('c{number % CASSETTES}', allow_unplayed=True)\ndef test_{number}(): pass\n\n"
            for number in range(TESTS)
        )
        (folder / "test_it.py").write_text(f"import pytest\n\n{tests}")

    def round(self):
        printed = ran(self.folder.name, plugin_of("runmock"))
        said = [line.split() for line in printed.splitlines() if line.startswith("most ")]
        if not said or int(said[0][3]) != CASSETTES:
            raise CannotError(printed[-300:])
        return float(said[0][1])
