"""What the application did, request by request: which run status it got, how it left its streams, what came next.

Verdicts are read from this record. Recording it changes no answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from runmock.core.api import Role
from runmock.core.engine.run_status import UNWELCOME, RunState, RunStatus
from runmock.core.http.exchange import REFUSED
from runmock.core.report.acts import NO_FACTS, Act, Facts
from runmock.core.report.callers import UnknownCallers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.api import Operation
    from runmock.core.http.exchange import Frame, Reply
    from runmock.core.report.acts import FactsOf
    from runmock.core.report.callers import CallerWatch, WaitingCallers

ERROR = "error"
"""The event of which an SDK makes an exception: a stream that ends with it has no end of its run."""


@cache
def _beginnings(ends: tuple[str, ...]) -> tuple[bytes, ...]:
    """How a frame with the end of a run's stream begins: with its name, or as gateways send `[DONE]`, without one."""
    return (*(f"event: {name}\n".encode() for name in ends if name != ERROR), b"data: [DONE]")


class StreamEnd(StrEnum):
    """How the application's reading of a stream ended."""

    WHOLE = "whole"
    CUT = "cut"
    """The body ended without its last event, and nothing raised an exception about it."""
    ERROR = "error"
    """An `error` event of which the SDK makes an exception."""
    BROKEN = "broken"
    """The connection broke."""
    LEFT = "left"
    """The application, or the SDK, closed it before its end."""


@dataclass(eq=False)
class AppRequest:
    """One request of the application, and how it was answered.

    It has no slots: a request sets few of its fields, and has the class's defaults for the others.
    """

    operation: str
    roles: frozenset[Role] = frozenset()
    conversation_id: str | None = None
    run_id: str | None = None
    ends: tuple[str, ...] = ()
    """Names of events, any of which ends its stream."""
    at_ms: float = 0
    status: int = field(default=0, init=False)
    """Of HTTP; 0 while there is no answer."""
    wait_ms: float | None = field(default=None, init=False)
    """How long the answer asks the application to wait before it sends the request again (Retry-After)."""
    poll_ms: float = field(default=0, init=False)
    """How long the answer asks a poll helper to wait."""
    is_sdk_retry: bool = field(default=False, init=False)
    run_status: RunStatus | None = field(default=None, init=False)
    """The status of the run in the answer; None where the answer contains no run."""
    end: StreamEnd | None = field(default=None, init=False)
    """None while a stream is open."""
    reading: Reading | None = field(default=None, init=False)
    callers: WaitingCallers | None = field(default=None, init=False)
    """The functions that wait for the answer, if it has an unwelcome status or ends a stream too early; else None."""
    is_in_process: bool = field(default=True, init=False)
    """Whether those functions are in this process."""
    asked: tuple[Operation, Any] | None = field(default=None, init=False)
    """The operation and the body, where the API tells facts of them."""
    frames: Iterable[Frame] = field(default=(), init=False)
    """The frames of a JSON answer, where the API tells facts of it."""
    facts: Facts = field(default=NO_FACTS, init=False)
    """What its API tells of it; `verdicts` brings it up to date."""

    @property
    def is_left_open(self) -> bool:
        """Whether a stream is still open, and not because the SDK stopped at an event that it cannot read."""
        return self.reading is not None and self.end is None and not _is_unreadable(self.reading.last)

    def note_ids(self, run: RunState | None) -> None:
        """Take the ids of the run from the answer, where the request did not contain them."""
        if run is not None:
            self.run_id = self.run_id or run.id
            self.conversation_id = self.conversation_id or run.conversation_id

    def note_status(self, run: RunState | None, caller_watch: CallerWatch) -> None:
        """Keep the run's status from an answer, and who waits for that answer when the status is unwelcome."""
        self.run_status = None if run is None else run.status
        if self.run_status in UNWELCOME:
            self.note_callers(caller_watch)

    def note_callers(self, caller_watch: CallerWatch) -> None:
        """Keep who waits for the answer."""
        self.callers = caller_watch.callers() if self.is_in_process else UnknownCallers()

    @property
    def was_noticed(self) -> bool:
        """Whether the application raised an exception after an unwelcome answer."""
        return self.callers is not None and self.callers.raised()


@dataclass(slots=True)
class Reading:
    """Records how the application reads one stream; `last` is the last frame that it read."""

    request: AppRequest
    current_run: Callable[[], RunState | None]
    """Returns the latest state of the stream's run."""
    caller_watch: CallerWatch
    ends: tuple[str, ...] = ()
    """Names of events, any of which ends the stream."""
    last: bytes = b""
    kept: list[bytes] | None = None
    """Every frame that was read, where the API tells facts of them."""

    def over(self) -> None:
        """The body has ended."""
        if self.last.startswith(_beginnings(self.ends)):
            self._whole()
        elif self.last.startswith(b"event: error") and _is_nested(self.last):
            self.request.end = StreamEnd.ERROR
        else:
            self.request.end = StreamEnd.CUT
            self.request.note_callers(self.caller_watch)

    def broken(self) -> None:
        """The connection breaks."""
        self.request.end = StreamEnd.BROKEN

    def closed(self) -> None:
        """The reader closes the stream; the SDK does that as soon as it has read `done`."""
        if self.request.end is not None:
            return
        if self.last.startswith(_beginnings(self.ends)):
            self._whole()
        else:
            self.request.end = StreamEnd.LEFT

    def _whole(self) -> None:
        self.request.end = StreamEnd.WHOLE
        self.request.note_status(self.current_run(), self.caller_watch)


@dataclass(slots=True)
class Activity:
    """Everything that the application did in a session."""

    caller_watch: CallerWatch
    requests: list[AppRequest] = field(default_factory=list)

    def begin(
        self, operation: Operation, headers: Mapping[str, str], *, body: Any = None, is_in_process: bool = True
    ) -> AppRequest:
        """Record a request that has just come in; `is_in_process`: from a function of this process."""
        retries, ids = headers.get("x-stainless-retry-count", "0"), operation.ids
        conversation, run = ids.get(operation.api.conversation_id), ids.get(operation.api.run_id)
        request = AppRequest(
            operation.name, operation.roles, conversation, run, operation.ends, self.caller_watch.now_ns() / 1e6
        )
        if retries != "0":
            request.is_sdk_retry = True
        if not is_in_process:
            request.is_in_process = False
        if operation.api.facts is not None:
            request.asked = (operation, body)
        self.requests.append(request)
        return request

    def answered(self, request: AppRequest, reply: Reply) -> Reading | None:
        """Record the answer to a request. Returns a Reading if the answer is the stream of a run, else None."""
        request.status = reply.status
        for name, value in reply.headers:
            if name == "openai-poll-after-ms" and value != "0" and self.caller_watch.is_time_real():
                request.poll_ms = float(value)
            elif name in {"retry-after", "retry-after-ms"} and self.caller_watch.is_time_real():
                request.wait_ms = self._wait_ms(name, value)
        if reply.is_stream:
            if Role.STREAMS not in request.roles or reply.status >= REFUSED:
                return None  # no run ends with it: it is of another API, or a refusal
            kept: list[bytes] | None = None if request.asked is None else []
            request.reading = Reading(request, reply.current_run, self.caller_watch, request.ends, kept=kept)
            return request.reading
        if request.asked is not None:
            request.frames = reply.frames
        run = reply.current_run()
        if run is not None and run.poll_ms and self.caller_watch.is_time_real():
            request.poll_ms = run.poll_ms
        request.note_ids(run)
        request.note_status(run, self.caller_watch)
        return None

    def _wait_ms(self, name: str, value: str) -> float | None:
        try:
            return float(value) * (1 if name.endswith("-ms") else 1000)
        except ValueError:
            seconds = self.caller_watch.seconds_until(value)
            return None if seconds is None else seconds * 1000

    def learn(self) -> None:
        """Bring up to date what the answers of streams and the APIs tell."""
        told: dict[str, list[AppRequest]] = {}
        for request in self.requests:
            if request.reading is not None and request.run_id is None:
                # Only now, for looking through a stream would keep its first event waiting.
                request.note_ids(request.reading.current_run())
            if request.asked is not None:
                told.setdefault(request.asked[0].api.name, []).append(request)
        for requests in told.values():
            (operation, _), acts = cast("tuple[Operation, Any]", requests[0].asked), [*map(_act, requests)]
            for request, facts in zip(requests, cast("FactsOf", operation.api.facts)(acts), strict=True):
                request.facts = facts

    def after(self, request: AppRequest) -> Iterator[AppRequest]:
        """The requests that the application sent after this one."""
        position = next(number for number, other in enumerate(self.requests) if other is request)
        return iter(self.requests[position + 1 :])


def _act(request: AppRequest) -> Act:
    operation, body = cast("tuple[Operation, Any]", request.asked)
    reading = request.reading
    kept = [frame.data for frame in request.frames] if reading is None else reading.kept or []
    return Act(operation.name, operation.ids, body, request.status, b"".join(kept), reading is not None)


def _is_unreadable(frame: bytes) -> bool:
    """Whether the SDK makes an exception of a frame's last event; 1.x leaves the stream open then."""
    _, has_data, data = (b"\n" + frame).rpartition(b"\ndata: ")
    try:
        value = json.loads(data) if has_data and not data.startswith(b"[DONE]") else None
    except ValueError:
        return True
    return isinstance(value, dict) and "error" in value


def _is_nested(frame: bytes) -> bool:
    """Whether an `error` event has the form of which every SDK makes an exception (docs/protocol/sdk.md#streams)."""
    try:
        data = json.loads(frame.partition(b"data: ")[2].partition(b"\n")[0])
    except ValueError:  # half of it has come
        return False
    return isinstance(data, dict) and isinstance(data.get("error"), dict)
