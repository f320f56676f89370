"""Servers, clients and cassettes for the tests of `runmock serve`."""

import contextlib
from pathlib import Path

import openai
import pytest
from serving import Here, start


@pytest.fixture
def serve():
    """Start servers: `serve("weather.yaml", "--log")` gives a Served; they end with the test."""
    with contextlib.ExitStack() as started:

        def started_with(*arguments, **how):
            served = start(*arguments, **how)
            started.callback(served.process.stdout.close)
            started.callback(served.process.wait, 20)
            started.callback(served.process.kill)
            return served

        yield started_with


@pytest.fixture
def serve_here():
    """Start servers in this process: quicker, where it is not the command that is tested."""
    with contextlib.ExitStack() as started:

        def started_with(*arguments):
            here = Here(*arguments)
            started.callback(here.end)
            return here

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
    """One server without a cassette for a whole file, in this process."""
    here = Here()
    yield here
    here.end()
