"""Messages of a thread: create, list, retrieve, modify, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.assistants import objects
from runmock.apis.assistants.endpoints import threads
from runmock.apis.assistants.endpoints.used_files import check_files
from runmock.apis.service.lists import page
from runmock.apis.service.refusals import Refused, message_while_active, not_found
from runmock.core.engine.progress import settle_for_reading

if TYPE_CHECKING:
    from runmock.apis.assistants.state import Memory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON


def create_message(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}/messages; refused while a run is active."""
    thread = threads.find(memory, call.ids["thread_id"])
    threads.refuse_while_active(memory, thread, message_while_active)
    check_files(memory, {}, (call.body,))
    memory.stage.clock.tick()
    return objects.as_json(threads.add_message(memory, thread, call.body), memory.stage.shapes)


def list_messages(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/messages, with the extra filter `run_id`."""
    thread = threads.find(memory, call.ids["thread_id"])
    settle_for_reading(thread.active)
    run_id = call.option("run_id")
    return page(
        thread.messages,
        call,
        as_json=lambda message: objects.as_json(message, memory.stage.shapes),
        keep=None if run_id is None else lambda message: message["run_id"] == run_id,
    )


def _find(memory: Memory, call: Call) -> JSON:
    message_id = call.ids["message_id"]
    thread = threads.find(memory, call.ids["thread_id"])
    if (known := thread.messages.get(message_id)) is not None:
        return known
    if not memory.create_if_lenient(message_id, is_stock_only=True):
        raise Refused(not_found("message", message_id))
    return threads.add_message(memory, thread, {"id": message_id, "role": "user", "content": "Hello!"})


def retrieve_message(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/messages/{message_id}."""
    settle_for_reading(threads.find(memory, call.ids["thread_id"]).active)
    return objects.as_json(_find(memory, call), memory.stage.shapes)


def modify_message(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}/messages/{message_id}: metadata is merged."""
    message = _find(memory, call)
    message["metadata"] = message["metadata"] | (call.body.get("metadata") or {})
    return objects.as_json(message, memory.stage.shapes)


def delete_message(memory: Memory, call: Call) -> JSON:
    """DELETE /threads/{thread_id}/messages/{message_id}."""
    message_id = _find(memory, call)["id"]
    del threads.find(memory, call.ids["thread_id"]).messages[message_id]
    memory.forget(message_id)
    return objects.deleted("thread.message", message_id)
