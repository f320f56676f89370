"""When each event of an answer came: by the recorded pace, else by the times in its objects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.replay.interaction import AlikeDeltas, first_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction

TIME_KEYS = ("created_at", "started_at", "completed_at", "failed_at", "cancelled_at", "incomplete_at")
"""Times of what has happened to an object; `expires_at` is not one: it lies in the future."""


NOT_FROM_OBJECTS = math.inf
"""A base that is after every time: then no time in an object counts, only when requests were sent, and their pace."""


@dataclass(slots=True)
class StoryTime:
    """How far the reading of a recording has come in time; mutable, and the same for every API in it."""

    base: float | None
    """When the recording began, in seconds since the epoch; None while that is not known."""
    now_ms: float = 0


def event_times(interaction: Interaction, begin_ms: float, base: float | None) -> list[float]:
    """When each event of an answer came, in milliseconds since `base` (seconds); one time when it is no stream."""
    if interaction.stream is None:
        return [_at(interaction.json, begin_ms, base)]
    if interaction.pace.first_ms or interaction.pace.gap_ms:
        return [
            begin_ms + interaction.pace.first_ms + number * interaction.pace.gap_ms
            for number in range(len(interaction.stream))
        ]
    known: list[float | None] = []
    for part in parts_of(interaction.stream):
        number = len(part.texts) if isinstance(part, AlikeDeltas) else 1
        known += [_at(first_of(part).data, None, base)] * number
    return _filled(known, begin_ms)


def _at(value: Any, begin_ms: float | None, base: float | None) -> Any:
    """The latest time in an object, in milliseconds since `base` and not before `begin_ms`.

    It is `begin_ms` when the object contains no time, and when there is no `base` to count from.
    """
    if base is None or not isinstance(value, dict):
        return begin_ms
    times = [(value[key] - base) * 1000 for key in TIME_KEYS if is_time(value.get(key))]
    latest = max((time for time in times if time >= 0), default=None)
    return begin_ms if latest is None else max(latest, begin_ms or 0)


def is_time(value: Any) -> bool:
    """Whether a value may be a time: a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _filled(known: Sequence[float | None], begin_ms: float) -> list[float]:
    """The times, with unknown ones spread evenly between those that are known; none is before the one ahead of it."""
    filled: list[float] = []
    waiting = 0
    last = begin_ms
    for at_ms in known:
        if at_ms is None:
            waiting += 1
            continue
        later = max(at_ms, last)
        gap = (later - last) / (waiting + 1)
        filled += [last + gap * (number + 1) for number in range(waiting)]
        filled.append(later)
        last, waiting = later, 0
    return filled + [last] * waiting
