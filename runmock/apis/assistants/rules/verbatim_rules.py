"""Rules for what stands verbatim in a script: the Run under `json:`, and the events under `events:`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from runmock.apis.assistants.rules.known_objects import KnownObjects
from runmock.apis.assistants.rules.run_rules import check_run
from runmock.apis.assistants.rules.stream_rules import StreamRules
from runmock.core.engine.run_status import RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys
    from runmock.core.report.broken_rule import BrokenRule
    from runmock.core.script.script import ScriptedRun


def broken_verbatim(run: ScriptedRun) -> Iterator[BrokenRule]:
    """Yield the rules that the verbatim part of a scripted run breaks; none for answers of another API."""
    if run.only_api not in {None, "assistants"}:
        return
    if run.events:
        yield from _events(run)
    if run.canned is not None:
        keys = ("runs", run.source.index, "json", "status")
        yield from check_run(KnownObjects(), {"id": "the canned run", **run.canned}, keys)


def _events(run: ScriptedRun) -> Iterator[BrokenRule]:
    """Check the events of `events:`: each `done` ends an answer, and the events after it answer the next submit."""
    stream_rules, start = StreamRules(KnownObjects(), has_new_events=True), 0
    while start < len(run.events):
        names = [name for name, _ in run.events[start:]]
        end = start + names.index("done") + 1 if "done" in names else len(run.events)
        for known_run in stream_rules.objects.runs.values():
            if known_run.status is RunStatus.REQUIRES_ACTION:
                known_run.waiting, known_run.has_new_outputs = {}, True
        operation = "submit_tool_outputs" if start else ""
        yield from stream_rules.check(
            operation, run.events[start:end], partial(_keys_of_event, run.source.index, start)
        )
        start = end


def _keys_of_event(run: int, first: int, number: int) -> Keys:
    return ("runs", run, "events", first + number)
