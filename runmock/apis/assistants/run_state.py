"""What a Run object shows of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.engine.run_status import RunState, RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES: Mapping[object, RunStatus] = {str(status): status for status in RunStatus}


def run_state(payload: Any) -> RunState | None:
    """The state of the run that a payload is; None when it is no Run object."""
    if not isinstance(payload, dict) or payload.get("object") != "thread.run":
        return None
    return RunState(payload.get("id"), payload.get("thread_id"), STATUSES.get(payload.get("status")))
