"""Vector stores, their files and batches, and searches in them. Limits: docs/protocol/files.md#vector-stores."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from runmock.apis.service.requests.chunking import Chunking
from runmock.apis.service.requests.model import OBJECTS, STRINGS, FileId, Metadata, Params, by_kind
from runmock.apis.service.requests.queries import LenientListQuery, ListQuery

Attribute = Annotated[
    str | int | float | bool,
    by_kind(
        "one of a string, number, or boolean",
        {str: Annotated[str, Field(max_length=512)], int: int, float: float, bool: bool},
    ),
]
Attributes = Annotated[dict[Annotated[str, Field(max_length=64)], Attribute], Field(max_length=16)]


class Expiry(Params):
    """When a store expires."""

    anchor: Literal["last_active_at"]
    days: Annotated[int, Field(ge=1, le=365)]


class CreateVectorStore(Params):
    """The body of create_vector_store. The SDK's tests send a description, too."""

    name: str | None = None
    description: str | None = None
    file_ids: Annotated[list[FileId], Field(max_length=500), STRINGS] | None = None
    chunking_strategy: Chunking | None = None
    expires_after: Expiry | None = None
    metadata: Metadata | None = None


class ModifyVectorStore(Params):
    """The body of modify_vector_store."""

    name: str | None = None
    expires_after: Expiry | None = None
    metadata: Metadata | None = None


class AttachFile(Params):
    """The body of create_vector_store_file."""

    file_id: FileId
    attributes: Attributes | None = None
    chunking_strategy: Chunking | None = None


class ModifyFile(Params):
    """The body of modify_vector_store_file."""

    attributes: Attributes | None


class CreateBatch(Params):
    """The body of create_file_batch: `file_ids`, or `files`."""

    file_ids: Annotated[list[FileId], Field(min_length=1, max_length=2000), STRINGS] | None = None
    files: Annotated[list[AttachFile], Field(min_length=1, max_length=2000), OBJECTS] | None = None
    attributes: Attributes | None = None
    chunking_strategy: Chunking | None = None


class Search(Params):
    """The body of search_vector_store; filters, ranking and rewriting are not judged."""

    query: Annotated[str | list[str], by_kind("one of a string or array of strings", {str: str, list: list[str]})]
    max_num_results: Annotated[int, Field(ge=1, le=50)] | None = None
    filters: dict[str, Any] | None = None
    ranking_options: dict[str, Any] | None = None
    rewrite_query: bool | None = None


class ListFilesOfStoreQuery(ListQuery):
    """A page of a store's or a batch's files."""

    filter: Literal["in_progress", "completed", "failed", "cancelled"] | None = None


class LenientListFilesOfStoreQuery(LenientListQuery, ListFilesOfStoreQuery):
    """The same for a lenient server, which takes a limit of 0."""
