"""Child processes of a test, as an application starts them."""

import contextlib
import json
import os
import subprocess

import pytest
from child_commands import WORKER


@pytest.fixture
def worker():
    """The answers that a Python worker gets: `worker(session, "polled=Hello")`."""

    def answers(session, *asked, env=None):
        environment = {**os.environ, **(session.child_env if env is None else env)}
        done = subprocess.run(
            [*WORKER, *asked], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answers


@pytest.fixture
def started():
    """Start a Python worker that goes on: `started(session, "left=Hello")`; it ends with the test."""
    with contextlib.ExitStack() as stack:

        def start(session, *asked):
            environment = {**os.environ, **session.child_env}
            process = stack.enter_context(
                subprocess.Popen(
                    [*WORKER, *asked],
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            return process

        yield start
