"""Long texts in windows, so that a search has copies of one window in memory, not of the whole text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIZE = 250_000
"""Characters of a window; a shorter text is its own window."""
OVERLAP = 1_000
"""Characters that a window has in common with the next one, for what has white space inside: `Bearer sk-...`."""
_SPACES = (" ", "\n")


def windows(text: str, overlap: int = OVERLAP) -> Iterator[str]:
    """Yield the windows of a text. They begin and end at a space or a line end: every word is whole in one of them."""
    return windows_of([text], overlap)


def windows_of(pieces: Iterable[str], overlap: int = OVERLAP) -> Iterator[str]:
    """Yield the windows of a text that is in pieces."""
    size = wanted = SIZE + overlap
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length <= wanted:
            continue
        text, start = "".join(held), 0
        while len(text) - start > size and (end := _space_behind(text, start + size)) >= 0:
            yield text[start:end]
            again = max(text.rfind(space, start, end - overlap) for space in _SPACES) + 1
            start = again if again > start else end  # a word that is longer than a window is searched once
        rest = text[start:]
        held, length, wanted = [rest], len(rest), max(size, 2 * len(rest))
    yield "".join(held)


def _space_behind(text: str, position: int) -> int:
    """Where the next space or line end stands; -1 if there is none."""
    return min((place for space in _SPACES if (place := text.find(space, position)) >= 0), default=-1)
