"""Runs in the script's own words: a canned Run object, or a list of events served as they are.

The backend still remembers what goes by, so that what was streamed can be retrieved and listed afterwards.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from runmock.core.memory import DONE, Event
from runmock.core.run import RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.exchange import JSON
    from runmock.core.memory import Run
    from runmock.core.script import ScriptedRun


def first_run(script: ScriptedRun) -> JSON | None:
    """The Run object with which a verbatim script begins, None when the script is not verbatim or has none."""
    if script.canned is not None:
        return copy.deepcopy(script.canned)
    for _, data in script.events:
        if isinstance(data, dict) and data.get("object") == "thread.run":
            return copy.deepcopy(data)
    return None


def events_of(run: Run) -> Iterator[Event]:
    """The events of a verbatim script, remembered as they go by."""
    if run.script.canned is not None:
        yield from _canned(run)
        return
    for name, data in run.script.events:
        if name == "done":
            yield DONE
        else:
            _remember(run, data)
            yield Event(name, data)


def _canned(run: Run) -> Iterator[Event]:
    """A canned Run as a stream: created, its status, done; once outputs are submitted it completes."""
    _remember(run, run.object)
    yield Event("thread.run.created", run.object)
    yield Event(f"thread.run.{run.object['status']}", run.object)
    yield DONE
    if run.status is RunStatus.REQUIRES_ACTION:
        run.waiting, run.object["required_action"] = (), None
        for status in (RunStatus.QUEUED, RunStatus.IN_PROGRESS, RunStatus.COMPLETED):
            run.object["status"] = str(status)
            yield Event(f"thread.run.{status}", run.object)
        yield DONE


def _remember(run: Run, data: Any) -> None:
    if not isinstance(data, dict):
        return
    kind, value = data.get("object"), copy.deepcopy(data)
    if kind == "thread.run":
        run.object = value
        calls = ((value.get("required_action") or {}).get("submit_tool_outputs") or {}).get("tool_calls", ())
        run.calls |= {call["id"]: call for call in calls}
        run.waiting = tuple(call["id"] for call in calls)
    elif kind == "thread.run.step":
        run.steps[value["id"]] = value
    elif kind == "thread.message":
        run.thread.messages[value["id"]] = value
