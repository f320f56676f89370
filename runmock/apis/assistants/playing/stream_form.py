"""How the events of this API look to a fault of a stream."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from runmock.core.errors import ScriptError
from runmock.core.http.event import Event
from runmock.core.script.faults import CHANGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from runmock.core.http.exchange import JSON
    from runmock.core.script.faults import FaultKind
    from runmock.core.script.script import ScriptedRun


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

    def error_event(self, error: JSON, _: Event) -> Event:
        """The error as it is written."""
        return Event("error", error)

    def changed(self, _kind: FaultKind, _event: Event) -> Event | None:
        """None: events have no numbers, and no ids that could change."""


def check_faults(script: ScriptedRun) -> None:
    """Raise ScriptError for a fault that streams of this API cannot have."""
    for fault in script.faults:
        if fault.kind in CHANGES:
            raise ScriptError(
                f"the Assistants API has no garbage: {fault.kind}\n  script    {script.source}\n"
                "  fix it    use another kind of garbage, or give the run match: {api: responses}"
            )


FORM = AssistantsForm()
