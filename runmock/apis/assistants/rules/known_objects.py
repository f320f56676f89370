"""The runs, steps and messages of a recording as far as it was read: the rules compare each interaction with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import AT_REST, TRANSITIONS, RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.json_values import Keys


def _reachable() -> dict[RunStatus, frozenset[RunStatus]]:
    """Return for each status all statuses that can come after it, by one transition or several."""
    reachable = {status: set(following) for status, following in TRANSITIONS.items()}
    for _ in RunStatus:
        for following in reachable.values():
            following |= {later for status in tuple(following) for later in TRANSITIONS[status]}
    return {status: frozenset(following) for status, following in reachable.items()}


REACHABLE: Mapping[RunStatus, frozenset[RunStatus]] = _reachable()
"""The statuses that the next poll can return after a status: a poll may skip statuses."""


@dataclass(slots=True)
class KnownRun:
    """A run: its last status, and the calls that wait for an output."""

    status: RunStatus
    status_keys: Keys = ()
    """The keys of the place in the document that has its last status."""
    thread_id: str = ""
    event: str = ""
    """The name of the event that had its last status; empty when a JSON answer had it."""
    has_new_outputs: bool = False
    """Outputs were submitted, and no status of the run came after that."""
    waiting: dict[str, Keys] = field(default_factory=dict)
    """The ids of calls whose outputs were not submitted yet, each with the keys of the place that announces it."""
    announced: set[str] = field(default_factory=set)
    is_requested: bool = False
    """A request of the recording creates this run or names it; other runs only stand in lists."""
    is_settled: bool = False
    """After its last status the recording shows that it is over: its reply was read, it was cancelled, or deleted."""
    is_reported: bool = False
    """A finding already names the missing end."""

    @property
    def is_unfinished(self) -> bool:
        """Whether the recording does not show how the run ended, and no other finding names that."""
        rests = self.status in AT_REST and not (self.has_new_outputs and self.status is RunStatus.REQUIRES_ACTION)
        return self.is_requested and not (rests or self.is_settled or self.is_reported)


@dataclass(slots=True)
class KnownCall:
    """A tool call in a step; `input` is the text of its deltas, None when it had none."""

    id: str
    kind: str
    input: str | None = None


@dataclass(slots=True)
class KnownStep:
    """A step of a run; `ended` is its last status, empty while the step is not over."""

    run_id: str
    ended: str = ""
    message_id: str | None = None
    calls: dict[int, KnownCall] = field(default_factory=dict)
    """The step's calls by their index."""


@dataclass(slots=True)
class KnownMessage:
    """A message; `pieces` has the texts of its deltas by content index; `ended` is empty while it is not over."""

    run_id: str
    ended: str = ""
    created_at: Keys = ()
    """The keys of the event that created it; empty when no stream did."""
    pieces: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class KnownObjects:
    """All runs, steps, messages and ids that the recording contained so far; mutable."""

    runs: dict[str, KnownRun] = field(default_factory=dict)
    steps: dict[str, KnownStep] = field(default_factory=dict)
    messages: dict[str, KnownMessage] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    """Every id that an answer contained, and those that the cassette declares."""
