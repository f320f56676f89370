"""Which status may follow which, and which calls are answered: rules about one sight of a run after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.engine.run_status import TRANSITIONS, RunStatus
from runmock.core.errors import did_you_mean
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.documents.check.findings import Broken
from runmock.documents.check.known_objects import REACHABLE, KnownRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.documents.check.known_objects import KnownObjects
    from runmock.tape.format.run_keys import Keys

STILL_WAITING = frozenset(
    {RunStatus.REQUIRES_ACTION, RunStatus.CANCELLING, RunStatus.CANCELLED, RunStatus.EXPIRED, RunStatus.FAILED}
)
"""Where a run that waits for outputs may get without them."""


def see_run(seen: KnownObjects, value: JSON, keys: Keys, event: str = "") -> Iterator[Broken]:
    """A run was told, by an event of that name or else by JSON; note what it is now."""
    run_id, told = str(value.get("id")), value.get("status")
    if told is None:
        return
    if told not in list(RunStatus):
        if run_id in seen.runs:
            seen.runs[run_id].is_reported = True
        hint = did_you_mean(str(told), list(RunStatus))
        yield Broken("transition", keys, f"{run_id} has the status {told!r}, which the API does not have{hint}")
        return
    status = RunStatus(told)
    run = seen.runs.get(run_id)
    is_news = run is None or run.status is not status
    if run is None:
        run = seen.runs[run_id] = KnownRun(status)
    else:
        yield from _moved(run_id, run, status, keys, event)
    if run.waiting and status not in STILL_WAITING:
        calls = ", ".join(run.waiting)
        yield Broken("unanswered-calls", keys, f"{run_id} is {status}, and no output was submitted for {calls}")
        run.waiting = {}
    if status is not RunStatus.REQUIRES_ACTION:
        run.waiting = {}
    run.status, run.event, run.is_fresh, run.is_settled, run.told_at = status, event, False, False, keys
    run.thread_id = text_inside(value, "thread_id") or run.thread_id
    if status is RunStatus.REQUIRES_ACTION and is_news:
        yield from _announced(run_id, run, value, keys)


def _moved(run_id: str, run: KnownRun, status: RunStatus, keys: Keys, event: str) -> Iterator[Broken]:
    """From one status to the next: by a stream step by step, by polls with what they missed in between."""
    if status is run.status:
        if event and event == run.event:
            yield Broken("event-order", keys, f"{event} of {run_id} comes twice in a row")
        return
    before = RunStatus.QUEUED if run.is_fresh else run.status
    allowed = TRANSITIONS[before] if event and not run.is_fresh else REACHABLE[before] | {before}
    if status not in allowed:
        after = ", ".join(sorted(TRANSITIONS[run.status])) or "nothing"
        yield Broken(
            "transition", keys, f"{run_id} goes from {run.status} to {status}; after {run.status} comes {after}"
        )


def _announced(run_id: str, run: KnownRun, value: JSON, keys: Keys) -> Iterator[Broken]:
    """A run that requires action says which calls it waits for."""
    told = mappings_inside(value, "required_action", "submit_tool_outputs", "tool_calls")
    calls = [call for call in told if isinstance(call.get("id"), str)]
    if not calls:
        yield Broken("unanswered-calls", keys, f"{run_id} requires action, and its required_action names no call")
    for call in calls:
        if call["id"] not in run.announced:
            run.waiting[call["id"]] = keys
            run.announced.add(call["id"])


def see_outputs(seen: KnownObjects, run_id: str, given: list[str], keys: Keys) -> Iterator[Broken]:
    """Outputs were submitted: for all the calls that wait, and for no other."""
    run = seen.runs.get(run_id)
    if run is None:
        return
    for call_id in given:
        if call_id not in run.announced:
            hint = (
                did_you_mean(call_id, run.announced) or f"; it announced {', '.join(sorted(run.announced)) or 'none'}"
            )
            yield Broken("unknown-id", keys, f"an output for {call_id}, which {run_id} did not announce{hint}")
    missing = [call_id for call_id in run.waiting if call_id not in given]
    if missing:
        yield Broken("unanswered-calls", keys, f"no output for {', '.join(missing)}, for which {run_id} waits as well")
    if run.status is not RunStatus.REQUIRES_ACTION:
        yield Broken("transition", keys, f"outputs are submitted to {run_id}, which is {run.status}")
    run.waiting, run.is_fresh, run.is_settled, run.told_at = {}, True, False, keys


def at_end(seen: KnownObjects) -> Iterator[Broken]:
    """Calls that were never answered, with the run still waiting for them, and runs whose end was never told."""
    for run_id, run in seen.runs.items():
        if run.is_unfinished:
            last = "outputs were submitted to it" if run.is_fresh else f"it is {run.status} when it is told"
            yield Broken("unfinished", run.told_at, f"the end of {run_id} was never recorded: {last} last")
        for call_id, keys in run.waiting.items():
            yield Broken(
                "unanswered-calls", keys, f"{run_id} waits for the output of {call_id}, which is never submitted"
            )
