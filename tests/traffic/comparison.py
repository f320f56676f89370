"""Recorded against played answers: the same keys in the same order, the same nulls, the same values.

What may differ: ids, as long as one stands for one throughout; the values of times and token counts; how a text is
split into deltas. A time that changes, or stays, must do so in both.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from collapsing import collapsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recordings import Events

ID = re.compile(r"(asst|thread|msg|run|step|call|vs)_[A-Za-z0-9]{24,}")
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was recorded otherwise than it was played; `entry` is the number of the recorded entry."""

    entry: int
    path: str
    recorded: str
    played: str

    def __str__(self) -> str:
        return f"entry {self.entry}  {self.path}\n    recorded  {self.recorded}\n    played    {self.played}"


@dataclass(slots=True)
class Comparison:
    """Compares one answer after the other and remembers which ids stand for which, and the times in the answers."""

    ids: dict[str, str] = field(default_factory=dict)
    """The played id of each recorded one."""
    differences: list[Difference] = field(default_factory=list)
    _times: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)

    def json(self, entry: int, recorded: Any, played: Any) -> None:
        """Compare two JSON answers."""
        self._note(entry, self._values("", recorded, played))

    def events(self, entry: int, recorded: Events, played: Events) -> None:
        """Compare two streams."""
        self._note(entry, self._streams(collapsed(recorded), collapsed(played)))

    def fact(self, entry: int, path: str, recorded: Any, played: Any) -> None:
        """Compare a single value about an answer, its status or a header."""
        if recorded != played:
            self._note(entry, [(path, shown(recorded), shown(played))])

    def _note(self, entry: int, found: Any) -> None:
        self.differences += [Difference(entry, *difference) for difference in found]

    def _streams(self, recorded: Events, played: Events) -> Iterator[tuple[str, str, str]]:
        names, played_names = [name for name, _ in recorded], [name for name, _ in played]
        matcher = SequenceMatcher(None, names, played_names, autojunk=False)
        for kind, start, end, played_start, played_end in matcher.get_opcodes():
            if kind != "equal":
                recorded_part, played_part = names[start:end], played_names[played_start:played_end]
                yield f"{start}", ", ".join(recorded_part) or ABSENT, ", ".join(played_part) or ABSENT
                continue
            for number in range(end - start):
                name, data = recorded[start + number]
                yield from self._values(f"{start + number} {name}", data, played[played_start + number][1])

    def _values(self, path: str, recorded: Any, played: Any) -> Iterator[tuple[str, str, str]]:
        if isinstance(recorded, dict) and isinstance(played, dict):
            yield from self._objects(path, recorded, played)
        elif isinstance(recorded, list) and isinstance(played, list):
            yield from self._lists(path, recorded, played)
        elif isinstance(recorded, str) and ID.fullmatch(recorded):
            yield from self._ids(path, recorded, played)
        elif type(recorded) is not type(played) or not (recorded == played or _may_vary(path, recorded)):
            yield path, shown(recorded), shown(played)

    def _objects(self, path: str, recorded: Any, played: Any) -> Iterator[tuple[str, str, str]]:
        for key, value in recorded.items():
            below = f"{path}.{key}".lstrip(".")
            if key not in played:
                yield below, shown(value), ABSENT
                continue
            yield from self._values(below, value, played[key])
            if key.endswith("_at") and "id" in recorded:
                yield from self._changes(below, (recorded["id"], key), (value, played[key]))
        for key in played.keys() - recorded.keys():
            yield f"{path}.{key}".lstrip("."), ABSENT, shown(played[key])
        order, played_order = [key for key in recorded if key in played], [key for key in played if key in recorded]
        if order != played_order:
            yield f"{path} (order of keys)".lstrip(), ", ".join(order), ", ".join(played_order)

    def _lists(self, path: str, recorded: Any, played: Any) -> Iterator[tuple[str, str, str]]:
        for number, (value, other) in enumerate(zip(recorded, played, strict=False)):
            yield from self._values(f"{path}[{number}]", value, other)
        for number in range(min(len(recorded), len(played)), max(len(recorded), len(played))):
            values_shown = [shown(values[number]) if number < len(values) else ABSENT for values in (recorded, played)]
            yield f"{path}[{number}]", *values_shown

    def _ids(self, path: str, recorded: str, played: Any) -> Iterator[tuple[str, str, str]]:
        known = self.ids.get(recorded)
        is_new = known is None and isinstance(played, str) and played not in self.ids.values()
        if is_new and played.partition("_")[0] == recorded.partition("_")[0]:
            self.ids[recorded] = played
        elif known != played:
            meaning = f"{recorded}, an id of its own" if known is None else f"{recorded}, which is {known} here"
            yield path, meaning, shown(played)

    def _changes(self, path: str, place: tuple[str, str], times: tuple[Any, Any]) -> Iterator[tuple[str, str, str]]:
        before = self._times.get(place, (None, None))
        self._times[place] = times
        if None in (*before, *times):
            return
        recorded, played = (_change(*pair) for pair in zip(before, times, strict=True))
        if recorded != played:
            yield f"{path} (change)", recorded, played


def _change(before: int, now: int) -> str:
    return "stays" if before == now else "changes"


def _may_vary(path: str, value: Any) -> bool:
    """Whether the value at this path is a time or a number of tokens, of which no two runs have the same."""
    if type(value) is not int:
        return False
    return path.endswith("_at") or (".usage." in f".{path}" and path.endswith("_tokens"))


def shown(value: Any) -> str:
    """JSON on one line, long ones cut."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}..."
