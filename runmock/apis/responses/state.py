"""What the backend knows: responses, each with the place in its script where it stands, and conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.ids import ResponseIds
from runmock.core.engine.played_run import PlayedRun
from runmock.core.engine.run_status import RunStatus
from runmock.core.engine.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.engine.stream_faults import FaultyStream
    from runmock.core.http.event import Event
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import FunctionCall

AT_REST = 1_000_000_000
"""So many looks find every response ended."""


@dataclass(slots=True)
class Conversation:
    """A conversation: its object, and its items by id, in order."""

    object: JSON
    partition: str
    items: dict[str, JSON] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ResponsesRun(PlayedRun):
    """A scripted run whose answers are responses. Several responses may continue one, so it has no place of its own."""

    responses: list[StoredResponse] = field(default_factory=list)
    requests: list[JSON] = field(default_factory=list)
    """The body of each request that created one of them, in order."""


@dataclass(slots=True, kw_only=True)
class StoredResponse:
    """A response, and where in its script it stands, so that a request can continue it at any time."""

    object: JSON
    """The Response object at rest."""
    events: list[tuple[Event, int]]
    """Its events, each with the index of the script's step that it belongs to."""
    run: ResponsesRun
    position: int
    """The index of the script's step that a continuation begins with."""
    before: list[JSON]
    """The items before its own input: those of the responses, or of the conversation, that it continues."""
    input: list[JSON]
    """The items of its request, as they are listed."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """The outputs of the run's calls that were submitted before it, by the call's id."""
    calls: Mapping[str, FunctionCall] = field(default_factory=dict)
    """The run's calls up to its end, by their ids."""
    waiting: tuple[str, ...] = ()
    """The ids of the calls that it ends with."""
    faults: FaultyStream | None = None
    is_stored: bool = True
    is_background: bool = False
    is_stuck: bool = False
    """Whether it never ends."""
    looks: int = 0
    """How many retrieves have found it at work."""
    was_continued: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        id_: str = self.object["id"]
        return id_

    def note_end(self) -> None:
        """It has ended: its run has its status now, and waits for outputs where it ends with calls."""
        self.looks = AT_REST
        is_waiting = bool(self.waiting) and not self.was_continued
        self.run.status = RunStatus.REQUIRES_ACTION if is_waiting else RunStatus(self.object["status"])

    def note_left(self) -> None:
        """Its stream was left: in the foreground it is gone with it, in the background it goes on."""
        if not self.is_background:
            self.is_stored = False

    def at_present(self) -> JSON:
        """The object as a retrieve finds it now."""
        if self.looks >= AT_REST or not self.is_background:
            return self.object
        polls = self.run.script.polls
        status = polls[self.looks] if self.looks < len(polls) else None
        if status is None and not self.is_stuck:
            self.note_end()
            return self.object
        present = str(status or RunStatus.IN_PROGRESS)
        return {
            **self.object,
            "status": present,
            "output": [],
            "usage": None,
            "completed_at": None,
            "error": None,
            "incomplete_details": None,
            "service_tier": "auto",
            **self.run.script.response,
        }

    def as_it_is(self) -> JSON:
        """The object as it is now, without a look at it."""
        looks = self.looks
        shown = self.at_present() if self.looks >= AT_REST or self.is_background else self.object
        self.looks = looks
        return shown

    def cancel(self) -> None:
        """Cancel it, unless it has ended: then nothing changes."""
        if self.looks < AT_REST:
            self.object |= {"status": "cancelled", "output": [], "usage": None, "completed_at": None, "error": None}
            self.object["service_tier"] = "auto"
            self.waiting = ()
            self.note_end()


@dataclass(slots=True)
class Memory:
    """The state of the API in one session."""

    stage: Stage = field(default_factory=Stage)
    ids: ResponseIds = field(default_factory=ResponseIds)
    responses: dict[str, StoredResponse] = field(default_factory=dict)
    """Every response by its id, also those that are not stored."""
    announced: dict[str, list[StoredResponse]] = field(default_factory=dict)
    """The responses that have announced a call, by the call's id; several where a script gives calls their ids."""
    creates: list[tuple[JSON, StoredResponse | None]] = field(default_factory=list)
    """The body of each create, in order, with its response; None for one that was refused."""
    items: dict[str, tuple[StoredResponse, JSON]] = field(default_factory=dict)
    """The first response that had an item in its input or its output, and the item, by the item's id."""
    conversations: dict[str, Conversation] = field(default_factory=dict)
    runs: list[ResponsesRun] = field(default_factory=list)
    """Every run that was begun, in order."""
    auto_created: set[str] = field(default_factory=set)
    """Ids that were created because a request contained them."""
    deleted: set[str] = field(default_factory=set)
    """Ids of conversations and items that were deleted, and that no request creates again."""

    def stored(self, response_id: str) -> StoredResponse | None:
        """A response that can be retrieved; None when there is none with this id."""
        found = self.responses.get(response_id)
        return found if found is not None and found.is_stored else None

    def keep(self, response: StoredResponse) -> None:
        """Remember a response, its items and the calls that it announces."""
        self.responses[response.id] = response
        for call_id in response.waiting:
            self.announced.setdefault(call_id, []).append(response)
        for item in (*response.input, *response.object["output"]):
            if "id" in item:
                self.items.setdefault(item["id"], (response, item))

    def stored_item(self, item_id: str) -> JSON | None:
        """An item of a response that is stored, or of a conversation; None when there is none with this id."""
        response, item = self.items.get(item_id, (None, None))
        if response is not None and self.stored(response.id) is not None:
            return item
        found = (conversation.items.get(item_id) for conversation in self.conversations.values())
        return next((item for item in found if item is not None), None)

    def output_with(self, item_id: str) -> list[JSON] | None:
        """The output of a stored response that has an item with this id; None when there is none."""
        response, _ = self.items.get(item_id, (None, None))
        if response is None or self.stored(response.id) is None:
            return None
        output: list[JSON] = response.object["output"]
        return output if any(item.get("id") == item_id for item in output) else None

    def given_before(self, body: Mapping[str, Any]) -> StoredResponse | None:
        """The response to the latest create with this body; None when there was none, or it was refused."""
        return next((response for known, response in reversed(self.creates) if known == body), None)

    def forget(self, object_id: str) -> None:
        """Keep that an object was deleted. With no cassette, an id that a client brought may be created again."""
        if object_id not in self.auto_created:
            self.deleted.add(object_id)
