"""How the events of this API look to a fault of a stream."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from runmock.core.http.event import Event

if TYPE_CHECKING:
    from typing import Any

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


FORM = ResponsesForm()
