"""What must not grow: a call's cost with the cassette and with what is remembered; how often a cassette is read."""

import contextvars
import gc
import json
import statistics
import tempfile
import time
from pathlib import Path

from contenders import CannotError, client, plain
from playing import CREATE, RUN
from suites import plugin_of, ran

FEW, MANY = 100, 4_000
"""Threads with a run each: for the floor, and for runmock."""
TESTS, CASSETTES = 2_000, 500
UPLOADS, TIMED, PORTION = 10_000, 500, 20
"""Uploads of a session, of which the last are timed."""


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


class Uploads:
    """Rounds that tell how long one of the last uploads of a long session takes, as times one of a short session.

    They take turns in small portions, so that a busy machine meets both. For the floor both are short.
    """

    def __init__(self, who):
        self.before = 0 if who == "floor" else UPLOADS - TIMED

    def round(self):
        from runmock import use_cassette

        files = client(plain()).files
        with use_cassette(script="files: []") as session:
            in_the_long_one = contextvars.copy_context()
            upload(files, self.before)
            gc.collect()  # what the uploads before leave behind is no part of it
            with use_cassette(script="files: []"):
                took = [
                    (in_the_long_one.run(upload, files, PORTION), upload(files, PORTION))
                    for _ in range(TIMED // PORTION)
                ]
            assert len(session.files) == self.before + TIMED
        return statistics.median(one for one, _ in took) / statistics.median(one for _, one in took)


def upload(files, number):
    """Upload so many files; the seconds that it took."""
    began = time.perf_counter()
    for _ in range(number):
        files.create(file=("report.txt", b"Summer was warm."), purpose="assistants")
    return time.perf_counter() - began


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
