"""Responses whose objects or events are in the script; they are sent unchanged."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from runmock.apis.responses.playing.item_events import write_item
from runmock.core.http.event import Event

if TYPE_CHECKING:
    from runmock.apis.responses.playing.response_writer import ResponseWriter
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import ScriptedRun


def is_verbatim(script: ScriptedRun) -> bool:
    """Whether the script has the answer itself."""
    return script.canned is not None or bool(script.events)


def write_verbatim(writer: ResponseWriter) -> None:
    """Write the response that is in the script: its events as they are, or those that tell of its object."""
    made, writer.position = _object_of(writer.script, writer.object), 0
    if writer.script.events:
        for name, data in writer.script.events:
            event = Event(name, {"type": name} | data if isinstance(data, dict) else data)
            writer.events.append((event, writer.position))
    else:
        _tell(writer, made)
    writer.object = made


def _tell(writer: ResponseWriter, made: JSON) -> None:
    """Write the events of a canned object."""
    told = {key: value for key, value in made.items() if key != "billing"}
    begun = {"status": "in_progress", "completed_at": None, "error": None, "incomplete_details": None, "usage": None}
    writer.object = {**told, **{key: value for key, value in begun.items() if key in told}, "output": []}
    writer.snapshot("response.created")
    writer.snapshot("response.in_progress")
    for item in told["output"] if isinstance(told["output"], list) else ():
        write_item(writer, item)
    writer.object = told
    writer.snapshot(f"response.{made['status'] if made['status'] in {'failed', 'incomplete'} else 'completed'}")


def _object_of(script: ScriptedRun, made: JSON) -> JSON:
    """The Response object: the canned one, or the last one in the events, and without any the one that was made.

    What the session needs of it, and the script leaves out, is filled in.
    """
    events = [(name, data) for name, data in script.events if isinstance(data, dict)]
    shown = [data["response"] for _, data in events if isinstance(data.get("response"), dict)]
    items = [data["item"] for name, data in events if name == "response.output_item.done" and "item" in data]
    if script.canned is None and not shown:
        return {**made, "status": "completed", "output": items}
    found: JSON = copy.deepcopy(shown[-1] if script.canned is None else script.canned)
    needed = {"id": made["id"], "created_at": made["created_at"], "status": "completed", "output": items, "usage": None}
    return found | {key: value for key, value in needed.items() if key not in found}
