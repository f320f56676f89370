"""How the events of this API look to a fault of a stream."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from runmock.core.http.event import Event
from runmock.core.script.faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from runmock.core.http.exchange import JSON

ENDS = ("response.completed", "response.failed", "response.incomplete", "error")
"""The events that end a stream (docs/protocol/responses.md#how-a-stream-ends)."""


class ResponsesForm:
    """Fulfils `StreamForm`."""

    def is_delta(self, event: Event) -> bool:
        """Whether an event is a piece of an item."""
        return event.name.endswith(".delta")

    def is_last(self, event: Event) -> bool:
        """Whether the response has ended."""
        return event.name in ENDS and event.name != "error"

    def unknown_event(self) -> Event:
        """An event that the API does not have."""
        return Event("response.hiccup", {"type": "response.hiccup"})

    def misplaced(self, event: Event) -> Event:
        """A delta of an item, or of a part, that does not exist."""
        data: dict[str, Any] = copy.deepcopy(event.data)
        key = "content_index" if "content_index" in data else "output_index"
        data[key] = data.get(key, 0) + 7
        return Event(event.name, data)

    def error_event(self, error: JSON, event: Event) -> Event:
        """An error with the number of the event whose place it takes; a flat one has no type of its own."""
        number = _part(event.data, "sequence_number")
        return Event("error", {"type": "error", "sequence_number": number} | {**error, "type": "error"})

    def changed(self, kind: FaultKind, event: Event) -> Event | None:
        """The event with another number, or another id; None where it has none of this kind."""
        data = CHANGED[kind](event) if isinstance(event.data, dict) else None
        return None if data is None else Event(event.name, data)


def _part(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _numbered_higher(event: Event) -> JSON | None:
    number = event.data.get("sequence_number")
    return {**event.data, "sequence_number": number + 1} if isinstance(number, int) else None


def _with_other_response_id(event: Event) -> JSON | None:
    response_id = _part(event.data.get("response"), "id")
    if response_id is None:
        return None
    return {**event.data, "response": {**event.data["response"], "id": _other(response_id)}}


def _with_other_item_id(event: Event) -> JSON | None:
    item_id = _part(event.data.get("item"), "id")
    if item_id is None or event.name != "response.output_item.done":
        return None
    return {**event.data, "item": {**event.data["item"], "id": _other(item_id)}}


def _other(id_: str) -> str:
    """Another id of the same length."""
    return id_[:-4] + ("0000" if id_.endswith("ffff") else "ffff")


CHANGED: Mapping[FaultKind, Callable[[Event], JSON | None]] = {
    FaultKind.SEQUENCE_GAP: _numbered_higher,
    FaultKind.RESPONSE_ID_CHANGES: _with_other_response_id,
    FaultKind.ITEM_ID_CHANGES: _with_other_item_id,
}
"""The data of an event as a kind of garbage changes it; None where it has nothing that the kind changes."""

FORM = ResponsesForm()
