"""Deltas in a row as pieces of text: which message or call a piece continues. Shapes: docs/protocol/streams.md#deltas.

`text` continues the message that was last named in the stream, at content index 0; `arguments` and `code` continue the
tool call that was last named in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.assistants.deltas import message_delta, step_delta
from runmock.core.http.event import Event
from runmock.core.http.json_values import inside, mappings_inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.exchange import JSON

MESSAGE_DELTA, STEP_DELTA = "thread.message.delta", "thread.run.step.delta"
CALLS = {"arguments": ("function", "arguments"), "code": ("code_interpreter", "input")}
"""By key: the type of tool call that it continues, and the field of the call that its pieces add up to."""
_CALLS_OF_STEP = ("delta", "step_details", "tool_calls")


class _Call(NamedTuple):
    """The place of a tool call: its step, its index there, its type."""

    step_id: str
    position: int
    kind: str


class AssistantsPieces:
    """Fulfils `DeltaPieces`; mutable: it knows which message and call were named last."""

    def __init__(self) -> None:
        self._message_id: str | None = None
        self._begun: set[str] = set()
        self._call: _Call | None = None

    def note(self, name: str, data: Any) -> None:
        """Take note of an event that stands in full: the pieces after it continue what it names."""
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            return
        if name.startswith("thread.message."):
            self._message_id = data["id"]
        parts = mappings_inside(data, "delta", "content") if name == MESSAGE_DELTA else []
        if any(part.get("index") == 0 for part in parts):
            self._begun.add(data["id"])
        for call in mappings_inside(data, *_CALLS_OF_STEP):
            self._call = _Call(data["id"], call.get("index", 0), str(call.get("type")))

    def delta(self, key: str, piece: str) -> Event:
        """The event that a piece under `key` stands for. Raises LookupError, with the reason, when nothing is begun."""
        if key == "text":
            if self._message_id is None:
                raise LookupError("'text' continues a message, and no thread.message event comes before it")
            event = self._text_delta(self._message_id, piece)
            self._begun.add(self._message_id)
            return event
        kind, _ = CALLS[key]
        if self._call is None or self._call.kind != kind:
            raise LookupError(f"'{key}' continues a call of type {kind}, and no delta before it begins one")
        return _call_delta(self._call, key, piece)

    def piece_of(self, name: str, data: Any) -> tuple[str, str] | None:
        """The key and the piece that stand for an event; None where no piece stands for exactly this event."""
        if name == MESSAGE_DELTA and self._message_id is not None:
            piece = inside(data, "delta", "content", 0, "text", "value")
            place = inside(data, "delta", "content", 0, "index")
            if isinstance(piece, str) and _is_just(self._text_delta(self._message_id, piece), data, place):
                self._begun.add(self._message_id)
                return "text", piece
        call = self._call
        if name != STEP_DELTA or call is None:
            return None
        for key, (kind, field) in CALLS.items():
            piece = inside(data, *_CALLS_OF_STEP, 0, kind, field)
            place = inside(data, *_CALLS_OF_STEP, 0, "index")
            if kind == call.kind and isinstance(piece, str) and _is_just(_call_delta(call, key, piece), data, place):
                return key, piece
        return None

    def note_alike(self, pieces: Sequence[str]) -> None:
        """Nothing is noted: more pieces of a text do not change what comes next."""

    def short(self, name: str, data: Any) -> Any:  # noqa: ARG002 - as in DeltaPieces
        """The data as it is: each event stands for itself."""
        return data

    def full(self, name: str, written: Any) -> Any:  # noqa: ARG002 - as in DeltaPieces
        """The data as it is written."""
        return written

    def _text_delta(self, message_id: str, piece: str) -> Event:
        """The delta of the next piece of a message's text; a message's first one has `annotations` too."""
        text: JSON = {"value": piece} if message_id in self._begun else {"value": piece, "annotations": []}
        return Event(MESSAGE_DELTA, message_delta(message_id, {"index": 0, "type": "text", "text": text}))


def _call_delta(call: _Call, key: str, piece: str) -> Event:
    kind, field = CALLS[key]
    return Event(STEP_DELTA, step_delta(call.step_id, {"index": call.position, "type": kind, kind: {field: piece}}))


def _is_just(expanded: Event, data: Any, place: Any) -> bool:
    """Whether a delta is exactly what a piece stands for; `place`, its index, could also be 0.0 or false."""
    return expanded.data == data and type(place) is int
