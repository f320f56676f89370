"""Which numbers of an answer are times, and which is the first: relative times in a cassette count from it.

A time is a number of seconds since 1970 under a key that ends in `_at`, outside of `metadata`. A cassette cannot count
from the client's clock: it differs from the service's by another amount each day, so every relative time would change
with each recording.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from runmock.core.replay.ids_in_payloads import unlike_payloads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.replay.interaction import Interaction

BELIEVED = range(1_000_000_000, 4_102_444_800)
"""Seconds from 2001 to 2100. No recording counts from any other number, such as 0 or a time in milliseconds."""
FARTHEST_S = 10 * 366 * 86_400
"""Ten years in seconds: a time that is farther from `+0s` is written as the number that it is."""
AHEAD = "expires_at"
"""A key whose time lies in the future, so a recording never counts from it."""


def is_time(key: str, value: Any) -> bool:
    """Whether the value under a key is a time."""
    return key.endswith("_at") and isinstance(value, int | float) and not isinstance(value, bool)


def first_time(interactions: Iterable[Interaction]) -> int | None:
    """The earliest time in the first payload that has one, in whole seconds; None when no answer has a time.

    It is the earliest, not the first that is written, for the order of keys means nothing in JSON.
    """
    payloads = (payload for interaction in interactions for payload in unlike_payloads(interaction))
    times = (min(_times(payload), default=None) for payload in payloads)
    return next((time for time in times if time is not None), None)


def _times(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for part in value:
            yield from _times(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, dict | list):
                if key != "metadata":
                    yield from _times(part)
            elif key != AHEAD and is_time(key, part) and BELIEVED.start <= part < BELIEVED.stop:
                yield math.floor(part)
