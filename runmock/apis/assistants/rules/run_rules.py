"""Rules for the statuses of a run and for its tool calls: which status may follow which, and what must be submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.assistants.rules.known_objects import REACHABLE, KnownRun
from runmock.core.engine.run_status import TRANSITIONS, RunStatus
from runmock.core.errors import did_you_mean
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.broken_rule import BrokenRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.apis.assistants.rules.known_objects import KnownObjects
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

STILL_WAITING = frozenset(
    {RunStatus.REQUIRES_ACTION, RunStatus.CANCELLING, RunStatus.CANCELLED, RunStatus.EXPIRED, RunStatus.FAILED}
)
"""The statuses that a run which waits for tool outputs can have before they are submitted."""


def check_run(objects: KnownObjects, value: JSON, keys: Keys, event: str = "") -> Iterator[BrokenRule]:
    """Check a run as it stands in the recording, and remember its status.

    `value` is the run object; `event` is the name of the event that carries it, empty for a JSON answer.
    """
    run_id, status_text = str(value.get("id")), value.get("status")
    if status_text is None:
        return
    if status_text not in list(RunStatus):
        if run_id in objects.runs:
            objects.runs[run_id].is_reported = True
        hint = did_you_mean(str(status_text), list(RunStatus))
        yield BrokenRule(
            "transition", keys, f"{run_id} has the status {status_text!r}, which the API does not have{hint}"
        )
        return
    status = RunStatus(status_text)
    run = objects.runs.get(run_id)
    is_new_status = run is None or run.status is not status
    if run is None:
        run = objects.runs[run_id] = KnownRun(status)
    else:
        yield from _check_transition(run_id, run, status, keys, event)
    if run.waiting and status not in STILL_WAITING:
        calls = ", ".join(run.waiting)
        yield BrokenRule("unanswered-calls", keys, f"{run_id} is {status}, and no output was submitted for {calls}")
        run.waiting = {}
    if status is not RunStatus.REQUIRES_ACTION:
        run.waiting = {}
    run.status, run.event, run.has_new_outputs, run.is_settled, run.status_keys = status, event, False, False, keys
    run.thread_id = text_inside(value, "thread_id") or run.thread_id
    if status is RunStatus.REQUIRES_ACTION and is_new_status:
        yield from _note_announced_calls(run_id, run, value, keys)


def _check_transition(run_id: str, run: KnownRun, status: RunStatus, keys: Keys, event: str) -> Iterator[BrokenRule]:
    """Check that a run's status may follow the last one; between two polls there may be statuses that nobody saw."""
    if status is run.status:
        if event and event == run.event:
            yield BrokenRule("event-order", keys, f"{event} of {run_id} comes twice in a row")
        return
    before = RunStatus.QUEUED if run.has_new_outputs else run.status
    allowed = TRANSITIONS[before] if event and not run.has_new_outputs else REACHABLE[before] | {before}
    if status not in allowed:
        after = ", ".join(sorted(TRANSITIONS[run.status])) or "nothing"
        yield BrokenRule(
            "transition", keys, f"{run_id} goes from {run.status} to {status}; after {run.status} comes {after}"
        )


def _note_announced_calls(run_id: str, run: KnownRun, value: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """Remember the calls that a run waits for; a run in `requires_action` must name at least one."""
    announced = mappings_inside(value, "required_action", "submit_tool_outputs", "tool_calls")
    calls = [call for call in announced if isinstance(call.get("id"), str)]
    if not calls:
        yield BrokenRule("unanswered-calls", keys, f"{run_id} requires action, and its required_action names no call")
    for call in calls:
        if call["id"] not in run.announced:
            run.waiting[call["id"]] = keys
            run.announced.add(call["id"])


def check_outputs(objects: KnownObjects, run_id: str, submitted: list[str], keys: Keys) -> Iterator[BrokenRule]:
    """Check that the submitted outputs are for all the calls that wait, and for no others."""
    run = objects.runs.get(run_id)
    if run is None:
        return
    for call_id in submitted:
        if call_id not in run.announced:
            hint = (
                did_you_mean(call_id, run.announced) or f"; it announced {', '.join(sorted(run.announced)) or 'none'}"
            )
            yield BrokenRule("unknown-id", keys, f"an output for {call_id}, which {run_id} did not announce{hint}")
    missing = [call_id for call_id in run.waiting if call_id not in submitted]
    if missing:
        yield BrokenRule(
            "unanswered-calls", keys, f"no output for {', '.join(missing)}, for which {run_id} waits as well"
        )
    if run.status is not RunStatus.REQUIRES_ACTION:
        yield BrokenRule("transition", keys, f"outputs are submitted to {run_id}, which is {run.status}")
    run.waiting, run.has_new_outputs, run.is_settled, run.status_keys = {}, True, False, keys


def check_end(objects: KnownObjects) -> Iterator[BrokenRule]:
    """Yield what is missing at the end: runs whose last status was not recorded, calls without a submitted output."""
    for run_id, run in objects.runs.items():
        if run.is_unfinished:
            last = "outputs were submitted to it last" if run.has_new_outputs else f"its last status is {run.status}"
            yield BrokenRule("unfinished", run.status_keys, f"the end of {run_id} was never recorded: {last}")
        for call_id, keys in run.waiting.items():
            yield BrokenRule(
                "unanswered-calls", keys, f"{run_id} waits for the output of {call_id}, which is never submitted"
            )
