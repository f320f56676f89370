"""A number that a JSON schema allows. Bounds and steps are fractions, so that 0.07 is exactly seven times 0.01."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 1e100
"""Bounds beyond this are ignored."""


def is_number(found: Any) -> TypeGuard[float]:
    """Whether a value is a number, and not too large to calculate with."""
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < _LARGEST


def sample_number(schema: Mapping[str, Any], nth: int, *, is_whole: bool) -> float:
    """The `nth` multiple of `multipleOf` between the bounds; the middle of the bounds when there is none."""
    step = _bound(schema, "multipleOf") or Fraction(1)
    step = Fraction(step.numerator) if is_whole else step
    least, most = _bound(schema, "minimum"), _bound(schema, "maximum")
    above, below = _beside(schema, "exclusiveMinimum", least), _beside(schema, "exclusiveMaximum", most)
    low = max(_ceil(least, step), -math.inf if above is None else math.floor(above / step) + 1)
    high = min(_floor(most, step), math.inf if below is None else math.ceil(below / step) - 1)
    if low > high:
        between = [bound for bound in (least, above, most, below) if bound is not None]
        return _as_number((min(between) + max(between)) / 2, is_whole=is_whole)
    first = low if low > -math.inf else min(1, high)
    steps = first + nth if first + nth <= high else max(high - nth, low)
    return _as_number(int(steps) * step, is_whole=is_whole)


def _as_number(number: Fraction, *, is_whole: bool) -> float:
    return int(number) if is_whole else float(number)


def _bound(schema: Mapping[str, Any], key: str) -> Fraction | None:
    found = schema.get(key)
    usable = is_number(found) and (found > 0 or key != "multipleOf")
    return Fraction(str(found)) if usable else None


def _beside(schema: Mapping[str, Any], key: str, bound: Fraction | None) -> Fraction | None:
    """The exclusive bound under `key`, None if there is none; `bound` is the ordinary bound on the same side.

    In JSON Schema before draft 6 the value under `key` is `true`: then the ordinary bound is the exclusive one.
    """
    return bound if schema.get(key) is True else _bound(schema, key)


def _ceil(bound: Fraction | None, step: Fraction) -> float:
    return -math.inf if bound is None else math.ceil(bound / step)


def _floor(bound: Fraction | None, step: Fraction) -> float:
    return math.inf if bound is None else math.floor(bound / step)
