"""When the parts of an answer came: by the recorded pace, else by the times that its objects tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction

SAYING = ("created_at", "started_at", "completed_at", "failed_at", "cancelled_at", "incomplete_at")
"""What tells that an object was there by then; `expires_at` lies ahead."""


def moments(one: Interaction, begin_ms: float, base: float | None) -> list[float]:
    """When each event of an answer came, in milliseconds since `base` (seconds); one moment when it is no stream."""
    if one.stream is None:
        return [_at(one.json, begin_ms, base)]
    if one.pace.first_ms or one.pace.gap_ms:
        return [begin_ms + one.pace.first_ms + number * one.pace.gap_ms for number in range(len(one.stream))]
    known = [_at(event.data, None, base) for event in one.stream]
    return _filled(known, begin_ms)


def _at(value: Any, begin_ms: float | None, base: float | None) -> Any:
    """The latest time that an object tells, not before `begin_ms`; `begin_ms` when it tells none."""
    if base is None or not isinstance(value, dict):
        return begin_ms
    told = [(value[key] - base) * 1000 for key in SAYING if is_time(value.get(key))]
    latest = max((one for one in told if one >= 0), default=None)
    return begin_ms if latest is None else max(latest, begin_ms or 0)


def is_time(value: Any) -> bool:
    """Whether a value may be a time: a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _filled(known: Sequence[float | None], begin_ms: float) -> list[float]:
    """The moments with those between known ones spread evenly, and none before another."""
    filled: list[float] = []
    waiting = 0
    last = begin_ms
    for moment in known:
        if moment is None:
            waiting += 1
            continue
        later = max(moment, last)
        gap = (later - last) / (waiting + 1)
        filled += [last + gap * (number + 1) for number in range(waiting)]
        filled.append(later)
        last, waiting = later, 0
    return filled + [last] * waiting
