"""Faults of a stream, as a script names them: the kinds, and where one strikes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, get_args

from runmock.core.script.choices import GarbageKind

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON


class FaultKind(StrEnum):
    """What goes wrong on a stream, in the order in which a script's keys are read."""

    DISCONNECT = "disconnect"
    """The connection breaks in the middle of the body."""
    TRUNCATE = "truncate"
    """The body ends early, without an error."""
    STALL = "stall"
    """Nothing is sent for a while."""
    NOT_JSON = "not_json"
    """The data of an event is half of its JSON."""
    HALF_FRAME = "half_frame"
    """The body ends in the middle of an event."""
    UNKNOWN_EVENT = "unknown_event"
    """An event of a name that the API does not have."""
    DUPLICATE = "duplicate"
    """An event is sent twice."""
    OUT_OF_ORDER = "out_of_order"
    """An event is sent after the next one."""
    WRONG_INDEX = "wrong_index"
    """A delta is for a part, or a call, that does not exist."""
    SEQUENCE_GAP = "sequence_gap"
    """The numbers of the events leave one out."""
    RESPONSE_ID_CHANGES = "response_id_changes"
    """The object that the stream is about has another id than at the beginning."""
    ITEM_ID_CHANGES = "item_id_changes"
    """A part of that object ends with another id than it began with."""
    ERROR_EVENT = "error_event"
    """An `error` event; nothing follows it, not even `done` (docs/protocol/streams.md#the-error-event)."""


GARBAGE = tuple(FaultKind(kind) for kind in get_args(GarbageKind))
"""The kinds that a script calls `garbage`."""

KEYS = tuple(dict.fromkeys("garbage" if kind in GARBAGE else str(kind) for kind in FaultKind))
"""The keys of a script that describe faults, in the order of the kinds."""

ENDS = frozenset({FaultKind.DISCONNECT, FaultKind.TRUNCATE, FaultKind.ERROR_EVENT, FaultKind.HALF_FRAME})
"""The kinds after which nothing is sent; of several faults at one event they strike last."""

PAUSES = frozenset({FaultKind.STALL})
"""The kinds that only delay what is sent; another fault strikes at the same event."""

CHANGES = frozenset({FaultKind.SEQUENCE_GAP, FaultKind.RESPONSE_ID_CHANGES, FaultKind.ITEM_ID_CHANGES})
"""The kinds that change a number or an id of an event; an API's events may have none of these."""

LASTING = frozenset({FaultKind.SEQUENCE_GAP, FaultKind.RESPONSE_ID_CHANGES})
"""The kinds that change every event from the one on at which they strike, up to the end of the stream."""

SERVER_ERROR: JSON = {
    "message": "The server had an error processing your request. Sorry about that! You can retry your request, or "
    "contact us through our help center at help.openai.com if you keep seeing this error.",
    "type": "server_error",
    "param": None,
    "code": None,
}
"""The service's usual error, as its error events and its 500 answers contain it (docs/protocol/errors.md)."""

ANYWHERE = -1
"""The `step` of a fault whose `after` counts from the stream's first event."""


@dataclass(frozen=True, slots=True)
class StreamFault:
    """One fault of a scripted run."""

    kind: FaultKind
    after: int | None = None
    """How many events are sent before it; None: it strikes after the first delta."""
    step: int = ANYWHERE
    """The step of the script with whose first event `after` begins to count; the run's ending belongs to the last."""
    ms: float = 0
    """How long nothing is sent, in milliseconds."""
    error: JSON | None = None
    """The data of an `error` event, as it is sent."""
    is_elastic: bool = False
    """Whether it strikes before `done` if the stream has fewer events than `after`; otherwise that is a ScriptError."""

    def __str__(self) -> str:
        """For messages: `disconnect after 3 events`."""
        return str(self.kind) if self.after is None else f"{self.kind} after {events(self.after)}"


def events(count: int) -> str:
    """For messages: `3 events`."""
    return f"{count} event{'s' * (count != 1)}"
