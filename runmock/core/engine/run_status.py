"""The statuses of a run as tables: which may follow which, and which fields of the Run object each sets.

Sources: docs/protocol/runs.md#what-each-status-sets, docs/protocol/runs.md#transitions. Rows that are unconfirmed there
(expiry, a cancel that comes too late) follow the API reference.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

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

CANCELLABLE = frozenset({RunStatus.QUEUED, RunStatus.IN_PROGRESS, RunStatus.REQUIRES_ACTION})
"""Statuses in which a cancel request is accepted."""

STEP_ENDINGS: Mapping[RunStatus, str] = {
    RunStatus.COMPLETED: "completed",
    RunStatus.INCOMPLETE: "completed",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
    RunStatus.EXPIRED: "expired",
}
"""The status of an open step when its run ends with this status."""

TIMESTAMPS: Mapping[RunStatus, str] = {
    RunStatus.IN_PROGRESS: "started_at",
    RunStatus.COMPLETED: "completed_at",
    RunStatus.INCOMPLETE: "completed_at",
    RunStatus.CANCELLED: "cancelled_at",
    RunStatus.FAILED: "failed_at",
}
"""The timestamp that a status sets; an expired run sets none (its modern shape is unknown)."""

LIFETIME_S = 600
"""Seconds from `created_at` to `expires_at`, in all 239 samples of real traffic."""

EVENTS = frozenset(
    {
        "thread.created",
        "thread.run.created",
        *(f"thread.run.{status}" for status in RunStatus),
        *(f"thread.run.step.{kind}" for kind in ("created", "in_progress", "delta", "completed", "failed")),
        *(f"thread.run.step.{kind}" for kind in ("cancelled", "expired")),
        *(f"thread.message.{kind}" for kind in ("created", "in_progress", "delta", "completed", "incomplete")),
        "error",
        "done",
    }
)
"""Every event of the API: 23 of a thread, `error` and `done` (docs/protocol/streams.md#events)."""
