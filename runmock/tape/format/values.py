"""The types of single values in a script, each with its check and with its shorthand for the JSON Schema."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from runmock.apis.registry import EVENTS
from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import did_you_mean, slip_of
from runmock.core.script.choices import ErrorCode, FailCode, IncompleteReason, PollStatus
from runmock.tape.format import forms, shorthand
from runmock.tape.format.model import errors_at, sentence_error
from runmock.tape.format.run_keys import DELTAS, EVENT_NAME, STREAM_FAULTS
from runmock.tape.format.value_checks import header_errors, pattern_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.tape.format.run_keys import KeyedErrors

Value = TypeVar("Value")


def free_of(find_errors: Callable[[Value], KeyedErrors]) -> AfterValidator:
    """A validator that raises an error made of all that `find_errors` yields for a value."""

    def check(value: Value) -> Value:
        if value is not None and (errors := list(find_errors(value))):
            raise errors_at(errors)
        return value

    return AfterValidator(check)


def event_name(name: str) -> str:
    """The name, when it can be an event's; also one that is not in our list, because services add events."""
    if name in EVENTS:
        return name
    if name in STREAM_FAULTS:
        raise sentence_error(f"'{name}' is not an event: write it beside 'events'")
    if name in DELTAS:
        raise sentence_error(
            f"'{name}' is a short form for recordings; here write each delta as 'thread.message.delta'"
        )
    if (known := slip_of(name, sorted(EVENTS))) is not None:
        raise sentence_error(f"unknown event '{name}'; did you mean '{known}'?")
    if EVENT_NAME.fullmatch(name) is None:
        raise sentence_error(f"{name!r} is not the name of an event: one line that is not empty")
    return name


def fail_code(code: str) -> str:
    """The code of a `last_error`: any that is not a misspelled known one, because hosts have codes of their own."""
    return _no_slip(code, sorted(get_args(FailCode)))


def error_code(code: str) -> str:
    """The code of a refusal: any that is not a misspelled known one. Other hosts have some with capitals."""
    return _no_slip(code, sorted(get_args(ErrorCode))) if code.islower() else code


def _no_slip(code: str, known: list[str]) -> str:
    if code not in known and (meant := slip_of(code, known)) is not None:
        raise sentence_error(f"unknown code '{code}'; did you mean '{meant}'?")
    return code


def run_field_errors(fields: dict[str, Any]) -> KeyedErrors:
    """Fields of the Run object may have any name; its status has to be one."""
    status = fields.get("status")
    known = [str(status) for status in RunStatus]
    if status is not None and status not in known:
        hint = did_you_mean(str(status), known) or f"; it is one of {', '.join(known)}"
        yield ("status",), f"unknown status {status!r}{hint}"


def incomplete_reason(reason: str) -> str:
    """The reason: any that does not look like a misspelled known one, because the API reference allows any text."""
    known = get_args(IncompleteReason)
    near = difflib.get_close_matches(reason, known, n=len(known), cutoff=0.6)
    if reason not in known and near:
        meant = " or ".join(f"'{code}'" for code in known if code in near)
        raise sentence_error(f"unknown reason '{reason}'; did you mean {meant}?")
    return reason


Text = Annotated[str, Field(min_length=1)]
Metadata = dict[str, str]
Pieces = Annotated[list[str], Field(min_length=1)]
JSONObject = dict[str, Any]
Milliseconds = Annotated[float | None, BeforeValidator(shorthand.pace, json_schema_input_type=forms.DurationForm)]
Polls = Annotated[
    list[PollStatus] | None,
    BeforeValidator(shorthand.polls, json_schema_input_type=forms.PollsForm),
    free_of(
        lambda polls: (
            (
                (number,),
                "a run cannot be queued after it was in_progress; after tool outputs it is queued again by itself",
            )
            for number, (status, after) in enumerate(zip(polls[1:], polls, strict=False), start=1)
            if (status, after) == ("queued", "in_progress")
        )
    ),
]
Headers = Annotated[
    dict[str, str] | None,
    BeforeValidator(shorthand.headers, json_schema_input_type=forms.HeadersForm),
    free_of(header_errors),
]
Pattern = Annotated[str | None, free_of(pattern_errors)]
Patterns = Annotated[JSONObject | None, free_of(pattern_errors)]
