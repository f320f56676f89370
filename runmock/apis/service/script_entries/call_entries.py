"""Calls of functions as entries of a script, and the outputs that the application must submit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runmock.apis.service.function_names import FUNCTION_NAME
from runmock.apis.service.script_entries.texts import parsed_json
from runmock.core.http.json_text import compact_json
from runmock.core.script.patterns import ANYTHING, as_regex

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import CallStory


def calls_entry(calls: Sequence[CallStory], offered: Container[str] | None = None) -> JSON:
    """The entry of one round of calls.

    `offered`: the names of the tools that the request has; None where it leaves them to the assistant.
    """
    entry: JSON = {"calls": [_call(call) for call in calls]}
    if any(call.output is not None for call in calls):
        entry["outputs"] = [_expected(call.output) for call in calls]
    if any(is_unoffered(call.name, offered) for call in calls):
        entry["unoffered"] = True
    return entry


def is_unoffered(name: str, offered: Container[str] | None = None) -> bool:
    """Whether nobody offered the function that a model called: its name is invalid, or the request does not list it."""
    return FUNCTION_NAME.fullmatch(name) is None or (offered is not None and name not in offered)


def _call(call: CallStory) -> JSON | str:
    """`name: {arguments}`; the arguments are a text where the mapping would not give exactly the same JSON."""
    arguments = parsed_json(call.input)
    if arguments == {} and call.input == "{}":
        return call.name
    if isinstance(arguments, dict) and compact_json(arguments) == call.input:
        return {call.name: arguments}
    return {call.name: call.input}


def _expected(output: str | None) -> str:
    """A submitted output as `outputs:` has it: the text itself, or a regex for it where the text would be a pattern."""
    if output is None:
        return ANYTHING
    if output == ANYTHING or as_regex(output) is not None:
        return f"/^{re.escape(output)}$/"
    return output
