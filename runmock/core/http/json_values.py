"""Reads inside JSON values of unknown shape, because a server may have sent anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON

Keys: TypeAlias = "tuple[str | int, ...]"
"""The way to a value: keys of mappings and indexes of lists, from the outside in."""


def inside(value: Any, *keys: str | int) -> Any:
    """The value that `keys` lead to; None when they lead nowhere."""
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def text_inside(value: Any, *keys: str | int) -> str:
    """The text that `keys` lead to; the empty one when there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, str) else ""


def mapping_inside(value: Any, *keys: str | int) -> JSON:
    """The mapping that `keys` lead to; an empty one when there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, dict) else {}


def mappings_inside(value: Any, *keys: str | int) -> list[JSON]:
    """The mappings in the list that `keys` lead to; none when there is no list."""
    found = inside(value, *keys)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
