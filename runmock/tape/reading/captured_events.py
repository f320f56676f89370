"""The events in the bytes of a captured stream, and when each of them came."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import AlikeDeltas, event_of
from runmock.tape.reading.alike_deltas import AlikeFinder, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import StreamEvent
    from runmock.core.replay.recorder import Chunk

_END = b"\n\n"
PORTION = 1_000_000
"""Bytes of a long stream that are read together."""


class CapturedEvents(NamedTuple):
    """The events of a stream, in which alike deltas are one part."""

    parts: list[StreamEvent | AlikeDeltas]
    times: list[float]
    """When each event came, in milliseconds since the request."""
    last: list[StreamEvent]
    """The event that the body ends in, if no blank line ends it."""


def captured_events(
    chunks: Sequence[Chunk], padding: str = "", in_turn: Iterable[Chunk] | None = None
) -> CapturedEvents:
    """The events in chunks; `padding` is the key of what each has at random, which is left out.

    `in_turn`: the same chunks; of a long stream they go while they are read.
    """
    decoder = EventDecoder()
    is_long = sum([len(data) for _, data in chunks]) > PORTION
    if _has_cr(chunks, is_long=is_long):
        parts, times = _one_by_one(chunks, decoder, padding)
    else:
        portions = _portions(chunks if in_turn is None else in_turn) if is_long else [chunks]
        parts, times = _in_portions(portions, decoder, padding)
    last = [event_of(event) for event in decoder.feed(_END)] if decoder.rest else []
    return CapturedEvents(parts, times, last)


def _has_cr(chunks: Sequence[Chunk], *, is_long: bool) -> bool:
    """Whether a stream has a CR anywhere. All of it is searched at once, unless that is a long copy."""
    data = [data for _, data in chunks]
    return any(b"\r" in part for part in (data if is_long else [b"".join(data)]))


_Read = tuple[list["StreamEvent | AlikeDeltas"], list[float]]


def _one_by_one(chunks: Sequence[Chunk], decoder: EventDecoder, padding: str) -> _Read:
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    for at_ms, data in chunks:
        events = decoder.feed(data)
        parts += [without(padding, event_of(event)) for event in events]
        times += [at_ms] * len(events)
    return parts, times


def _in_portions(portions: Iterable[Sequence[Chunk]], decoder: EventDecoder, padding: str) -> _Read:
    """The events of a stream without CR. A long one has several portions, so that no second one is in memory."""
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    rest = b""
    for portion in portions:
        *texts, begun = b"".join([rest, *[data for _, data in portion]]).split(_END)
        new_parts, new_times = _with_alike(texts, _times(portion, texts, len(rest)), decoder, padding)
        parts += new_parts
        times += new_times
        rest = begun
    decoder.feed(rest)
    return parts, times


def _portions(chunks: Iterable[Chunk]) -> Iterator[list[Chunk]]:
    """The chunks in lists of about a megabyte."""
    portion: list[Chunk] = []
    size = 0
    for chunk in chunks:
        portion.append(chunk)
        size += len(chunk.data)
        if size > PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _with_alike(texts: Sequence[bytes], came_at: Sequence[float], decoder: EventDecoder, padding: str) -> _Read:
    """The events of texts, which are what stands before each blank line, and came at these times."""
    alike = AlikeFinder(texts, padding)
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    position = 0
    while position < len(texts):
        decoded = decoder.feed(texts[position] + _END)
        number = 1
        if decoded:  # a comment is no event
            event = event_of(decoded[0])
            part = alike.beginning(position, event) or without(padding, event)
            number = len(part.texts) if isinstance(part, AlikeDeltas) else 1
            parts.append(part)
            times += came_at[position : position + number]
        position += number
    return parts, times


def _times(chunks: Sequence[Chunk], texts: Sequence[bytes], before: int) -> list[float]:
    """When the blank line after each text came; so many bytes of the first text came `before` these chunks."""
    times = [at_ms for at_ms, _ in chunks]
    lengths = [len(data) for _, data in chunks]
    lengths_of_texts = [len(text) + len(_END) for text in texts]
    if lengths == lengths_of_texts and not before:
        return times  # each chunk is one event, as it often is
    ends = list(accumulate(lengths, initial=before))[1:]
    return [times[bisect_left(ends, end)] for end in accumulate(lengths_of_texts)]
