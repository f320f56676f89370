"""Files of a vector store: attach, list, retrieve, change their attributes, read, detach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.files import objects
from runmock.apis.files.endpoints.files import bytes_of
from runmock.apis.service.files import file_refusals
from runmock.apis.service.lists import page
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.apis.service.files.vector_store import StoreFile, VectorStore
    from runmock.core.http.exchange import JSON


def create_vector_store_file(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores/{vector_store_id}/files."""
    shared, body = memory.shared, call.body
    store = shared.open_store(call.ids["vector_store_id"])
    shared.check_files((body["file_id"],), "file_id")
    shared.stage.clock.tick()
    return objects.store_file(
        shared.attach(store, body["file_id"], body.get("chunking_strategy"), body.get("attributes"))
    )


def list_vector_store_files(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores/{vector_store_id}/files, with `filter`; a look at all of them."""
    store = memory.shared.store(call.ids["vector_store_id"])
    store.look()
    return page_of(store.files, call)


def page_of(files: dict[str, StoreFile], call: Call) -> JSON:
    """One page of files of a store or a batch, with `filter`."""
    status = call.option("filter")
    keep = None if status is None else (lambda file: file.status == status)
    return page(files, call, as_json=objects.store_file, keep=keep)


def _find(memory: FilesMemory, call: Call) -> tuple[VectorStore, StoreFile]:
    """The store and its file in the path. Raises Refused (404); with no cassette at all every file is in the store."""
    shared, file_id = memory.shared, call.ids["file_id"]
    store = shared.store(call.ids["vector_store_id"])
    if file_id not in store.files:
        if not shared.stage.is_stock:
            raise Refused(file_refusals.no_file_in_store(file_id, store.id))
        shared.attach(store, file_id)
    return store, store.files[file_id]


def retrieve_vector_store_file(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores/{vector_store_id}/files/{file_id}; a look at it."""
    _, attached = _find(memory, call)
    attached.look()
    return objects.store_file(attached)


def modify_vector_store_file(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores/{vector_store_id}/files/{file_id}: the attributes are replaced."""
    _, attached = _find(memory, call)
    attached.attributes = dict(call.body["attributes"] or {})
    return objects.store_file(attached)


def delete_vector_store_file(memory: FilesMemory, call: Call) -> JSON:
    """DELETE /vector_stores/{vector_store_id}/files/{file_id}; the file itself stays."""
    store, attached = _find(memory, call)
    del store.files[attached.file_id]
    return objects.deleted("vector_store.file", attached.file_id)


def read_vector_store_file(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores/{vector_store_id}/files/{file_id}/content: its text, empty when it is not UTF-8."""
    _, attached = _find(memory, call)
    file = memory.shared.files.get(attached.file_id)
    if file is not None:
        bytes_of(file, call)
    text = "" if file is None else file.text
    return objects.result_page("file_content", [{"type": "text", "text": text}])
