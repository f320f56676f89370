"""Responses whose objects or events are in the script; they are sent unchanged."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from runmock.core.http.event import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import ScriptedRun


def is_verbatim(script: ScriptedRun) -> bool:
    """Whether the script has the answer itself."""
    return script.canned is not None or bool(script.events)


def events_of(script: ScriptedRun, made: JSON) -> Iterator[Event]:
    """The events of a canned answer: those of the script, or those that a canned object stands for.

    `made` is the Response object.
    """
    if script.events:
        yield from (
            Event(name, {"type": name} | data if isinstance(data, dict) else data) for name, data in script.events
        )
        return
    number = 0

    def numbered(name: str, **fields: Any) -> Event:
        nonlocal number
        number += 1
        return Event(name, {"type": name, "sequence_number": number - 1, **fields})

    begun = {**copy.deepcopy(made), "status": "in_progress", "output": [], "usage": None}
    yield numbered("response.created", response=begun)
    yield numbered("response.in_progress", response=begun)
    for index, item in enumerate(made["output"]):
        yield numbered("response.output_item.added", output_index=index, item=item)
        yield numbered("response.output_item.done", output_index=index, item=item)
    status = made["status"] if made["status"] in {"failed", "incomplete"} else "completed"
    yield numbered(f"response.{status}", response=made)


def object_of(script: ScriptedRun, made: JSON) -> JSON:
    """The Response object: the canned one, or the last one in the events, and without any the one that was made.

    What the session needs of it, and the script leaves out, is filled in.
    """
    events = [(name, data) for name, data in script.events if isinstance(data, dict)]
    shown = [data["response"] for _, data in events if "response" in data]
    items = [data["item"] for name, data in events if name == "response.output_item.done" and "item" in data]
    if script.canned is None and not shown:
        return {**made, "status": "completed", "output": items}
    found: JSON = copy.deepcopy(shown[-1] if script.canned is None else script.canned)
    needed = {"id": made["id"], "created_at": made["created_at"], "status": "completed", "output": items, "usage": None}
    return found | {key: value for key, value in needed.items() if key not in found}
