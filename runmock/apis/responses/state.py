"""What the backend knows: responses, what their calls and items were, and conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.ids import ResponseIds
from runmock.core.engine.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.responses.stored import Conversation, ResponsesRun, StoredResponse
    from runmock.core.http.exchange import JSON


@dataclass(slots=True)
class Memory:
    """The state of the API in one session."""

    stage: Stage = field(default_factory=Stage)
    ids: ResponseIds = field(default_factory=ResponseIds)
    responses: dict[str, StoredResponse] = field(default_factory=dict)
    """Every response by its id, also those that nothing can retrieve."""
    announced: dict[str, list[StoredResponse]] = field(default_factory=dict)
    """The responses that have announced a call, by the call's id; several where a script gives calls their ids."""
    creates: list[tuple[JSON, StoredResponse | None]] = field(default_factory=list)
    """The body of each create, in order, with its response; None for one that was refused."""
    items: dict[str, tuple[StoredResponse, JSON]] = field(default_factory=dict)
    """The first stored response that had an item in its input or its output, and the item, by the item's id."""
    conversations: dict[str, Conversation] = field(default_factory=dict)
    runs: list[ResponsesRun] = field(default_factory=list)
    """Every run that was begun, in order."""
    auto_created: set[str] = field(default_factory=set)
    """Ids that were created because a request contained them."""
    deleted: set[str] = field(default_factory=set)
    """Ids of conversations and items that were deleted, and that no request creates again."""

    def stored(self, response_id: str) -> StoredResponse | None:
        """A response that another one can continue; None when there is none with this id."""
        found = self.retrievable(response_id)
        return found if found is not None and found.is_stored else None

    def retrievable(self, response_id: str) -> StoredResponse | None:
        """A response that can be retrieved; None when there is none with this id.

        In the background it is there from the first, stored or not. In the foreground it is there when it has ended;
        where its stream was left or broke off, it never is.
        """
        found = self.responses.get(response_id)
        if found is None or found.is_deleted:
            return None
        return found if found.is_background or (found.is_stored and found.has_ended) else None

    def forget_calls(self, response: StoredResponse) -> None:
        """No output continues a response that is cancelled: it has no calls."""
        for call_id in response.waiting:
            self.announced[call_id].remove(response)

    def keep(self, response: StoredResponse) -> None:
        """Remember a response, its items and the calls that it announces."""
        items = response.items
        self.responses[response.id] = response
        for call_id in response.waiting:
            self.announced.setdefault(call_id, []).append(response)
        for item in (*response.input, *items) if response.is_stored else ():
            if item.get("id"):
                self.items.setdefault(item["id"], (response, item))
        self.ids.note_calls(items)

    def stored_item(self, item_id: str) -> JSON | None:
        """An item of a response that is stored, or of a conversation; None when there is none with this id."""
        response, item = self.items.get(item_id, (None, None))
        if response is not None and self.stored(response.id) is not None:
            return item
        found = (conversation.items.get(item_id) for conversation in self.conversations.values())
        return next((item for item in found if item is not None), None)

    def output_with(self, item_id: str) -> list[JSON] | None:
        """The output of a stored response that has an item with this id; None when there is none."""
        response, _ = self.items.get(item_id, (None, None))
        if response is None or self.stored(response.id) is None:
            return None
        output = response.items
        return output if any(item.get("id") == item_id for item in output) else None

    def given_before(self, body: Mapping[str, Any]) -> StoredResponse | None:
        """The response to the latest create with this body; None when there was none, or it was refused."""
        return next((response for known, response in reversed(self.creates) if known == body), None)

    def forget(self, object_id: str) -> None:
        """Keep that an object was deleted. With no cassette, an id that a client brought may be created again."""
        if object_id not in self.auto_created:
            self.deleted.add(object_id)
