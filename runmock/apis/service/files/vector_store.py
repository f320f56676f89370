"""Vector stores, their files and batches. A file is in progress until somebody has looked often enough.

Time does not pass by itself here: each look at a file, its store or its batch is one step of its processing.
Source: docs/protocol/files.md#vector-stores.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.http.exchange import JSON

DAY_S = 86_400


class Status(StrEnum):
    """The status of a file in a store; a batch has the same ones."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


COUNTED = tuple(Status)
"""In the order in which `file_counts` has them."""


@dataclass(slots=True)
class StoreFile:
    """A file in a vector store; mutable: looks complete it."""

    file_id: str
    store_id: str
    created_at: int
    size: int
    """The bytes of the file."""
    chunking: JSON
    attributes: dict[str, Any] = field(default_factory=dict)
    looks: int = 0
    """How many more looks find it in progress."""
    error: JSON | None = None
    """`code` and `message` when its processing fails."""
    status: Status = Status.IN_PROGRESS

    def look(self) -> None:
        """Go on with the processing by one step."""
        if self.status is not Status.IN_PROGRESS:
            return
        if self.looks:
            self.looks -= 1
        else:
            self.status = Status.COMPLETED if self.error is None else Status.FAILED

    def cancel(self) -> None:
        """End the processing, unless it has ended."""
        if self.status is Status.IN_PROGRESS:
            self.status = Status.CANCELLED

    @property
    def usage_bytes(self) -> int:
        """The bytes that it takes: none until it is completed."""
        return self.size if self.status is Status.COMPLETED else 0

    @property
    def is_searched(self) -> bool:
        """Whether a search looks into it: the next look at least would find it completed."""
        is_due = self.status is Status.IN_PROGRESS and not self.looks and self.error is None
        return is_due or self.status is Status.COMPLETED


def counts(files: Iterable[StoreFile]) -> JSON:
    """How many files have which status, as `file_counts` has it."""
    found = Counter(file.status for file in files)
    return {**{str(status): found[status] for status in COUNTED}, "total": found.total()}


@dataclass(slots=True)
class VectorStore:
    """A vector store; its files by their ids, in the order in which they were attached."""

    id: str
    created_at: int
    last_active_at: int
    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    expires_after: JSON | None = None
    is_expired: bool = False
    results: tuple[JSON, ...] | None = None
    """What every search finds; None searches the files."""
    files: dict[str, StoreFile] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Expired, or in progress while one file is, else completed."""
        if self.is_expired:
            return "expired"
        is_busy = any(file.status is Status.IN_PROGRESS for file in self.files.values())
        return str(Status.IN_PROGRESS if is_busy else Status.COMPLETED)

    @property
    def expires_at(self) -> int | None:
        """When it expires, in seconds since the epoch; None when never."""
        return None if self.expires_after is None else self.last_active_at + self.expires_after["days"] * DAY_S

    def look(self) -> None:
        """Go on with the processing of all files by one step."""
        for file in self.files.values():
            file.look()


@dataclass(slots=True)
class Batch:
    """Files that were attached together."""

    id: str
    store_id: str
    created_at: int
    files: dict[str, StoreFile]

    @property
    def status(self) -> Status:
        """In progress while one file is; cancelled where one was; failed when all have failed; else completed."""
        found = {file.status for file in self.files.values()}
        for status in (Status.IN_PROGRESS, Status.CANCELLED):
            if status in found:
                return status
        return Status.FAILED if found == {Status.FAILED} else Status.COMPLETED

    def look(self) -> None:
        """Go on with the processing of its files by one step."""
        for file in self.files.values():
            file.look()
