"""The statuses of a run, and the table of which may follow which. The engine obeys it.

Source: docs/protocol/runs.md#transitions. Rows that are unconfirmed there (expiry, a cancel that comes too late) follow
the API reference.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class RunStatus(StrEnum):
    """The nine statuses of a run."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    REQUIRES_ACTION = "requires_action"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    EXPIRED = "expired"


TRANSITIONS: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset(
        {RunStatus.IN_PROGRESS, RunStatus.CANCELLING, RunStatus.FAILED, RunStatus.EXPIRED, RunStatus.CANCELLED}
    ),
    RunStatus.IN_PROGRESS: frozenset(
        {
            RunStatus.REQUIRES_ACTION,
            RunStatus.CANCELLING,
            RunStatus.CANCELLED,
            RunStatus.FAILED,
            RunStatus.COMPLETED,
            RunStatus.INCOMPLETE,
            RunStatus.EXPIRED,
        }
    ),
    RunStatus.REQUIRES_ACTION: frozenset(
        {RunStatus.QUEUED, RunStatus.CANCELLING, RunStatus.CANCELLED, RunStatus.EXPIRED}
    ),
    RunStatus.CANCELLING: frozenset({RunStatus.CANCELLED, RunStatus.COMPLETED, RunStatus.FAILED}),
    RunStatus.CANCELLED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.COMPLETED: frozenset(),
    RunStatus.INCOMPLETE: frozenset(),
    RunStatus.EXPIRED: frozenset(),
}
"""By status: the statuses that may follow."""

TERMINAL = frozenset(status for status, after in TRANSITIONS.items() if not after)
"""Statuses of runs that have ended."""

UNWELCOME = TERMINAL - {RunStatus.COMPLETED}
"""Terminal statuses of runs without a complete answer."""

AT_REST = TERMINAL | {RunStatus.REQUIRES_ACTION}
"""Where polling and streams stop. `requires_action` is not terminal: the thread stays locked."""

TRANSIENT = frozenset(RunStatus) - AT_REST
"""Statuses of a run that goes on. Whether a poll was answered with one depends on when it came."""

CANCELLABLE = frozenset({RunStatus.QUEUED, RunStatus.IN_PROGRESS, RunStatus.REQUIRES_ACTION})
"""Statuses in which a cancel request is accepted."""


class RunState(NamedTuple):
    """What an answer shows of a run."""

    id: str | None = None
    conversation_id: str | None = None
    status: RunStatus | None = None
    poll_ms: float = 0
    """How long an application should wait before it asks again, where no header says so."""
