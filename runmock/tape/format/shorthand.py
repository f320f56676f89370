"""Every shorthand of the format has one long form; each function here takes what was written and returns that form.

A function raises a pydantic error when a value has the wrong kind, or returns it unchanged when the model that
validates it next has a better message.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

from runmock.core.engine.pace import duration_ms
from runmock.core.http.json_text import compact_json
from runmock.core.script.choices import LateCancel
from runmock.tape.format.model import errors_at, sentence_error, wrong_kind

MAX_POLLS = 1_000
LONGEST_MS = 1e12
"""The longest delay; a longer one is a mistake, and may be too large for a float."""
LATE_CANCELS = get_args(LateCancel)
BUILTIN_TOOLS = ("code_interpreter", "file_search")


def calls(value: Any) -> Any:
    """The long forms of calls, as a list, from a list, a mapping of several calls, or a single call."""
    if isinstance(value, dict) and not isinstance(value.get("name"), str):
        return [_call({name: arguments}) for name, arguments in value.items()]
    if isinstance(value, dict | str):
        return [_call(value)]
    if not isinstance(value, list):
        raise wrong_kind("a list of calls, each 'name: {arguments}'")
    several = [((number, list(call)[1]), call) for number, call in enumerate(value) if _is_several(call)]
    if several:
        raise errors_at((keys, f"one call per item: begin '{keys[1]}' with a dash") for keys, _ in several)
    return [_call(call) for call in value]


def _is_several(value: Any) -> bool:
    return isinstance(value, dict) and len(value) > 1 and not set(value) & {"name", "arguments", "id"}


def _call(value: Any) -> Any:
    if isinstance(value, str):
        return {"name": value, "arguments": "{}"}
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and not isinstance(value.get("name"), str):
        ((name, arguments),) = value.items()
        return {"name": name, "arguments": arguments}
    return value


def arguments(value: Any) -> Any:
    """The arguments of a call as a JSON text: a mapping is dumped, null is `{}`, a text stays as it is."""
    if value is None:
        return "{}"
    if isinstance(value, dict):
        return compact_json(value)
    if isinstance(value, str):
        return value
    raise wrong_kind("a mapping of arguments, or a text that is sent as it is")


def outputs(value: Any) -> Any:
    """The value, which has to be a list or a mapping."""
    if isinstance(value, list | dict):
        return value
    raise wrong_kind("a list in the order of the calls, or a mapping by the tools' names")


def reasoning(value: Any) -> Any:
    """The summaries of `reasoning` as a list, from a text."""
    return [value] if isinstance(value, str) else value


def code(value: Any) -> Any:
    """The long form of `code_interpreter`; a text is the input."""
    return {"input": value} if isinstance(value, str) else _mapping(value, "the input as a text, or a mapping")


def search(value: Any) -> Any:
    """The value, which has to be a mapping."""
    return _mapping(value, "a mapping with results")


def _mapping(value: Any, what: str) -> Any:
    if isinstance(value, dict):
        return value
    raise wrong_kind(what)


def content(value: Any) -> Any:
    """The content of a search result as the API has it, from a text."""
    return [{"type": "text", "text": value}] if isinstance(value, str) else value


def polls(value: Any) -> Any:
    """The statuses that polls see; a number N means N times queued, then N times in_progress."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_POLLS:
        return ["queued"] * value + ["in_progress"] * value
    if isinstance(value, list) or value is None:
        return value
    raise wrong_kind(f"a whole number from 0 to {MAX_POLLS}, or a list of queued and in_progress")


def pace(value: Any) -> Any:
    """The milliseconds that `20ms`, `1.5s` or a plain number means."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_MS:
        return float(value)
    if isinstance(value, str) and (ms := duration_ms(value)) is not None:
        return ms
    if value is None:
        return value
    raise wrong_kind("a time such as 20ms, 1.5s or 0")


def moment(value: Any) -> Any:
    """A time in seconds since the epoch, from such a number or an ISO 8601 text; without a zone it is UTC."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    try:
        time = datetime.fromisoformat(value)
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    except (TypeError, ValueError, OverflowError):
        raise wrong_kind("a time such as 2026-11-22T10:23:29Z, or seconds since 1970") from None


def cancel(value: Any) -> Any:
    """The value, which has to be true, false, null, or the fate of a late cancel request: refused or overtaken."""
    if value is None or isinstance(value, bool) or value in LATE_CANCELS:
        return value
    raise wrong_kind("true, 'refused' or 'overtaken'")


def place(value: Any) -> Any:
    """The long form of a stream fault: true means the fault at its usual place, false means none."""
    if value is True:
        return {}
    if value is None or value is False:
        return None
    return _mapping(value, "true, or a mapping with 'after', the number of events before it")


def stall(value: Any) -> Any:
    """The long form of `stall`, from a time."""
    if isinstance(value, dict) or value is None:
        return value
    return {"for": value}


def garbage(value: Any) -> Any:
    """The long form of `garbage`, from its kind or from true."""
    return {"kind": value} if isinstance(value, str) else place(value)


def error_event(value: Any) -> Any:
    """The long form of `error_event`, from a code or from true.

    A server error has a type and no code (docs/protocol/streams.md#the-error-event).
    """
    if value == "server_error":
        return {"type": value}
    return {"code": value} if isinstance(value, str) else place(value)


def retry_after(value: Any) -> Any:
    """The text of the header: a number of seconds becomes a text; a date and `200ms` stay as they are."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_MS:
        return str(value).removesuffix(".0")
    if value is None or isinstance(value, str):
        return value
    raise wrong_kind("seconds, milliseconds such as 200ms, or an HTTP date")


def status(value: Any) -> Any:
    """The value, which must not be a mapping: the other keys of a refusal stand beside its status."""
    if isinstance(value, dict):
        raise wrong_kind("a status such as 429, with 'error', 'body' and the others beside it")
    return value


def headers(value: Any) -> Any:
    """The headers, with numbers as texts: every header is a text."""
    if not isinstance(value, dict):
        return value
    return {
        name: str(header) if isinstance(header, int | float) and not isinstance(header, bool) else header
        for name, header in value.items()
    }


def tool(value: Any) -> Any:
    """A tool as the API has it, from the name of a built-in tool or of a function."""
    if value in BUILTIN_TOOLS:
        return {"type": value}
    return {"type": "function", "function": {"name": value}} if isinstance(value, str) else value


def event(value: Any) -> Any:
    """The long form of an event, from `done` or `name: payload`."""
    if value == "done":
        return {"name": "done"}
    if isinstance(value, dict) and len(value) == 1:
        ((name, data),) = value.items()
        return {"name": name, "data": None if name == "done" else data}
    if isinstance(value, dict) and len(value) > 1:
        raise errors_at([((list(value)[1],), f"one event per item: begin '{list(value)[1]}' with a dash")])
    raise wrong_kind("an event: 'name: {payload}', or done")


def version(value: Any) -> Any:
    """The version, which has to be the number 1."""
    if type(value) is int and value == 1:
        return value
    raise sentence_error(f"this is a cassette of version {compact_json(value)}, and this runmock reads version 1")
