"""Every shorthand of the format has one long form; each function here takes what was written and gives that form.

They raise pydantic errors; a value that is of no form at all goes on as it is, for the model behind to refuse.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from runmock.tape.format.model import faults_at, said, wanted

MAX_POLLS = 1_000
LONGEST_MS = 1e12
"""A delay; more of it is a mistake, and too much for a float."""
_DURATION = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) ?(?P<unit>ms|s)")
_UNITS_MS = {"ms": 1, "s": 1000}
LATE_CANCELS = ("refused", "overtaken")
BUILTIN_TOOLS = ("code_interpreter", "file_search")


def dump(value: Any) -> str:
    """JSON as the service writes it inside of strings and events: compact, not escaped."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def calls(value: Any) -> Any:
    """Spell out a list, a mapping, or a single call as a list of long forms."""
    if isinstance(value, dict) and not isinstance(value.get("name"), str):
        return [_call({name: arguments}) for name, arguments in value.items()]
    if isinstance(value, dict | str):
        return [_call(value)]
    if not isinstance(value, list):
        raise wanted("a list of calls, each 'name: {arguments}'")
    several = [((number, list(one)[1]), one) for number, one in enumerate(value) if _is_several(one)]
    if several:
        raise faults_at((keys, f"one call per item: begin '{keys[1]}' with a dash") for keys, _ in several)
    return [_call(one) for one in value]


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
    """Dump a mapping; null is no arguments; a text is sent as it is."""
    if value is None:
        return "{}"
    if isinstance(value, dict):
        return dump(value)
    if isinstance(value, str):
        return value
    raise wanted("a mapping of arguments, or a text that is sent as it is")


def outputs(value: Any) -> Any:
    """Let a list or a mapping pass, and nothing else."""
    if isinstance(value, list | dict):
        return value
    raise wanted("a list in the order of the calls, or a mapping by the tools' names")


def code(value: Any) -> Any:
    """Spell out a text: the input."""
    return {"input": value} if isinstance(value, str) else _mapping(value, "the input as a text, or a mapping")


def search(value: Any) -> Any:
    """Let a mapping pass, and nothing else."""
    return _mapping(value, "a mapping with results")


def _mapping(value: Any, what: str) -> Any:
    if isinstance(value, dict):
        return value
    raise wanted(what)


def content(value: Any) -> Any:
    """Spell out the text of a search result."""
    return [{"type": "text", "text": value}] if isinstance(value, str) else value


def polls(value: Any) -> Any:
    """Spell out a number N: N times queued, then N times in_progress."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_POLLS:
        return ["queued"] * value + ["in_progress"] * value
    if isinstance(value, list) or value is None:
        return value
    raise wanted(f"a whole number from 0 to {MAX_POLLS}, or a list of queued and in_progress")


def pace(value: Any) -> Any:
    """Milliseconds of `20ms`, `1.5s` or a plain number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_MS:
        return float(value)
    if isinstance(value, str) and (found := _DURATION.fullmatch(value)):
        return float(found["number"]) * _UNITS_MS[found["unit"]]
    if value is None:
        return value
    raise wanted("a time such as 20ms, 1.5s or 0")


def moment(value: Any) -> Any:
    """Seconds since the epoch, of such a number or of an ISO 8601 time; a time without a zone is UTC."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    try:
        time = datetime.fromisoformat(value)
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    except (TypeError, ValueError, OverflowError):
        raise wanted("a time such as 2026-11-22T10:23:29Z, or seconds since 1970") from None


def cancel(value: Any) -> Any:
    """Let true, false and what becomes of a late cancel request pass."""
    if value is None or isinstance(value, bool) or value in LATE_CANCELS:
        return value
    raise wanted("true, 'refused' or 'overtaken'")


def place(value: Any) -> Any:
    """Spell out true: a fault at its usual place."""
    if value is True:
        return {}
    if value is None or value is False:
        return None
    return _mapping(value, "true, or a mapping with 'after', the number of events before it")


def stall(value: Any) -> Any:
    """Spell out a time."""
    if isinstance(value, dict) or value is None:
        return value
    return {"for": value}


def garbage(value: Any) -> Any:
    """Spell out a kind."""
    return {"kind": value} if isinstance(value, str) else place(value)


def error_event(value: Any) -> Any:
    """Spell out a code; a server error has a type and no code (docs/protocol/streams.md#the-error-event)."""
    if value == "server_error":
        return {"type": value}
    return {"code": value} if isinstance(value, str) else place(value)


def retry_after(value: Any) -> Any:
    """Text of seconds; a date, and a time in milliseconds, stay as they are."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_MS:
        return str(value).removesuffix(".0")
    if value is None or isinstance(value, str):
        return value
    raise wanted("seconds, milliseconds such as 200ms, or an HTTP date")


def status(value: Any) -> Any:
    """Let anything pass but a mapping: what else there is to say of a refusal stands beside its status."""
    if isinstance(value, dict):
        raise wanted("a status such as 429, with 'error', 'body' and the others beside it")
    return value


def headers(value: Any) -> Any:
    """Numbers become texts: a header is a text whatever it says."""
    if not isinstance(value, dict):
        return value
    return {
        name: str(one) if isinstance(one, int | float) and not isinstance(one, bool) else one
        for name, one in value.items()
    }


def tool(value: Any) -> Any:
    """Spell out a name: of a built-in tool, else of a function."""
    if value in BUILTIN_TOOLS:
        return {"type": value}
    return {"type": "function", "function": {"name": value}} if isinstance(value, str) else value


def event(value: Any) -> Any:
    """Spell out `done` and `name: payload`."""
    if value == "done":
        return {"name": "done"}
    if isinstance(value, dict) and len(value) == 1:
        ((name, data),) = value.items()
        return {"name": name, "data": None if name == "done" else data}
    if isinstance(value, dict) and len(value) > 1:
        raise faults_at([((list(value)[1],), f"one event per item: begin '{list(value)[1]}' with a dash")])
    raise wanted("an event: 'name: {payload}', or done")


def version(value: Any) -> Any:
    """Let the number 1 pass."""
    if type(value) is int and value == 1:
        return value
    raise said(f"this is a cassette of version {dump(value)}, and this runmock reads version 1")
