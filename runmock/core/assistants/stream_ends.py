"""Which events end a stream. This is a fact of each API, so it stands in one table, by the path of the request.

Recording, playing, importing and checking ask this table. A stream of an API that is not in it ends with its body.
`[DONE]` ends every stream, whatever its API and with or without a name: every SDK takes it for the end. Sources:
docs/protocol/streams.md#framing, docs/protocol/responses.md#how-a-stream-ends, docs/protocol/sdk.md#transports.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from runmock.core.assistants.operations import identify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.replay.interaction import StreamEvent

Ends: TypeAlias = "tuple[str, ...]"
"""Names of events, any of which ends a stream; the usual one first. Empty: the end of the body is the end."""

ASSISTANTS: Ends = ("done", "error")
RESPONSES: Ends = ("response.completed", "response.failed", "response.incomplete", "error")
OTHERS: Ends = ()

EVERY_END = frozenset({*ASSISTANTS, *RESPONSES})
_OF_RESPONSES = re.compile(r"POST .*/responses/?|GET .*/responses/[^/]+/?")


@lru_cache(maxsize=256)
def ends_of(method: str, path: str) -> Ends:
    """The events that end a stream which answers a request, whatever the API root in front of the path is."""
    if identify(method, path) is not None:
        return ASSISTANTS
    return RESPONSES if _OF_RESPONSES.fullmatch(f"{method} {path}") else OTHERS


def is_end(event: StreamEvent, ends: Ends) -> bool:
    """Whether an event ends a stream."""
    return event.name in ends or event.is_done


def has_end(events: Iterable[StreamEvent], ends: Ends) -> bool:
    """Whether one of the events ends the stream. Servers may send more after it."""
    return any(is_end(event, ends) for event in events)


def none_of(ends: Ends) -> str:
    """For messages: `neither done nor error`."""
    *first, last = ends
    return f"neither {', '.join(first)} nor {last}"
