"""Server-sent events as the service frames them: encode one, decode any bytes however they were split.

Source: docs/protocol/streams.md#framing: `event: NAME` LF `data: JSON` LF LF, compact JSON on one line, `[DONE]` for
`done`.
The decoder also reads what other servers send: CR and CRLF, comments, no space after the colon, data on several lines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from runmock.core.http.json_text import STDLIB_JSON, JsonText

DONE = b"event: done\ndata: [DONE]\n\n"
_LINE_END = re.compile(rb"\r\n|\n|\r")


NAMELESS = "message"
"""The standard's name for an event without an `event` line."""


class ServerSentEvent(NamedTuple):
    """One event as it was sent: its name, and its data as a text."""

    name: str
    data: str

    def json(self) -> Any:
        """The data as JSON; None for `[DONE]`. Raises ValueError when it is neither."""
        return None if self.data.startswith("[DONE]") else json.loads(self.data)


class NamelessEvent(ServerSentEvent):
    """An event without an `event` line: its name is `message`, as the standard has it.

    SDKs distinguish it from an event with the line `event: message`: openai's read the data of a nameless event as a
    chunk, and return the other event with its name (`openai/_streaming.py`).
    """

    __slots__ = ()


def encode(name: str, data: Any, written: JsonText = STDLIB_JSON) -> bytes:
    """The bytes of an event; `data` is JSON, or None for `done`. An event `message` has no `event` line."""
    if data is None and name == "done":
        return DONE
    try:
        text = written.compact(data)
        return b"data: %b\n\n" % text if name == NAMELESS else b"event: %b\ndata: %b\n\n" % (name.encode(), text)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can say and UTF-8 cannot
        line = "" if name == NAMELESS else f"event: {name}\n"
        return f"{line}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


@dataclass(slots=True)
class EventDecoder:
    """Turns the bytes of a stream into events; `feed` takes any pieces, `rest` is true while an event is incomplete."""

    _buffer: bytes = b""
    _name: str = ""
    _data: tuple[str, ...] = ()
    _ended_in_cr: bool = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that are complete now, in order."""
        if self._ended_in_cr and chunk:
            chunk, self._ended_in_cr = chunk.removeprefix(b"\n"), False  # the second half of a CRLF
        *lines, self._buffer = _LINE_END.split(self._buffer + chunk)
        self._ended_in_cr |= chunk.endswith(b"\r")
        events: list[ServerSentEvent] = []
        for line in lines:
            if line:
                self._take(line)
            elif self._name or self._data:
                data = "\n".join(self._data)
                events.append(ServerSentEvent(self._name, data) if self._name else NamelessEvent(NAMELESS, data))
                self._name, self._data = "", ()
        return events

    @property
    def rest(self) -> bool:
        """Whether the bytes so far end with an incomplete event: no blank line follows it."""
        return bool(self._buffer.strip() or self._name or self._data)

    def _take(self, line: bytes) -> None:
        field, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data = (*self._data, value)
