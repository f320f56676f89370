"""Batches of files of a vector store: create, retrieve, cancel, list their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.files import objects
from runmock.apis.files.endpoints.store_files import page_of
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import Refused, not_found, wrong_id

if TYPE_CHECKING:
    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.apis.service.files.vector_store import Batch
    from runmock.core.http.exchange import JSON


def create_file_batch(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores/{vector_store_id}/file_batches; what is said of all files, each may say otherwise."""
    shared, body = memory.shared, call.body
    store = shared.open_store(call.ids["vector_store_id"])
    files = body.get("files") or [{"file_id": file_id} for file_id in body.get("file_ids") or ()]
    shared.check_files((file["file_id"] for file in files), "file_ids")
    shared.stage.clock.tick()
    attached = [
        shared.attach(
            store,
            file["file_id"],
            file.get("chunking_strategy") or body.get("chunking_strategy"),
            file.get("attributes") or body.get("attributes"),
        )
        for file in files
    ]
    return objects.batch(shared.begin_batch(store, attached), shared.stage.shapes)


def _find(memory: FilesMemory, call: Call) -> Batch:
    """The batch in the path. Raises Refused (404, or 400 for another kind of id); with no cassette every one exists."""
    shared, batch_id = memory.shared, call.ids["batch_id"]
    store = shared.store(call.ids["vector_store_id"])
    batch = shared.batches.get(batch_id)
    if batch is not None and batch.store_id == store.id:
        return batch
    if shared.stage.is_stock:
        return shared.begin_batch(store, ())
    if not batch_id.startswith("vsfb_") and call.provider is Provider.OPENAI:
        raise Refused(wrong_id("batch_id", batch_id, "vsfb_"))
    raise Refused(not_found("file batch", batch_id))


def retrieve_file_batch(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores/{vector_store_id}/file_batches/{batch_id}; a look at its files."""
    batch = _find(memory, call)
    batch.look()
    return objects.batch(batch, memory.shared.stage.shapes)


def cancel_file_batch(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel; one that is done stays as it is."""
    batch = _find(memory, call)
    for file in batch.files.values():
        file.cancel()
    return objects.batch(batch, memory.shared.stage.shapes)


def list_file_batch_files(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores/{vector_store_id}/file_batches/{batch_id}/files; a look at all of them."""
    batch = _find(memory, call)
    batch.look()
    return page_of(batch.files, call)
