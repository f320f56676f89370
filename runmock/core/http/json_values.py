"""Reads inside JSON values of unknown shape, because a server may have sent anything; changes and compares them."""

from __future__ import annotations

import json
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

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


def with_each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: with_each_text(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [with_each_text(part, change) for part in value]
    return value


def same_json(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON, whatever the order of their keys; true, 1 and 1.0 are three values."""
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):  # most values, by far
        return type(left) is type(right) and left == right
    if isinstance(left, dict | list) and left == right and _is_like(left, right):
        return True
    try:
        return _canonical(left) == _canonical(right)
    except ValueError:  # NaN is not JSON
        return False


_PLAIN = (str, int, NoneType)
"""Two values of these types are the same JSON when their types and values are equal: true is not 1."""


def _is_like(left: Any, right: Any) -> bool:
    """Whether equal values are surely the same JSON: their texts are the same, and contain no NaN or infinity."""
    text = repr(left)
    return "nan" not in text and "inf" not in text and text == repr(right)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, allow_nan=False)
