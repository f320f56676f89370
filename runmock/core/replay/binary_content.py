"""The bytes of a binary answer: in memory, in a file beside the cassette (read when played), or not kept.

Two contents are equal when size and digest are equal, wherever the bytes are; no file is read for that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class BinaryContent:
    """The size and digest of some bytes, and how to read them."""

    size: int
    sha256: str
    read: Callable[[], bytes] | None = field(default=None, compare=False, repr=False)
    """Returns the bytes. Raises CassetteError when their file is missing. None when they were never kept."""
    path: str | None = field(default=None, compare=False)
    """The file that holds them, as the cassette names it; None when the cassette itself does."""

    @classmethod
    def of(cls, data: bytes) -> BinaryContent:
        """The content of bytes in memory."""
        return cls(len(data), hashlib.sha256(data).hexdigest(), lambda: data)

    def without_bytes(self) -> BinaryContent:
        """The same size and digest, without the bytes."""
        return BinaryContent(self.size, self.sha256)
