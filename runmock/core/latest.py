"""A small cache of what was made of the latest things, for applications that ask the same again, as in polls."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 8
"""So many values are kept: an application has few requests, headers or clients in turns."""


class Latest(dict[K, V]):
    """Values by what they were made of; all are forgotten when there are too many.

    Where the key is the `id` of an object, the value has to contain that object, and is of use for no other one.
    """

    __slots__ = ()

    def keep(self, key: K, value: V) -> V:
        """Keep a value; returns it."""
        if len(self) >= MOST:
            self.clear()
        self[key] = value
        return value
