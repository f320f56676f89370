"""Deterministic ids that look like the service's, and a clock that moves only when the backend moves it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LENGTH = 24


@dataclass(slots=True)
class Ids:
    """Makes ids: the first thread of every session has the same id, the second another, and so on."""

    prefixes: Mapping[str, str]
    """By kind, how its ids begin. 24 characters of `[A-Za-z0-9]` follow."""
    minted: dict[str, int] = field(default_factory=dict)

    def mint(self, kind: str) -> str:
        """A new id of a kind that has a prefix."""
        number = self.minted[kind] = self.minted.get(kind, 0) + 1
        return self.prefixes[kind] + _letters(kind, number)


@lru_cache(maxsize=4096)  # every session begins with the same ones
def _letters(kind: str, number: int) -> str:
    """24 letters and digits that nobody would guess, the same for the same arguments."""
    rest = int.from_bytes(hashlib.blake2b(f"{kind} {number}".encode(), digest_size=20).digest(), "big")
    letters = []
    for _ in range(_LENGTH):
        rest, digit = divmod(rest, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(letters)


@dataclass(slots=True)
class Clock:
    """The backend's time in seconds since the epoch; only `tick` moves it on."""

    now: int

    def tick(self, seconds: int = 1) -> int:
        """Move the time on by `seconds`, and return it."""
        self.now += seconds
        return self.now
