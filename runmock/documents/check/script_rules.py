"""Scripts: what the format's own checks let pass, because it plays, and what is a mistake all the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import did_you_mean
from runmock.core.script.patterns import as_regex
from runmock.documents.check.findings import Broken
from runmock.documents.check.known_objects import KnownObjects
from runmock.documents.check.run_rules import see_run
from runmock.documents.check.stream_rules import StreamRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.script.script import Script, ScriptedRun
    from runmock.tape.format.run_keys import Keys


def script_broken(script: Script) -> Iterator[Broken]:
    """What is wrong with a cassette's script."""
    assistants = [one["id"] for one in script.assistants]
    for run in script.runs:
        keys = ("runs", run.source.index)
        if run.events:
            yield from _events(run)
        if run.canned is not None:
            yield from see_run(KnownObjects(), {"id": "the canned run", **run.canned}, (*keys, "json", "status"))
        wanted = None if run.match is None else run.match.assistant_id
        if script.ids == "strict" and wanted is not None and as_regex(wanted) is None and wanted not in assistants:
            hint = did_you_mean(wanted, assistants) or "; with 'ids: strict' nobody can name it"
            yield Broken("unknown-id", (*keys, "match", "assistant_id"), f"there is no assistant {wanted}{hint}")


def _events(run: ScriptedRun) -> Iterator[Broken]:
    """Events that are served verbatim: each `done` ends an answer, and what follows goes to the next submit."""
    rules, start = StreamRules(KnownObjects(), has_new_events=True), 0
    while start < len(run.events):
        names = [name for name, _ in run.events[start:]]
        end = start + names.index("done") + 1 if "done" in names else len(run.events)
        for seen in rules.seen.runs.values():
            if seen.status is RunStatus.REQUIRES_ACTION:
                seen.waiting, seen.is_fresh = {}, True
        operation = "submit_tool_outputs" if start else ""
        yield from rules.broken(operation, run.events[start:end], partial(_place, run.source.index, start))
        start = end


def _place(run: int, first: int, number: int) -> Keys:
    return ("runs", run, "events", first + number)
