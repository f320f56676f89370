"""The API's objects with every field of the real service, in its order. Source: docs/protocol/files.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.files.vector_store import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.apis.files.uploads import Upload
    from runmock.apis.service.files.stored_file import StoredFile
    from runmock.apis.service.files.vector_store import Batch, StoreFile, VectorStore
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Shapes

UPLOAD_LIFETIME_S = 3600


def file(stored: StoredFile) -> JSON:
    """A File object."""
    return {
        "object": "file",
        "id": stored.id,
        "purpose": stored.purpose,
        "filename": stored.filename,
        "bytes": stored.content.size,
        "created_at": stored.created_at,
        "expires_at": stored.expires_at,
        "status": "processed",
        "status_details": None,
    }


def deleted_file(file_id: str) -> JSON:
    """The answer when a file was deleted; its `object` is not that of other deleted things."""
    return {"object": "file", "deleted": True, "id": file_id}


def vector_store(store: VectorStore, shapes: Shapes) -> JSON:
    """A vector store; the SDK's strict type has no store without a name."""
    return {
        "id": store.id,
        "object": "vector_store",
        "created_at": store.created_at,
        "name": store.name or "" if shapes == "reference" else store.name,
        "description": store.description,
        "usage_bytes": sum(attached.usage_bytes for attached in store.files.values()),
        "file_counts": counts(store.files.values()),
        "status": store.status,
        "expires_after": store.expires_after,
        "expires_at": store.expires_at,
        "last_active_at": store.last_active_at,
        "metadata": store.metadata,
    }


def store_file(attached: StoreFile) -> JSON:
    """A file of a vector store."""
    return {
        "id": attached.file_id,
        "object": "vector_store.file",
        "usage_bytes": attached.usage_bytes,
        "created_at": attached.created_at,
        "vector_store_id": attached.store_id,
        "status": str(attached.status),
        "last_error": attached.error if attached.status == "failed" else None,
        "chunking_strategy": attached.chunking,
        "attributes": attached.attributes,
    }


def batch(made: Batch, shapes: Shapes) -> JSON:
    """A batch; its `object` is another one in the SDK's type (docs/protocol/files.md#batches)."""
    return {
        "id": made.id,
        "object": "vector_store.files_batch" if shapes == "reference" else "vector_store.file_batch",
        "created_at": made.created_at,
        "status": str(made.status),
        "vector_store_id": made.store_id,
        "file_counts": counts(made.files.values()),
    }


def upload(begun: Upload) -> JSON:
    """An upload; when it is completed, with its file."""
    return {
        "id": begun.id,
        "object": "upload",
        "bytes": begun.size,
        "created_at": begun.created_at,
        "filename": begun.filename,
        "purpose": begun.purpose,
        "status": begun.status,
        "expires_at": begun.created_at + UPLOAD_LIFETIME_S,
        **({} if begun.file is None else {"file": file(begun.file)}),
    }


def part(part_id: str, upload_id: str, created_at: int) -> JSON:
    """A part of an upload."""
    return {"id": part_id, "object": "upload.part", "created_at": created_at, "upload_id": upload_id}


def model(model_id: str) -> JSON:
    """A model."""
    return {"id": model_id, "object": "model", "created": 1_715_367_049, "owned_by": "system"}


def deleted(kind: str, object_id: str) -> JSON:
    """The answer when something else was deleted."""
    return {"id": object_id, "object": f"{kind}.deleted", "deleted": True}


def result_page(kind: str, data: Sequence[Any]) -> JSON:
    """The only page of a kind of results."""
    return {"object": f"vector_store.{kind}.page", "data": list(data), "has_more": False, "next_page": None}
