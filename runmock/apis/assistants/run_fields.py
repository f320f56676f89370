"""Which fields of the Run object, and which events, go with a status.

Source: docs/protocol/runs.md#what-each-status-sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

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

ENDS = ("done", "error")
"""Names of events, any of which ends a stream (docs/protocol/streams.md#framing)."""
EVENTS = frozenset(
    {
        "thread.created",
        "thread.run.created",
        *(f"thread.run.{status}" for status in RunStatus),
        *(f"thread.run.step.{kind}" for kind in ("created", "in_progress", "delta", "completed", "failed")),
        *(f"thread.run.step.{kind}" for kind in ("cancelled", "expired")),
        *(f"thread.message.{kind}" for kind in ("created", "in_progress", "delta", "completed", "incomplete")),
        *ENDS,
    }
)
"""Every event of the API: 23 of a thread, `error` and `done` (docs/protocol/streams.md#events)."""
