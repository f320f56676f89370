"""The events in the bytes of a captured stream, and when each of them came."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import AlikeDeltas, event_of
from runmock.tape.reading.alike_deltas import AlikeFinder, without

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.replay.interaction import StreamEvent
    from runmock.core.replay.recorder import Chunk

_END = b"\n\n"


class CapturedEvents(NamedTuple):
    """The events of a stream, in which alike deltas are one part."""

    parts: list[StreamEvent | AlikeDeltas]
    times: list[float]
    """When each event came, in milliseconds since the request."""
    last: list[StreamEvent]
    """The event that the body ends in, if no blank line ends it."""


def captured_events(chunks: list[Chunk], padding: str = "") -> CapturedEvents:
    """The events in chunks; `padding` is the key of what each has at random, which is left out."""
    decoder = EventDecoder()
    has_other_line_ends = any(b"\r" in chunk.data for chunk in chunks)
    read = _one_by_one if has_other_line_ends else _with_alike
    parts, times = read(chunks, decoder, padding)
    last = [event_of(event) for event in decoder.feed(_END)] if decoder.rest else []
    return CapturedEvents(parts, times, last)


_Read = tuple[list["StreamEvent | AlikeDeltas"], list[float]]


def _one_by_one(chunks: Iterable[Chunk], decoder: EventDecoder, padding: str) -> _Read:
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    for at_ms, data in chunks:
        events = decoder.feed(data)
        parts += [without(padding, event_of(event)) for event in events]
        times += [at_ms] * len(events)
    return parts, times


def _with_alike(chunks: Iterable[Chunk], decoder: EventDecoder, padding: str) -> _Read:
    """The events of a stream whose lines all end with LF, so that it can be split at its blank lines."""
    split, came_at, rest = _split(chunks)
    alike = AlikeFinder(split, padding)
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    position = 0
    while position < len(split):
        decoded = decoder.feed(split[position] + _END)
        number = 1
        if decoded:  # a comment is no event
            event = event_of(decoded[0])
            part = alike.beginning(position, event) or without(padding, event)
            number = len(part.texts) if isinstance(part, AlikeDeltas) else 1
            parts.append(part)
            times += came_at[position : position + number]
        position += number
    decoder.feed(rest)
    return parts, times


def _split(chunks: Iterable[Chunk]) -> tuple[list[bytes], list[float], bytes]:
    """What stands before each blank line, when the blank line came, and what follows the last one."""
    texts: list[bytes] = []
    times: list[float] = []
    rest = b""
    for at_ms, data in chunks:
        *whole, rest = (rest + data).split(_END)
        texts += whole
        times += [at_ms] * len(whole)
    return texts, times, rest
