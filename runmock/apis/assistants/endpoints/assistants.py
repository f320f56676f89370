"""Assistants: create, list, retrieve, modify, delete; an unknown one is created unless ids are strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import objects, tools
from runmock.apis.assistants.endpoints.used_files import check_files
from runmock.apis.service.lists import page
from runmock.apis.service.refusals import Refused, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.assistants.state import Memory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON

MODIFIABLE = ("name", "description", "model", "instructions", "response_format", "reasoning_effort")


def create_assistant(memory: Memory, call: Call) -> JSON:
    """POST /assistants."""
    check_files(memory, call.body)
    made = remember(memory, memory.ids.mint("assistant"), call.body)
    memory.applications.add(made["id"])
    return made


def remember(memory: Memory, assistant_id: str, fields: Mapping[str, Any]) -> JSON:
    """Put an assistant into the memory, as a create request or a cassette gives it."""
    created_at = fields.get("created_at") or memory.stage.clock.tick()
    made = objects.assistant(assistant_id, created_at, memory.stage.model, fields, resources(memory, fields))
    memory.assistants[assistant_id] = made
    return made


def resources(memory: Memory, fields: Mapping[str, Any]) -> JSON:
    """tool_resources as stored: inline vector stores become ids; tools that were given none get empty lists."""
    stored = {key: dict(value or {}) for key, value in (fields.get("tool_resources") or {}).items()}
    search = stored.get("file_search")
    if search is not None and "vector_stores" in search:
        made = [memory.files.create_store(store).id for store in search.pop("vector_stores") or ()]
        search["vector_store_ids"] = [*search.get("vector_store_ids", ()), *made]
    kinds = {tool.get("type") for tool in fields.get("tools") or ()}
    if "code_interpreter" in kinds:
        stored.setdefault("code_interpreter", {}).setdefault("file_ids", [])
    if "file_search" in kinds:
        stored.setdefault("file_search", {}).setdefault("vector_store_ids", [])
    return stored


def find(memory: Memory, assistant_id: str) -> JSON:
    """The assistant with this id; an unknown one is created unless ids are strict. Raises Refused (404)."""
    known = memory.assistants.get(assistant_id)
    if known is not None:
        return known
    if not memory.create_if_lenient(assistant_id):
        raise Refused(not_found("assistant", assistant_id))
    memory.implied_assistants.add(assistant_id)
    return remember(memory, assistant_id, {})


def list_assistants(memory: Memory, call: Call) -> JSON:
    """GET /assistants."""
    return page(memory.assistants, call, as_json=lambda assistant: assistant)


def retrieve_assistant(memory: Memory, call: Call) -> JSON:
    """GET /assistants/{assistant_id}."""
    return find(memory, call.ids["assistant_id"])


def modify_assistant(memory: Memory, call: Call) -> JSON:
    """POST /assistants/{assistant_id}: given fields replace, metadata is merged."""
    assistant = find(memory, call.ids["assistant_id"])
    body = call.body
    check_files(memory, body)
    for key in MODIFIABLE:
        if body.get(key) is not None:
            assistant[key] = body[key]
    for key in ("temperature", "top_p"):
        assistant[key] = objects.number(body.get(key), assistant[key])
    if body.get("tools") is not None:
        assistant["tools"] = tools.echoed(body["tools"])
        memory.implied_assistants.discard(assistant["id"])
    if body.get("tool_resources") is not None:
        assistant["tool_resources"] = assistant["tool_resources"] | resources(memory, body)
    assistant["metadata"] = assistant["metadata"] | (body.get("metadata") or {})
    return assistant


def delete_assistant(memory: Memory, call: Call) -> JSON:
    """DELETE /assistants/{assistant_id}."""
    assistant = find(memory, call.ids["assistant_id"])
    del memory.assistants[assistant["id"]]
    memory.forget(assistant["id"])
    return objects.deleted("assistant", assistant["id"])
