"""Why the data of a server-sent event is not JSON: the cause in plain words, and its place in the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.http.sse import EventDecoder

if TYPE_CHECKING:
    from runmock.core.replay.interaction import StreamEvent

CAUSES = {
    "Extra data": "something follows its end: a brace or a bracket too many",
    "Expecting property name enclosed in double quotes": "the name of a member in double quotes is missing",
    "Expecting value": "a value is missing",
    "Expecting ',' delimiter": "a comma, or a closing brace or bracket, is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Unterminated string starting at": "the text that begins here has no closing quote",
}
"""Messages of Python's JSON decoder, and what they mean in plain words."""
IS_OPEN = "it ends too early: a brace, a bracket or a quote is not closed"
IS_TWO = "these are two events: the blank line between them is missing"
IS_DEEP = "it is nested too deeply"
IS_EMPTY = "there is none"


class DataError(NamedTuple):
    """Why data is not JSON; line and column count from 1, in the data."""

    cause: str
    line: int = 1
    column: int = 1


def data_error(data: str) -> DataError | None:
    """Why an event's data is not JSON; None when it is, or when it is the mark at the end of a stream."""
    if not data.strip():
        return DataError(IS_EMPTY)
    lines = data.split("\n")
    if len(lines) > 1 and not any(_error(line) for line in lines) and _error(data):
        return DataError(IS_TWO, 2)
    return _error(data)


def _error(text: str) -> DataError | None:
    if text.startswith("[DONE]"):
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        is_open = error.pos >= len(text.rstrip())
        return DataError(IS_OPEN if is_open else CAUSES.get(error.msg, error.msg), error.lineno, error.colno)
    except RecursionError:
        return DataError(IS_DEEP)
    return None


def event_data_error(event: StreamEvent) -> DataError | None:
    """Why the data of an event that is kept as it was sent is not JSON; None for every other event."""
    if event.raw is None or event.data is not None:
        return None
    (sent,) = EventDecoder().feed(event.raw.encode())
    return data_error(sent.data)
