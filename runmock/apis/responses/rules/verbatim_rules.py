"""Rules for what stands verbatim in a script: the Response object under `json:`, and the events under `events:`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses.rules.known_responses import KnownResponses
from runmock.apis.responses.rules.response_rules import check_object
from runmock.apis.responses.rules.stream_rules import StreamFacts, StreamRules
from runmock.core.http.event import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.report.broken_rule import BrokenRule
    from runmock.core.script.script import ScriptedRun


def broken_verbatim(run: ScriptedRun) -> Iterator[BrokenRule]:
    """Yield the rules that the verbatim part of a scripted run breaks; none for answers of another API."""
    if run.only_api != "responses":
        return
    keys = ("runs", run.source.index)
    if run.canned is not None:
        yield from check_object({"id": "the canned response", **run.canned}, (*keys, "json", "status"))
    stream = StreamRules(KnownResponses(), StreamFacts(), lambda number: (*keys, "events", number))
    yield from stream.check([Event(name, data) for name, data in run.events])
