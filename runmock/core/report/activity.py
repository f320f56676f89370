"""What the application did, request by request: what it was told, how it left its streams, and what it did next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from runmock.core.assistants.operations import STREAMING
from runmock.core.engine.run_status import UNWELCOME, RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runmock.core.http.exchange import JSON, Reply

STATUSES: Mapping[object, RunStatus] = {str(status): status for status in RunStatus}
_REFUSED = 400
_DONE = (b"event: done", b"data: [DONE]")
"""How a frame with the end of a run's stream begins: with its name, or as gateways send it, without."""


class StreamEnd(StrEnum):
    """How the application's reading of a stream ended."""

    WHOLE = "whole"
    CUT = "cut"
    """The body ended without `done`, and nothing raised an exception about it."""
    ERROR = "error"
    """An `error` event of which the SDK makes an exception."""
    BROKEN = "broken"
    """The connection broke."""
    LEFT = "left"
    """The application, or the SDK, closed it before its end."""


class WaitingCallers(Protocol):
    """The application's functions that were waiting for an answer when it came."""

    def raised(self) -> bool:
        """Whether one of them has been left by an exception since."""


class CallerWatch(Protocol):
    """What core cannot see by itself: the time, and who asks."""

    def now_ms(self) -> float:
        """Milliseconds on a clock that never goes back."""

    def is_time_real(self) -> bool:
        """Whether sleeping takes its time: a test may have put something else in its place."""

    def seconds_until(self, date: str) -> float | None:
        """How far away an HTTP date is; None when it is none."""

    def callers(self) -> WaitingCallers:
        """Who waits for the present answer."""


@dataclass(slots=True)
class AppRequest:
    """One request, and what came of it."""

    operation: str
    thread_id: str | None = None
    run_id: str | None = None
    at_ms: float = 0
    status: int = 0
    """Of HTTP; 0 while there is no answer."""
    wait_ms: float | None = None
    """How long the answer told the application to wait before it asks again."""
    poll_ms: float = 0
    """How long it told a poll helper to wait."""
    is_sdk_retry: bool = False
    told: RunStatus | None = None
    """The status of the run that the answer told."""
    end: StreamEnd | None = None
    """None while a stream is open."""
    reading: Reading | None = None
    callers: WaitingCallers | None = None
    """There where the answer was unwelcome."""

    @property
    def is_left_open(self) -> bool:
        """Whether a stream is open still, and it was not the SDK that turned away from what it cannot read."""
        return self.reading is not None and self.end is None and not _is_unreadable(self.reading.last)

    def learn(self, run: JSON | None) -> None:
        """It was about a run, whose ids may be known by the answer alone."""
        told = run or {}
        self.run_id, self.thread_id = self.run_id or told.get("id"), self.thread_id or told.get("thread_id")

    def hear(self, run: JSON | None, caller_watch: CallerWatch) -> None:
        """The application has been told how a run stands."""
        self.told = STATUSES.get((run or {}).get("status"))
        if self.told in UNWELCOME:
            self.callers = caller_watch.callers()

    @property
    def was_noticed(self) -> bool:
        """Whether the application made an exception of what it was told."""
        return self.callers is not None and self.callers.raised()


@dataclass(slots=True)
class Reading:
    """Looks on while the application reads a stream; `last` is the frame that came last."""

    act: AppRequest
    tells: Callable[[], JSON | None]
    """The Run object that the stream has told last."""
    caller_watch: CallerWatch
    last: bytes = b""

    def over(self) -> None:
        """The body has ended."""
        if self.last.startswith(_DONE):
            self._whole()
        elif self.last.startswith(b"event: error") and _is_nested(self.last):
            self.act.end = StreamEnd.ERROR
        else:
            self.act.end, self.act.callers = StreamEnd.CUT, self.caller_watch.callers()

    def broken(self) -> None:
        """The connection breaks."""
        self.act.end = StreamEnd.BROKEN

    def closed(self) -> None:
        """It is closed; the SDK closes one whose `done` it has read."""
        if self.act.end is not None:
            return
        if self.last.startswith(_DONE):
            self._whole()
        else:
            self.act.end = StreamEnd.LEFT

    def _whole(self) -> None:
        self.act.end = StreamEnd.WHOLE
        self.act.hear(self.tells(), self.caller_watch)


@dataclass(slots=True)
class Activity:
    """Everything that the application did in a session."""

    caller_watch: CallerWatch
    acts: list[AppRequest] = field(default_factory=list)

    def begin(self, operation: str, ids: Mapping[str, str], headers: Mapping[str, str]) -> AppRequest:
        """A request has come."""
        retries = headers.get("x-stainless-retry-count", "0")
        act = AppRequest(operation, ids.get("thread_id"), ids.get("run_id"), self.caller_watch.now_ms())
        act.is_sdk_retry = retries != "0"
        self.acts.append(act)
        return act

    def answered(self, act: AppRequest, reply: Reply) -> Reading | None:
        """It was answered; what looks on while a stream is read."""
        act.status = reply.status
        for name, value in reply.headers:
            if name == "openai-poll-after-ms" and value != "0" and self.caller_watch.is_time_real():
                act.poll_ms = float(value)
            elif name in {"retry-after", "retry-after-ms"} and self.caller_watch.is_time_real():
                act.wait_ms = self._wait_ms(name, value)
        if reply.is_stream:
            if act.operation not in STREAMING or reply.status >= _REFUSED:
                return None  # no run ends with it: it is of another API, or a refusal
            act.reading = Reading(act, reply.tells, self.caller_watch)
            return act.reading
        run = reply.tells()
        act.learn(run)
        act.hear(run, self.caller_watch)
        return None

    def _wait_ms(self, name: str, value: str) -> float | None:
        try:
            return float(value) * (1 if name.endswith("-ms") else 1000)
        except ValueError:
            seconds = self.caller_watch.seconds_until(value)
            return None if seconds is None else seconds * 1000

    def after(self, act: AppRequest) -> Iterator[AppRequest]:
        """What the application did after an act."""
        place = next(number for number, one in enumerate(self.acts) if one is act)
        return iter(self.acts[place + 1 :])


def _is_unreadable(frame: bytes) -> bool:
    """Whether the SDK makes an exception of a frame's last event; 1.x leaves the stream open then."""
    _, has_data, data = (b"\n" + frame).rpartition(b"\ndata: ")
    try:
        return bool(has_data) and not data.startswith(b"[DONE]") and "error" in (json.loads(data) or ())
    except ValueError:
        return True


def _is_nested(frame: bytes) -> bool:
    """Whether an `error` event has the form of which every SDK makes an exception (docs/protocol/sdk.md#streams)."""
    try:
        data = json.loads(frame.partition(b"data: ")[2].partition(b"\n")[0])
    except ValueError:  # half of it has come
        return False
    return isinstance(data, dict) and isinstance(data.get("error"), dict)
