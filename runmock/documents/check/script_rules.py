"""Rules for scripts: mistakes that the checks of the format allow, because such a script can be played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.registry import APIS, documents_of
from runmock.core.errors import did_you_mean
from runmock.core.report.broken_rule import BrokenRule
from runmock.core.script.conditions import conditions_of
from runmock.core.script.patterns import as_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.script.script import Script


def broken_in_script(script: Script) -> Iterator[BrokenRule]:
    """Yield the rules that a cassette's script breaks."""
    assistants = [assistant["id"] for assistant in script.assistants]
    for run in script.runs:
        keys = ("runs", run.source.index)
        for documents in filter(None, map(documents_of, APIS)):
            yield from documents.broken_verbatim(run)
        assistant_id = None if run.match is None else run.match.assistant_id
        if (
            script.ids == "strict"
            and conditions_of(run).get("api") in {None, "assistants"}
            and assistant_id is not None
            and as_regex(assistant_id) is None
            and assistant_id not in assistants
        ):
            hint = did_you_mean(assistant_id, assistants) or "; with 'ids: strict' a request that names it gets a 404"
            yield BrokenRule(
                "unknown-id", (*keys, "match", "assistant_id"), f"there is no assistant {assistant_id}{hint}"
            )
