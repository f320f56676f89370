"""Without a cassette, whatever id a request names is there: it is created before the request is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses import objects
from runmock.apis.responses.endpoints.creation import create_response
from runmock.apis.responses.stored import Conversation
from runmock.apis.service.call import Call

if TYPE_CHECKING:
    from runmock.apis.responses.state import Memory

GREETING = "Hello!"
"""The text of an item that nobody has written."""


def create_named(memory: Memory, call: Call) -> None:
    """Create the responses, the conversations and the item that a request names and that were never there."""
    ids, body = call.ids, call.body
    for response_id in (ids.get("response_id"), body.get("previous_response_id")):
        if response_id:
            _create_response(memory, call, response_id)
    for conversation_id in (ids.get("conversation_id"), objects.conversation_id_of(body.get("conversation"))):
        if conversation_id:
            _create_conversation(memory, conversation_id)
    if "item_id" in ids:
        _create_item(memory, ids["conversation_id"], ids["item_id"])


def _create_response(memory: Memory, call: Call, response_id: str) -> None:
    """It is in the background, so that it can be retrieved, streamed and cancelled."""
    is_known = response_id in memory.responses
    if is_known and (response_id not in memory.auto_created or memory.stored(response_id) is not None):
        return
    memory.auto_created.add(response_id)
    memory.ids.next_response = response_id
    create_response(memory, Call("create_response", {}, "/responses", {"background": True}, provider=call.provider))


def _create_conversation(memory: Memory, conversation_id: str) -> None:
    if conversation_id in memory.conversations or conversation_id in memory.deleted:
        return
    memory.auto_created.add(conversation_id)
    made = objects.conversation(conversation_id, memory.stage.clock.tick(), {})
    memory.conversations[conversation_id] = Conversation(made, memory.ids.partition())


def _create_item(memory: Memory, conversation_id: str, item_id: str) -> None:
    conversation = memory.conversations.get(conversation_id)
    if conversation is None or item_id in conversation.items or item_id in memory.deleted:
        return
    memory.auto_created.add(item_id)
    message = {"id": item_id, "type": "message", "role": "user", "content": GREETING}
    conversation.items[item_id] = objects.listed(message)
