"""Recorded against played answers: the same events in the same order, the same keys in each object, the same values.

What may differ: ids, as long as one stands for one throughout; times, tokens, padding, what is encrypted; how a text is
cut into deltas.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from response_recordings import Events

ID = re.compile(r"\b(resp|msg|fc|rs|ci|fs|conv|call|cntr)_[A-Za-z0-9]{12,}")
ABSENT = "(absent)"
VARIES = re.compile(r"(^|\.)(created_at|completed_at|\w+_tokens|obfuscation|encrypted_content|sequence_number)$")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was recorded otherwise than it was played."""

    exchange: int
    path: str
    recorded: str
    played: str

    @property
    def place(self) -> str:
        """The path without the event's number, and without indexes."""
        return re.sub(r"\[\d+\]", "[]", re.sub(r"^\d+ ", "", self.path))

    def __str__(self) -> str:
        return f"{self.exchange}  {self.path}\n    recorded  {self.recorded}\n    played    {self.played}"


@dataclass(slots=True)
class Comparison:
    """Compares one answer after the other, and remembers which id stands for which."""

    ids: dict[str, str] = field(default_factory=dict)
    """The played id of each recorded one."""
    differences: list[Difference] = field(default_factory=list)

    def json(self, exchange: int, recorded: Any, played: Any) -> None:
        """Compare two JSON answers."""
        self._note(exchange, self._values("", recorded, played))

    def events(self, exchange: int, recorded: Events, played: Events) -> None:
        """Compare two streams."""
        self._note(exchange, self._streams(collapsed(recorded), collapsed(played)))

    def fact(self, exchange: int, path: str, recorded: Any, played: Any) -> None:
        """Compare a single value about an answer."""
        if recorded != played:
            self._note(exchange, iter([(path, shown(recorded), shown(played))]))

    def _note(self, exchange: int, found: Iterator[tuple[str, str, str]]) -> None:
        self.differences += [Difference(exchange, *difference) for difference in found]

    def _streams(self, recorded: Events, played: Events) -> Iterator[tuple[str, str, str]]:
        names, others = [name for name, _ in recorded], [name for name, _ in played]
        for kind, start, end, first, last in SequenceMatcher(None, names, others, autojunk=False).get_opcodes():
            if kind != "equal":
                yield f"{start} order", ", ".join(names[start:end]) or ABSENT, ", ".join(others[first:last]) or ABSENT
                continue
            for number in range(end - start):
                name, data = recorded[start + number]
                yield from self._values(f"{start + number} {name}", data, played[first + number][1])

    def _values(self, path: str, recorded: Any, played: Any) -> Iterator[tuple[str, str, str]]:
        if isinstance(recorded, dict) and isinstance(played, dict):
            yield from self._objects(path, recorded, played)
        elif isinstance(recorded, list) and isinstance(played, list):
            for number in range(max(len(recorded), len(played))):
                pair = [values[number] if number < len(values) else ABSENT for values in (recorded, played)]
                yield from self._values(f"{path}[{number}]", *pair)
        elif isinstance(recorded, str) and ID.fullmatch(recorded) and recorded != played:
            yield from self._ids(path, recorded, played)
        elif (recorded is None) != (played is None) or not (self._alike(recorded, played) or VARIES.search(path)):
            yield path, shown(recorded), shown(played)

    def _alike(self, recorded: Any, played: Any) -> bool:
        if not isinstance(recorded, str):
            return bool(recorded == played)
        translated = re.sub(r"\w+", lambda found: self.ids.get(found[0], found[0]), recorded)
        return played in (recorded, translated)

    def _objects(self, path: str, recorded: Any, played: Any) -> Iterator[tuple[str, str, str]]:
        for key, value in recorded.items():
            below = f"{path}.{key}".lstrip(".")
            if key in played:
                yield from self._values(below, value, played[key])
            else:
                yield below, shown(value), ABSENT
        for key in played.keys() - recorded.keys():
            yield f"{path}.{key}".lstrip("."), ABSENT, shown(played[key])

    def _ids(self, path: str, recorded: str, played: Any) -> Iterator[tuple[str, str, str]]:
        known = self.ids.get(recorded)
        is_new = known is None and isinstance(played, str) and played not in self.ids.values()
        if is_new and played.partition("_")[0] == recorded.partition("_")[0]:
            self.ids[recorded] = played
        elif known != played:
            meaning = f"{recorded}, an id of its own" if known is None else f"{recorded}, which is {known} here"
            yield path, meaning, shown(played)


def collapsed(events: Events) -> Events:
    """The events with all deltas of one part that follow each other as one."""
    joined: list[tuple[str, Any]] = []
    for name, data in events:
        before_name, before = joined[-1] if joined else ("", {})
        if name.endswith(".delta") and name == before_name and _place(before) == _place(data):
            before["delta"] += data["delta"]
        else:
            joined.append((name, dict(data)))
    return tuple(joined)


def _place(data: Any) -> Any:
    return [data.get(key) for key in ("item_id", "output_index", "content_index", "summary_index")]


def shown(value: Any) -> str:
    """JSON on one line, long ones cut."""
    text = value if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:160]}..."
