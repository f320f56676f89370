"""What must not grow: the cost of one item with the number of items; how often a cassette is read.

Rounds return the CPU time of one item, which other processes disturb least; where two numbers are compared in the
same round, this ratio.
"""

import contextvars
import gc
import json
import statistics
import tempfile
import time
from pathlib import Path

from contenders import CONTENDERS, CannotError, client, plain
from playing import CREATE, RUN, retrieves
from responding import stateless
from suites import plugin_of, ran

TESTS, CASSETTES = 2_000, 500
TIMED, PORTION = 500, 20
"""So many uploads are timed, the last of a session, in portions."""


class Replay:
    """Rounds of different interactions of a cassette; the first one, which has more to do, is asked before."""

    def __init__(self, number):
        self.number = number
        self.answers, _ = retrieves(number + 1)

    def round(self):
        with CONTENDERS["runmock"](self.answers) as sdk:
            runs = sdk.beta.threads.runs
            runs.retrieve(f"run_{self.number}", thread_id="thread_1")
            gc.collect()  # what opening leaves behind is no part of it
            began = time.process_time()
            for count in range(self.number):
                assert runs.retrieve(f"run_{count}", thread_id="thread_1").id == f"run_{count}"
            return (time.process_time() - began) / self.number


class Poll:
    """Rounds of one poll for each thread, when all runs were created before the first was polled."""

    def __init__(self, number):
        self.number = number
        self.folder = tempfile.TemporaryDirectory()
        self.cassette = Path(self.folder.name, "x.yaml")
        self.cassette.write_text(self.text())

    def round(self):
        from runmock import use_cassette

        with use_cassette(self.cassette):
            sdk = client(plain())
            runs = [sdk.beta.threads.create_and_run(**CREATE) for _ in range(self.number)]
            began = time.process_time()
            for run in runs:
                sdk.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
            return (time.process_time() - began) / self.number


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


class Matching:
    """Rounds of requests that each take an entry with its own `match:`, the last entry first.

    One entry more is asked for before: the first request has more to do.
    """

    def __init__(self, pattern, number):
        self.number = number
        self.script = "runs:\n" + "".join(
            f"- match: {{last_message: {pattern.format(count)}}}\n  reply: This is answer {count}.\n"
            for count in range(number + 1)
        )

    def round(self):
        from runmock import use_cassette

        with use_cassette(script=self.script):
            responses = client(plain()).responses
            ask(responses, self.number)
            gc.collect()  # what opening leaves behind is no part of it
            began = time.process_time()
            for count in reversed(range(self.number)):
                ask(responses, count)
            return (time.process_time() - began) / self.number


def ask(responses, number):
    """One request, which has to get the entry with its number."""
    answer = responses.create(model="gpt-4o", input=f"Question {number}.").output_text
    assert answer == f"This is answer {number}.", answer


def by_text(number):
    """Each entry names the text of its request."""
    return Matching("Question {}.", number)


def by_pattern(number):
    """Each entry has a regular expression."""
    return Matching("/question {}\\./i", number)


class LateTurns:
    """Rounds of the last requests of a conversation whose client sends the whole history each time.

    The floor has the same history, since the SDK takes longer for it too: so these are times the floor.
    """

    def __init__(self, turns):
        self.floor, self.ours = (stateless(turns)(who) for who in ("floor", "runmock"))

    def round(self):
        return self.ours.round() / self.floor.round()


class Uploads:
    """Rounds that tell how long one of the last uploads of a long session takes, as times one of a short session.

    They take turns in small portions, so that a busy machine meets both.
    """

    def __init__(self, number):
        self.before = number - TIMED

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
    began = time.process_time()
    for _ in range(number):
        files.create(file=("report.txt", b"Summer was warm."), purpose="assistants")
    return time.process_time() - began


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
