"""Whether a new recording is worse than the existing one; a worse one never replaces it.

The Assistants API was switched off, so an old recording may be the only one that can ever exist.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from runmock.core.replay.matching import MATCHERS, recorded_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key

BAD = frozenset({401, 403, 404, 429})
"""Statuses of bad answers; every 5xx and every answer without its end is bad as well."""


def worse(old: Sequence[Interaction], new: Sequence[Interaction]) -> str | None:
    """Why a new recording must not replace an old one; None when it may.

    A new recording is worse if it is empty and the old one is not, or if it has a bad answer (see BAD) that the old one
    does not have. A bad answer does not count if the new recording has a good answer to the same request later on: the
    client tried again.
    """
    if not old:
        return None
    if not new:
        return "nothing was recorded"
    before = Counter(_name(interaction) for interaction in _bad(old))
    for interaction in _bad(new):
        before[_name(interaction)] -= 1
        if before[_name(interaction)] < 0:
            return f"{interaction.method} {interaction.path} {_what(interaction)}"
    return None


def _bad(interactions: Sequence[Interaction]) -> Iterator[Interaction]:
    """The bad answers whose request has no good answer later on."""
    mended: set[Key] = set()
    found: list[Interaction] = []
    for interaction in reversed(interactions):
        key = recorded_key(interaction).key(MATCHERS)
        if not _is_bad(interaction):
            mended.add(key)
        elif key not in mended:
            found.append(interaction)
    yield from reversed(found)


def _is_bad(interaction: Interaction) -> bool:
    return interaction.status in BAD or interaction.status >= 500 or interaction.is_truncated  # noqa: PLR2004 - HTTP's own boundary


def _name(interaction: Interaction) -> tuple[str, int, bool]:
    """Equal for two bad answers of the same kind, whatever their ids are."""
    return (
        recorded_key(interaction).operation,
        interaction.status,
        interaction.is_truncated,
    )


def _what(interaction: Interaction) -> str:
    if not interaction.is_truncated:
        return f"was answered with {interaction.status}"
    return "has an answer that was cut off" if interaction.stream is None else "has a stream without its end"
