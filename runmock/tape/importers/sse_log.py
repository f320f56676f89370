"""A raw log of one stream's server-sent events; the request that it answered is made up from its first event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.sse import EventDecoder
from runmock.tape.importers.parts import Imported, take_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.sse import ServerSentEvent

ORIGIN = "https://api.openai.com/v1"
HEADERS = (("content-type", "text/event-stream"),)


def imported(text: str) -> Imported:
    """The one take of a log. Raises CassetteError when no run is in it."""
    body = text.encode()
    decoder = EventDecoder()
    events = [*decoder.feed(body), *decoder.feed(b"\n\n")]
    objects = [data for event in events if isinstance(data := _json(event), dict)]
    run = next((one for one in objects if one.get("object") == "thread.run"), None)
    if run is None:
        raise CassetteError("this stream has no run in it, so its request cannot be made up", "import")
    path, sent = _request(events, objects, run)
    return Imported(
        (take_of("POST", ORIGIN + path, json.dumps(sent).encode(), 200, HEADERS, body),), run.get("created_at")
    )


def _json(event: ServerSentEvent) -> Any:
    try:
        return event.json()
    except (ValueError, RecursionError):
        return None


def _request(events: Sequence[ServerSentEvent], objects: Sequence[Any], run: Any) -> tuple[str, dict[str, Any]]:
    """The path and the body that such a stream answers."""
    first, thread = events[0].name, f"/threads/{run.get('thread_id')}"
    if first == "thread.run.step.completed":
        calls = objects[0].get("step_details", {}).get("tool_calls", ())
        outputs = [
            {"tool_call_id": call.get("id"), "output": (call.get("function") or {}).get("output") or ""}
            for call in calls
        ]
        return f"{thread}/runs/{run['id']}/submit_tool_outputs", {"tool_outputs": outputs, "stream": True}
    body = {"assistant_id": run.get("assistant_id") or run.get("agent_id"), "stream": True}
    return ("/threads/runs", {**body, "thread": {}}) if first == "thread.created" else (f"{thread}/runs", body)
