"""Each error that pydantic can find in a request has the service's own sentence and code.

Source: docs/protocol/errors.md#the-schema-of-a-request, where each sentence carries its own. Some are quoted of this
API, the others of the validator that all endpoints of api.openai.com share; guesses are named there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.service.refusals import ServiceRefusal
from runmock.apis.service.requests.model import WRONG_ID, WRONG_KIND, WRONG_LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails


class RequestError(NamedTuple):
    """The service's sentence, and the code."""

    message: str
    code: str


WRONG_TYPE = RequestError("Invalid type for '{param}': expected {expected}, but got {got} instead.", "invalid_type")
NOT_AN_INTEGER = RequestError(
    "Invalid type for '{param}': expected an integer, but got a string value that could not be converted into an "
    "integer.",
    "invalid_type",
)

FAULTS: dict[tuple[str, str], RequestError] = {
    ("missing", ""): RequestError("Missing required parameter: '{param}'.", "missing_required_parameter"),
    ("extra_forbidden", ""): RequestError("Unknown parameter: '{param}'.", "unknown_parameter"),
    ("string_type", ""): WRONG_TYPE,
    ("int_type", ""): WRONG_TYPE,
    ("float_type", ""): WRONG_TYPE,
    ("bool_type", ""): WRONG_TYPE,
    ("dict_type", ""): WRONG_TYPE,
    ("model_type", ""): WRONG_TYPE,
    (WRONG_KIND, ""): WRONG_TYPE,
    (WRONG_ID, ""): RequestError(
        "Invalid '{param}': '{value}'. Expected an ID that begins with '{prefix}'.", "invalid_value"
    ),
    (WRONG_LETTERS, ""): RequestError(
        "Invalid '{param}': '{value}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this "
        "value contained additional characters.",
        "invalid_value",
    ),
    ("model_type", "body"): RequestError("Invalid type: expected an object, but got {got} instead.", "invalid_type"),
    ("int_parsing", ""): NOT_AN_INTEGER,
    ("int_parsing_size", ""): NOT_AN_INTEGER,
    ("literal_error", "wrong type"): WRONG_TYPE,
    ("literal_error", ""): RequestError("Invalid value: '{value}'. Supported values are: {values}.", "invalid_value"),
    ("less_than_equal", "int"): RequestError(
        "Invalid '{param}': integer above maximum value. Expected a value <= {limit}, but got {value} instead.",
        "integer_above_max_value",
    ),
    ("greater_than_equal", "int"): RequestError(
        "Invalid '{param}': integer below minimum value. Expected a value >= {limit}, but got {value} instead.",
        "integer_below_min_value",
    ),
    ("less_than_equal", "float"): RequestError(
        "Invalid '{param}': decimal above maximum value. Expected a value <= {limit:g}, but got {value} instead.",
        "decimal_above_max_value",
    ),
    ("greater_than_equal", "float"): RequestError(
        "Invalid '{param}': decimal below minimum value. Expected a value >= {limit:g}, but got {value} instead.",
        "decimal_below_min_value",
    ),
    ("string_too_long", ""): RequestError(
        "Invalid '{param}': string too long. Expected a string with maximum length {limit}, but got a string with "
        "length {length} instead.",
        "string_above_max_length",
    ),
    ("string_too_long", "key"): RequestError(
        "Invalid property name in '{parent}': '{short}' is too long. Expected a string with maximum length {limit}, "
        "but got a string with length {length} instead.",
        "property_name_above_max_length",
    ),
    ("string_too_short", ""): RequestError(
        "Invalid '{param}': empty string. Expected a string with minimum length {limit}, but got an empty string "
        "instead.",
        "empty_string",
    ),
    ("string_pattern_mismatch", ""): RequestError(
        "Invalid '{param}': string does not match pattern. Expected a string that matches the pattern '{limit}'.",
        "invalid_value",
    ),
    ("too_long", "List"): RequestError(
        "Invalid '{param}': array too long. Expected an array with maximum length {limit}, but got an array with "
        "length {length} instead.",
        "array_above_max_length",
    ),
    ("too_short", "List"): RequestError(
        "Invalid '{param}': empty array. Expected an array with minimum length {limit}, but got an empty array "
        "instead.",
        "empty_array",
    ),
    ("too_long", "Dictionary"): RequestError(
        "Invalid '{param}': too many properties. Expected an object with at most {limit} properties, but got an object "
        "with {length} properties instead.",
        "object_above_max_properties",
    ),
}
"""Keyed by pydantic's error type and, where one type has several sentences, the case (see `_detail`)."""

EXPECTED = {
    "string_type": "a string",
    "int_type": "an integer",
    "float_type": "a decimal",
    "bool_type": "a boolean",
    "dict_type": "an object",
    "model_type": "an object",
}

KINDS = {
    str: "a string",
    int: "an integer",
    float: "a decimal number",
    bool: "a boolean",
    dict: "an object",
    list: "an array",
    type(None): "null",
}

LIMITS = ("le", "ge", "max_length", "min_length", "pattern")


def refusal(errors: Sequence[ErrorDetails], no_unicode: ServiceRefusal) -> ServiceRefusal:
    """The service's answer to a request with these errors: it names one, the first in its own order.

    `no_unicode` is the answer to a text that is not valid Unicode.

    That order was recorded (see the source above): in every object first what is missing, then what is unknown, then
    the members.
    """
    error = _first(errors)
    if error["type"] == "string_unicode":
        return no_unicode
    fault = FAULTS[error["type"], _detail(error)]
    facts = _facts(error)
    return ServiceRefusal(400, fault.message.format_map(facts), param=facts["param"] or None, code=fault.code)


def _first(errors: Sequence[ErrorDetails], depth: int = 0) -> ErrorDetails:
    """The error that the service would name.

    All of `errors` are in one value: the first `depth` keys of their places are the same, and lead to it.
    """
    for kind in ("missing", "extra_forbidden"):
        for error in errors:
            if error["type"] == kind and len(error["loc"]) == depth + 1:
                return error
    head = errors[0]["loc"][: depth + 1]
    if len(head) == depth:
        return errors[0]
    return _first([error for error in errors if error["loc"][: depth + 1] == head], depth + 1)


def _is_key(error: ErrorDetails) -> bool:
    """Whether the error is in a property's name; a property may itself be named `[key]`."""
    *_, parent, last = ("", "", *error["loc"])
    return last == "[key]" and error["input"] == parent


def _detail(error: ErrorDetails) -> str:
    """The case by which the sentences for one type of error differ; the empty string for the usual one."""
    context = error.get("ctx", {})
    if error["type"] in {"less_than_equal", "greater_than_equal"}:
        return type(_limit(context)).__name__
    if error["type"] == "literal_error":
        return "" if isinstance(error["input"], str) else "wrong type"
    if error["type"] == "model_type":
        return "" if error["loc"] else "body"
    if _is_key(error):
        return "key"
    return str(context.get("field_type", ""))


def _facts(error: ErrorDetails) -> dict[str, Any]:
    """The values that a sentence may contain."""
    value, context = error["input"], error.get("ctx", {})
    path = error["loc"][:-1] if _is_key(error) else error["loc"]
    # pydantic gives the values of a Literal as text only: "'a', 'b' or 'c'".
    values = re.findall(r"'[^']*'", context["expected"]) if error["type"] == "literal_error" else []
    one_of = f"one of {_enumerate(values, 'or')}" if values else context.get("expected")
    return {
        "param": _param(path),
        "parent": _param(path[:-1]),
        "value": value,
        "length": len(value) if isinstance(value, str | list | dict) else None,
        "short": f"{value[:3]}...{value[-3:]}" if isinstance(value, str) else None,
        "limit": _limit(context),
        "values": _enumerate(values, "and"),
        "got": KINDS[type(value)],
        "expected": EXPECTED.get(error["type"], one_of),
        "prefix": context.get("prefix"),
    }


def _limit(context: dict[str, Any]) -> Any:
    return next((context[name] for name in LIMITS if name in context), None)


def _param(path: Sequence[int | str]) -> str:
    """`tools[0].function.name`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _enumerate(values: Sequence[str], word: str) -> str:
    """Write `'a'`, `'a' and 'b'`, or `'a', 'b', and 'c'`."""
    if len(values) <= 2:  # noqa: PLR2004 - two values need no comma
        return f" {word} ".join(values)
    return f"{', '.join(values[:-1])}, {word} {values[-1]}"
