"""What runmock costs above the floor, as ratios measured side by side in one run.

The floor is the same SDK over a `MockTransport` with prebuilt bytes. Rounds of both are interleaved, and the median
ratio is told with its quartiles; the row A/A compares the floor with itself, which shows the noise of the machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import httpx2
import openai

from runmock.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15
CALLS = 100
EVENTS = 1_000

warnings.simplefilter("ignore", DeprecationWarning)


def client(transport: Any = None) -> openai.OpenAI:
    return openai.OpenAI(api_key="not-a-key", http_client=httpx2.Client(transport=transport))


def recorded(ask: Callable[[openai.OpenAI], Any], script: Callable[[Session], Any]) -> tuple[bytes, str]:
    """The bytes and the content type of what a script answers to the last request of `ask`."""
    answers: list[httpx2.Response] = []
    session = Session()
    script(session)
    session.start()
    try:
        taped = openai.OpenAI(
            api_key="not-a-key",
            http_client=httpx2.Client(event_hooks={"response": [lambda one: (one.read(), answers.append(one))]}),
        )
        ask(taped)
    finally:
        session.stop()
    return answers[-1].content, answers[-1].headers["content-type"]


def create(of: openai.OpenAI) -> None:
    of.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1")


def stream(of: openai.OpenAI) -> None:
    for _ in of.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1", stream=True):
        pass


def floor(ask: Callable[[openai.OpenAI], Any], script: Callable[[Session], Any], calls: int) -> Callable[[], float]:
    body, kind = recorded(ask, script)

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": kind}, content=body)

    of = client(httpx2.MockTransport(answer))
    return lambda: timed(ask, of, calls)


def mocked(ask: Callable[[openai.OpenAI], Any], script: Callable[[Session], Any], calls: int) -> Callable[[], float]:
    of = client()

    def measure() -> float:
        session = Session()
        for _ in range(calls):
            script(session)
        session.start()
        try:
            elapsed = 0.0
            for number in range(calls):
                began = time.perf_counter()
                ask(of)
                elapsed += time.perf_counter() - began
                session.deck.backend.memory.threads.pop("thread_1", number)
            return elapsed
        finally:
            session.stop()

    return measure


def timed(ask: Callable[[openai.OpenAI], Any], of: openai.OpenAI, calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        ask(of)
    return time.perf_counter() - began


def ratios(one: Callable[[], float], other: Callable[[], float]) -> tuple[list[float], float]:
    """Ratios of `other` to `one`, round by round, and the median seconds of `one`."""
    one(), other()
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    return [second / first for first, second in pairs], statistics.median(first for first, _ in pairs)


def import_ms(code: str) -> float:
    """Median milliseconds of a fresh interpreter that runs `code`."""

    def once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - began) * 1000

    return statistics.median(once() for _ in range(ROUNDS))


def row(name: str, measured: tuple[list[float], float], unit: str) -> None:
    found, seconds = measured
    low, middle, high = statistics.quantiles(found, n=4)
    print(f"| {name} | {middle:.2f} ({low:.2f} to {high:.2f}) | {seconds * 1000:.2f} ms {unit} |")


def main() -> None:
    def reply(session: Session) -> None:
        session.reply("Hello Ada!")

    def long_reply(session: Session) -> None:
        session.reply(*(f"word{number} " for number in range(EVENTS)))

    print(f"openai {openai.__version__}, httpx2 {httpx2.__version__}, Python {sys.version.split()[0]}\n")
    print("| workload | ratio to the floor: median (quartiles) | floor |\n|---|---|---|")
    same = floor(create, reply, CALLS)
    row("A/A: the floor against itself", ratios(same, floor(create, reply, CALLS)), f"for {CALLS} calls")
    row("one create-run JSON call", ratios(same, mocked(create, reply, CALLS)), f"for {CALLS} calls")
    row(
        f"a streamed run of {EVENTS} deltas",
        ratios(floor(stream, long_reply, 1), mocked(stream, long_reply, 1)),
        "each",
    )
    plain, ours = import_ms("import pytest"), import_ms("import pytest, pytest_runmock")
    print(f"\nimporting the plugin on top of pytest: {ours - plain:.1f} ms (pytest alone {plain:.0f} ms)")


if __name__ == "__main__":
    main()
