"""What a recording has told so far of runs, steps and messages: what the rules look back on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import AT_REST, TRANSITIONS, RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.tape.format.run_keys import Keys


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
class KnownRun:
    """A run: its status, and the calls for whose outputs it waits."""

    status: RunStatus
    told_at: Keys = ()
    """Where its status was told last."""
    thread_id: str = ""
    event: str = ""
    """The last event that told it."""
    is_fresh: bool = False
    """Outputs were submitted, and nothing was heard since."""
    waiting: dict[str, Keys] = field(default_factory=dict)
    """Where each call was announced whose output was not submitted yet."""
    announced: set[str] = field(default_factory=set)
    is_own: bool = False
    """The recording creates it or asks about it; others only stand in a list."""
    is_settled: bool = False
    """Since its status was told last, something else told how it ended, or the application gave it up."""
    is_reported: bool = False
    """A finding says already that its end is missing."""

    @property
    def is_unfinished(self) -> bool:
        """Whether nothing tells how it ended, and no other rule says so."""
        rests = self.status in AT_REST and not (self.is_fresh and self.status is RunStatus.REQUIRES_ACTION)
        return self.is_own and not (rests or self.is_settled or self.is_reported)


@dataclass(slots=True)
class KnownCall:
    """A call of a tool in a step, and what its deltas add up to; None when there were none."""

    id: str
    kind: str
    input: str | None = None


@dataclass(slots=True)
class KnownStep:
    """A step of a run; `ended`: the status in which it ended."""

    run_id: str
    ended: str = ""
    message_id: str | None = None
    calls: dict[int, KnownCall] = field(default_factory=dict)
    """By their index."""


@dataclass(slots=True)
class KnownMessage:
    """A message; `pieces`: the texts of its deltas, by content index."""

    run_id: str
    ended: str = ""
    created_at: Keys = ()
    """Where a stream created it."""
    pieces: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class KnownObjects:
    """Everything that was told so far; mutable."""

    runs: dict[str, KnownRun] = field(default_factory=dict)
    steps: dict[str, KnownStep] = field(default_factory=dict)
    messages: dict[str, KnownMessage] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    """Every id that an answer told."""
