"""The order of events in a stream: what begins it and ends it, its numbers, its snapshots of the response, its items.

Source: docs/protocol/responses.md#order-of-events. Events that runmock does not know may come anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.responses.playing.stream_form import ENDS
from runmock.apis.responses.rules.item_rules import ItemRules, is_of_item
from runmock.apis.responses.rules.known_responses import ENDED, FOLLOWING
from runmock.apis.responses.rules.numbering import Numbering
from runmock.apis.responses.rules.response_rules import check_object, check_transition, note_response, status_of
from runmock.core.engine.run_status import RunStatus
from runmock.core.http.event import DONE, Event
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.broken_rule import BrokenRule, missing_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runmock.apis.responses.rules.known_responses import KnownResponses
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import StreamEvent

CREATED = "response.created"
SNAPSHOTS: Mapping[str, tuple[RunStatus, ...]] = {
    CREATED: (RunStatus.IN_PROGRESS, RunStatus.QUEUED),
    "response.queued": (RunStatus.QUEUED,),
    "response.in_progress": (RunStatus.IN_PROGRESS,),
    "response.completed": (RunStatus.COMPLETED,),
    "response.incomplete": (RunStatus.INCOMPLETE,),
    "response.failed": (RunStatus.FAILED, RunStatus.CANCELLED),
}
"""Events that have the Response object: the statuses that it can have in them, the usual one first."""
NO_ID = "the response"
"""What stands for the id of a response before it is known."""


class StreamFacts(NamedTuple):
    """What is known of a stream beforehand."""

    operation: str = ""
    """The operation that it answers; empty for events of a script."""
    first_number: int = 0
    is_truncated: bool = False


def events_of(stream: Iterable[StreamEvent]) -> list[Event]:
    """The events of a recorded stream: a nameless one has the name that its data gives."""
    return [
        DONE if event.is_done else Event(_name_of(event.name, event.data) or event.name, event.data) for event in stream
    ]


def _name_of(name: str, data: Any) -> str:
    return text_inside(data, "type") if name == "message" else ""


class StreamRules:
    """Checks one stream; mutable."""

    def __init__(self, known: KnownResponses, facts: StreamFacts, keys_of_event: Callable[[int], Keys]) -> None:
        """`keys_of_event(number)` returns the keys of an event."""
        self.known, self.facts, self.keys_of_event = known, facts, keys_of_event
        self.numbering = Numbering(facts.first_number)
        self.items = ItemRules(is_resumed=facts.first_number > 0)
        self.response: JSON = {}
        """The response in the last snapshot; its id may be another one than before."""
        self.response_id = NO_ID
        self.status: RunStatus | None = None
        self.snapshot = ""
        """The name of the last snapshot."""
        self.snapshot_keys: Keys = ()
        self.end = ""
        """The name of the event that has ended the stream."""

    def check(self, events: Sequence[Event]) -> Iterator[BrokenRule]:
        """Yield the rules that the events break."""
        is_first = True
        for number, (name, data) in enumerate(events):
            keys = self.keys_of_event(number)
            if name == DONE.name:
                yield from self._check_done(keys)
                continue
            yield from self.numbering.check(name, data, keys)
            if name not in SNAPSHOTS and name not in ENDS and not is_of_item(name):
                continue
            if self.end and not (self.end == "error" and name in ENDS):
                yield BrokenRule("event-order", keys, f"{name} comes after {self.end}, which ends a stream")
                break
            if is_first:
                yield from self._check_begin(name, keys)
            if isinstance(data, dict):
                yield from self._check_event(name, data, keys, is_first=is_first)
            is_first = False
            self.end = name if name in ENDS else self.end
        if events and not self.end and not self.facts.is_truncated:
            yield missing_end(events[-1].name, ENDS, self.keys_of_event(len(events) - 1))
        yield from self._note()

    def _check_begin(self, name: str, keys: Keys) -> Iterator[BrokenRule]:
        """The stream of a new response begins with it, where it does not end at once."""
        operation = self.facts.operation
        if operation == "create_response" and name not in {CREATED, *ENDS}:
            yield BrokenRule("event-order", keys, f"the stream of a {operation} begins with {CREATED}, not {name}")

    def _check_done(self, keys: Keys) -> Iterator[BrokenRule]:
        """`[DONE]`, which gateways send, comes after the event that ends a stream, or in its place."""
        if self.status is not None and self.status not in ENDED and not self.end:
            yield BrokenRule("event-order", keys, f"[DONE] comes while {self.response_id} is {self.status}")
        self.end = self.end or "[DONE]"

    def _check_event(self, name: str, data: JSON, keys: Keys, *, is_first: bool) -> Iterator[BrokenRule]:
        told = data.get("type", name)
        if name not in (told, "error"):
            yield BrokenRule("event-order", keys, f"the event {name} has the type {told!r}")
        if is_of_item(name):
            yield from self.items.check(name, data, keys)
        elif isinstance(response := data.get("response"), dict) and name in SNAPSHOTS:
            yield from self._check_id(name, response, keys)
            yield from self._check_place(name, keys, is_first=is_first)
            yield from self._check_status(name, response, keys)
            if name in ENDS:
                yield from self.items.check_output(response, keys, is_complete=name == "response.completed")
            self.response, self.snapshot, self.snapshot_keys = response, name, keys

    def _check_id(self, name: str, response: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """All snapshots are of one response; another id is reported once."""
        response_id = text_inside(response, "id")
        if response_id and self.response_id not in {response_id, NO_ID}:
            message = f"{name} is about {response_id}, and the events before it are about {self.response_id}"
            yield BrokenRule("unknown-id", keys, message)
        self.response_id = response_id or self.response_id

    def _check_place(self, name: str, keys: Keys, *, is_first: bool) -> Iterator[BrokenRule]:
        """A snapshot is not repeated, and the first one comes first."""
        if name == self.snapshot:
            yield BrokenRule("event-order", keys, f"{name} of {self.response_id} comes twice in a row")
        elif name == CREATED and not is_first and self.facts.operation != "create_response":
            yield BrokenRule("event-order", keys, f"{CREATED} comes first")

    def _check_status(self, name: str, response: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """The status of the response must be the one in the event's name, and may follow the one before it."""
        yield from check_object(response, keys)
        status, expected = status_of(response), SNAPSHOTS[name]
        if status is not None and status not in expected:
            message = f"{name} has the status '{status}' of {self.response_id}, not '{expected[0]}'"
            yield BrokenRule("event-order", keys, message)
        if status is None or status not in expected:
            if name == CREATED:
                return  # it may be queued, or in progress
            status = expected[0]
        yield from check_transition(self.response_id, self.status, status, keys)
        self.status = status

    def _note(self) -> Iterator[BrokenRule]:
        """Remember what the stream has shown; a stream that is read again tells of the past."""
        if self.response_id == NO_ID or self.status is None:
            return
        known = self.known.response(self.response_id)
        is_news = known.status is None or self.status in FOLLOWING[known.status]
        if is_news or self.status in ENDED:
            yield from check_transition(self.response_id, known.status, self.status, self.snapshot_keys)
            output = mappings_inside(self.response, "output") or self.items.finished
            note_response(self.known, self.response_id, self.status, output, self.snapshot_keys)
        known.is_settled |= self.end == "error"
        known.is_reported |= self.end in {"", "[DONE]"}
