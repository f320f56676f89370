"""Conversations and their items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects, refusals
from runmock.apis.responses.endpoints.shown_items import shown, shown_list, shown_page
from runmock.apis.responses.history import items_of
from runmock.apis.responses.ids import CONVERSATION
from runmock.apis.responses.stored import Conversation
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.apis.responses.state import Memory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON


def find(memory: Memory, call: Call) -> Conversation:
    """The conversation in the path. Raises Refused (404)."""
    conversation_id = call.ids["conversation_id"]
    found = memory.conversations.get(conversation_id)
    if found is None:
        raise Refused(refusals.no_conversation(conversation_id))
    return found


def create_conversation(memory: Memory, call: Call) -> JSON:
    """POST /conversations."""
    partition, now = memory.ids.partition(), memory.stage.clock.tick()
    made = objects.conversation(memory.ids.mint(CONVERSATION, partition, now), now, call.body.get("metadata") or {})
    conversation = Conversation(made, partition)
    _add(memory, conversation, call.body.get("items") or ())
    memory.conversations[made["id"]] = conversation
    return made


def _add(memory: Memory, conversation: Conversation, items: Iterable[Any]) -> list[JSON]:
    """Append items, which get ids; returns them."""
    added = []
    for item in items_of(memory, [*items]):
        new_id = item.get("id") or memory.ids.of_item(item["type"], conversation.partition, memory.stage.clock.now)
        made = objects.listed({"id": new_id, **item} | {"id": new_id})
        conversation.items[new_id] = made
        added.append(made)
    return added


def retrieve_conversation(memory: Memory, call: Call) -> JSON:
    """GET /conversations/{conversation_id}."""
    return find(memory, call).object


def update_conversation(memory: Memory, call: Call) -> JSON:
    """POST /conversations/{conversation_id}: its metadata is replaced."""
    conversation = find(memory, call)
    conversation.object["metadata"] = dict(call.body.get("metadata") or {})
    return conversation.object


def delete_conversation(memory: Memory, call: Call) -> JSON:
    """DELETE /conversations/{conversation_id}."""
    conversation = find(memory, call)
    del memory.conversations[conversation.object["id"]]
    memory.forget(conversation.object["id"])
    return {"id": conversation.object["id"], "object": "conversation.deleted", "deleted": True}


def create_items(memory: Memory, call: Call) -> JSON:
    """POST /conversations/{conversation_id}/items: answers with the items that were added, in order."""
    return shown_list(_add(memory, find(memory, call), call.body.get("items") or ()), call)


def list_items(memory: Memory, call: Call) -> JSON:
    """GET /conversations/{conversation_id}/items, newest first."""
    return shown_page(find(memory, call).items, call)


def retrieve_item(memory: Memory, call: Call) -> JSON:
    """GET /conversations/{conversation_id}/items/{item_id}."""
    item_id = call.ids["item_id"]
    found = find(memory, call).items.get(item_id)
    if found is None:
        raise Refused(refusals.no_item(item_id))
    return shown(found, call)


def delete_item(memory: Memory, call: Call) -> JSON:
    """DELETE /conversations/{conversation_id}/items/{item_id}. The SDK's type is the conversation; recorded is this."""
    item, conversation = retrieve_item(memory, call), find(memory, call)
    del conversation.items[item["id"]]
    memory.forget(item["id"])
    if memory.stage.shapes == "reference":
        return conversation.object
    return {"id": item["id"], "object": "conversation.item.deleted", "deleted": True}
