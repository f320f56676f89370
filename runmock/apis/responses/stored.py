"""A response of a session, the scripted run that it is an answer of, and the conversation that it belongs to.

A response is made whole when its request comes. What the application has had of it since moves its status on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from runmock.apis.responses import objects
from runmock.core.engine.played_run import PlayedRun
from runmock.core.engine.run_status import RunState, RunStatus
from runmock.core.http.event import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.engine.stream_faults import FaultyStream
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import FunctionCall


@dataclass(slots=True)
class Conversation:
    """A conversation: its object, and its items by id, in order."""

    object: JSON
    partition: str
    items: dict[str, JSON] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ResponsesRun(PlayedRun):
    """A scripted run whose answers are responses. Several responses may continue one, so it has no place of its own."""

    api: ClassVar[str] = "Responses"
    responses: list[StoredResponse] = field(default_factory=list)
    requests: list[JSON] = field(default_factory=list)
    """The body of each request that created one of them, in order."""

    @property
    def answer_ids(self) -> tuple[str, ...]:
        """The ids of its responses."""
        return tuple(response.id for response in self.responses)


@dataclass(slots=True, kw_only=True)
class StoredResponse:
    """A response, and where in its script it stands, so that a request can continue it at any time."""

    object: JSON
    """The Response object at rest."""
    begun: JSON
    """The Response object before it has ended; its status is the present one."""
    events: list[tuple[Event, int]]
    """Its events, each with the index of the script's step that it belongs to."""
    run: ResponsesRun
    start: int
    """The index of the script's step that it begins with."""
    position: int
    """The index of the script's step that a continuation begins with."""
    before: list[JSON]
    """The items before its own input: those of the responses, or of the conversation, that it continues."""
    input: list[JSON]
    """The items of its request, as they are listed."""
    last_status: RunStatus
    """The status with which it ends, or in which it is stuck."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """The outputs of the run's calls that were submitted before it, by the call's id."""
    calls: Mapping[str, FunctionCall] = field(default_factory=dict)
    """The run's calls up to its end, by their ids."""
    waiting: tuple[str, ...] = ()
    """The ids of the calls that it ends with."""
    conversation: Conversation | None = None
    """The conversation that it belongs to, which gets its items when it has ended."""
    faults: FaultyStream | None = None
    is_stored: bool = True
    is_deleted: bool = False
    is_background: bool = False
    is_stuck: bool = False
    """Whether it never ends."""
    is_verbatim: bool = False
    """Whether the script has the object itself, which is never shown in another state."""
    status: RunStatus = RunStatus.IN_PROGRESS
    """What it was last shown to be."""
    has_ended: bool = False
    """Whether it is at rest."""
    looks: int = 0
    """How many retrieves have found it at work."""
    sent: int = 0
    """How many of its events a stream has sent."""
    was_continued: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.object["id"])

    @property
    def items(self) -> list[JSON]:
        """The items of its whole output that a session can go on with: an answer that is in a script may have any."""
        return objects.items_of(self.object)

    @property
    def is_last(self) -> bool:
        """Whether the script has nothing behind it."""
        script = self.run.script
        return (
            self.position >= len(script.steps)
            and script.ending.status is RunStatus.COMPLETED
            and not script.ending.is_stuck
        )

    @property
    def is_synchronous(self) -> bool:
        """Whether it is there, or will be, but not in the background."""
        return self.is_stored and not (self.is_background or self.is_deleted)

    @property
    def shown(self) -> JSON:
        """The object as it is now."""
        return self.object if self.has_ended else {**self.begun, "status": str(self.status)}

    @property
    def output(self) -> list[JSON]:
        """The items that it has written by now: before it has ended those that a stream has sent."""
        sent = [
            event.data.get("item")
            for event, _ in self.events[: self.sent]
            if event.name == "response.output_item.done" and isinstance(event.data, dict)
        ]
        return self.items if self.has_ended else objects.items_of({"output": sent})

    def state(self, poll_ms: float = 0) -> RunState:
        """What an answer shows of it now; `poll_ms`: how long to wait before the next look, while it is at work."""
        conversation_id = None if self.conversation is None else self.conversation.object["id"]
        return RunState(self.id, conversation_id, self.status, 0 if self.has_ended else poll_ms)

    def begin(self) -> None:
        """It was created: its run is at work."""
        is_queued = self.is_background or self.last_status is RunStatus.QUEUED
        self._become(RunStatus.QUEUED if is_queued else RunStatus.IN_PROGRESS)

    def show_whole(self) -> None:
        """Its request is answered with the whole response, which has ended then: in the background it goes on."""
        if not self.has_ended and (self.is_verbatim or not (self.is_background or self.is_stuck)):
            self.end()

    def look(self) -> None:
        """A retrieve looks at it: one in the background is now what its script says that this look finds."""
        if self.has_ended or (self.is_stuck and self.last_status is RunStatus.QUEUED):
            return
        if self.looks < len(self._polls):
            self._become(self._polls[self.looks])
            self.looks += 1
        elif self.is_stuck:
            self._become(RunStatus.IN_PROGRESS)
        else:
            self.end()

    @property
    def played(self) -> int:
        """How many steps of the script have been played when the next retrieve has looked at it."""
        will_end = self.has_ended or not (self.is_stuck or self.looks < len(self._polls))
        return self.position - bool(self.waiting) if will_end else self.start

    @property
    def _polls(self) -> Sequence[RunStatus]:
        """What retrieves find, in turn, before it ends."""
        return () if self.is_verbatim else self.run.script.polls

    def note_sent(self, count: int) -> None:
        """A stream has sent the first `count` events; what they show of it holds for retrieves, too."""
        self.sent = max(self.sent, count)
        if self.has_ended:
            return
        name = self.events[count - 1][0].name
        if not self.is_stuck and (count == len(self.events) or name == "error"):
            self.end()
        elif self.status is RunStatus.QUEUED and name == "response.in_progress":
            self._become(RunStatus.IN_PROGRESS)
            while self.looks < len(self._polls) and self._polls[self.looks] is RunStatus.QUEUED:
                self.looks += 1

    def end(self) -> None:
        """It has ended: its run waits for outputs where it ends with calls; its conversation gets the items."""
        self.has_ended = True
        self._become(self.last_status)
        if self.conversation is not None and self.is_stored:
            own = [*self.input, *self.items]
            self.conversation.items |= {item["id"]: objects.listed(item) for item in own if "id" in item}

    def cancel(self) -> None:
        """It is cancelled before it has ended.

        Its streams end with `response.failed`, whose response is cancelled
        (docs/protocol/responses.md#continuation-and-state).
        """
        last: JSON = {**self.begun, "status": "cancelled"}
        count = max(self.sent, 2 if self.status is RunStatus.QUEUED else 3)
        data = {"type": "response.failed", "sequence_number": count, "response": last}
        self.events[count:] = [(Event("response.failed", data), self.position)]
        self.object, self.waiting, self.conversation = last, (), None
        self.last_status, self.is_stuck = RunStatus.CANCELLED, False
        if self.faults is not None:
            self.faults.is_excused = True
        self.end()

    @property
    def never_cancels(self) -> bool:
        """Whether a cancel request is accepted and nothing comes of it."""
        return self.is_stuck and self.last_status is RunStatus.CANCELLING

    def _become(self, status: RunStatus) -> None:
        self.status = status
        if self.run.responses[-1] is self:
            self.run.status = RunStatus.REQUIRES_ACTION if self.has_ended and self.waiting else status
