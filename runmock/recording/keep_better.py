"""What guards a recording that exists: a worse one never takes its place.

The service is gone, so an old recording may be the only one that there will ever be.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from runmock.core.replay.matching import MATCHERS, request_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key

BAD = frozenset({401, 403, 404, 429})
"""Answers that are worse than any other; so is every 5xx, and a stream whose end was not seen."""


def worse(old: Sequence[Interaction], new: Sequence[Interaction]) -> str | None:
    """Why a new recording must not take the place of an old one; None when it may.

    What is bad in it and was not in the old one makes it worse, unless the same request was answered well later on:
    a client tried again.
    """
    if not old:
        return None
    if not new:
        return "nothing was recorded"
    before = Counter(_name(one) for one in _bad(old))
    for one in _bad(new):
        before[_name(one)] -= 1
        if before[_name(one)] < 0:
            return f"{one.method} {one.path} {_what(one)}"
    return None


def _bad(interactions: Sequence[Interaction]) -> Iterator[Interaction]:
    """What went wrong, and was not mended by asking again."""
    mended: set[Key] = set()
    found: list[Interaction] = []
    for one in reversed(interactions):
        asked = request_key(one.method, one.path, one.query, one.body).key(MATCHERS)
        if not _is_bad(one):
            mended.add(asked)
        elif asked not in mended:
            found.append(one)
    yield from reversed(found)


def _is_bad(one: Interaction) -> bool:
    return one.status in BAD or one.status >= 500 or one.is_truncated  # noqa: PLR2004 - HTTP's own boundary


def _name(one: Interaction) -> tuple[str, int, bool]:
    """What makes two bad answers the same: whatever the ids were."""
    return request_key(one.method, one.path, one.query, one.body).operation, one.status, one.is_truncated


def _what(one: Interaction) -> str:
    if not one.is_truncated:
        return f"was answered with {one.status}"
    return "has an answer that was cut off" if one.stream is None else "is a stream whose end was not seen"
