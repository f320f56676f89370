"""Uploads, whole and in parts. Of a multipart body the fields are here as they were sent: texts, and files as parts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from runmock.apis.service.requests.model import STRINGS, Params
from runmock.apis.service.requests.queries import Query

LONGEST_S = 2_592_000


class ExpiresAfter(Params):
    """When a file expires; a form has no integers of its own."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Field(ge=3600, le=LONGEST_S, strict=False)]


class UploadFile(Params):
    """The form of upload_file."""

    file: Any
    purpose: str
    expires_after: ExpiresAfter | None = None


class CreateUpload(Params):
    """The body of create_upload."""

    bytes: Annotated[int, Field(ge=0)]
    filename: str
    mime_type: str
    purpose: str
    expires_after: ExpiresAfter | None = None


class AddPart(Params):
    """The form of add_upload_part."""

    data: Any


class CompleteUpload(Params):
    """The body of complete_upload."""

    part_ids: Annotated[list[str], STRINGS]
    md5: str | None = None


class ListFilesQuery(Query):
    """A page of files."""

    limit: Annotated[int, Field(ge=1, le=10_000, strict=False)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None
    purpose: str | None = None


class LenientListFilesQuery(ListFilesQuery):
    """A page of files for a lenient server, which takes a limit of 0."""

    limit: Annotated[int, Field(ge=0, le=10_000, strict=False)] | None = None
