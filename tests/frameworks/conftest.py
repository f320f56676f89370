"""Where a cell is played: in its own process, or by `runmock serve` in another."""

import os
import subprocess
import sys

import httpx
import pytest
from trip import ANSWERS, CALLS, CASSETTE, OUTPUTS, Tools

import runmock


@pytest.fixture(scope="session")
def served():
    """`runmock serve` with the cassette, in a process of its own; its root."""
    command = [sys.executable, "-m", "runmock", "serve", "--port", "0", str(CASSETTE)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip().removeprefix("OPENAI_BASE_URL=").removesuffix("/v1")
        process.terminate()


@pytest.fixture(params=["in process", "serve"])
def plays(request, monkeypatch):
    """Play a cell, and check what comes of it: `plays(cell)`."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
    if request.param == "in process":
        return in_process
    url = request.getfixturevalue("served")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/v1")
    return lambda cell: by_server(cell, url)


def in_process(cell):
    """Play a cell in this process."""
    with runmock.use_cassette(CASSETTE, allow_unplayed=False) as session:
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
