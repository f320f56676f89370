"""Expands the JSON values of a recording: `same: run_1` stands for an earlier object, `+3s` for a time.

`same: run_1` is a copy of the last object of that id, in the order of the file, with the keys beside it replaced and
those under `drop:` removed; it may stand for a whole payload or for an item of a list. Objects are remembered by their
`id`, wherever they stand in a payload, except in deltas. Times are relative under keys that end in `_at`, but not in
`metadata`, whose values are the application's own texts.

A request may say a whole conversation again. `input_of: resp_1`, an item of such a list, stands for the list of the
request that was answered with `resp_1`.
"""

from __future__ import annotations

import re
from operator import is_
from typing import TYPE_CHECKING, Any

from runmock.core.errors import did_you_mean
from runmock.tape.format.validation_errors import located_error

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

_RELATIVE = re.compile(r"(?P<sign>[+-])(?P<seconds>[0-9]+(?:\.[0-9]+)?)s")
_NESTED = frozenset({dict, list})
_SIGNS = frozenset("+-")
HISTORY = "input_of"
"""The key of an item that stands for what an earlier request said."""


class Payloads:
    """Expands payloads in the order of the file; mutable: it remembers every object by its id, for `same:`.

    `base`: the time that `+0s` means, in seconds since the epoch. `path` and `text` of the cassette are for messages.
    """

    def __init__(self, base: int, path: str, text: str | None) -> None:
        self.base, self.path, self.text = base, path, text
        self.objects: MutableMapping[str, JSON] = {}
        self.histories: dict[str, list[Any]] = {}
        """What requests said, by the id that their answers begin with."""

    def expand_and_remember(self, payload: Any, keys: Keys) -> Any:
        """`payload`, which stands at `keys`, in full; its objects are remembered. Raises CassetteError."""
        value = self.expanded(payload, keys)
        self.remember(value)
        return value

    def expanded(self, payload: Any, keys: Keys) -> Any:
        """`payload` in full; nothing is remembered. Raises CassetteError."""
        return self._timed(self._expanded(payload, keys))

    def body(self, written: Any, key: str, keys: Keys) -> Any:
        """A request's body in full; under `key` stands what it says again. Raises CassetteError."""
        items = written.get(key) if key and isinstance(written, dict) else None
        if not isinstance(items, list):
            return written
        full: list[Any] = []
        for number, item in enumerate(items):
            if isinstance(item, dict) and item.keys() == {HISTORY}:
                full += self._history(item[HISTORY], (*keys, key, number, HISTORY))
            else:
                is_short = isinstance(item, dict) and isinstance(item.get("same"), str)
                full.append(self._same(dict(item), (*keys, key, number)) if is_short else item)
        return {**written, key: full}

    def _history(self, name: Any, keys: Keys) -> list[Any]:
        if name not in self.histories:
            message = f"no request above was answered with '{name}'{did_you_mean(str(name), self.histories)}"
            raise located_error([(keys, message)], self.path, self.text)
        return self.histories[name]

    def remember_body(self, body: Any, key: str, answers: Iterable[str]) -> None:
        """Remember what a request said, whose answer has these ids in this order."""
        said = body.get(key) if key and isinstance(body, dict) else None
        answer = next(iter(answers), None)
        if isinstance(said, list) and said and answer is not None:
            self.histories[answer] = said

    def _expanded(self, value: Any, keys: Keys) -> Any:
        if isinstance(value, list):
            return [self._expanded(item, (*keys, number)) for number, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        lists = {key: part for key, part in value.items() if part and type(part) is list}
        expanded = {key: self._expanded(part, (*keys, key)) for key, part in lists.items()}
        parts = {**value, **expanded} if expanded else value
        return self._same(dict(parts), keys) if isinstance(value.get("same"), str) else parts

    def _same(self, changes: JSON, keys: Keys) -> JSON:
        name, dropped = changes.pop("same"), changes.pop("drop", [])
        if name not in self.objects:
            message = f"no object above has the id '{name}'{did_you_mean(name, self.objects)}"
            raise located_error([((*keys, "same"), message)], self.path, self.text)
        whole: JSON = copied(self.objects[name])
        for number, key in enumerate(dropped if isinstance(dropped, list) else [dropped]):
            if not isinstance(key, str) or whole.pop(key, self) is self:
                message = f"'drop' removes keys of '{name}', and it has no '{key}'{did_you_mean(str(key), whole)}"
                raise located_error([((*keys, "drop", number), message)], self.path, self.text)
        return whole | changes

    def _timed(self, value: Any) -> Any:
        if isinstance(value, list):
            items = [self._timed(item) for item in value]
            return value if all(map(is_, items, value)) else items
        if not isinstance(value, dict):
            return value
        changed = {}
        for name, part in value.items():
            if not part:
                continue
            kind = type(part)
            if kind is str:
                if part[0] in _SIGNS and name.endswith("_at") and (match := _RELATIVE.fullmatch(part)):
                    changed[name] = self._moment(match)
            elif kind in _NESTED and name != "metadata" and (timed := self._timed(part)) is not part:
                changed[name] = timed
        return {**value, **changed} if changed else value

    def _moment(self, match: re.Match[str]) -> float:
        seconds = float(match["seconds"]) if "." in match["seconds"] else int(match["seconds"])
        return self.base + (seconds if match["sign"] == "+" else -seconds)

    def remember(self, value: Any) -> None:
        """Remember every object in a payload that is in full already."""
        if isinstance(value, list):
            for item in value:
                self.remember(item)
        if not isinstance(value, dict) or str(value.get("object", "")).endswith(".delta"):
            return
        for part in value.values():
            if part and type(part) in _NESTED:
                self.remember(part)
        if isinstance(value.get("id"), str):
            self.objects[value["id"]] = value


def copied(value: Any) -> Any:
    """A deep copy of a JSON value."""
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
