"""Deltas that are alike, put together where a cassette has each of them in full.

A cassette that runmock has written has their texts alone. One that was written by hand, or by another program, may have
each delta; then those in a row that differ only in one text and in their number are sent as fast as the others.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, cast

from runmock.core.http.json_values import inside
from runmock.core.replay.interaction import NUMBER, AlikeDeltas
from runmock.tape.reading.alike_deltas import PATIENCE, way_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import StreamEvent

FEWEST = 16
"""So many deltas are worth it: they are decoded already."""


def put_together(parts: Iterable[StreamEvent | AlikeDeltas]) -> Iterator[StreamEvent | AlikeDeltas]:
    """The parts of a stream, in which many alike deltas in a row are one part."""
    for name, some in groupby(parts, _name_of_delta):
        in_row = [*some]
        yield from in_row if name is None else _put_together(cast("list[StreamEvent]", in_row))


def _name_of_delta(part: StreamEvent | AlikeDeltas) -> str | None:
    """The name of a single event that may be like its neighbours."""
    if isinstance(part, AlikeDeltas) or part.raw is not None or not isinstance(part.data, dict):
        return None
    return part.name


def _put_together(events: Sequence[StreamEvent]) -> Iterator[StreamEvent | AlikeDeltas]:
    """Events of one name, in which many alike deltas in a row are one part."""
    position = failures = 0
    while len(events) - position >= FEWEST and failures < PATIENCE:
        first = events[position]
        keys = way_to_text(first)
        texts = [] if keys is None else _texts_like_first(events[position:], keys)
        if keys is None or len(texts) < FEWEST:
            yield first
            position, failures = position + 1, failures + 1
        else:
            yield AlikeDeltas(first, keys, texts)
            position, failures = position + len(texts), 0
    yield from events[position:]


def _texts_like_first(events: Sequence[StreamEvent], keys: Keys) -> list[str]:
    """The texts of the events that are like the first one, up to the first event that is not."""
    number = events[0].data.get(NUMBER, 0)
    if type(number) is not int:
        return []
    texts: list[str] = []
    around: str | None = None
    for position, event in enumerate(events):
        text = inside(event.data, *keys)
        found = _around(event.data, keys, number + position) if isinstance(text, str) else None
        if found is None or found != (around or found):
            break
        texts.append(text)
        around = found
    return texts


def _around(data: JSON, keys: Keys, number: int) -> str | None:
    """What a delta says beside its text and number, as a text; None when it has another number.

    It has the order of the keys, and the types of the values: 1, 1.0 and true are three.
    """
    *way, last = keys
    place, text = inside(data, *way), inside(data, *keys)
    has_number = NUMBER in data
    if has_number and (data[NUMBER] != number or type(data[NUMBER]) is not int):
        return None
    place[last] = ""
    if has_number:
        data[NUMBER] = 0
    around = repr(data)
    place[last] = text
    if has_number:
        data[NUMBER] = number
    return around
