"""A raw log of one stream's server-sent events; the request that it answered is made up from its events.

People write such logs by hand, too: what is wrong with one is told with its line in the file.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import CassetteError
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.http.sse import EventDecoder
from runmock.tape.importers.parts import Imported, take_of
from runmock.tape.reading.event_data_errors import data_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.http.sse import ServerSentEvent
    from runmock.tape.reading.event_data_errors import DataFault

ORIGIN = "https://api.openai.com/v1"
HEADERS = (("content-type", "text/event-stream"),)

_LINE_END = re.compile(r"\r\n|\n|\r")
_FIELD = re.compile(r"\s*(?::[^\r\n]*[\r\n]\s*)*(event|data|id|retry):")
_DATA = re.compile(r"data(?:: ?|$)")
_HAS_DATA = re.compile(r"[\r\n](?:event|data):")

OTHERS = (
    ("response", "the Responses API"),
    ("chat.completion.chunk", "chat.completions"),
    ("chat.completion", "chat.completions"),
    ("text_completion", "completions"),
)
"""Streams of other APIs, by an event's name up to its first dot, or by its object."""
OF_OTHERS = (
    "these are events of {api}: their log has no request, and none can be made up from it; "
    "import a recording that has the request: vcrpy, cassetter, HAR or test-proxy JSON"
)
NO_RUN = "this stream has no run in it, so its request cannot be made up"
NO_OTHER = "no other event tells of a run, so the request cannot be made up"
KINDS = ("thread.run.step", "thread.run", "thread.message", "thread")
"""Objects whose events begin with their name, a longer one before its beginning."""
MOST_NAMES = 5


class LoggedFrame(NamedTuple):
    """An event and its place; `rows`: the line of each line of its data, and the column at which it begins."""

    event: ServerSentEvent
    line: int
    rows: tuple[tuple[int, int], ...]
    is_closed: bool
    """A blank line follows it."""

    @property
    def json(self) -> JSON:
        """The object that it tells, an empty one when it tells none."""
        try:
            value = self.event.json()
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def kind(self) -> str:
        """What it tells of: as its object says, else as its name does."""
        named = (kind for kind in KINDS if self.event.name.startswith(f"{kind}."))
        return text_inside(self.json, "object") or next(named, "")

    @property
    def fault(self) -> DataFault | None:
        """Why its data is no JSON, with its place in the file."""
        fault = data_fault(self.event.data)
        if fault is None or not self.rows:
            return fault and fault._replace(line=self.line)
        line, column = self.rows[fault.line - 1]
        return fault._replace(line=line, column=column + fault.column - 1)


def is_log(text: str) -> bool:
    """Whether a text is server-sent events."""
    first = _FIELD.match(text.removeprefix("\ufeff"))
    return first is not None and (first[1] in {"event", "data"} or _HAS_DATA.search(text) is not None)


def imported(text: str) -> Imported:
    """The one take of a log. Raises CassetteError, with the place in the file, when its request cannot be made up."""
    found = list(frames(text))
    _check_end(found)
    run = next((frame.json for frame in found if frame.kind == "thread.run" and text_inside(frame.json, "id")), None)
    if run is None:
        raise _without_run(found)
    path, sent = _request(found, run)
    take = take_of("POST", ORIGIN + path, json.dumps(sent).encode(), 200, HEADERS, text.encode())
    at = run.get("created_at")
    return Imported((take,), at if isinstance(at, int | float) else None)


def frames(text: str) -> Iterator[LoggedFrame]:
    """The events of a log, each with its lines; what follows the last blank line is one, too."""
    decoder, first, rows = EventDecoder(), 0, list[tuple[int, int]]()
    lines = _LINE_END.split(text)
    for number, line in enumerate([*lines, ""], 1):
        if line and not decoder.rest:
            first = number
        if (found := _DATA.match(line)) is not None:
            rows.append((number, found.end() + 1))
        for event in decoder.feed(f"{line}\n".encode()):
            yield LoggedFrame(event, first, tuple(rows), is_closed=number < len(lines))
            rows = []


def odd_lines(text: str) -> list[int]:
    """The lines at which events are no JSON."""
    return [fault.line for frame in frames(text) if (fault := frame.fault) is not None]


def _check_end(found: Sequence[LoggedFrame]) -> None:
    """The last event is whole, also where its last blank line was trimmed. Raises CassetteError."""
    if found and not found[-1].is_closed and (fault := found[-1].fault) is not None:
        name = found[-1].event.name
        raise _told(
            f"this stream breaks off in the middle of an event, {name}: its data is no JSON: {fault.cause}", fault
        )


def _told(message: str, fault: DataFault) -> CassetteError:
    return CassetteError(message, "import", fault.line, fault.column)


def _without_run(found: Sequence[LoggedFrame]) -> CassetteError:
    """Why there is no run: it is another API's stream, an event is no JSON, or none of the events tells of one."""
    names = [name for frame in found for name in (frame.event.name.partition(".")[0], frame.kind)]
    api = next((api for kind, api in OTHERS if kind in names), None)
    if api is not None:
        return CassetteError(OF_OTHERS.format(api=api), "import")
    faults = [(frame.event.name, fault) for frame in found if (fault := frame.fault) is not None]
    if faults:
        name, fault = faults[0]
        more = f", and {len(faults) - 1} more like it" if len(faults) > 1 else ""
        return _told(f"the data of the event {name} is no JSON: {fault.cause}{more}; {NO_OTHER}", fault)
    told = list(dict.fromkeys(frame.event.name for frame in found))
    more = f" and {len(told) - MOST_NAMES} more" if len(told) > MOST_NAMES else ""
    return CassetteError(f"{NO_RUN}; its events are {', '.join(told[:MOST_NAMES])}{more}", "import")


def _request(found: Sequence[LoggedFrame], run: JSON) -> tuple[str, JSON]:
    """The path and the body that such a stream answers. Raises CassetteError when they cannot be known."""
    first, thread = found[0], f"/threads/{_thread(found)}"
    is_first_step = first.event.name == "thread.run.step.completed" or (
        first.kind == "thread.run.step" and first.json.get("status") == "completed"
    )
    if is_first_step:
        if (fault := first.fault) is not None:
            raise _told(f"the data of the event {first.event.name} is no JSON: {fault.cause}; {NO_OUTPUTS}", fault)
        outputs = [
            {"tool_call_id": call.get("id"), "output": text_inside(call, "function", "output")}
            for call in mappings_inside(first.json, "step_details", "tool_calls")
        ]
        return f"{thread}/runs/{run['id']}/submit_tool_outputs", {"tool_outputs": outputs, "stream": True}
    body = {"assistant_id": run.get("assistant_id") or run.get("agent_id"), "stream": True}
    if first.event.name == "thread.created" or first.kind == "thread":
        return "/threads/runs", {**body, "thread": {}}
    return f"{thread}/runs", body


NO_OUTPUTS = "the outputs that were submitted stand in it, so the request cannot be made up"


def _thread(found: Sequence[LoggedFrame]) -> str:
    """The thread of which the events tell. Raises CassetteError when they tell of none."""
    told = (text_inside(frame.json, "id" if frame.kind == "thread" else "thread_id") for frame in found)
    thread = next((name for name in told if name), None)
    if thread is None:
        raise CassetteError("no event of this stream tells its thread_id, so its request cannot be made up", "import")
    return thread
