"""`runmock serve` as a user starts it: in a process of its own, on a free port."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass

import httpx
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


def start(*arguments, cwd=None, command="serve"):
    """`runmock serve` with these arguments; raises RuntimeError with all that it printed when it does not start."""
    started = [sys.executable, "-m", "runmock", command, "--port", "0", *map(str, arguments)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(
        started, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    first = process.stdout.readline()
    if not first.startswith("OPENAI_BASE_URL="):
        raise RuntimeError(first + process.stdout.read())
    served = Served(process, first.strip().removeprefix("OPENAI_BASE_URL=").removesuffix("/v1"))
    if command == "serve":
        httpx.get(f"{served.url}/_runmock/state")  # it answers: it has begun
    return served
