"""Vector stores: create, list, retrieve, modify, delete; an unknown one is created unless ids are strict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.files import objects
from runmock.apis.service.lists import page

if TYPE_CHECKING:
    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.apis.service.files.vector_store import VectorStore
    from runmock.core.http.exchange import JSON


def create_vector_store(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores."""
    memory.shared.stage.clock.tick()
    return _as_json(memory, memory.shared.create_store(call.body))


def _as_json(memory: FilesMemory, store: VectorStore) -> JSON:
    return objects.vector_store(store, memory.shared.stage.shapes)


def list_vector_stores(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores; no look at their files."""
    return page(memory.shared.stores, call, as_json=lambda store: _as_json(memory, store))


def retrieve_vector_store(memory: FilesMemory, call: Call) -> JSON:
    """GET /vector_stores/{vector_store_id}; a look at its files."""
    store = memory.shared.store(call.ids["vector_store_id"])
    store.look()
    return _as_json(memory, store)


def modify_vector_store(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores/{vector_store_id}: given fields replace, metadata is merged."""
    store, body = memory.shared.store(call.ids["vector_store_id"]), call.body
    if body.get("name") is not None:
        store.name = body["name"]
    if "expires_after" in body:
        store.expires_after = body["expires_after"]
    store.metadata |= body.get("metadata") or {}
    return _as_json(memory, store)


def delete_vector_store(memory: FilesMemory, call: Call) -> JSON:
    """DELETE /vector_stores/{vector_store_id}; its files stay."""
    store = memory.shared.store(call.ids["vector_store_id"])
    memory.shared.delete_store(store)
    return objects.deleted("vector_store", store.id)
