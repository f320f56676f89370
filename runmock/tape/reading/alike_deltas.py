"""Deltas that are alike, read at once from the bytes of a stream.

Most events of a stream are deltas in a row that differ in one text, in their number, and in their padding. The first of
them is decoded as every event is. The events after it that have the same bytes around these three places are not: their
texts are decoded together, as one JSON list. Whatever is not exactly so is left to the decoder of single events.
"""

from __future__ import annotations

import json
import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.http.json_values import inside
from runmock.core.replay.interaction import NUMBER, AlikeDeltas
from runmock.core.secrets.every_text import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import StreamEvent

FEWEST = 4
"""So many deltas are worth it."""
_TEXT_KEYS = frozenset({"value", "arguments", "input", "delta", "content"})
"""Keys of the text of a delta. None of them is an id's, or one that suggests that its value is a secret."""
_TOGETHER = 256
"""So many events are compared at once."""
_BLANK_LINE = b"\n\n"
_EVENT = re.compile(rb"(?:event: ?[^\n]+\n)?data: ?(\{[^\n]*\})")
_VALUE = re.compile(rb'"((?:[^"\\]|\\.)*)"|([0-9]+)')
PATIENCE = 8
"""After so many deltas in a row with none like them behind them, no others are looked for."""
_MOST_VALUES = 64
"""Only so many names and values of an event are looked at: deltas have few."""


class AlikeFinder:
    """Finds alike deltas among the events of a stream, each without its blank line; mutable: it counts its failures."""

    def __init__(self, events: Sequence[bytes], padding: str) -> None:
        """`padding`: the key of what each event has at random, which no recording keeps."""
        self._events, self._padding, self._failures = events, padding, 0

    def beginning(self, position: int, event: StreamEvent) -> AlikeDeltas | None:
        """The alike deltas of which the event at a position, which is decoded, is the first; None for too few."""
        if event.raw is not None or self._failures == PATIENCE or not self._may_go_on(position):
            return None
        shape = _shape_of(self._events[position], event, self._padding)
        texts = [] if shape is None else shape.texts(self._events, position)
        if shape is None or len(texts) < FEWEST:
            self._failures += 1
            return None
        self._failures = 0
        return AlikeDeltas(without(self._padding, event), shape.keys, texts)

    def _may_go_on(self, position: int) -> bool:
        """Whether the next event has the same name."""
        this, *others = self._events[position : position + 2]
        return any(other.startswith(this.partition(b"{")[0]) for other in others)


def alike_deltas(first: StreamEvent, texts: Sequence[str]) -> AlikeDeltas | None:
    """Deltas with these texts, else like `first`, which has the first text; None for too few, or where one is odd."""
    keys = way_to_text(first) if len(texts) >= FEWEST else None
    return None if keys is None else AlikeDeltas(first, keys, texts)


def without(padding: str, event: StreamEvent) -> StreamEvent:
    """An event without what it has at random."""
    if not padding or event.raw is not None or not isinstance(event.data, dict) or padding not in event.data:
        return event
    return event._replace(data={key: value for key, value in event.data.items() if key != padding})


class _Shape(NamedTuple):
    """What is alike in deltas: the bytes around their text, number and padding, which stand in this order."""

    keys: Keys
    """The way to the text in the data of each delta."""
    start: bytes
    between: tuple[bytes, ...]
    end: bytes
    text: int
    """The position of the text among the three, counted from 0."""
    number: int | None
    padding: int | None
    counted_from: int
    """The number of the first delta."""

    def texts(self, events: Sequence[bytes], first: int) -> list[str]:
        """The texts of the deltas in a row that have this shape; event `first` is the first of them.

        Many events are compared at once. Where one of them is not alike, half as many are, and at last each by itself.
        """
        found: list[bytes] = []
        size = _TOGETHER
        while size and (together := events[first + len(found) : first + len(found) + size]):
            texts = self._texts_of(together, self.counted_from + len(found))
            if texts is None:
                size //= 2
            else:
                found += texts
        return _decoded(found)

    def _texts_of(self, events: Sequence[bytes], counted_from: int) -> list[bytes] | None:
        """The text of each event; None unless all of them have this shape, and numbers that count on from this one."""
        start, end, joined = self.start, self.end, _BLANK_LINE.join(events)
        inside = len(start), len(joined) - len(end)
        if inside[0] > inside[1] or not joined.startswith(start) or not joined.endswith(end):
            return None
        if joined.count(end + _BLANK_LINE + start, *inside) < len(events) - 1:  # much faster than a look at each event
            return None
        begin, stop = len(start), -len(end)  # the end is never empty: it has a bracket at least
        columns = [[event[begin:stop] for event in events]]
        for around in self.between:
            parted = [value.partition(around) for value in columns.pop()]
            if not all(found for _, found, _ in parted):
                return None
            columns += [value for value, _, _ in parted], [rest for _, _, rest in parted]
        if self.number is not None:
            expected = range(counted_from, counted_from + len(events))
            if columns[self.number] != [b"%d" % number for number in expected]:
                return None
        if self.padding is not None and not all(map(bytes.isalnum, columns[self.padding])):
            return None  # whether it is the inside of a string has to be decoded
        return columns[self.text]


def _decoded(texts: Sequence[bytes]) -> list[str]:
    """The texts of what stands between the quotes of JSON strings; none when something is not the inside of one.

    In a JSON text no string has a line break, so what is no string's inside cannot reach into the next one unnoticed.
    """
    try:
        found = json.loads('["' + b'",\n"'.join(texts).decode() + '"]')
    except ValueError:
        return []
    return found if len(found) == len(texts) and set(map(type, found)) == {str} else []


def _shape_of(event: bytes, read: StreamEvent, padding: str) -> _Shape | None:
    """The shape of an event, without the blank line after it; None for one that is no delta with one text."""
    match, keys = _EVENT.fullmatch(event), way_to_text(read)
    if match is None or keys is None:
        return None
    raw = match[1]
    number = read.data.get(NUMBER, 0)
    others = [name for name in (NUMBER, padding) if name and name in read.data]
    places = {way: _place(raw, way) for way in (keys, *((name,) for name in others))}
    in_order = sorted((place, way) for way, place in places.items() if place is not None)
    if type(number) is not int or len(in_order) < len(places):
        return None
    begin = match.start(1)
    between = tuple(raw[end:start] for ((_, end), _), ((start, _), _) in pairwise(in_order))
    ways = [way for _, way in in_order]
    return _Shape(
        keys,
        start=event[: begin + in_order[0][0][0]],
        between=between,
        end=raw[in_order[-1][0][1] :],
        text=ways.index(keys),
        number=ways.index((NUMBER,)) if NUMBER in others else None,
        padding=ways.index((padding,)) if padding in others else None,
        counted_from=number,
    )


def way_to_text(event: StreamEvent) -> Keys | None:
    """The keys that lead to the text of a delta; None for an event without text, with several, or with a named one.

    A name beside the text, as in `{"name": "password", "value": "..."}`, makes a secret of each text by itself.
    """
    pieces = joined([event])
    if event.name == "error" or len(pieces) != 1 or len(pieces[0]) != 1:
        return None
    keys = pieces[0][0].keys
    names = inside(event.data, *keys[:-1]).keys() & {"name", "key"} if keys[-1] == "value" else ()
    return None if names or keys[-1] not in _TEXT_KEYS else keys


def _place(raw: bytes, keys: Keys) -> tuple[int, int] | None:
    """Where the value that `keys` lead to begins and ends in a JSON text: a number, or a text without its quotes.

    It is found by trying: with null in its place, and only then, null is what the keys lead to.
    """
    for match in islice(_VALUE.finditer(raw), _MOST_VALUES):
        try:
            tried = json.loads(raw[: match.start()] + b"null" + raw[match.end() :])
        except ValueError:
            continue  # it is a name
        if inside(tried, *keys) is None:
            return match.span(match.lastindex or 0)
    return None
