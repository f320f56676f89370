"""Threads: create, retrieve, modify, delete; an unknown one is created unless ids are strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import objects
from runmock.apis.assistants.endpoints.assistants import resources
from runmock.apis.assistants.endpoints.used_files import attach, check_files
from runmock.apis.assistants.state import Memory, StoredThread
from runmock.apis.service.refusals import Refused, not_found, thread_while_active
from runmock.core.engine.progress import look_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.apis.assistants.state import ThreadRun
    from runmock.apis.service.call import Call
    from runmock.apis.service.refusals import ServiceRefusal
    from runmock.core.http.exchange import JSON


def create_thread(memory: Memory, call: Call) -> JSON:
    """POST /threads."""
    check_files(memory, call.body, call.body.get("messages") or ())
    return remember(memory, memory.ids.mint("thread"), call.body).object


def remember(memory: Memory, thread_id: str, fields: Mapping[str, Any]) -> StoredThread:
    """Put a thread and its messages into the memory, as a create request or a cassette gives it."""
    created_at = fields.get("created_at") or memory.stage.clock.tick()
    thread = StoredThread(objects.thread(thread_id, created_at, fields.get("metadata"), resources(memory, fields)))
    for message in fields.get("messages") or ():
        add_message(memory, thread, message)
    memory.threads[thread_id] = thread
    return thread


def add_message(memory: Memory, thread: StoredThread, fields: Mapping[str, Any]) -> JSON:
    """Append a message to a thread, as a request or a cassette gives it."""
    message_id = fields.get("id") or memory.ids.mint("message")
    message = objects.message(message_id, memory.stage.clock.now, thread.object["id"], fields)
    thread.messages[message_id] = message
    if message["attachments"]:
        attach(memory, thread, message["attachments"])
    return message


def find(memory: Memory, thread_id: str) -> StoredThread:
    """The thread with this id; an unknown one is created unless ids are strict. Raises Refused (404)."""
    known = memory.threads.get(thread_id)
    if known is not None:
        return known
    if not memory.create_if_lenient(thread_id):
        raise Refused(not_found("thread", thread_id))
    return remember(memory, thread_id, {})


def lock_of(memory: Memory, thread: StoredThread) -> ThreadRun | None:
    """The active run, while which the thread takes no message and no second run; else None.

    With no cassette a thread that the client brought is never locked: nobody knows what happened on it before.
    """
    return None if memory.stage.is_stock and thread.object["id"] in memory.auto_created else thread.locked_by


def refuse_while_active(memory: Memory, thread: StoredThread, refusal: Callable[[str, str], ServiceRefusal]) -> None:
    """Refuse what a thread does not take while a run is active. To be refused is a look at the run.

    `refusal` makes one of the ids of the thread and the run. Raises Refused.
    """
    if (run := lock_of(memory, thread)) is not None:
        look_refused(run)
    if (run := lock_of(memory, thread)) is not None:
        raise Refused(refusal(thread.object["id"], run.id))


def retrieve_thread(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}."""
    return find(memory, call.ids["thread_id"]).object


def modify_thread(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}: metadata is merged; refused while a run is active."""
    found = find(memory, call.ids["thread_id"])
    refuse_while_active(memory, found, thread_while_active)
    check_files(memory, call.body)
    thread = found.object
    thread["metadata"] = thread["metadata"] | (call.body.get("metadata") or {})
    if call.body.get("tool_resources") is not None:
        thread["tool_resources"] = thread["tool_resources"] | resources(memory, call.body)
    return thread


def delete_thread(memory: Memory, call: Call) -> JSON:
    """DELETE /threads/{thread_id}."""
    thread_id = find(memory, call.ids["thread_id"]).object["id"]
    del memory.threads[thread_id]
    memory.forget(thread_id)
    return objects.deleted("thread", thread_id)
