"""Lists of texts, broken into lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.tape.files.long_texts import LONGEST_WHOLE, Pieces
from runmock.tape.yaml.yaml_text import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH = 120
"""Lists of pieces are broken into lines of about this length; nothing else is."""
MANY_PIECES, LINES_OF_MANY = 150, 5
"""A list of more pieces than this is broken into about so many lines, however long they are."""
_TOGETHER = 200
"""So many pieces of a list and its commas are yielded as one text."""


def wrapped(head: str, pieces: Sequence[str], *, indent: int, end: str, width: int = WIDTH) -> Iterator[str]:
    """Yield a list of texts, broken into lines of about `width` characters; `head` and `end` are around it.

    What is yielded is a part of a line, a whole one, or several.
    """
    quoted = Pieces(lambda: map(scalar, pieces))
    texts = quoted if sum(map(len, pieces)) > LONGEST_WHOLE else list(quoted)
    if len(pieces) > MANY_PIECES:
        lengths = [len(text) for text in texts]
        width = max(width, indent + (sum(lengths) + 2 * len(lengths)) // LINES_OF_MANY + max(lengths))
    held, length, before = [head], len(head), ""
    for text in texts:
        if before and length + len(text) + 1 > width:
            before, length = f",\n{' ' * indent}", indent
        held += before, text
        before = ", "
        length += len(text) + 2
        if len(held) > _TOGETHER:
            yield "".join(held)
            held.clear()
    yield "".join([*held, end])
