"""Expands a recorded stream into its events: `text`, `arguments` and `code` stand for several plain deltas in a row.

`text` continues the message that was last named in the stream, at content index 0; `arguments` and `code` continue the
tool call that was last named in it. `raw` is an event as it was sent, where a name and JSON cannot express it. Shapes:
docs/protocol/streams.md#deltas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.http.json_values import mappings_inside
from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import DONE, NAMELESS_DONE, StreamEvent, event_of
from runmock.tape.format.validation_errors import located_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runmock.core.errors import CassetteError
    from runmock.core.http.exchange import JSON
    from runmock.tape.format.run_keys import Keys
    from runmock.tape.reading.payloads import Payloads

CALL_PIECES = {"arguments": ("function", "arguments"), "code": ("code_interpreter", "input")}
"""The type of tool call that a shorthand continues, and the field of the call that its pieces add up to."""

PIECES = ("text", *CALL_PIECES)
RAW = "raw"
NAMELESS = "nameless"
"""The value of `done` when the event was sent without a name, as `data: [DONE]`."""


class ToolCall(NamedTuple):
    """The place of a tool call: its step, its index there, its type."""

    step_id: str
    position: int
    kind: str


class Stream:
    """Expands the events of one stream; mutable: it remembers which message and call the shorthands continue."""

    def __init__(self, payloads: Payloads) -> None:
        self.payloads = payloads
        self.message_id: str | None = None
        self.begun: set[str] = set()
        self.call: ToolCall | None = None

    def events(self, items: Sequence[Any], keys: Keys) -> Iterator[StreamEvent]:
        """The events that `items` stand for; `keys` lead to the items in the file. Raises CassetteError."""
        for number, item in enumerate(items):
            yield from self._events_of(item, (*keys, number))

    def _error(self, keys: Keys, message: str) -> CassetteError:
        return located_error([(keys, message)], self.payloads.path, self.payloads.text)

    def _events_of(self, item: Any, keys: Keys) -> Iterator[StreamEvent]:
        if item == "done":
            yield DONE
            return
        if not isinstance(item, dict) or not item:
            raise self._error(keys, "an event is 'name: {payload}', or done")
        if len(item) > 1:
            second = list(item)[1]
            raise self._error((*keys, second), f"one event per item: begin '{second}' with a dash")
        ((name, value),) = item.items()
        if name in PIECES:
            yield from self._deltas(name, self._pieces(value, (*keys, name)), (*keys, name))
            return
        if name == RAW:
            yield raw_event(value, lambda message: self._error((*keys, name), message))
            return
        if name == "done":
            yield self._done(value, (*keys, name))
            return
        event = StreamEvent(name, self.payloads.expand_and_remember(value, (*keys, name)))
        self.note(event)
        yield event

    def _done(self, value: Any, keys: Keys) -> StreamEvent:
        if value not in (None, "[DONE]", NAMELESS):
            raise self._error(keys, f"'done' takes no value, or '{NAMELESS}' if the event was sent without its name")
        return NAMELESS_DONE if value == NAMELESS else DONE

    def _pieces(self, value: Any, keys: Keys) -> list[str]:
        pieces = value if isinstance(value, list) else [value]
        for number, piece in enumerate(pieces):
            if not isinstance(piece, str):
                raise self._error((*keys, number), f"'{keys[-1]}' has a piece that is not a text: write it in quotes")
        return pieces

    def note(self, event: StreamEvent) -> None:
        """Take note of an event that was written in full: the shorthands after it continue what it names."""
        data = event.data
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            return
        if event.name.startswith("thread.message."):
            self.message_id = data["id"]
        delta = data.get("delta")
        if not isinstance(delta, dict):
            return
        if event.name == "thread.message.delta" and any(
            part.get("index") == 0 for part in mappings_inside(delta, "content")
        ):
            self.begun.add(data["id"])
        for call in mappings_inside(delta, "step_details", "tool_calls"):
            self.call = ToolCall(data["id"], call.get("index", 0), str(call.get("type")))

    def _deltas(self, name: str, pieces: list[str], keys: Keys) -> Iterator[StreamEvent]:
        if name == "text":
            if self.message_id is None:
                raise self._error(keys, "'text' continues a message, and no thread.message event comes before it")
            for piece in pieces:
                yield self.text_delta(self.message_id, piece)
                self.begun.add(self.message_id)
            return
        kind, _ = CALL_PIECES[name]
        if self.call is None or self.call.kind != kind:
            raise self._error(keys, f"'{name}' continues a call of type {kind}, and no delta before it begins one")
        yield from (call_delta(self.call, name, piece) for piece in pieces)

    def text_delta(self, message_id: str, piece: str) -> StreamEvent:
        """The delta that the next piece under `text` stands for; a message's first one has `annotations` too."""
        text: JSON = {"value": piece} if message_id in self.begun else {"value": piece, "annotations": []}
        return _delta("thread.message.delta", message_id, {"content": [{"index": 0, "type": "text", "text": text}]})


def call_delta(call: ToolCall, name: str, piece: str) -> StreamEvent:
    """The delta that a piece under `name` (`arguments` or `code`) stands for."""
    kind, field = CALL_PIECES[name]
    part = {"index": call.position, "type": kind, kind: {field: piece}}
    details = {"type": "tool_calls", "tool_calls": [part]}
    return _delta("thread.run.step.delta", call.step_id, {"step_details": details})


def raw_event(text: Any, error_of: Callable[[str], Exception]) -> StreamEvent:
    """The event whose text, as it was sent, is `text`; its data is None when that is no JSON."""
    events = EventDecoder().feed(text.encode()) if isinstance(text, str) else []
    if len(events) != 1:
        raise error_of("'raw' is the text of one event, blank line included")
    known = event_of(events[0])
    return known if known.is_done and known.encoded() == text.encode() else known._replace(raw=text)


def written_done(event: StreamEvent) -> Any:
    """The item that stands for a `[DONE]` event in a cassette; None for any other event."""
    return {DONE: "done", NAMELESS_DONE: {"done": NAMELESS}}.get(event) if event.is_done else None


def _delta(name: str, owner: str, delta: JSON) -> StreamEvent:
    return StreamEvent(name, {"id": owner, "object": name, "delta": delta})
