"""Expands a recorded stream into its events: `text`, `arguments` and `code` stand for several plain deltas in a row.

The API of the request says what a piece continues. `raw` is an event as it was sent, where a name and JSON cannot
express it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import DONE, NAMELESS_DONE, StreamEvent, event_of, stream_of
from runmock.tape.format.validation_errors import located_error
from runmock.tape.reading.alike_deltas import alike_deltas
from runmock.tape.reading.full_deltas import put_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runmock.core.api import DeltaPieces
    from runmock.core.errors import CassetteError
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import AlikeDeltas
    from runmock.tape.reading.payloads import Payloads

PIECES = ("text", "arguments", "code")
"""The shorthands: each stands for several plain deltas in a row."""
RAW = "raw"
NAMELESS = "nameless"
"""The value of `done` when the event was sent without a name, as `data: [DONE]`."""


class Stream:
    """Expands the events of one stream; `deltas` knows what the shorthands continue."""

    def __init__(self, payloads: Payloads, deltas: DeltaPieces) -> None:
        self.payloads, self.deltas = payloads, deltas

    def events(self, items: Sequence[Any], keys: Keys) -> Sequence[StreamEvent]:
        """The events that `items` stand for; `keys` lead to the items in the file. Raises CassetteError."""
        each = (part for number, item in enumerate(items) for part in self._parts_of(item, (*keys, number)))
        return stream_of(put_together(each))

    def _error(self, keys: Keys, message: str) -> CassetteError:
        return located_error([(keys, message)], self.payloads.path, self.payloads.text)

    def _parts_of(self, item: Any, keys: Keys) -> Iterator[StreamEvent | AlikeDeltas]:
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
        data = self.deltas.full(name, self.payloads.expanded(value, (*keys, name)))
        self.payloads.remember(data)
        self.deltas.note(name, data)
        yield StreamEvent(name, data)

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

    def _deltas(self, name: str, pieces: list[str], keys: Keys) -> Iterator[StreamEvent | AlikeDeltas]:
        """What pieces stand for: the first one may begin a text, and the others are alike."""
        for position, piece in enumerate(pieces):
            event = self._delta(name, piece, keys)
            if position == 1 and (alike := alike_deltas(event, pieces[1:])) is not None:
                self.deltas.note_alike(pieces[2:])
                yield alike
                return
            yield event

    def _delta(self, name: str, piece: str, keys: Keys) -> StreamEvent:
        try:
            return StreamEvent(*self.deltas.delta(name, piece))
        except LookupError as error:
            raise self._error(keys, str(error.args[0])) from None


def raw_event(text: Any, error_of: Callable[[str], Exception]) -> StreamEvent:
    """The event whose text, as it was sent, is `text`; its data is None when that is not JSON."""
    events = EventDecoder().feed(text.encode()) if isinstance(text, str) else []
    if len(events) != 1:
        raise error_of("'raw' is the text of one event, blank line included")
    known = event_of(events[0])
    return known if known.is_done and known.encoded() == text.encode() else known._replace(raw=text)


def written_done(event: StreamEvent) -> Any:
    """The item that stands for a `[DONE]` event in a cassette; None for any other event."""
    return {DONE: "done", NAMELESS_DONE: {"done": NAMELESS}}.get(event) if event.is_done else None
