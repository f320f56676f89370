"""A server as a user starts it: `runmock serve` in a process of its own, on a free port."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import openai
import pytest

IN_CI = bool(os.environ.get("CI"))


def absent(what):
    """Skip for want of `what`; in CI it has to be there."""
    (pytest.fail if IN_CI else pytest.skip)(f"needs {what}")


@dataclass
class Served:
    """A running `runmock serve`; `url` is its root, without `/v1`."""

    process: subprocess.Popen
    url: str

    @property
    def base_url(self):
        return f"{self.url}/v1"

    def end(self, with_signal=signal.SIGTERM):
        """Send the signal; what it printed after its first line, and its exit code."""
        self.process.send_signal(with_signal)
        with self.process.stdout:
            printed = self.process.stdout.read()  # not communicate(): readline() has read ahead
        return printed, self.process.wait(20)


def start(*arguments, cwd=None):
    """`runmock serve` with these arguments; raises RuntimeError with all that it printed when it does not start."""
    command = [sys.executable, "-m", "runmock", "serve", "--port", "0", *map(str, arguments)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    first = process.stdout.readline()
    if not first.startswith("OPENAI_BASE_URL="):
        raise RuntimeError(first + process.stdout.read())
    served = Served(process, first.strip().removeprefix("OPENAI_BASE_URL=").removesuffix("/v1"))
    httpx.get(f"{served.url}/_runmock/state")  # it answers: it has begun
    return served


@pytest.fixture
def serve():
    """Start servers: `serve("weather.yaml", "--log")` gives a Served; they end with the test."""
    with contextlib.ExitStack() as started:

        def started_with(*arguments, cwd=None):
            served = start(*arguments, cwd=cwd)
            started.callback(served.process.stdout.close)
            started.callback(served.process.wait, 20)
            started.callback(served.process.kill)
            return served

        yield started_with


@pytest.fixture
def connect():
    """The SDK's client of a server: `connect(served)`; it is closed with the test."""
    with contextlib.ExitStack() as opened:
        yield lambda served, **more: opened.enter_context(
            openai.OpenAI(base_url=served.base_url, **{"api_key": "any", "max_retries": 0, **more})
        )


@pytest.fixture
def cassette(tmp_path):
    """Write a cassette: `cassette("runs: [{reply: Hi}]")` gives its path."""

    def written(text, name="x.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text if text.startswith("runmock:") else f"runmock: 1\n{text}", encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="module")
def stock():
    """One server without a cassette for a whole file."""
    served = start()
    yield served
    served.end()
