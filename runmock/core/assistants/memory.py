"""The state of the backend: assistants, threads, and on each thread its messages, runs and their steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from runmock.core.assistants import objects
from runmock.core.engine.run_status import AT_REST, TERMINAL, RunStatus
from runmock.core.http import sse
from runmock.core.http.event import DONE, Event
from runmock.core.http.json_text import STDLIB_JSON, JsonText
from runmock.core.script.playlist import Playlist

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.engine.chaos import Chaos
    from runmock.core.engine.new_ids import Clock, Ids
    from runmock.core.engine.stream_faults import FaultyStream, Part
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import HttpError, ScriptedRun, Shapes


@dataclass(slots=True)
class StoredThread:
    """A thread, with its messages and runs in the order of their creation."""

    object: JSON
    messages: dict[str, JSON] = field(default_factory=dict)
    runs: dict[str, PlayedRun] = field(default_factory=dict)
    active: PlayedRun | None = None
    """The run that was created last; the thread is locked until it has ended."""

    @property
    def locked_by(self) -> PlayedRun | None:
        """The active run, while which the thread accepts no message and no second run; else None."""
        return self.active if self.active is not None and self.active.status not in TERMINAL else None

    def last_user_text(self) -> str:
        """The text of the newest message of the user, or the empty string."""
        for message in reversed(self.messages.values()):
            if message["role"] == "user":
                return objects.text_of(message)
        return ""


@dataclass(slots=True)
class PlayedRun:
    """A run while it is played: its present object, its steps, and the events that are still to come.

    Events are made one by one, and making one changes the object: reading the stream moves the run on, and so does a
    poll. Events that a poll makes while a stream is open wait in `unread` for the stream.
    """

    object: JSON
    thread: StoredThread
    request: JSON
    script: ScriptedRun
    events: Iterator[Event] = field(default_factory=lambda: iter(()))
    steps: dict[str, JSON] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    """Submitted tool outputs by tool_call_id, all rounds."""
    calls: dict[str, JSON] = field(default_factory=dict)
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
    is_verbatim: bool = False
    """The script contains the objects themselves; they are sent unchanged."""
    answer_ended: bool = False
    """Whether the present answer has its last event."""
    written: JsonText = STDLIB_JSON
    """How its events are encoded as JSON."""

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.object["id"])

    @property
    def status(self) -> RunStatus:
        """The run's status."""
        return RunStatus(self.object["status"])

    @property
    def never_settles(self) -> bool:
        """Whether the run will never come to rest: it is stuck, or a canned object gives it a status that goes on."""
        return self.script.ending.is_stuck or (self.script.canned is not None and self.status not in AT_REST)

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
        before = self.object["status"]
        event = next(self.events, None)
        if self.object["status"] != before:
            self.looks = 0
        self.answer_ended = event is None or event == DONE
        if self.unread is not None:
            if event is not None:
                self.unread.extend(self.sent(event))
            if self.answer_ended and self.faults is not None and self.status is not RunStatus.REQUIRES_ACTION:
                self.faults.end()
        return event is not None

    def sent(self, event: Event) -> Iterable[Part]:
        """The parts of a stream for an event: its bytes, or what the faults make of them."""
        if self.faults is not None:
            return self.faults.sent(event, self.step)
        return (sse.encode(event.name, event.data, self.written),)

    def refusal(self, *, is_submit: bool) -> HttpError | None:
        """The scripted refusal of this request about the run; None when it is not refused. Counts each refusal."""
        played = max(self.step, 0) + is_submit
        waiting = [
            refusal.error
            for refusal in self.script.refusals
            if refusal.step <= played
            for _ in range(refusal.error.times)
        ]
        if self.refused >= len(waiting):
            return None
        self.refused += 1
        return waiting[self.refused - 1]

    def advance_until(self, *statuses: RunStatus) -> None:
        """Make events until the run has one of `statuses`, or there are no more."""
        while self.status not in statuses and self.advance():
            pass

    def advance_past(self, status: RunStatus) -> None:
        """Make events until the run has another status, or there are no more."""
        while self.status is status and self.advance():
            pass

    def finish_answer(self) -> None:
        """Make the remaining events of the present answer and begin the next: the outputs have been submitted."""
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


@dataclass(slots=True)
class Memory:
    """The whole state of one session's backend."""

    ids: Ids
    clock: Clock
    mode: Literal["lenient", "strict"]
    model: str
    shapes: Shapes
    assistants: dict[str, JSON] = field(default_factory=dict)
    threads: dict[str, StoredThread] = field(default_factory=dict)
    is_stock: bool = False
    """There is no cassette: every run gets the stock reply, and every unknown id in a request is created."""
    deleted: set[str] = field(default_factory=set)
    auto_created: set[str] = field(default_factory=set)
    """Ids that were created because a request contained them."""
    playlist: Playlist = field(default_factory=Playlist)
    written: JsonText = STDLIB_JSON
    chaos: Chaos | None = None
    """The experiment of a chaos pass."""
    runs: dict[str, PlayedRun] = field(default_factory=dict)
    """The runs by their ids; a verbatim script may use an id again."""
    created: list[PlayedRun] = field(default_factory=list)
    """Every run of the session, in the order of their creation."""
    instant: list[PlayedRun] = field(default_factory=list)
    """Runs that are at rest by the next request: their scripts say `poll: 0`."""
    implied_assistants: set[str] = field(default_factory=set)
    """Assistants that were created because a request contained their id; their tools are unknown."""
    applications: set[str] = field(default_factory=set)
    """Assistants that the application created: they have nothing that its request left out."""

    def create_if_lenient(self, object_id: str, *, is_stock_only: bool = False) -> bool:
        """Whether the object of an unknown id is to be created: assistants and threads are, unless ids are strict."""
        is_open = self.is_stock or (self.mode == "lenient" and not is_stock_only)
        if not is_open or object_id in self.deleted:
            return False
        self.auto_created.add(object_id)
        return True

    @property
    def chaos_has_struck(self) -> bool:
        """Whether the experiment of a chaos pass has taken effect, on a request or on a run."""
        if self.chaos is None:
            return False
        if self.chaos.experiment.refusal is not None:
            return self.chaos.has_refused
        run = next((run for run in self.created if run.script is self.chaos.struck), None)
        return run is not None and run.has_gone_wrong

    def forget(self, object_id: str) -> None:
        """Keep that an object was deleted. With no cassette, an id that a client brought may be created again."""
        if not (self.is_stock and object_id in self.auto_created):
            self.deleted.add(object_id)
