"""A multipart body that is too large to be held: it is read in pieces, and of a long part only size and digest stay.

The body that comes out of it is a multipart body, too: a part that was too long has no content there, and a line more
in its head, which says what the content was (`multipart.lines_of_lost`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.http.multipart import lines_of_lost

if TYPE_CHECKING:
    from hashlib import _Hash

_HEAD_ENDS = b"\r\n\r\n"


@dataclass(slots=True)
class _Part:
    head: bytes
    size: int = 0
    digest: _Hash = field(default_factory=hashlib.sha256)
    kept: bytearray | None = field(default_factory=bytearray)
    """None once it is too long."""


class UploadInPieces:
    """Mutable: feed it the body, piece by piece; then `body` is what stays of it."""

    def __init__(self, boundary: str, most_kept: int) -> None:
        """`most_kept`: a part with more bytes is not kept."""
        self._line = b"\r\n--" + boundary.encode("latin-1", "replace")
        self._most_kept = most_kept
        self._rest = b"\r\n"
        """What is not read yet; a boundary may begin in it."""
        self._part: _Part | None = None
        """The part whose content is being read; None in a head, and before the first one."""
        self._done: list[bytes] = []
        self._is_open = True

    def feed(self, piece: bytes) -> None:
        """Read the next piece."""
        self._rest += piece
        while self._is_open and (self._content() if self._part is not None else self._head()):
            pass

    def _head(self) -> bool:
        """Read the head of the next part; whether there was one."""
        found = self._rest.find(_HEAD_ENDS, 2)
        if found < 0:
            return False
        head = self._rest[self._rest.find(b"\r\n", 2) + 2 : found]
        self._rest, self._part = self._rest[found + len(_HEAD_ENDS) :], _Part(head)
        return True

    def _content(self) -> bool:
        """Read the content up to the next boundary; whether it was there."""
        assert self._part is not None
        found = self._rest.find(self._line)
        end = found if found >= 0 else max(len(self._rest) - len(self._line) + 1, 0)
        self._keep(self._part, self._rest[:end])
        self._rest = self._rest[end:]
        if found < 0:
            return False
        self._finish(self._part)
        self._part = None
        self._is_open = not self._rest.startswith(self._line + b"--")
        return True

    def _keep(self, part: _Part, data: bytes) -> None:
        part.size += len(data)
        part.digest.update(data)
        if part.kept is not None:
            part.kept += data
            if part.size > self._most_kept:
                part.kept = None

    def _finish(self, part: _Part) -> None:
        head = part.head if part.kept is not None else part.head + lines_of_lost(part.size, part.digest.hexdigest())
        self._done.append(self._line[2:] + b"\r\n" + head + _HEAD_ENDS + bytes(part.kept or b"") + b"\r\n")

    def body(self) -> bytes:
        """What stays of the body; a part that was cut off is not in it."""
        return b"".join(self._done) + self._line[2:] + b"--\r\n"
