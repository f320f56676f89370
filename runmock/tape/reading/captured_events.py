"""The events in the bytes of a captured stream, and when each of them came."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import AlikeDeltas, event_of
from runmock.core.replay.recorder import PORTION, Portion
from runmock.tape.reading.alike_deltas import AlikeFinder, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import StreamEvent

_END = b"\n\n"


class CapturedEvents(NamedTuple):
    """The events of a stream, in which alike deltas are one part."""

    parts: list[StreamEvent | AlikeDeltas]
    times: list[float]
    """When each event came, in milliseconds since the request."""
    last: list[StreamEvent]
    """The event that the body ends in, if no blank line ends it."""


def captured_events(
    portions: Sequence[Portion], padding: str = "", in_turn: Iterable[Portion] | None = None
) -> CapturedEvents:
    """The events in portions; `padding` is the key of what each has at random, which is left out.

    `in_turn`: the same portions, which go while they are read.
    """
    decoder = EventDecoder()
    if any(b"\r" in portion.data for portion in portions):
        parts, times = _one_by_one(portions, decoder, padding)
    else:
        parts, times = _in_portions(portions if in_turn is None else in_turn, decoder, padding)
    last = [event_of(event) for event in decoder.feed(_END)] if decoder.rest else []
    return CapturedEvents(parts, times, last)


_Read = tuple[list["StreamEvent | AlikeDeltas"], list[float]]


def _one_by_one(portions: Iterable[Portion], decoder: EventDecoder, padding: str) -> _Read:
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    for portion in portions:
        for at_ms, data in portion.chunks():
            events = decoder.feed(data)
            parts += [without(padding, event_of(event)) for event in events]
            times += [at_ms] * len(events)
    return parts, times


def _in_portions(portions: Iterable[Portion], decoder: EventDecoder, padding: str) -> _Read:
    """The events of a stream without CR. A long one has several portions, so that no second one is in memory."""
    parts: list[StreamEvent | AlikeDeltas] = []
    times: list[float] = []
    rest = b""
    for portion in _long_enough(portions):
        *texts, begun = b"".join([rest, bytes(portion.data)]).split(_END)
        new_parts, new_times = _with_alike(texts, _times(portion, texts, len(rest)), decoder, padding)
        parts += new_parts
        times += new_times
        rest = begun
    decoder.feed(rest)
    return parts, times


def _long_enough(portions: Iterable[Portion]) -> Iterator[Portion]:
    """The portions; short ones in a row become one, because alike deltas are only found within a portion."""
    held: list[Portion] = []
    for portion in portions:
        held.append(portion)
        if sum([len(short.data) for short in held]) > PORTION:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(portions: Sequence[Portion]) -> Portion:
    if len(portions) == 1:
        return portions[0]
    joined = Portion(b"".join([bytes(portion.data) for portion in portions]))
    before = 0
    for portion in portions:
        joined.times += portion.times
        joined.ends += [before + end for end in portion.ends]
        before += len(portion.data)
    return joined


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


def _times(portion: Portion, texts: Sequence[bytes], before: int) -> Sequence[float]:
    """When the blank line after each text came; so many bytes of the first text came `before` this portion."""
    ends = list(accumulate([len(text) + len(_END) for text in texts], initial=-before))[1:]
    if ends == portion.ends:
        return portion.times  # each chunk is one event, as it often is
    return [portion.times[bisect_left(portion.ends, end)] for end in ends]
