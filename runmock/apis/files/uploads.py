"""What only this API remembers: uploads in parts, and the models that were deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from runmock.apis.service.files.session_files import SessionFiles
    from runmock.apis.service.files.stored_file import StoredFile


@dataclass(slots=True)
class Upload:
    """An upload in parts; mutable: it gets parts, and is completed or cancelled."""

    id: str
    size: int
    filename: str
    purpose: str
    content_type: str
    created_at: int
    lifetime_s: int | None = None
    status: str = "pending"
    parts: dict[str, bytes] = field(default_factory=dict)
    file: StoredFile | None = None


@dataclass(slots=True)
class FilesMemory:
    """The state of this API in one session; `shared` is that which other APIs use, too."""

    shared: SessionFiles
    uploads: dict[str, Upload] = field(default_factory=dict)
    deleted_models: set[str] = field(default_factory=set)


class Download(NamedTuple):
    """An answer that is a file."""

    data: bytes
    filename: str
