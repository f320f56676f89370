"""The bytes of alike deltas, which are the same but for one text and one number.

The first delta is encoded with marks in the places of its text and of its number. The bytes around these places are
those of all the deltas, and are written between their texts and numbers. Where a mark is not found, or a text is odd,
each delta is encoded as every event is.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from runmock.core.http.json_encoders import quoted
from runmock.core.replay.interaction import NUMBER, AlikeDeltas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.http.json_text import JsonText
    from runmock.core.replay.interaction import StreamEvent

# No server sends these texts. An event with half of a surrogate pair is sent with all letters escaped, and its texts
# would have to be too: the letter beyond ASCII is why no mark is found there.
_TEXT, _NUMBER = "\0text…", "\0number…"


def each_encoded(part: StreamEvent | AlikeDeltas, written: JsonText) -> Iterator[bytes]:
    """The bytes of each event of a part of a stream."""
    if isinstance(part, AlikeDeltas):
        encoder = AlikeEncoder(part, written)
        yield from (encoder.encoded(position, position + 1) for position in range(len(encoder)))
    else:
        yield part.encoded(written)


class AlikeEncoder:
    """Encodes alike deltas, some at a time."""

    def __init__(self, alike: AlikeDeltas, written: JsonText) -> None:
        self._alike, self._written = alike, written
        self._around, self._is_text_first = _around(alike, written)

    def __len__(self) -> int:
        return len(self._alike.texts)

    def encoded(self, start: int, stop: int) -> bytes:
        """The bytes of the deltas from one position to before another; there is at least one."""
        if self._around:
            try:
                return self._joined(self._alike.texts[start:stop], start).encode()
            except UnicodeEncodeError:  # half of a surrogate pair
                pass
        events = self._alike.between(start, stop).events()
        return b"".join([event.encoded(self._written) for event in events])

    def _joined(self, texts: Sequence[str], start: int) -> str:
        first, *middle, last = self._around
        values: Iterable[str] = map(quoted, texts)
        if middle:
            numbers = map(str, count(self._alike.first.data[NUMBER] + start))
            columns = (values, numbers) if self._is_text_first else (numbers, values)
            values = map(middle[0].join, zip(*columns, strict=False))
        return f"{first}{(last + first).join(values)}{last}"


def _around(alike: AlikeDeltas, written: JsonText) -> tuple[Sequence[str], bool]:
    """What is before, between and after text and number, and whether the text comes first; nothing if it is unsure."""
    marked, number = alike.with_text(_TEXT), alike.first.data.get(NUMBER, 0)
    if type(number) is not int:
        return (), True
    marks = [quoted(_TEXT)]
    if NUMBER in marked.data:
        marked.data[NUMBER] = _NUMBER
        marks.append(quoted(_NUMBER))
    text = marked.encoded(written).decode()
    if any(text.count(mark) != 1 for mark in marks):
        return (), True
    in_order = sorted(marks, key=text.index)
    around = []
    for mark in in_order:
        before, _, text = text.partition(mark)
        around.append(before)
    return (*around, text), in_order[0] == marks[0]
