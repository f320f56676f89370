"""The operations of Responses and Conversations, one row each. Source: docs/protocol/responses.md#endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runmock.apis.responses.endpoints import conversations, counting, creation, responses
from runmock.apis.responses.requests import conversations as conversation_models
from runmock.apis.responses.requests import responses as models
from runmock.core.api import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.apis.responses.state import Memory
    from runmock.apis.service.call import Call
    from runmock.apis.service.requests.model import Params
    from runmock.apis.service.requests.queries import Query

    Handler: TypeAlias = Callable[[Memory, Call], Any]

COLLECTIONS = ("responses", "conversations")


class Row(NamedTuple):
    """One operation. A model that is None checks nothing."""

    name: str
    method: str
    path: str
    """The template below the API root, with the names of its ids in braces."""
    handler: Handler
    body: type[Params] | None = None
    query: type[Query] | None = None
    lenient_body: type[Params] | None = None
    """The models for a server without a cassette, where it takes more."""
    lenient_query: type[Query] | None = None
    roles: frozenset[Role] = frozenset()


_RESPONSE = "/responses/{response_id}"
_CONVERSATION = "/conversations/{conversation_id}"
_ITEM = f"{_CONVERSATION}/items/{{item_id}}"

TABLE: tuple[Row, ...] = (
    Row(
        "create_response",
        "POST",
        "/responses",
        creation.create_response,
        models.CreateResponse,
        lenient_body=models.LenientCreateResponse,
        roles=frozenset({Role.CREATES_RUN, Role.STREAMS}),
    ),
    Row(
        "retrieve_response",
        "GET",
        _RESPONSE,
        responses.retrieve_response,
        query=models.RetrieveQuery,
        roles=frozenset({Role.RETRIEVES_RUN, Role.SHOWS_STATUS, Role.STREAMS, Role.READS_OUTPUT}),
    ),
    Row("delete_response", "DELETE", _RESPONSE, responses.delete_response),
    Row(
        "cancel_response",
        "POST",
        f"{_RESPONSE}/cancel",
        responses.cancel_response,
        roles=frozenset({Role.CANCELS, Role.SHOWS_STATUS}),
    ),
    Row(
        "list_input_items",
        "GET",
        f"{_RESPONSE}/input_items",
        responses.list_input_items,
        query=models.InputItemsQuery,
        lenient_query=models.LenientInputItemsQuery,
    ),
    Row(
        "count_input_tokens",
        "POST",
        "/responses/input_tokens",
        counting.count_input_tokens,
        models.CountInputTokens,
        roles=frozenset({Role.UNSCRIPTED}),
    ),
    Row(
        "compact_response",
        "POST",
        "/responses/compact",
        counting.compact_response,
        models.CompactResponse,
        roles=frozenset({Role.UNSCRIPTED}),
    ),
    Row(
        "create_conversation",
        "POST",
        "/conversations",
        conversations.create_conversation,
        conversation_models.CreateConversation,
    ),
    Row("retrieve_conversation", "GET", _CONVERSATION, conversations.retrieve_conversation),
    Row(
        "update_conversation",
        "POST",
        _CONVERSATION,
        conversations.update_conversation,
        conversation_models.UpdateConversation,
    ),
    Row("delete_conversation", "DELETE", _CONVERSATION, conversations.delete_conversation),
    Row("create_items", "POST", f"{_CONVERSATION}/items", conversations.create_items, conversation_models.CreateItems),
    Row(
        "list_items",
        "GET",
        f"{_CONVERSATION}/items",
        conversations.list_items,
        query=models.InputItemsQuery,
        lenient_query=models.LenientInputItemsQuery,
        roles=frozenset({Role.READS_OUTPUT}),
    ),
    Row("retrieve_item", "GET", _ITEM, conversations.retrieve_item, roles=frozenset({Role.READS_OUTPUT})),
    Row("delete_item", "DELETE", _ITEM, conversations.delete_item),
)
"""All operations that are answered."""

BY_NAME = {row.name: row for row in TABLE}
