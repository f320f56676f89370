"""A response that no step of a script says, as it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


def verbatim_entry(create: Interaction, response: JSON) -> JSON:
    """The entry of the response that a request created: with the events of its stream, else with its last object."""
    if create.stream is None:
        return {"json": response}
    return {"events": [{event.name: _without_type(event.name, event.data)} for event in create.stream]}


def _without_type(name: str, data: Any) -> Any:
    """An event's data without what its name says already."""
    is_named = isinstance(data, dict) and data.get("type") == name
    return {key: value for key, value in data.items() if key != "type"} if is_named else data
