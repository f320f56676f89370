"""Where a cell is played: in its own process, or by `runmock serve` in another. Faults are played in process."""

import asyncio
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from framework_faults import ANSWER, CUT, EMPTY, FAULTS, RIGHT, SILENT, pinned
from trip import ANSWERS, CALLS, CASSETTE, OUTPUTS, Tools

import runmock as library


@pytest.fixture(scope="session", autouse=True)
def versions(record_testsuite_property):
    """The report has the versions of the framework and of the SDK that are installed."""
    name = Path(sys.prefix).name.rpartition("-frameworks-")[2]
    for package in pinned(name):
        record_testsuite_property(package, version(package))


@pytest.fixture(scope="session")
def served():
    """`runmock serve` with the cassette, in a process of its own; its root."""
    command = [sys.executable, "-m", "runmock", "serve", "--port", "0", str(CASSETTE)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip().removeprefix("OPENAI_BASE_URL=").removesuffix("/v1")
        process.terminate()


@pytest.fixture(autouse=True)
def api_key(monkeypatch):
    """Clients want one."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-any")


@pytest.fixture(params=["in process", "serve"])
def plays(request, monkeypatch):
    """Play a cell, and check what comes of it: `plays(cell)`."""
    if request.param == "in process":
        return in_process
    url = request.getfixturevalue("served")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/v1")
    return lambda cell: by_server(cell, url)


def in_process(cell):
    """Play a cell in this process."""
    with library.use_cassette(CASSETTE, allow_unplayed=False) as session:
        assert_same(cell)
    runs = session.runs
    assert [run.api for run in runs] == [cell.api, cell.api]
    assert [run.status for run in runs] == ["completed", "completed"]
    assert [run.tool_outputs for run in runs] == OUTPUTS
    assert [str(verdict) for verdict in session.verdicts] == []
    for proof in cell.proofs:
        proof([body for run in runs for body in run.requests])


def by_server(cell, url):
    """Play a cell on the server."""
    httpx.post(f"{url}/_runmock/rewind").raise_for_status()
    assert_same(cell)
    assert httpx.get(f"{url}/_runmock/state").json()["left"]["count"] == 0


def assert_same(cell):
    """Every cell has the same answers, and has made the same calls."""
    tools = Tools()
    assert cell.answers(tools) == ANSWERS
    assert sorted(tools.calls) == CALLS


@pytest.fixture
def runmock_config():
    """A client that asks again gets the whole answer; most do not."""
    return {"allow_unplayed": True}


@pytest.fixture
def goes_wrong(runmock, record_property):
    """Play a cell of a fault, and check that it is as its table says: the report has its outcome.

    `goes_wrong(cell, answered)`: `answered(cell.ask)` gives the answer's text, and whether one can see that it is whole.
    """

    def play(cell, answered):
        record_property("way", cell.way.name)
        record_property("fault", cell.fault)
        runmock.load({"runmock": 1, "runs": [FAULTS[cell.fault].run, {"reply": ANSWER}]})
        outcome = outcome_of(answered(cell.ask))
        tries = len(runmock.requests)
        found = [verdict.kind for verdict in runmock.verdicts if verdict.kind == "truncated_accepted"]
        assert len(found) == (outcome == SILENT and cell.fault in CUT)
        assert (f"{outcome} after {tries} tries" if tries > 1 else outcome) == cell.outcome
        record_property("outcome", cell.outcome)

    return play


def outcome_of(answer):
    """What an application gets; it can see whether an answer without an exception is whole."""
    try:
        text, is_whole = asyncio.run(answer)
    except Exception as error:  # noqa: BLE001 - which it is, is what the table says
        return f"`{type(error).__name__}`"
    assert ANSWER.startswith(text)
    assert is_whole == (text == ANSWER)
    if is_whole:
        return RIGHT
    return SILENT if text else EMPTY
