"""A file of a session, with its bytes unless they are too many."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

LARGEST_KEPT = 64 * 1024 * 1024
"""Bytes; of a larger file only size and digest are kept."""
MOST_KEPT = 512 * 1024 * 1024
"""Bytes of all files of a session."""

OCTETS = "application/octet-stream"


class Content(NamedTuple):
    """The bytes of a file, or, where they are too many, only how many they were and their digest."""

    size: int
    sha256: str
    data: bytes | None

    @classmethod
    def of(cls, data: bytes, room: int = MOST_KEPT) -> Content:
        """The content with these bytes; they are kept when there is room for them."""
        size = len(data)
        return cls(size, hashlib.sha256(data).hexdigest(), data if size <= min(LARGEST_KEPT, room) else None)

    @property
    def kept(self) -> int:
        """How many bytes it keeps in memory."""
        return 0 if self.data is None else self.size


@dataclass(slots=True)
class StoredFile:
    """A file; mutable: it may be deleted."""

    id: str
    filename: str
    purpose: str
    content: Content
    created_at: int
    content_type: str = OCTETS
    expires_at: int | None = None
    is_deleted: bool = False

    @property
    def text(self) -> str:
        """The file as a text; empty when it is not UTF-8, or its bytes are not kept."""
        try:
            return (self.content.data or b"").decode()
        except UnicodeDecodeError:
            return ""
