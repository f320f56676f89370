"""Kinds of single values in a script: what they may be, and how each shorthand is written for a validator."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from runmock.core.engine.run_status import EVENTS, RunStatus
from runmock.core.errors import did_you_mean, slip_of
from runmock.core.script.choices import ErrorCode, FailCode, IncompleteReason
from runmock.tape.format import forms, shorthand
from runmock.tape.format.model import faults_at, said
from runmock.tape.format.run_keys import DELTAS, EVENT_NAME, STREAM_FAULTS
from runmock.tape.format.value_checks import header_faults, pattern_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.tape.format.run_keys import Faults

Value = TypeVar("Value")


def free_of(faults: Callable[[Value], Faults]) -> AfterValidator:
    """Refuse a value in which `faults` finds something."""

    def check(value: Value) -> Value:
        if value is not None and (found := list(faults(value))):
            raise faults_at(found)
        return value

    return AfterValidator(check)


def event_name(name: str) -> str:
    """Let the name of an event pass, one that the list does not know included: services grow."""
    if name in EVENTS:
        return name
    if name in STREAM_FAULTS:
        raise said(f"'{name}' is no event: write it beside 'events'")
    if name in DELTAS:
        raise said(f"'{name}' stands for deltas in a recording only; here each is written out: 'thread.message.delta'")
    if (known := slip_of(name, sorted(EVENTS))) is not None:
        raise said(f"unknown event '{name}'; did you mean '{known}'?")
    if EVENT_NAME.fullmatch(name) is None:
        raise said(f"{name!r} is no event's name: one line that is not empty")
    return name


def fail_code(code: str) -> str:
    """Let any code of `last_error` pass but a slip of a known one: hosts have their own."""
    return _no_slip(code, sorted(get_args(FailCode)))


def error_code(code: str) -> str:
    """Let any code of a refusal pass but a slip of a known one; with capitals it is another host's: `ServerError`."""
    return _no_slip(code, sorted(get_args(ErrorCode))) if code.islower() else code


def _no_slip(code: str, known: list[str]) -> str:
    if code not in known and (meant := slip_of(code, known)) is not None:
        raise said(f"unknown code '{code}'; did you mean '{meant}'?")
    return code


def run_field_faults(fields: dict[str, Any]) -> Faults:
    """Fields of the Run object may have any name; its status has to be one."""
    status = fields.get("status")
    known = [str(one) for one in RunStatus]
    if status is not None and status not in known:
        hint = did_you_mean(str(status), known) or f"; it is one of {', '.join(known)}"
        yield ("status",), f"unknown status {status!r}{hint}"


def incomplete_reason(reason: str) -> str:
    """Let any reason pass but one that looks like a known one; the API reference has any text there."""
    known = get_args(IncompleteReason)
    near = difflib.get_close_matches(reason, known, n=len(known), cutoff=0.6)
    if reason not in known and near:
        meant = " or ".join(f"'{one}'" for one in known if one in near)
        raise said(f"unknown reason '{reason}'; did you mean {meant}?")
    return reason


Text = Annotated[str, Field(min_length=1)]
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
