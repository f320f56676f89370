"""The bodies and queries of conversations. Source: docs/protocol/responses.md#endpoints."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runmock.apis.responses.requests.items import Item
from runmock.apis.service.requests.model import OBJECTS, Metadata, Params

Twenty = Annotated[list[Item], Field(max_length=20), OBJECTS]


class CreateConversation(Params):
    """The body of create_conversation."""

    items: Twenty | None = None
    metadata: Metadata | None = None


class UpdateConversation(Params):
    """The body of update_conversation."""

    metadata: Metadata | None


class CreateItems(Params):
    """The body of create_items."""

    items: Twenty
