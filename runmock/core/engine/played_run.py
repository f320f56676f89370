"""One scripted run while it is played: its status, where its script stands, and the events that are still to come.

Events are made one by one, and making one moves the run on: reading the stream does, and so does a poll. One script so
serves every way to consume a run. An API package makes the events; what they write into its objects is its own. Events
that a poll makes while a stream is open wait in `unread` for the stream.
"""

from __future__ import annotations

import weakref
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from runmock.core.engine.run_status import AT_REST, TERMINAL, TRANSITIONS, RunStatus
from runmock.core.engine.stream_faults import Cut, Stall
from runmock.core.errors import ScriptError
from runmock.core.http import sse
from runmock.core.http.event import DONE, Event
from runmock.core.http.exchange import Disconnected, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.engine.stream_faults import FaultyStream, Part
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import FunctionCall, HttpError, ScriptedRun


@dataclass(slots=True, kw_only=True)
class PlayedRun:
    """Mutable: `advance` makes the next event; `become` gives the run its next status."""

    api: ClassVar[str] = ""
    """The name of the API whose run it is."""
    id: str
    script: ScriptedRun
    request: JSON
    """The body of the request that created it."""
    status: RunStatus = RunStatus.QUEUED
    events: Iterator[Event] = field(default_factory=lambda: iter(()))
    outputs: dict[str, str] = field(default_factory=dict)
    """Submitted tool outputs by call id, all rounds."""
    calls: dict[str, FunctionCall] = field(default_factory=dict)
    """Every announced function call by its id."""
    waiting: tuple[str, ...] = ()
    """The ids of the calls whose outputs the run waits for."""
    looks: int = 0
    """How many looks have found the run in its present status."""
    unread: deque[Part] | None = None
    """Encoded events for the stream that is open, and its faults; None when there is none."""
    gc_passes: int = 0
    """How often the garbage collector was run to find out whether the open stream is still held."""
    faults: FaultyStream | None = None
    """The faults of its streams, struck and waiting."""
    step: int = -1
    """The index of the script's step that is being played: -1 before the first, and past the last at the end."""
    refused: int = 0
    """How many requests about the run its script has refused."""
    expected_outputs: tuple[Any, ...] | Mapping[str, Any] | None = None
    """The outputs that the script expects for the waiting calls; None where it checks none."""
    cancelling: Callable[[], Iterator[Event]] = lambda: iter(())
    """Makes the events that follow a cancel request."""
    after_late_cancel: Callable[[Iterator[Event]], Iterator[Event]] = lambda rest: rest
    """Makes the remaining events from the planned ones when a cancel request comes too late."""
    ends_while_waiting: bool = False
    """The run waits for tool outputs, but its script ends it before they come."""
    answer_ended: bool = False
    """Whether the present answer has its last event."""
    encode: Callable[[str, Any], bytes] = sse.encode
    """Returns the bytes of an event, from its name and its data."""

    def become(self, status: RunStatus) -> None:
        """Give the run its next status. Raises ScriptError for one that cannot follow the present one.

        A cancel request that comes too late changes nothing of the run's way: it goes on as a run in progress does.
        """
        if status is not self.status:
            is_overtaken = self.status is RunStatus.CANCELLING and self.script.ending.late_cancel
            if status not in TRANSITIONS[RunStatus.IN_PROGRESS if is_overtaken else self.status]:
                raise ScriptError(
                    f"the script takes a run from {self.status} to {status}, and the API has no such change\n"
                    f"  script    {self.script.source}"
                )
            self.status, self.looks = status, 0

    def become_as_written(self, status: RunStatus) -> None:
        """Give the run the status of an object that the script contains; scripts may write any order."""
        if status is not self.status:
            self.status, self.looks = status, 0

    @property
    def never_settles(self) -> bool:
        """Whether the run will never come to rest: it is stuck, or a canned object gives it a status that goes on."""
        return self.script.ending.is_stuck or (self.script.canned is not None and self.status not in AT_REST)

    @property
    def answer_ids(self) -> tuple[str, ...]:
        """The ids by which answers name it."""
        return (self.id,)

    @property
    def has_gone_wrong(self) -> bool:
        """Whether a scripted fault or refusal has taken effect; True for a script that has neither."""
        if self.script.faults:
            return self.faults is not None and bool(self.faults.struck)
        return self.refused > 0 if self.script.refusals else True

    def advance(self) -> bool:
        """Make the next event of this answer; False when there is none."""
        if self.answer_ended:
            return False
        event = next(self.events, None)
        self.answer_ended = event is None or event == DONE
        if self.unread is not None:
            if event is not None and self.faults is None:
                self.unread.append(sse.DONE if self.answer_ended else self.encode(*event))
            elif event is not None:
                self.unread.extend(self.sent(event))
            if self.answer_ended and self.faults is not None and self.status is not RunStatus.REQUIRES_ACTION:
                self.faults.end()
        return event is not None

    def sent(self, event: Event) -> Iterable[Part]:
        """The parts of a stream for an event: its bytes, or what the faults make of them."""
        if self.faults is not None:
            return self.faults.sent(event, self.step)
        return (self.encode(*event),)

    def due_refusal(self, *, is_submit: bool) -> HttpError | None:
        """The scripted refusal of this request about the run; None when it is not refused."""
        played = max(self.step, 0) + is_submit
        due = [
            refusal.error
            for refusal in self.script.refusals
            if refusal.step <= played
            for _ in range(refusal.error.times)
        ]
        return due[self.refused] if self.refused < len(due) else None

    def advance_until(self, *statuses: RunStatus) -> None:
        """Make events until the run has one of `statuses`, or there are no more."""
        while self.status not in statuses and self.advance():
            pass

    def advance_past(self, status: RunStatus) -> None:
        """Make events until the run has another status, or there are no more."""
        while self.status is status and self.advance():
            pass

    def finish_answer(self) -> None:
        """Make the remaining events of the present answer and begin the next one.

        To call when the wait for tool outputs is over: they were submitted, or the run ends without them.
        """
        while self.advance():
            pass
        self.unread = None
        self.answer_ended = False

    def cancel(self) -> None:
        """Set the run to cancelling; its next events are those of a cancelled run.

        If the script says that cancelling comes too late, the run goes on to its planned end: see `_cancel_late`.
        """
        late = self.script.ending.late_cancel
        if late and self.status is not RunStatus.REQUIRES_ACTION:
            self._cancel_late(is_refused=late == "refused")
            return
        if self.faults is not None:
            self.faults.is_excused = True
        if self.status is RunStatus.REQUIRES_ACTION:
            self.finish_answer()
        self.events, self.answer_ended, self.ends_while_waiting = self.cancelling(), False, False
        self.advance_until(RunStatus.CANCELLING)

    def _cancel_late(self, *, is_refused: bool) -> None:
        """Let the run go on to its planned end although it is cancelled, or until it waits for tool outputs.

        With `is_refused` it goes there at once, and the request is refused. Otherwise it is cancelling on the way.
        """
        if is_refused:
            self.advance_until(*TERMINAL)
            return
        self.advance_until(RunStatus.IN_PROGRESS)
        self.events = self.after_late_cancel(self.events)
        self.advance_until(RunStatus.CANCELLING)


class RunStream:
    """An iterator of frames over one answer of a run; after an early close polls move the run on."""

    def __init__(self, run: PlayedRun, head: Iterable[Event] = ()) -> None:
        """`head`: events before the run's own (a conversation that begins)."""
        self._run = run
        self._unread: deque[Part] = deque()
        for event in head:
            self._unread.extend(run.sent(event))
        self.pace_ms = run.script.pace_ms
        run.unread, run.gc_passes = self._unread, 0
        # Not __del__: the collector calls that too late for async streams, whose generators it lets end by themselves.
        weakref.finalize(self, _leave, run, self._unread).atexit = False

    def __iter__(self) -> RunStream:
        return self

    def __next__(self) -> Frame:
        """Raises Disconnected where the script breaks the connection, ScriptError as the run's events do."""
        while not self._unread:
            if self._run.unread is not self._unread or not self._run.advance():
                raise StopIteration
        part = self._unread.popleft()
        return Frame(self.pace_ms, part) if isinstance(part, bytes) else self._fault_frame(part)

    def _fault_frame(self, part: Stall | Cut) -> Frame:
        if isinstance(part, Stall):
            return Frame(part.ms, b"", 0)
        self.close()
        self._unread.clear()
        if part is Cut.BREAK:
            raise Disconnected
        raise StopIteration

    @property
    def is_open(self) -> bool:
        """Whether the run is still to be moved on by reading this stream."""
        return self._run.unread is self._unread and self._run.status not in AT_REST

    def close(self) -> None:
        """The application stops reading; the run goes on without the stream."""
        _leave(self._run, self._unread)


def _leave(run: PlayedRun, unread: deque[Part]) -> None:
    if run.unread is unread:
        run.unread = None
