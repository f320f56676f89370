"""How single values are written, as JSON Schema, where a Python type cannot express it.

Patterns mean the same in Python and in ECMAScript. `patternErrorMessage` is the message that editors show instead of
the pattern; other readers of the schema ignore it.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import WithJsonSchema

from runmock.apis.registry import EVENTS
from runmock.apis.service import function_names
from runmock.core.engine import pace
from runmock.core.engine.run_status import RunStatus
from runmock.core.script.choices import PollStatus
from runmock.tape.format import run_keys
from runmock.tape.format.run_keys import DELTAS, EVENT_NAME, HEADER_NAME, HEADER_VALUE, STREAM_FAULTS
from runmock.tape.format.shorthand import BUILTIN_TOOLS, LATE_CANCELS, LONGEST_MS, MAX_POLLS

METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS")


def _matching(pattern: str, expected: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$", "patternErrorMessage": f"should be {expected}"}


NULL = {"type": "null"}
SECONDS = {"type": "number", "minimum": 0, "maximum": LONGEST_MS}
DATE = r"[0-9]{4}-?([0-9]{2}-?[0-9]{2}|W[0-9]{2}(-?[0-9])?)"
TIME = r"[0-9]{2}[0-9:.,]*(Z|[+-][0-9:.]+)?"
ARGUMENTS = {"type": ["object", "string", "null"]}

FUNCTION_NAME = _matching(function_names.FUNCTION_NAME.pattern, run_keys.WHAT_A_FUNCTION_NAME_IS)
REQUEST = _matching(rf"({'|'.join(METHODS)}) /\S*", "a method and a path such as POST /threads/thread_1/runs")
MOMENT = {
    "anyOf": [_matching(f"{DATE}(.{TIME})?", "a time such as 2026-11-22T10:23:29Z"), {"type": "integer"}, NULL],
}
DURATION = {
    "anyOf": [_matching(pace.DURATION.pattern, "a time such as 20ms, 1.5s or 0"), SECONDS, NULL],
}
CANCEL = {"anyOf": [{"type": ["boolean", "null"]}, {"enum": list(LATE_CANCELS)}]}
RETRY_AFTER = {"anyOf": [SECONDS, {"type": ["string", "null"]}]}
POLLS = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_POLLS},
        {"type": "array", "items": {"enum": list(get_args(PollStatus))}},
        NULL,
    ]
}
HEADERS = {
    "type": ["object", "null"],
    "propertyNames": _matching(HEADER_NAME.pattern, "a header's name"),
    "additionalProperties": {
        "anyOf": [_matching(HEADER_VALUE.pattern, "of characters that HTTP can carry"), {"type": "number"}]
    },
}
RUN_FIELDS = {"type": ["object", "null"], "properties": {"status": {"enum": [*map(str, RunStatus), None]}}}
"""Fields of the Run object: any, but a status is one that the API has."""
PART_TEXT = {"type": ["string", "object", "null"]}
"""A text, or the form that the API's answers have: a mapping with `value` and `annotations`."""
TOOL = {"anyOf": [{"enum": list(BUILTIN_TOOLS)}, {"type": "string"}, {"type": "object"}]}

CALLS_BY_NAME = {
    "type": "object",
    # A text under `name` makes it the long form of one call.
    "patternProperties": {"^name$": {"type": ["object", "null"]}},
    "additionalProperties": ARGUMENTS,
    "minProperties": 1,
}
CALL_BY_NAME = {**CALLS_BY_NAME, "maxProperties": 1}

_NAMED = {
    **FUNCTION_NAME,
    "if": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "then": {"patternProperties": {"^name$": FUNCTION_NAME}},
    "else": {"propertyNames": FUNCTION_NAME},
}
_NAMED.pop("type")
NAMED_CALLS = {**_NAMED, "items": _NAMED}
"""Calls of tools that the application offers, in every form: each name has to be one that a function can have."""

ANYTHING = {"type": ["object", "array", "string", "number", "boolean", "null"]}
"""Any value. The types are listed, and in this order, so that an editor completes a key with a mapping first."""
EVENT_KEYS: dict[str, dict[str, Any]] = {
    **{name: {**ANYTHING, "description": f"The event {name} with its payload."} for name in sorted(EVENTS - {"done"})},
    "done": {"description": "The end of an answer; - done says the same."},
}
DONE = {"type": "string", "const": "done"}
EVENT = {
    "anyOf": [
        {
            "type": "object",
            "properties": EVENT_KEYS,
            "additionalProperties": ANYTHING,
            "propertyNames": {
                "pattern": f"^{EVENT_NAME.pattern}$",
                "not": {"enum": [*STREAM_FAULTS, *DELTAS]},
                "errorMessage": "is no event",
            },
            "minProperties": 1,
            "maxProperties": 1,
        },
        DONE,
    ]
}

# As types: what is written where a validator reads it.
VersionForm = Annotated[Any, WithJsonSchema({"type": "integer", "const": 1})]
MomentForm = Annotated[Any, WithJsonSchema(MOMENT)]
DurationForm = Annotated[Any, WithJsonSchema(DURATION)]
CancelForm = Annotated[Any, WithJsonSchema(CANCEL)]
RetryAfterForm = Annotated[Any, WithJsonSchema(RETRY_AFTER)]
PollsForm = Annotated[Any, WithJsonSchema(POLLS)]
HeadersForm = Annotated[Any, WithJsonSchema(HEADERS)]
ToolForm = Annotated[Any, WithJsonSchema(TOOL)]
CallByNameForm = Annotated[Any, WithJsonSchema(CALL_BY_NAME)]
CallsByNameForm = Annotated[Any, WithJsonSchema(CALLS_BY_NAME)]
EventForm = Annotated[Any, WithJsonSchema(EVENT)]
