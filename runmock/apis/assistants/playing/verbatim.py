"""Runs whose objects are in the script: a canned Run object, or a list of events, which are sent unchanged.

The backend keeps the objects of these events, so that a streamed run can be retrieved and listed afterwards.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.run_fields import EVENTS
from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import ScriptError, did_you_mean
from runmock.core.http.event import DONE, Event
from runmock.core.script.script import FunctionCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.apis.assistants.state import ThreadRun
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import ScriptedRun


def take_over(run: ThreadRun) -> None:
    """Give the run the object and the events of a verbatim script; an `id` or `status` that it leaves out stays.

    Raises ScriptError for a status that the API does not have; so do the events.
    """
    run.is_verbatim = True
    run.events = _events(run) if run.script.canned is None else _canned(run)
    first = _first_run(run.script)
    if first is not None:
        _become(run, copy.deepcopy(first))


def _first_run(script: ScriptedRun) -> JSON | None:
    """The Run object with which a verbatim script begins, None when its events have none."""
    runs = [data for name, data in script.events if isinstance(data, dict) and _kind(name, data) == "thread.run"]
    return script.canned if script.canned is not None else next(iter(runs), None)


def _events(run: ThreadRun) -> Iterator[Event]:
    for name, data in run.script.events:
        if name == "done":
            yield DONE
        else:
            _remember(run, name, data)
            yield Event(name, data)


def _canned(run: ThreadRun) -> Iterator[Event]:
    """The events of a canned Run: created, its status, done; after outputs are submitted it completes."""
    yield Event("thread.run.created", run.object)
    yield Event(f"thread.run.{run.object['status']}", run.object)
    yield DONE
    run.waiting, run.object["required_action"] = (), None
    for status in (RunStatus.QUEUED, RunStatus.IN_PROGRESS, RunStatus.COMPLETED):
        run.become_as_written(status)
        run.object["status"] = str(status)
        yield Event(f"thread.run.{status}", run.object)
    yield DONE


def _kind(name: str, data: JSON) -> Any:
    """The kind of an event's object, from its `object` key, else from the event's name; None for an unknown name."""
    if name not in EVENTS:
        return None
    of_name = next((kind for kind in KINDS if name.startswith(f"{kind}.") and not name.endswith(".delta")), None)
    return data.get("object", of_name)


KINDS = ("thread.run.step", "thread.run", "thread.message")
"""Objects whose events begin with their name; a step before a run, because its name begins with the run's."""


def _remember(run: ThreadRun, name: str, data: Any) -> None:
    if not isinstance(data, dict):
        return
    kind, value = _kind(name, data), copy.deepcopy(data)
    if kind == "thread.run":
        if (status := name.removeprefix("thread.run.")) in list(RunStatus):
            value.setdefault("status", status)
        _become(run, value)
    elif kind == "thread.run.step" and "id" in value:
        run.steps[value["id"]] = {"step_details": {}} | value
    elif kind == "thread.message" and "id" in value:
        needed = {"role": "assistant", "run_id": run.id, "content": [], "metadata": {}}
        left_out = {key: default for key, default in needed.items() if value.get(key) is None}
        run.thread.messages[value["id"]] = value | left_out


def _become(run: ThreadRun, value: JSON) -> None:
    """Make `value` the run's object; the run waits for the calls in it. Raises ScriptError for an unknown status."""
    value.setdefault("id", run.id)
    status = value.setdefault("status", str(run.status))
    if status not in list(RunStatus):
        raise ScriptError(
            f"the script gives a run the status {status!r}, which the API does not have"
            f"{did_you_mean(str(status), list(RunStatus))}\n"
            f"  script    {run.script.source}"
        )
    run.object, run.id = value, str(value["id"])
    run.become_as_written(RunStatus(status))
    action = value.get("required_action") or {}
    calls = (action.get("submit_tool_outputs") or {}).get("tool_calls") or ()
    run.calls |= {call["id"]: _call(call) for call in calls}
    run.waiting = tuple(call["id"] for call in calls)


def _call(call: JSON) -> FunctionCall:
    function = call.get("function") or {}
    return FunctionCall(str(function.get("name")), str(function.get("arguments")), call["id"])
