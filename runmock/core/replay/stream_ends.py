"""Whether a recorded stream has its end. Which events end a stream is for the API of its request to say.

`[DONE]` ends every stream, whatever its API and with or without a name: every SDK takes it for the end. Sources:
docs/protocol/streams.md#framing, docs/protocol/sdk.md#transports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.replay.interaction import StreamEvent

Ends: TypeAlias = "tuple[str, ...]"
"""Names of events, any of which ends a stream; the usual one first. Empty: the end of the body is the end."""


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
