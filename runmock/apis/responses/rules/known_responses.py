"""The responses, conversations and calls of a recording as far as it was read: answers are compared with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

ENDED = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.INCOMPLETE, RunStatus.CANCELLED})
"""The statuses of responses that have ended."""

FOLLOWING: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: ENDED | {RunStatus.IN_PROGRESS},
    RunStatus.IN_PROGRESS: ENDED,
    **dict.fromkeys(sorted(ENDED), frozenset[RunStatus]()),
}
"""By status: those that may come later. Nobody has to see each (docs/protocol/responses.md#the-response-object)."""


@dataclass(frozen=True, slots=True)
class History:
    """What stands before the next request: the calls in it, and which of them have an output."""

    calls: Mapping[str, str] = field(default_factory=dict)
    """By the id of a call, the id of the response that made it; empty where a request brought the call."""
    answered: frozenset[str] = frozenset()
    """The ids of calls that have an output."""
    is_whole: bool = True
    """Whether the recording has all of it."""


ELSEWHERE = History(is_whole=False)
"""A history that began before the recording."""


@dataclass(slots=True)
class KnownResponse:
    """A response: its last status, and what comes before a request that continues it."""

    status: RunStatus | None = None
    status_keys: Keys = ()
    """The keys of the place in the document that has its last status."""
    history: History = ELSEWHERE
    conversation: str = ""
    """The id of the conversation that it is part of."""
    is_settled: bool = False
    """The recording shows that nobody waits for it: it was cancelled, deleted, or its stream had an error."""
    is_reported: bool = False
    """A finding already names the missing end."""

    @property
    def is_unfinished(self) -> bool:
        """Whether the recording does not show how it ended, and no other finding names that."""
        is_known_to_end = self.status is None or self.status in ENDED
        return not (is_known_to_end or self.is_settled or self.is_reported)


@dataclass(slots=True)
class KnownResponses:
    """All that the recording contained so far; mutable."""

    declared: frozenset[str] = frozenset()
    """The ids that the cassette declares: their objects existed before the recording."""
    responses: dict[str, KnownResponse] = field(default_factory=dict)
    conversations: dict[str, History] = field(default_factory=dict)
    """By the id of a conversation, its items so far."""
    items: dict[str, JSON] = field(default_factory=dict)
    """The items that answers contained, by their ids."""
    announced: dict[str, tuple[str, Keys]] = field(default_factory=dict)
    """By the id of a call, the response that made it, and the keys of the place that shows it."""
    answered: set[str] = field(default_factory=set)
    """The ids of calls that have an output anywhere, or whose missing output a finding names."""
    ids: set[str] = field(default_factory=set)
    """Every id that an answer contained."""

    def response(self, response_id: str) -> KnownResponse:
        """The response with an id; a new one began before the recording."""
        return self.responses.setdefault(response_id, KnownResponse())
