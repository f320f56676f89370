"""What is measured, as one table: who takes part, in which unit, and the limit that runmock is to keep to.

`prepare` of a workload gives, for a contender's name, an object whose `round()` tells a value: seconds, unless the
unit says otherwise. The floor takes part in all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import documents
import growth
import memory
import playing
import recording
import responding
import serving
import suites

EVERYBODY = ("runmock", "respx", "pytest-httpx", "pytest-httpx2", "vcrpy", "openai-responses")
RECORDERS = ("runmock", "vcrpy")
OURS = ("runmock",)


class Unit(StrEnum):
    """How a contender's round is told beside the floor's."""

    TIMES = "times the floor"
    MORE = "ms more than the floor"
    ITSELF = "the value itself"


@dataclass(frozen=True)
class Workload:
    """A row of the table."""

    name: str
    prepare: Callable[[str], Any]
    limit: float
    who: tuple[str, ...] = EVERYBODY
    unit: Unit = Unit.TIMES
    share: int = 1
    """A value is told as this part of it: of a thousand tests each has a thousandth."""
    is_quick: bool = False
    is_to_reach: bool = False
    """The limit is the least that counts, not the most."""
    rounds: int | None = None
    """No more than these, where one takes seconds."""
    slow: tuple[str, ...] = ()
    """Contenders that would take minutes: a round of theirs grows with the square of the cassette."""


WORKLOADS = (
    Workload("one create-run JSON call", playing.created, 1.10, is_quick=True),
    Workload("a streamed run of 1,000 events", playing.streamed, 1.03, is_quick=True),
    Workload("the first event of that stream", playing.began, 1.10, is_quick=True),
    Workload("replay of 1,000 interactions", playing.replayed(1_000), 1.2, is_quick=True),
    Workload(
        "replay of 10,000 interactions",
        playing.replayed(10_000),
        1.2,
        rounds=2,
        slow=("respx", "pytest-httpx", "pytest-httpx2", "vcrpy", "openai-responses"),
    ),
    Workload("100 async tasks, a run and a stream each", playing.of_tasks, 1.15, is_quick=True),
    Workload(
        "32 threads ask one request 320 times: distinct answers",
        playing.of_threads,
        320,
        unit=Unit.ITSELF,
        is_quick=True,
        is_to_reach=True,
    ),
    Workload("Responses: one scripted JSON call", responding.calls, 1.3, who=OURS, is_quick=True),
    Workload("Responses: a scripted stream of 1,000 words", responding.streamed, 1.3, who=OURS),
    Workload("Responses: the last 20 of 200 stateless turns", responding.stateless, 1.3, who=OURS, rounds=3),
    Workload("open a stream of 10,000 text deltas", documents.deltas, 2.0, who=OURS),
    Workload("open 1,000 JSON interactions", documents.interactions, 8, who=RECORDERS, is_quick=True),
    Workload("40 default clients", documents.Clients, 1.1),
    Workload("pytest starts with the plugin unused", suites.start, 5, unit=Unit.MORE),
    Workload("a fixture, per test", suites.Fixtures, 0.15, unit=Unit.MORE, share=suites.TESTS),
    Workload("recording, events 10 ms apart: the first event", recording.first_event, 1.05, who=RECORDERS),
    Workload("recording 1,000 events at full speed", recording.whole, 1.05, who=RECORDERS),
    Workload("peak memory of a 50 MB stream, as times its size", memory.Peak, 2.0, unit=Unit.ITSELF, rounds=1),
    Workload("a recorded poll among 4,000 threads, among 100 = 1", growth.RecordedPoll, 1.3, who=OURS, rounds=2),
    Workload("a scripted poll among 4,000 threads, among 100 = 1", growth.ScriptedPoll, 1.3, who=OURS, rounds=2),
    Workload(
        "10,000 uploads in a session: the last 500, the first 500 of another = 1",
        growth.Uploads,
        1.2,
        who=OURS,
        unit=Unit.ITSELF,
        rounds=2,
    ),
    Workload(
        "2,000 tests of 500 cassettes: how often each is read", growth.Suite, 1, who=OURS, unit=Unit.ITSELF, rounds=2
    ),
    Workload("serve: 200 clients streaming, per event", serving.Serving, 1.3, who=OURS),
    Workload("base_url: a call of another process, beside serve", serving.Calls, 1.2, who=OURS),
    Workload(
        "base_url: start and end, per session", serving.Started, 3, who=OURS, unit=Unit.MORE, share=serving.STARTS
    ),
)
