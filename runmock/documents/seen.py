"""What a recording has told so far of runs, steps and messages: what the rules look back on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.run import TRANSITIONS, RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.tape.run_checks import Keys


def _reachable() -> dict[RunStatus, frozenset[RunStatus]]:
    """From which status one can get to which, by one transition or several."""
    found = {status: set(after) for status, after in TRANSITIONS.items()}
    for _ in RunStatus:
        for after in found.values():
            after |= {later for status in tuple(after) for later in TRANSITIONS[status]}
    return {status: frozenset(after) for status, after in found.items()}


REACHABLE: Mapping[RunStatus, frozenset[RunStatus]] = _reachable()
"""What a poll may see after a status: whoever polls misses what was in between."""


@dataclass(slots=True)
class RunSeen:
    """A run: its status, and the calls for whose outputs it waits."""

    status: RunStatus
    event: str = ""
    """The last event that told it."""
    is_fresh: bool = False
    """Outputs were submitted, and nothing was heard since."""
    waiting: dict[str, Keys] = field(default_factory=dict)
    """Where each call was announced whose output was not submitted yet."""
    announced: set[str] = field(default_factory=set)


@dataclass(slots=True)
class CallSeen:
    """A call of a tool in a step, and what its deltas add up to; None when there were none."""

    id: str
    kind: str
    input: str | None = None


@dataclass(slots=True)
class StepSeen:
    """A step of a run; `ended`: the status in which it ended."""

    run_id: str
    ended: str = ""
    message_id: str | None = None
    calls: dict[int, CallSeen] = field(default_factory=dict)
    """By their index."""


@dataclass(slots=True)
class MessageSeen:
    """A message; `pieces`: the texts of its deltas, by content index."""

    run_id: str
    ended: str = ""
    pieces: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """Everything that was told so far; mutable."""

    runs: dict[str, RunSeen] = field(default_factory=dict)
    steps: dict[str, StepSeen] = field(default_factory=dict)
    messages: dict[str, MessageSeen] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    """Every id that an answer told."""
