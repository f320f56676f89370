"""The keys of requests that come in; of equal bodies the canonical form is made once, where they come again soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.replay.matching import RequestKey, request_key
from runmock.core.replay.player import MOST_KEYS

if TYPE_CHECKING:
    from runmock.core.api import Incoming, Operation

LONGEST = 4096
"""Requests with a longer body, in bytes, are compared each time: their bodies are not kept."""


class RequestKeys:
    """Makes the keys of requests; mutable, the latest ones with a body are kept. Without one, a key is made quickly."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[tuple[int, bytes], tuple[Operation, RequestKey]] = {}

    def of(self, incoming: Incoming) -> RequestKey:
        """The request as it is compared; the same object again for the same operation with an equal body."""
        request, operation = incoming.request, incoming.operation
        if request.query or incoming.body is None or incoming.problem is not None or len(request.body) > LONGEST:
            return request_key(operation, request.query, incoming.body)
        place = id(operation), request.body
        made = self._made.get(place)
        if made is None or made[0] is not operation:
            if len(self._made) == MOST_KEYS:
                self._made.clear()
            made = self._made[place] = operation, request_key(operation, request.query, incoming.body)
        return made[1]
