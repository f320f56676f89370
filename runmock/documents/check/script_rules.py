"""Rules for scripts: mistakes that the checks of the format allow, because such a script can be played."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import did_you_mean
from runmock.core.script.patterns import as_regex
from runmock.documents.check.findings import BrokenRule
from runmock.documents.check.known_objects import KnownObjects
from runmock.documents.check.run_rules import check_run
from runmock.documents.check.stream_rules import StreamRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.script.script import Script, ScriptedRun
    from runmock.tape.format.run_keys import Keys


def broken_in_script(script: Script) -> Iterator[BrokenRule]:
    """Yield the rules that a cassette's script breaks."""
    assistants = [assistant["id"] for assistant in script.assistants]
    for run in script.runs:
        keys = ("runs", run.source.index)
        if run.events:
            yield from _events(run)
        if run.canned is not None:
            yield from check_run(KnownObjects(), {"id": "the canned run", **run.canned}, (*keys, "json", "status"))
        assistant_id = None if run.match is None else run.match.assistant_id
        if (
            script.ids == "strict"
            and assistant_id is not None
            and as_regex(assistant_id) is None
            and assistant_id not in assistants
        ):
            hint = did_you_mean(assistant_id, assistants) or "; with 'ids: strict' a request that names it gets a 404"
            yield BrokenRule(
                "unknown-id", (*keys, "match", "assistant_id"), f"there is no assistant {assistant_id}{hint}"
            )


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
