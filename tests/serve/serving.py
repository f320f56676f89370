"""`runmock serve` as a user starts it: in a process of its own, on a free port."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from runmock.core.engine.pace import Pace
from runmock.deck.options import Options
from runmock.serve.app import Server, application
from runmock.serve.log import Log
from runmock.serve.rewinding import RewindableDeck
from runmock.serve.running import bound


@dataclass
class Served:
    """A running `runmock serve`; `url` is its root, without `/v1`."""

    process: subprocess.Popen
    url: str

    @property
    def base_url(self):
        return f"{self.url}/v1"

    def line_with(self, words):
        """The next line that it prints with these words in it; the process is killed when it prints none for long."""
        too_long = threading.Timer(60, self.process.kill)
        too_long.start()
        try:
            return next(line.rstrip("\n") for line in self.process.stdout if words in line)
        except StopIteration:
            raise AssertionError(f"no line with {words!r}") from None
        finally:
            too_long.cancel()

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


class Here:
    """The same application in a thread of this process, which starts at once; `url` as Served has it."""

    def __init__(self, *arguments):
        """Cassettes, `--api-key KEY` and `--pace PACE`."""
        words = iter(map(str, arguments))
        values = {word: next(words) if word in {"--api-key", "--pace"} else None for word in words}
        key, pace = values.pop("--api-key", None), values.pop("--pace", None)
        self.listening = bound("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        playing = RewindableDeck(tuple(map(Path, values)), Options(pace=Pace.read(pace), remembers=0))
        self.app = Server(playing, Log(lambda _: None), api_key=key, news=lambda _: None)
        config = uvicorn.Config(
            application(self.app), http="h11", ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True)
        self.thread.start()

    @property
    def base_url(self):
        return f"{self.url}/v1"

    def end(self):
        self.server.should_exit = self.server.force_exit = True
        self.thread.join()
        self.listening.close()
