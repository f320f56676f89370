"""A cassette's text by its lines: the top-level keys, the interactions, the keys of one, the items of a list.

Lines of space and comments belong to what follows them. What is written in another way than in a line or more for each
key and each item has no parts; functions return None for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOP = re.compile(r"^(?P<quote>[\"']?)(?P<key>[A-Za-z_][\w-]*)(?P=quote)\s*:", re.MULTILINE)
_KEY = re.compile(r" *(?P<quote>[\"']?)(?P<key>[A-Za-z_][\w-]*)(?P=quote)\s*:(?=\s|$)")


def spans(text: str, path: str) -> dict[str, tuple[int, int]]:
    """Where each top-level key's lines begin and end in the text. Raises CassetteError when no key begins a line."""
    starts = [(match["key"], match.start()) for match in _TOP.finditer(text)]
    if not starts:
        raise CassetteError(
            "this cassette is written in one mapping, and nothing can be added to it by lines; write its keys on lines "
            "of their own",
            path,
        )
    ends = [start for _, start in starts[1:]] + [len(text)]
    return {name: (start, end) for (name, start), end in zip(starts, ends, strict=True)}


def parted(block: str, rest: str) -> tuple[str, str]:
    """A key's own lines, and the rest of the text: comments and empty lines above the next key belong to the rest."""
    lines = block.splitlines(keepends=True)
    kept: list[str] = []
    while rest and lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        kept.insert(0, lines.pop())
    return "".join(lines), "".join(kept) + rest


@dataclass(frozen=True, slots=True)
class TextPart:
    """A key or an item with all its lines; `lead`: empty lines and comments above it."""

    lead: list[str]
    lines: list[str]
    column: int

    @property
    def key(self) -> str:
        """The key that it begins with; the empty string when it begins with none."""
        match = _KEY.match(self.lines[0])
        return match["key"] if match else ""

    @property
    def is_heading(self) -> bool:
        """Whether its first line is just a key, and its value stands below."""
        match = _KEY.match(self.lines[0])
        return match is not None and is_note(self.lines[0][match.end() :])

    def undashed(self) -> TextPart:
        """An item of a list as the mapping in it: with a space in the place of its dash."""
        first = self.lines[0]
        return replace(
            self,
            lines=[f"{first[: self.column]} {first[self.column + 1 :]}", *self.lines[1:]],
            column=self.column + 2,
        )


@dataclass(slots=True)
class Parts:
    """The parts of some lines, in order; `tail`: empty lines and comments after the last one."""

    listed: list[TextPart] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)

    def by_key(self) -> dict[str, TextPart]:
        """The parts of a mapping by their keys."""
        return {part.key: part for part in self.listed}


def is_note(line: str) -> bool:
    """Whether a line, or what is left of it, is empty or a comment."""
    return not line.strip() or line.lstrip().startswith("#")


def column_of(line: str) -> int:
    """How far a line is indented."""
    return len(line) - len(line.lstrip(" "))


def keys_of(lines: Sequence[str], column: int | None = None) -> Parts | None:
    """The keys of a mapping, with their lines; None when the first line is no key.

    Keys begin in `column`, by default that of the first line; lines in other columns continue a key.
    """
    return _parts(lines, column, is_list=False)


def items_of(lines: Sequence[str]) -> Parts | None:
    """The items of a list, which begin with a dash; None when it is written in another way."""
    return _parts(lines, None, is_list=True)


def _parts(lines: Sequence[str], column: int | None, *, is_list: bool) -> Parts | None:
    parts = Parts()
    for line in lines:
        if is_note(line):
            parts.tail.append(line)
            continue
        column = column_of(line) if column is None else column
        if column_of(line) == column and line[column:].startswith("- ") is is_list:
            _end(parts, column)
            parts.listed.append(TextPart(parts.tail, [line], column))
        elif parts.listed:
            parts.listed[-1].lines.extend([*parts.tail, line])
        else:
            return None
        parts.tail = []
    _end(parts, column or 0)
    return parts


def _end(parts: Parts, column: int) -> None:
    """End the last part: comments right below it that are indented more than it is belong to it."""
    while parts.listed and parts.tail and column_of(parts.tail[0]) > column and parts.tail[0].strip():
        parts.listed[-1].lines.append(parts.tail.pop(0))


def moved(lines: Sequence[str], columns: int) -> list[str]:
    """Lines indented by more columns, or by fewer when `columns` is negative."""
    if columns < 0:
        return [line[min(-columns, column_of(line)) :] for line in lines]
    return [" " * columns + line if line else line for line in lines]
