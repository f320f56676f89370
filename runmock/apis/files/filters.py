"""Filters of a search: whether the attributes of a file pass them. Source: docs/protocol/files.md#search."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.http.exchange import JSON


def _is_in(value: Any, values: list[Any]) -> bool:
    return value in values


def _is_not_in(value: Any, values: list[Any]) -> bool:
    return value not in values


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": _is_in,
    "nin": _is_not_in,
}
NEGATIVE = frozenset({"ne", "nin"})
"""What a file passes that does not have the attribute; no recording shows it."""


def passes(attributes: Mapping[str, Any], filters: JSON) -> bool:
    """Whether attributes pass a filter. One of an unknown type lets all pass; values of different types never fit."""
    kind = filters.get("type")
    if kind in {"and", "or"}:
        results = [passes(attributes, part) for part in filters.get("filters") or ()]
        return all(results) if kind == "and" else any(results)
    if kind not in COMPARISONS:
        return True
    key = filters.get("key")
    if not isinstance(key, str) or key not in attributes:
        return kind in NEGATIVE
    try:
        return COMPARISONS[kind](attributes[key], filters.get("value"))
    except TypeError:
        return False
