"""Writes an interaction that has changed with its old lines, but for those that mean something else now.

There are two texts of it: the lines in the file, and the lines as they would be written today. Key by key, and item by
item of a stream or a list, the old lines are taken where both mean the same; of a long list of pieces, the lines that
have the same pieces. The caller reads a mixture back before it is used: a short form may mean something else after
another line has changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.errors import CassetteError
from runmock.tape.comparing.counterparts import matches, paired
from runmock.tape.comparing.pairing import canonical
from runmock.tape.reading.stream import PIECES
from runmock.tape.writing.layout import column_of, items_of, keys_of, moved
from runmock.tape.writing.wrapping import WIDTH, wrapped
from runmock.tape.yaml.yaml12 import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.format import model_file
    from runmock.tape.writing.layout import Parts, TextPart

_PIECES = re.compile(rf" *- (?:{'|'.join(PIECES)}): \[")


class Written(NamedTuple):
    """An interaction, its lines, and the model into which they are read."""

    item: TextPart
    model: model_file.InteractionModel
    interaction: Interaction


def mixtures(old: Written, new: Written) -> Iterator[list[str]]:
    """The lines of `new`, with those of `old` where they mean the same.

    Two mixtures: in the first, items of lists are matched by their meaning, in the second by how they are written.
    """
    for by_meaning in (True, False):
        if (lines := _Mixture(old, new, by_meaning=by_meaning).lines()) is not None:
            yield lines


class _Item(NamedTuple):
    part: TextPart
    raw: Any
    meaning: str

    @property
    def name(self) -> str:
        """An event's name, an object's id."""
        if not isinstance(self.raw, dict):
            return ""
        return next(iter(self.raw)) if len(self.raw) == 1 else str(self.raw.get("id", self.raw.get("same")))

    def keys(self) -> tuple[str, str, str, str]:
        """The keys to pair by: its meaning, what is written, its name; at last nothing, so that the order decides."""
        return self.meaning, canonical(self.raw), self.name, ""


@dataclass(frozen=True, slots=True)
class _Mixture:
    old: Written
    new: Written
    by_meaning: bool

    def lines(self) -> list[str] | None:
        """The lines of the mixture; None when the keys of an interaction have no lines of their own."""
        parts, others = _parts_of(self.old), _parts_of(self.new)
        if parts is None or others is None:
            return None
        old, new = parts.by_key(), others.by_key()
        mixed: list[str] = []
        for key in _in_order(list(old), list(new)):
            if key in old:
                mixed += old[key].lead
            mixed += self._key(key, old.get(key), new[key])
        column = self.old.item.column
        return [f"{' ' * column}-{mixed[0][column + 1 :]}", *mixed[1:], *parts.tail]

    def _key(self, key: str, old: TextPart | None, new: TextPart) -> list[str]:
        if old is None:
            return moved(new.lines, self.old.item.column - self.new.item.column)
        fields = self.old.model.model_dump(by_alias=True), self.new.model.model_dump(by_alias=True)
        if canonical(fields[0][key]) == canonical(fields[1][key]):
            return old.lines
        mixed = None
        if key == "stream" and old.is_heading and new.is_heading:
            mixed = self._stream(old, new)
        elif key == "json" and old.is_heading and new.is_heading:
            mixed = self._json(old, new)
        return moved(new.lines, old.column - new.column) if mixed is None else mixed

    def _stream(self, old: TextPart, new: TextPart) -> list[str] | None:
        mine = _items(old, self.old.model.stream or [], _events(self.old))
        others = _items(new, self.new.model.stream or [], _events(self.new))
        return None if mine is None or others is None else [old.lines[0], *self._mixed(mine, others)]

    def _json(self, old: TextPart, new: TextPart) -> list[str] | None:
        """A JSON answer whose keys have lines of their own."""
        mine, others = keys_of(old.lines[1:]), keys_of(new.lines[1:])
        written = self.old.model.json_, self.new.model.json_
        if mine is None or others is None or not all(isinstance(value, dict) for value in written):
            return None
        known, fresh = mine.by_key(), others.by_key()
        if list(known) != list(written[0]) or list(fresh) != list(written[1]):
            return None
        mixed = [old.lines[0]]
        for key in _in_order(list(known), list(fresh)):
            before = known.get(key)
            mixed += before.lead if before else []
            if before is None:
                mixed += moved(fresh[key].lines, mine.listed[0].column - others.listed[0].column)
            elif canonical(written[0][key]) == canonical(written[1][key]):
                mixed += before.lines
            else:
                mixed += self._member(before, fresh[key], key)
        return mixed

    def _member(self, old: TextPart, new: TextPart, key: str) -> list[str]:
        if old.is_heading and new.is_heading:
            values = self.old.interaction.json[key], self.new.interaction.json[key]
            mine = _items(old, self.old.model.json_[key], [canonical(value) for value in values[0]])
            others = _items(new, self.new.model.json_[key], [canonical(value) for value in values[1]])
            if mine is not None and others is not None:
                return [old.lines[0], *self._mixed(mine, others)]
        return moved(new.lines, old.column - new.column)

    def _mixed(self, old: list[_Item], new: list[_Item]) -> list[str]:
        """The lines of a list's items, old ones where an item means the same."""
        begin = 0 if self.by_meaning else 1
        pairs = {
            there: here
            for here, there in paired(
                [item_here.keys()[begin:] for item_here in old], [item_here.keys()[begin:] for item_here in new]
            )
        }
        mixed: list[str] = []
        for number, item in enumerate(new):
            lines = moved(item.part.lines, old[0].part.column - item.part.column)
            before = old[pairs[number]] if number in pairs else None
            if before is not None:
                mixed += before.part.lead
                if before.keys()[begin] == item.keys()[begin] or canonical(before.raw) == canonical(item.raw):
                    lines = before.part.lines
                elif item.name in PIECES and before.name == item.name:
                    lines = _pieces(before, item) or lines
            mixed += lines
        return mixed


def _parts_of(written: Written) -> Parts | None:
    """The keys of an interaction with their lines; None when they are not one below the other."""
    parts = keys_of(written.item.undashed().lines, written.item.column + 2)
    fields = type(written.model).model_fields
    known = {fields[name].alias or name for name in written.model.model_fields_set}
    return parts if parts is not None and sorted(part.key for part in parts.listed) == sorted(known) else None


def _in_order(old: list[str], new: list[str]) -> list[str]:
    """The new keys in the old order; a key that is only new follows the key that precedes it in the new order."""
    order = [key for key in old if key in new]
    for number, key in enumerate(new):
        if key not in order:
            order.insert(order.index(new[number - 1]) + 1 if number else 0, key)
    return order


def _items(part: TextPart, raws: list[Any], meanings: list[str]) -> list[_Item] | None:
    """The items of a list below its key; None when they have no lines of their own."""
    parts = items_of(part.lines[1:])
    if parts is None or not len(parts.listed) == len(raws) == len(meanings) or not raws:
        return None
    return [_Item(*item) for item in zip(parts.listed, raws, meanings, strict=True)]


def _events(written: Written) -> list[str]:
    """The meaning of each item of a stream: its events, as a text."""
    events = iter(written.interaction.stream or ())
    means: list[str] = []
    for item in written.model.stream or []:
        pieces = next(iter(item.values())) if isinstance(item, dict) and next(iter(item)) in PIECES else None
        count = len(pieces) if isinstance(pieces, list) else 1
        means.append(canonical([list(event) for _, event in zip(range(count), events, strict=False)]))
    return means


def _pieces(old: _Item, new: _Item) -> list[str] | None:
    """The lines of a list of pieces, old ones where all their pieces stayed; None when there are no lines to keep."""
    rows, pieces = _rows(old), new.raw[new.name]
    if rows is None or not isinstance(pieces, list):
        return None
    stretches = list(_stretches(rows, pieces))
    lines, head = old.part.lines, old.part.lines[0][: old.part.lines[0].index("[") + 1]
    indent = column_of(lines[1]) if len(lines) > 1 else old.part.column + 4
    mixed: list[str] = []
    width = max(WIDTH, *map(len, lines))
    for number, (row, part) in enumerate(stretches):
        is_first, is_last = number == 0, number == len(stretches) - 1
        if row is not None and (row == 0, row == len(rows) - 1) == (is_first, is_last):
            mixed.append(lines[row])
        else:
            begin, end = head if is_first else " " * indent, "]" if is_last else ","
            mixed += "".join(wrapped(begin, part, indent=indent, end=end, width=width)).split("\n")
    return mixed


def _stretches(rows: list[list[str]], pieces: list[str]) -> Iterator[tuple[int | None, list[str]]]:
    """The new pieces in stretches: those of an old line with the line's number, those between such lines with None."""
    stayed = dict(matches([piece for row in rows for piece in row], pieces))
    begin = after = 0
    for number, row in enumerate(rows):
        places = [stayed.get(begin + place) for place in range(len(row))]
        begin += len(row)
        first = places[0]
        if first is not None and places == list(range(first, first + len(row))):
            if first > after:
                yield None, pieces[after:first]
            yield number, row
            after = first + len(row)
    if after < len(pieces):
        yield None, pieces[after:]


def _rows(item: _Item) -> list[list[str]] | None:
    """The pieces by the line on which they stand; None when the lines cannot be read one by one."""
    head = _PIECES.match(item.part.lines[0])
    if head is None:
        return None
    texts = [item.part.lines[0][head.end() :], *item.part.lines[1:]]
    try:
        rows = [load(f"[{text.rstrip()[:-1]}]", "") for text in texts]
    except CassetteError:
        return None
    ends = [text.rstrip()[-1:] for text in texts]
    is_plain = ends == [","] * (len(texts) - 1) + ["]"] and all(rows)
    return rows if is_plain and [piece for row in rows for piece in row] == item.raw[item.name] else None
