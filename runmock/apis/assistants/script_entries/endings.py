"""The keys of a script that end a run; for a run whose end was not recorded, keys that make up an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.apis.service.refusals import FAILURES
from runmock.core.api import READS, Role
from runmock.core.engine.run_status import TRANSIENT, RunStatus
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import text_inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory

USUAL_POLLS = 2
"""How many polls find a scripted run still active when it has no `poll:`."""


def is_unfinished(run: RunStory) -> bool:
    """Whether its end was never recorded: it has no status, or one that a run leaves by itself."""
    return not run.status or run.status in TRANSIENT


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
            return _ended_by_status(run)
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
    return AfterLastStatus.of(run, recording).ending(run) if is_unfinished(run) else _ended_by_status(run)


def _ended_by_status(run: RunStory) -> JSON:
    status, waits = run.status, any(call.kind == "function" and call.output is None for call in run.calls)
    if status == RunStatus.FAILED:
        code = text_inside(run.object, "last_error", "code") or "server_error"
        message = text_inside(run.object, "last_error", "message")
        default = FAILURES.get(code, code.replace("_", " "))
        return {"fail": code, **({} if message in {"", default} else {"message": message})}
    if status == RunStatus.INCOMPLETE:
        return {"incomplete": text_inside(run.object, "incomplete_details", "reason") or "max_completion_tokens"}
    if status == RunStatus.EXPIRED:
        return {"expire": True}
    if status in {RunStatus.CANCELLED, RunStatus.CANCELLING}:
        if run.is_cancelled:
            return {} if waits else {"stuck": "in_progress"}
        return {"cancel": True}
    return {}


def made_up_ending(run: RunStory, entry: JSON) -> str:
    """How a script's entry ends an unfinished run, in words."""
    waits = any(call.kind == "function" and call.output is None for call in run.calls)
    if "events" in entry:
        return f"the script plays its events as they came, and leaves it {run.status}"
    if run.status == RunStatus.CANCELLING:
        return f"the script has it cancelled{' when the application asks for that' if run.is_cancelled else ''}"
    if "stuck" in entry:
        why = "its messages or steps were read, and there were none"
        return f"the script leaves it {entry['stuck']} for ever, since {why}"
    cut = "breaks the stream off there too, and " if "truncate" in entry else ""
    if waits:
        return f"the script {cut}has it wait for the outputs of its calls"
    how = "after its calls" if any(run.calls) else "with an empty reply"
    if run.text:
        how = f"with {'the text of its stream' if run.broken_off else 'the reply that was read'}"
    return f"the script {cut}completes it {how}"
