"""The files and vector stores of a session for a test to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.errors import UsageError
from runmock.core.report.request_view import brief

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.service.files.stored_file import StoredFile
    from runmock.apis.service.files.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that the application uploaded, whole or in parts."""

    id: str
    filename: str
    purpose: str
    size: int
    content_type: str
    sha256: str
    deleted: bool
    """Whether the application has deleted it."""
    _data: bytes | None = field(default=None, repr=False)

    @property
    def content(self) -> bytes:
        """The bytes of the file, also when it was deleted. Raises UsageError when they were too many to keep them."""
        if self._data is None:
            raise UsageError(
                f"the bytes of {self.id} ({self.filename}) are not in memory: {self.size:,} of them were too many; "
                "compare 'size' and 'sha256'"
            )
        return self._data


@dataclass(frozen=True, slots=True)
class VectorStoreView:
    """A vector store that exists."""

    id: str
    name: str | None
    files: list[str]
    """The ids of its files, in the order in which they were attached."""
    attributes: Mapping[str, Mapping[str, Any]]
    """The attributes of its files, by their ids."""

    def __repr__(self) -> str:
        """The store, short enough for the line in which an assertion fails."""
        return f"VectorStoreView(id={self.id!r}, name={self.name!r}, files={brief(self.files)})"


def file_view(file: StoredFile) -> FileView:
    """A file as a test looks at it."""
    content = file.content
    return FileView(
        file.id,
        file.filename,
        file.purpose,
        content.size,
        file.content_type,
        content.sha256,
        file.is_deleted,
        content.data,
    )


def store_view(store: VectorStore) -> VectorStoreView:
    """A vector store as a test looks at it."""
    attributes = {file_id: dict(file.attributes) for file_id, file in store.files.items()}
    return VectorStoreView(store.id, store.name, list(store.files), attributes)
