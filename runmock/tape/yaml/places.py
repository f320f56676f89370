"""The line and column of each key and item in a YAML text; needed only when there is an error to report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from runmock.core.errors import CassetteError
from runmock.tape.yaml.yaml_errors import events, position

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class TextPlace:
    """The place of a value, with the places inside it. It is that of the value's key; of a list's item, its own."""

    line: int = 1
    column: int = 1
    children: dict[str | int, TextPlace] = field(default_factory=dict)

    def child(self, key: str | int) -> TextPlace | None:
        """The place of a key or an item, also of a key that was merged in with `<<`; None when there is none."""
        if key in self.children:
            return self.children[key]
        merged = self.children.get("<<")
        if merged is None or not isinstance(key, str):
            return None
        inside = (merged, *merged.children.values())
        return next((merged_in for place in inside if (merged_in := place.children.get(key))), None)


class Places:
    """The places in one text, up to its first error of YAML."""

    def __init__(self, text: str) -> None:
        self.root = _tree(text)

    def of(self, keys: Sequence[str | int]) -> tuple[int, int] | None:
        """Line and column of the value that `keys` lead to, or of the deepest one on the way that exists; else None."""
        place, hit = self.root, None
        for key in keys:
            if (inside := place.child(key)) is not None:
                place = hit = inside
        return None if hit is None else (hit.line, hit.column)


def locate(text: str, keys: Sequence[str | int]) -> tuple[int, int] | None:
    """Line and column (both from 1) of the key or list item that `keys` lead to, as far as they lead anywhere."""
    return Places(text).of(keys)


@dataclass(slots=True)
class _Open:
    """A mapping or list that has not ended yet; `key`: the place of the key whose value comes next."""

    place: TextPlace
    is_mapping: bool
    key: TextPlace | None = None


def _tree(text: str) -> TextPlace:
    root = TextPlace()
    stack: list[_Open] = [_Open(root, is_mapping=False)]
    anchors: dict[str, TextPlace] = {}
    try:
        for event in events(text, ""):
            _take(event, stack, anchors)
    except CassetteError:
        pass  # the caller has an error to report already, which stands before this one
    return root.children.get(0, root)


def _take(event: Any, stack: list[_Open], anchors: dict[str, TextPlace]) -> None:
    if isinstance(event, yaml.CollectionEndEvent):
        stack.pop()
    if not isinstance(event, yaml.NodeEvent):
        return
    outer = stack[-1]
    if outer.is_mapping and outer.key is None and not isinstance(event, yaml.CollectionStartEvent):
        key = event.value if isinstance(event, yaml.ScalarEvent) else f"*{event.anchor}"
        outer.key = outer.place.children.setdefault(key, TextPlace(*position(event)))
        return
    place = outer.key or TextPlace(*position(event))
    if not outer.is_mapping:
        outer.place.children[len(outer.place.children)] = place
    outer.key = None
    if isinstance(event, yaml.AliasEvent):
        place.children = anchors.get(event.anchor or "", place).children
    elif event.anchor:
        anchors[event.anchor] = place
    if isinstance(event, yaml.CollectionStartEvent):
        stack.append(_Open(place, isinstance(event, yaml.MappingStartEvent)))
