"""Requests that belong to no API package: other APIs of the service, and anything else that an application sends.

No script answers them, but recordings do. Of Responses it is known how a stream ends; sources:
docs/protocol/responses.md#how-a-stream-ends, docs/protocol/sdk.md#transports.
"""

from __future__ import annotations

import re

from runmock.apis.service.roots import below_root
from runmock.core.api import IdKinds, Noise, Operation
from runmock.core.no_api import NoApi

RESPONSES = ("response.completed", "response.failed", "response.incomplete", "error")
"""The events that end a stream of Responses. A stream of any other API ends with its body."""
_OF_RESPONSES = re.compile(r"POST .*/responses/?|GET .*/responses/[^/]+/?")


class OtherApi(NoApi):
    """Fulfils `Api` for every request. An operation's name is its method and its path below the API root."""

    name = "another API"
    noise = Noise(
        {"stream": False, "messages": [], "attachments": [], "metadata": {}, "tool_resources": {}}, ("messages",)
    )
    id_kinds = IdKinds({"vector_store": "vs"}, {})

    def identify(self, method: str, path: str) -> Operation:
        """The operation of any method and path."""
        below = below_root(path)
        ends = RESPONSES if _OF_RESPONSES.fullmatch(f"{method} {path}") else ()
        return Operation(self, f"{method} {below}", method, {}, path.removesuffix(below), below, ends=ends)


OTHER = OtherApi()
