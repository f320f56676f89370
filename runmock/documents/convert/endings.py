"""How a run ends, in the keys of a script; where nobody recorded its end, what the script says instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.core.assistants.operations import identify
from runmock.core.engine.run_status import RunStatus
from runmock.core.http.json_values import text_inside
from runmock.tape.comparing.same_recording import TRANSIENT
from runmock.tape.reading.script import FAILURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.assistants.operations import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.documents.story.story import RunStory

REFUSED = 400
READING = frozenset({"list_messages", "retrieve_message", "list_run_steps", "retrieve_run_step"})
"""What shows how far a run has come, without its status."""
LOCKED = frozenset({"create_message", "create_run"})
"""What the service refuses while a run of the thread is active."""
USUAL_POLLS = 2
"""So many retrieves see a scripted run under way unless its `poll:` says otherwise."""


def is_unfinished(run: RunStory) -> bool:
    """Whether its end was never recorded: the last status that was told is none in which a run rests."""
    return not run.status or run.status in TRANSIENT


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What a recording shows of a run after its status was told last, and how often it was polled before."""

    polls: int = 0
    was_read: bool = False
    """Its messages or its steps were read."""
    has_moved_on: bool = False
    """Its thread took a message or another run, which it does only when no run is active."""

    @classmethod
    def of(cls, run: RunStory, recording: Sequence[Interaction]) -> Afterwards:
        """Look through a recording for it."""
        polls = 0
        for one, operation in _about(run, recording[: run.last_status_place + 1]):
            if operation.name == "submit_tool_outputs":
                polls = 0
            elif operation.name == "retrieve_run" and operation.ids["run_id"] == run.id:
                polls += one.repeat
        names = {operation.name for _, operation in _about(run, recording[run.last_status_place + 1 :])}
        return cls(polls, bool(names & READING), bool(names & LOCKED))

    def ending(self, run: RunStory) -> JSON:
        """The keys that end an unfinished run: none completes it, `poll: 0` has it at rest for what followed."""
        if run.status == RunStatus.CANCELLING:
            return _ended(run)
        if self.was_read and not run.steps:
            return {"stuck": run.status or str(RunStatus.IN_PROGRESS)}
        needs_rest = self.has_moved_on or (self.was_read and self.polls > 0)
        return {"poll": 0} if needs_rest and self.polls <= USUAL_POLLS and not run.is_streamed else {}


def _about(run: RunStory, recording: Sequence[Interaction]) -> Iterator[tuple[Interaction, Operation]]:
    """What was asked of a run's thread, and was not refused."""
    for one in recording:
        operation = identify(one.method, one.path)
        if operation is not None and one.status < REFUSED and operation.ids.get("thread_id") == run.thread_id:
            yield one, operation


def ending_of(run: RunStory, recording: Sequence[Interaction]) -> JSON:
    """The keys of a script that say how a run ends; none when it completes."""
    return Afterwards.of(run, recording).ending(run) if is_unfinished(run) else _ended(run)


def _ended(run: RunStory) -> JSON:
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
    """What a script's entry says of an unfinished run, in words."""
    waits = any(call.kind == "function" and call.output is None for call in run.calls)
    if "events" in entry:
        return f"the script plays its events as they came, and leaves it {run.status}"
    if run.status == RunStatus.CANCELLING:
        return f"the script has it cancelled{' when the application asks for that' if run.is_cancelled else ''}"
    if "stuck" in entry:
        return f"the script leaves it {entry['stuck']} for ever, since it had written nothing when that was read"
    cut = "breaks the stream off there too, and " if "truncate" in entry else ""
    if waits:
        return f"the script {cut}has it wait for the outputs of its calls"
    said = "after its calls" if any(run.calls) else "with an empty reply"
    if run.text:
        said = f"with {'what its stream had said' if run.broken_off else 'the reply that was read'}"
    return f"the script {cut}completes it {said}"
