"""The bytes of alike deltas, made by a template: they are the same but for one text and one number.

The first delta is encoded with marks in the places of its text and of its number. The bytes of each delta are those of
the first one with its own text and number in these places. Where a mark is not found, or a text is odd, the delta is
encoded as every event is.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_encoders import quoted
from runmock.core.replay.interaction import NUMBER, AlikeDeltas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.http.json_text import JsonText
    from runmock.core.replay.interaction import StreamEvent

# No server sends these texts. An event with half of a surrogate pair is sent with all letters escaped, and its texts
# would have to be too: the letter beyond ASCII is why no mark is found there.
_TEXT, _NUMBER = "\0text…", "\0number…"


def each_encoded(part: StreamEvent | AlikeDeltas, written: JsonText) -> Iterator[bytes]:
    """The bytes of each event of a part of a stream."""
    if not isinstance(part, AlikeDeltas):
        yield part.encoded(written)
        return
    template, values = _template(part, written)
    if template is None:
        yield from (event.encoded(written) for event in part.events())
        return
    for position, places in enumerate(values):
        try:
            yield (template % places).encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            yield part.between(position, position + 1).first.encoded(written)


def _template(alike: AlikeDeltas, written: JsonText) -> tuple[str | None, Iterable[tuple[Any, ...]]]:
    """A format, and what it is filled with for each delta; None where the format would not be exact."""
    marked, number = alike.with_text(_TEXT), alike.first.data.get(NUMBER, 0)
    if type(number) is not int:
        return None, ()
    marks = [quoted(_TEXT)]
    if NUMBER in marked.data:
        marked.data[NUMBER] = _NUMBER
        marks.append(quoted(_NUMBER))
    text = marked.encoded(written).decode().replace("%", "%%")
    if any(text.count(mark) != 1 for mark in marks):
        return None, ()
    texts = map(quoted, alike.texts)
    columns: list[Iterable[Any]] = [texts] if len(marks) == 1 else [texts, count(number)]
    in_order = sorted(range(len(marks)), key=lambda which: text.index(marks[which]))
    for mark in marks:
        text = text.replace(mark, "%s")
    return text, zip(*(columns[which] for which in in_order), strict=False)
