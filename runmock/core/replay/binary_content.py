"""The bytes of a binary answer: at hand, in a file beside the cassette that is read when they are played, or lost.

Two contents are equal when size and digest are: where the bytes stand is no difference, and nobody has to read them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class BinaryContent:
    """The size and digest of some bytes, and how to get at them."""

    size: int
    sha256: str
    read: Callable[[], bytes] | None = field(default=None, compare=False, repr=False)
    """Raises CassetteError when they are not there any more; None when they were never kept."""
    path: str | None = field(default=None, compare=False)
    """The file that holds them, as the cassette names it; None when the cassette itself does."""

    @classmethod
    def of(cls, data: bytes) -> BinaryContent:
        """Bytes that are at hand."""
        return cls(len(data), hashlib.sha256(data).hexdigest(), lambda: data)

    def without_bytes(self) -> BinaryContent:
        """Its size and digest alone."""
        return BinaryContent(self.size, self.sha256)
