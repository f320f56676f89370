"""Long texts in pieces that are made each time they are needed, so that the whole text is never in memory.

A recording of 50 MB is searched for secrets before its first byte is on the disk, and then it is written: its text is
made once for the search, and once more for the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LONGEST_WHOLE = 4_000_000
"""Characters; a longer text is made again each time it is needed."""


class Pieces:
    """The pieces of a text; each iteration makes them anew."""

    def __init__(self, pieces: Callable[[], Iterator[str]]) -> None:
        """`pieces` makes the pieces of the text, the same each time."""
        self._pieces = pieces

    def __iter__(self) -> Iterator[str]:
        return self._pieces()


Text: TypeAlias = str | Pieces


def pieces_of(text: Text) -> Iterable[str]:
    """The pieces of a text; a `str` is one piece."""
    return (text,) if isinstance(text, str) else text


def kept_if_short(pieces: Callable[[], Iterator[str]]) -> list[str] | Pieces:
    """The pieces as a list; those of a long text are made anew each time."""
    kept: list[str] = []
    length = 0
    for piece in pieces():
        kept.append(piece)
        length += len(piece)
        if length > LONGEST_WHOLE:
            return Pieces(pieces)
    return kept
