"""What the backend remembers: assistants, threads, and on each thread its messages, runs and their steps."""

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
    """A thread, its messages and runs in the order in which they came."""

    object: JSON
    messages: dict[str, JSON] = field(default_factory=dict)
    runs: dict[str, PlayedRun] = field(default_factory=dict)
    active: PlayedRun | None = None
    """The run that was created last; the thread is locked until it has ended."""

    @property
    def locked_by(self) -> PlayedRun | None:
        """The run because of which the thread takes no message and no second run."""
        return self.active if self.active is not None and self.active.status not in TERMINAL else None

    def last_user_text(self) -> str:
        """The text of the newest message of the user, or the empty string."""
        for message in reversed(self.messages.values()):
            if message["role"] == "user":
                return objects.text_of(message)
        return ""


@dataclass(slots=True)
class PlayedRun:
    """A run: the object as it stands, its steps, and the events that are still to come.

    Events are made one by one, and making one changes the object: whoever reads the stream moves the run on, and so
    does whoever polls it. What a poll makes while a stream is open waits in `unread` for the stream.
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
    seen: int = 0
    """How many looks saw the present status."""
    unread: deque[Part] | None = None
    """Encoded events for the stream that is open, and its faults; None when there is none."""
    searches: int = 0
    """How often the garbage collector was sent for the stream that is open."""
    faults: FaultyStream | None = None
    """What is still to go wrong on its streams."""
    step: int = -1
    """The index of the script's step that is being played: -1 before the first, and past the last at the end."""
    refused: int = 0
    """How many requests that followed it were refused."""
    expected_outputs: tuple[Any, ...] | Mapping[str, Any] | None = None
    """What the script wants to be submitted for the waiting calls."""
    cancelling: Callable[[], Iterator[Event]] = lambda: iter(())
    """The events that a cancel request sets off."""
    after_late_cancel: Callable[[Iterator[Event]], Iterator[Event]] = lambda rest: rest
    """What the events that are still to come become when one comes too late."""
    ends_while_waiting: bool = False
    """The run waits for tool outputs, but its script ends it before they come."""
    is_verbatim: bool = False
    """The objects are the script's own words, to be told as they are."""
    answer_ended: bool = False
    """The `done` of the present answer was made."""
    written: JsonText = STDLIB_JSON
    """How its events are written."""

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
        """Whether the run will never come to rest: it is stuck, or canned in a status that is none."""
        return self.script.ending.is_stuck or (self.script.canned is not None and self.status not in AT_REST)

    @property
    def has_gone_wrong(self) -> bool:
        """Whether the faults of its script have struck, or its script's refusals have refused a request."""
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
            self.seen = 0
        self.answer_ended = event is None or event == DONE
        if self.unread is not None:
            if event is not None:
                self.unread.extend(self.sent(event))
            if self.answer_ended and self.faults is not None and self.status is not RunStatus.REQUIRES_ACTION:
                self.faults.end()
        return event is not None

    def sent(self, event: Event) -> Iterable[Part]:
        """What a stream carries for an event."""
        if self.faults is not None:
            return self.faults.sent(event, self.step)
        return (sse.encode(event.name, event.data, self.written),)

    def refusal(self, *, is_submit: bool) -> HttpError | None:
        """What the script has in store for the next request that follows the run, if it is one to be refused."""
        played = max(self.step, 0) + is_submit
        waiting = [one.error for one in self.script.refusals if one.step <= played for _ in range(one.error.times)]
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
        """Make what is left of the present answer and start the next one: the application submitted tool outputs."""
        while self.advance():
            pass
        self.unread = None
        self.answer_ended = False

    def cancel(self) -> None:
        """Drop what was to come: the run is cancelling now, and its next events end it."""
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
        """The run completes before it can be cancelled, unless it has tools to wait for."""
        if is_refused:
            self.advance_until(*TERMINAL)
            return
        self.advance_until(RunStatus.IN_PROGRESS)
        self.events = self.after_late_cancel(self.events)
        self.advance_until(RunStatus.CANCELLING)


@dataclass(slots=True)
class Memory:
    """Everything that one session's backend remembers."""

    ids: Ids
    clock: Clock
    mode: Literal["lenient", "strict"]
    model: str
    shapes: Shapes
    assistants: dict[str, JSON] = field(default_factory=dict)
    threads: dict[str, StoredThread] = field(default_factory=dict)
    is_stock: bool = False
    """There is no cassette: every run gets the stock reply, and whatever id is asked for comes into being."""
    deleted: set[str] = field(default_factory=set)
    auto_created: set[str] = field(default_factory=set)
    """Ids that came into being because they were asked for."""
    playlist: Playlist = field(default_factory=Playlist)
    written: JsonText = STDLIB_JSON
    chaos: Chaos | None = None
    """What goes wrong besides, in a chaos pass."""
    runs: dict[str, PlayedRun] = field(default_factory=dict)
    """The runs by their ids; a verbatim script may use an id again."""
    created: list[PlayedRun] = field(default_factory=list)
    """Every run of the session, in the order of their creation."""
    instant: list[PlayedRun] = field(default_factory=list)
    """Runs that are at rest at the next request: looks last no time at all in their scripts."""
    implied_assistants: set[str] = field(default_factory=set)
    """Assistants that came into being because they were used; nobody said which tools they have."""
    applications: set[str] = field(default_factory=set)
    """Assistants that a request created: what it left out, they do not have."""

    def create_if_lenient(self, object_id: str, *, is_stock_only: bool = False) -> bool:
        """Whether an unknown id comes into being; assistants and threads do unless ids are strict."""
        is_open = self.is_stock or (self.mode == "lenient" and not is_stock_only)
        if not is_open or object_id in self.deleted:
            return False
        self.auto_created.add(object_id)
        return True

    @property
    def chaos_has_struck(self) -> bool:
        """Whether the experiment of a chaos pass has happened, to a request or to a run."""
        if self.chaos is None:
            return False
        if self.chaos.experiment.refusal is not None:
            return self.chaos.has_refused
        run = next((run for run in self.created if run.script is self.chaos.struck), None)
        return run is not None and run.has_gone_wrong

    def forget(self, object_id: str) -> None:
        """It was deleted, and is not found any more; with no cassette, what the client brought may come again."""
        if not (self.is_stock and object_id in self.auto_created):
            self.deleted.add(object_id)
