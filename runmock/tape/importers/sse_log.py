"""Imports a raw log of one stream's server-sent events; the request that it answered is made up from its events.

People write such logs by hand, too, so errors name the line in the file.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import CassetteError
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.http.sse import EventDecoder
from runmock.tape.importers.parts import Imported, take_of
from runmock.tape.reading.event_data_errors import data_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.http.sse import ServerSentEvent
    from runmock.tape.reading.event_data_errors import DataError

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
    "import a recording that has the request: vcrpy, VCR for Ruby, cassetter, HAR or test-proxy JSON"
)
NO_RUN = "this stream has no run in it, so its request cannot be made up"
NO_OTHER = "no other event names a run, so the request cannot be made up"
KINDS = ("thread.run.step", "thread.run", "thread.message", "thread")
"""Objects whose events begin with their name; `thread.run.step` stands before `thread.run`, which it begins with."""
MOST_NAMES = 5


class LoggedFrame(NamedTuple):
    """An event and the line in the file at which it begins.

    `rows`: for each line of its data, its line in the file and the column at which the data begins.
    """

    event: ServerSentEvent
    line: int
    rows: tuple[tuple[int, int], ...]
    is_closed: bool
    """Whether a blank line follows it."""

    @property
    def json(self) -> JSON:
        """The event's data as an object; an empty one when the data is not JSON object."""
        try:
            value = self.event.json()
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def kind(self) -> str:
        """The kind of object in the event, such as `thread.run`: from its `object`, else from the event's name."""
        named = (kind for kind in KINDS if self.event.name.startswith(f"{kind}."))
        return text_inside(self.json, "object") or next(named, "")

    @property
    def data_error(self) -> DataError | None:
        """Why the event's data is not JSON, with the place in the file; None when it is JSON."""
        error = data_error(self.event.data)
        if error is None or not self.rows:
            return error and error._replace(line=self.line)
        line, column = self.rows[error.line - 1]
        return error._replace(line=line, column=column + error.column - 1)


def is_log(text: str) -> bool:
    """Whether a text is server-sent events."""
    first = _FIELD.match(text.removeprefix("\ufeff"))
    return first is not None and (first[1] in {"event", "data"} or _HAS_DATA.search(text) is not None)


def imported(text: str) -> Imported:
    """The single take of a log. Raises CassetteError, with the place in the file, when no request can be made up."""
    logged = list(frames(text))
    _check_end(logged)
    run = next((frame.json for frame in logged if frame.kind == "thread.run" and text_inside(frame.json, "id")), None)
    if run is None:
        raise _without_run(logged)
    path, sent = _request(logged, run)
    take = take_of("POST", ORIGIN + path, json.dumps(sent).encode(), 200, HEADERS, text.encode())
    at = run.get("created_at")
    return Imported((take,), at if isinstance(at, int | float) else None)


def frames(text: str) -> Iterator[LoggedFrame]:
    """The events of a log, each with its lines; the last one may lack its blank line."""
    decoder, first, rows = EventDecoder(), 0, list[tuple[int, int]]()
    lines = _LINE_END.split(text)
    for number, line in enumerate([*lines, ""], 1):
        if line and not decoder.rest:
            first = number
        if (match := _DATA.match(line)) is not None:
            rows.append((number, match.end() + 1))
        for event in decoder.feed(f"{line}\n".encode()):
            yield LoggedFrame(event, first, tuple(rows), is_closed=number < len(lines))
            rows = []


def odd_lines(text: str) -> list[int]:
    """The lines in the file at which the data of events is not JSON."""
    return [error.line for frame in frames(text) if (error := frame.data_error) is not None]


def _check_end(logged: Sequence[LoggedFrame]) -> None:
    """Raise CassetteError when the last event is incomplete: no blank line follows it, and its data is not JSON."""
    if logged and not logged[-1].is_closed and (error := logged[-1].data_error) is not None:
        name = logged[-1].event.name
        raise _error_at(
            f"this stream breaks off in the middle of an event, {name}: its data is not JSON: {error.cause}", error
        )


def _error_at(message: str, error: DataError) -> CassetteError:
    return CassetteError(message, "import", error.line, error.column)


def _without_run(logged: Sequence[LoggedFrame]) -> CassetteError:
    """The error for a log without a run: it is another API's stream, an event is not JSON, or no event has a run."""
    names = [name for frame in logged for name in (frame.event.name.partition(".")[0], frame.kind)]
    api = next((api for kind, api in OTHERS if kind in names), None)
    if api is not None:
        return CassetteError(OF_OTHERS.format(api=api), "import")
    errors = [(frame.event.name, error) for frame in logged if (error := frame.data_error) is not None]
    if errors:
        name, error = errors[0]
        more = f", and {len(errors) - 1} more like it" if len(errors) > 1 else ""
        return _error_at(f"the data of the event {name} is not JSON: {error.cause}{more}; {NO_OTHER}", error)
    names_of_events = list(dict.fromkeys(frame.event.name for frame in logged))
    more = f" and {len(names_of_events) - MOST_NAMES} more" if len(names_of_events) > MOST_NAMES else ""
    return CassetteError(f"{NO_RUN}; its events are {', '.join(names_of_events[:MOST_NAMES])}{more}", "import")


def _request(logged: Sequence[LoggedFrame], run: JSON) -> tuple[str, JSON]:
    """The path and the body of the request that the stream answers. Raises CassetteError when they cannot be known."""
    first, thread = logged[0], f"/threads/{_thread(logged)}"
    is_first_step = first.event.name == "thread.run.step.completed" or (
        first.kind == "thread.run.step" and first.json.get("status") == "completed"
    )
    if is_first_step:
        if (error := first.data_error) is not None:
            raise _error_at(f"the data of the event {first.event.name} is not JSON: {error.cause}; {NO_OUTPUTS}", error)
        outputs = [
            {"tool_call_id": call.get("id"), "output": text_inside(call, "function", "output")}
            for call in mappings_inside(first.json, "step_details", "tool_calls")
        ]
        return f"{thread}/runs/{run['id']}/submit_tool_outputs", {"tool_outputs": outputs, "stream": True}
    body = {"assistant_id": run.get("assistant_id") or run.get("agent_id"), "stream": True}
    if first.event.name == "thread.created" or first.kind == "thread":
        return "/threads/runs", {**body, "thread": {}}
    return f"{thread}/runs", body


NO_OUTPUTS = "it contains the outputs that were submitted, so the request cannot be made up"


def _thread(logged: Sequence[LoggedFrame]) -> str:
    """The id of the thread that the events name. Raises CassetteError when they name none."""
    names = (text_inside(frame.json, "id" if frame.kind == "thread" else "thread_id") for frame in logged)
    thread = next((name for name in names if name), None)
    if thread is None:
        raise CassetteError("no event of this stream has its thread_id, so its request cannot be made up", "import")
    return thread
