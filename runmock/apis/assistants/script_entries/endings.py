"""The keys of a script that end a run; for a run whose end was not recorded, keys that make up an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.apis.service.script_entries.endings import ended_by_status, is_unfinished
from runmock.core.api import READS, Role
from runmock.core.engine.run_status import RunStatus
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import mapping_inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory

USUAL_POLLS = 2
"""How many polls find a scripted run still active when it has no `poll:`."""


@dataclass(frozen=True, slots=True)
class AfterLastStatus:
    """What a recording shows of a run after the last answer with its status, and how often it was polled before."""

    polls: int = 0
    was_read: bool = False
    """Whether its messages or its steps were read."""
    thread_went_on: bool = False
    """Whether its thread accepted a message, another run or the like, which it does only when no run is active."""

    @classmethod
    def of(cls, run: RunStory, recording: Sequence[Interaction]) -> AfterLastStatus:
        """What a recording shows of a run."""
        polls = 0
        for interaction, operation in _about(run, recording[: run.last_status_place + 1]):
            if Role.SUBMITS_OUTPUTS in operation.roles:
                polls = 0
            elif Role.RETRIEVES_RUN in operation.roles and operation.ids["run_id"] == run.id:
                polls += interaction.repeat
        later = [operation for _, operation in _about(run, recording[run.last_status_place + 1 :])]
        was_read = any(operation.roles & READS for operation in later)
        return cls(polls, was_read, any(Role.REFUSED_WHILE_ACTIVE in operation.roles for operation in later))

    def ending(self, run: RunStory) -> JSON:
        """The keys that end an unfinished run; without any it completes, and with `poll: 0` before its first poll."""
        if run.status == RunStatus.CANCELLING:
            return _ended(run)
        if self.was_read and not run.steps:
            return {"stuck": run.status or str(RunStatus.IN_PROGRESS)}
        needs_rest = self.thread_went_on or (self.was_read and self.polls > 0)
        return {"poll": 0} if needs_rest and self.polls <= USUAL_POLLS and not run.is_streamed else {}


def _about(run: RunStory, recording: Sequence[Interaction]) -> Iterator[tuple[Interaction, Operation]]:
    """The interactions with a run's thread that were not refused, each with its operation."""
    for interaction in recording:
        operation = interaction.operation
        if interaction.status < REFUSED and operation.ids.get("thread_id") == run.thread_id:
            yield interaction, operation


def ending_of(run: RunStory, recording: Sequence[Interaction]) -> JSON:
    """The keys of a script that say how a run ends; none when it completes."""
    return AfterLastStatus.of(run, recording).ending(run) if is_unfinished(run) else _ended(run)


def _ended(run: RunStory) -> JSON:
    return ended_by_status(run, mapping_inside(run.object, "last_error"))
