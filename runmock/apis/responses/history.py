"""A request with what it continues: the items before its own, and what of them a script looks at.

Source: docs/protocol/responses.md#continuation-and-state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.responses import objects, refusals
from runmock.apis.responses.requests.items import kind_of
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.apis.responses.state import Memory
    from runmock.apis.responses.stored import Conversation, StoredResponse
    from runmock.core.http.exchange import JSON


class Expanded(NamedTuple):
    """A request with what it continues."""

    before: list[JSON]
    """The items of the chain behind `previous_response_id`, or those of the conversation."""
    input: list[JSON]
    """The request's own items; a text is a message of the user."""
    previous: StoredResponse | None
    conversation: Conversation | None

    @property
    def items(self) -> list[JSON]:
        """All items, in order."""
        return [*self.before, *self.input]


def expanded(memory: Memory, body: Mapping[str, Any]) -> Expanded:
    """The request with what it continues. Raises Refused for ids that are not there."""
    previous_id, conversation = body.get("previous_response_id"), body.get("conversation")
    if previous_id and conversation and not memory.stage.is_stock:
        raise Refused(refusals.two_states())
    if previous_id:
        previous = memory.stored(previous_id)
        if previous is None:
            raise Refused(refusals.no_previous_response(previous_id))
        before = [*previous.before, *previous.input, *previous.output]
        return Expanded(before, items_of(memory, body.get("input")), previous, None)
    if conversation:
        conversation_id = objects.conversation_id_of(conversation)
        found = memory.conversations.get(conversation_id)
        if found is None:
            raise Refused(refusals.no_conversation(conversation_id))
        return Expanded([*found.items.values()], items_of(memory, body.get("input")), None, found)
    return Expanded([], items_of(memory, body.get("input")), None, None)


def items_of(memory: Memory, given: Any) -> list[JSON]:
    """The items of an `input`: a text is one message of the user, a reference the item that it names.

    Raises Refused for a reference to what is not there.
    """
    if given is None:
        return []
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return [_item(memory, item) for item in given]


def _item(memory: Memory, given: Mapping[str, Any]) -> JSON:
    item = {**given, "type": kind_of(given)}
    if item["type"] != "item_reference":
        return item
    known = memory.stored_item(item["id"])
    if known is None:
        raise Refused(refusals.not_persisted(item["id"]))
    return dict(known)


def last_user_text(items: Iterable[JSON]) -> str:
    """The text of the last message of the user; the empty string when there is none."""
    texts = [objects.text_of(item) for item in items if item.get("type") == "message" and item.get("role") == "user"]
    return texts[-1] if texts else ""


def instructions_of(body: Mapping[str, Any], items: Iterable[JSON]) -> str:
    """The instructions of a request, and its messages of the system and of developers, one below the other."""
    given = body.get("instructions")
    messages = [item for item in items if item.get("type") == "message" and item.get("role") in {"system", "developer"}]
    return "\n".join([*([given] if isinstance(given, str) else []), *map(objects.text_of, messages)])
