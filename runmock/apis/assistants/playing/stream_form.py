"""How the events of this API look to a fault of a stream."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from runmock.core.http.event import Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class AssistantsForm:
    """Fulfils `StreamForm`."""

    def is_delta(self, event: Event) -> bool:
        """Whether an event is a piece of a message or of a step."""
        return event.name.endswith(".delta")

    def is_last(self, event: Event) -> bool:
        """Whether an event is `done`."""
        return event.name == "done"

    def unknown_event(self) -> Event:
        """An event that the API does not have."""
        return Event("thread.run.hiccup", {"object": "thread.run.hiccup"})

    def misplaced(self, event: Event) -> Event:
        """A delta whose index is that of no part and no call."""
        data = copy.deepcopy(event.data)
        delta: Mapping[str, Any] = data["delta"]
        for part in delta.get("content") or (delta.get("step_details") or {}).get("tool_calls") or ():
            part["index"] = part.get("index", 0) + 7
        return Event(event.name, data)


FORM = AssistantsForm()
