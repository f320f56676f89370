"""Kinds of single values in a script: what they may be, and how each shorthand is written for a validator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from runmock.core.errors import did_you_mean
from runmock.core.run import EVENTS
from runmock.tape import forms, shorthand
from runmock.tape.model import faults_at, said
from runmock.tape.run_checks import header_faults, pattern_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.tape.run_checks import Faults

Value = TypeVar("Value")


def free_of(faults: Callable[[Value], Faults]) -> AfterValidator:
    """Refuse a value in which `faults` finds something."""

    def check(value: Value) -> Value:
        if value is not None and (found := list(faults(value))):
            raise faults_at(found)
        return value

    return AfterValidator(check)


def _function_name(name: str) -> str:
    if re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) is None:
        raise said(f"'{name}' is not a function's name: 1 to 64 letters, digits, _ and -")
    return name


def event_name(name: str) -> str:
    """Let the name of an event of the API pass."""
    if name not in EVENTS:
        raise said(f"unknown event '{name}'{did_you_mean(name, sorted(EVENTS))}")
    return name


Text = Annotated[str, Field(min_length=1)]
FunctionName = Annotated[str, AfterValidator(_function_name), WithJsonSchema(forms.FUNCTION_NAME)]
Metadata = dict[str, str]
Pieces = Annotated[list[str], Field(min_length=1)]
JSONObject = dict[str, Any]
Milliseconds = Annotated[float | None, BeforeValidator(shorthand.pace, json_schema_input_type=forms.DurationForm)]
Polls = Annotated[
    list[Literal["queued", "in_progress"]] | None,
    BeforeValidator(shorthand.polls, json_schema_input_type=forms.PollsForm),
    free_of(
        lambda polls: (
            ((number,), "a run is not queued again after it was in_progress; that comes by itself after tool outputs")
            for number, (one, after) in enumerate(zip(polls[1:], polls, strict=False), start=1)
            if (one, after) == ("queued", "in_progress")
        )
    ),
]
Headers = Annotated[
    dict[str, str] | None,
    BeforeValidator(shorthand.headers, json_schema_input_type=forms.HeadersForm),
    free_of(header_faults),
]
Pattern = Annotated[str | None, free_of(pattern_faults)]
Patterns = Annotated[JSONObject | None, free_of(pattern_faults)]
