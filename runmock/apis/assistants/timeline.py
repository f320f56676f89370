"""A scripted run as the events that it sends, in the service's order; making an event changes the run's objects.

Source of every order: docs/protocol/streams.md#orders. The endings that no real stream shows (failed, cancelled,
expired) follow the natural order that it gives: the open step, the open message, the run, done. What each kind of
step sends stands in `step_events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.apis.assistants.step_events import STEPS
from runmock.core.assistants import objects
from runmock.core.assistants.memory import DONE, Event
from runmock.core.engine.run_status import LIFETIME_S, STEP_ENDINGS, TIMESTAMPS, RunStatus
from runmock.core.script.script import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.assistants.memory import Run
    from runmock.core.engine.new_ids import Clock, Ids
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Shapes

INCOMPLETE_MESSAGE = {
    RunStatus.FAILED: "run_failed",
    RunStatus.CANCELLED: "run_cancelled",
    RunStatus.EXPIRED: "run_expired",
}
"""Why a message stays incomplete when its run ends so; else it is a limit or a filter."""

CUT_SHORT = frozenset({RunStatus.INCOMPLETE, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.EXPIRED})
"""Endings that come while the run's last message is being written."""

WHILE_WAITING = frozenset({RunStatus.EXPIRED, RunStatus.CANCELLED})
"""Endings that come while a run waits for tool outputs; the others come after they were submitted."""


@dataclass(slots=True)
class Timeline:
    """Plays one run's script; `open_step` and `open_message` are those that an ending has to close."""

    run: Run
    ids: Ids
    clock: Clock
    shapes: Shapes = "live"
    includes_content: bool = False
    """File search results come with their content."""
    is_prolonged: bool = False
    """Each time the run waits for tool outputs, its lifetime begins anew, as Azure has it."""
    open_step: JSON | None = None
    open_message: JSON | None = None
    position: int = 0
    """The index of the script's step that is being played."""

    def events(self) -> Iterator[Event]:
        """Everything from `thread.run.created` to the last `done`; after a `done` it goes on once outputs are there."""
        script = self.run.script
        yield self._run_event("created")
        yield from self.become(RunStatus.QUEUED)
        if script.ending.is_stuck and script.ending.status is RunStatus.QUEUED:
            return
        yield from self.become(RunStatus.IN_PROGRESS)
        for self.position, step in enumerate(script.steps):
            self.run.step = self.position
            yield from STEPS[type(step)](self, step)
        self.run.step = len(script.steps)
        if not script.ending.is_stuck:
            yield from self._end(script.ending)

    def cancelled(self) -> Iterator[Event]:
        """What a cancel request sets off: the run is cancelling, then it is cancelled, unless it is stuck there."""
        if self.run.script.ending.status is RunStatus.CANCELLING:
            yield from self.become(RunStatus.CANCELLING)
        else:
            yield from self._end(Ending(RunStatus.CANCELLED))

    def overtaken(self, rest: Iterator[Event]) -> Iterator[Event]:
        """What a cancel request sets off that comes too late: the run is cancelling, and goes on to its end."""
        yield from self.become(RunStatus.CANCELLING)
        yield from rest

    @property
    def is_cut_short(self) -> bool:
        """Whether the run's ending comes before the present step has ended."""
        return self._ends_here(CUT_SHORT)

    @property
    def ends_while_waiting(self) -> bool:
        """Whether the run ends before the outputs of the present step's calls come."""
        return self._ends_here(WHILE_WAITING)

    def _ends_here(self, endings: frozenset[RunStatus]) -> bool:
        is_last = self.position == len(self.run.script.steps) - 1
        return is_last and self.run.script.ending.status in endings

    def become(self, status: RunStatus) -> Iterator[Event]:
        """The run's next status, with the time that it sets."""
        self.run.object["status"] = str(status)
        if (timestamp := TIMESTAMPS.get(status)) is not None:
            self.run.object[timestamp] = self.clock.tick()
        yield self._run_event(str(status))

    def wait(self) -> Iterator[Event]:
        """The run waits for tool outputs, and the answer ends there."""
        if self.is_prolonged and "expires_at" not in self.run.script.overrides:
            self.run.object["expires_at"] = self.clock.now + LIFETIME_S
        yield from self.become(RunStatus.REQUIRES_ACTION)
        yield DONE

    def _run_event(self, kind: str) -> Event:
        told = objects.as_json(self.run.object, self.shapes)
        resources = told.get("tool_resources") or objects.STREAM_TOOL_RESOURCES
        return Event(f"thread.run.{kind}", told | {"tool_resources": resources})

    def open(self, details: JSON) -> Iterator[Event]:
        """A new step in progress; it is `open_step` from now on."""
        step = objects.step(self.ids.mint("step"), self.run.object, self.clock.now, details)
        self.open_step = self.run.steps[step["id"]] = step
        yield Event("thread.run.step.created", step)
        yield Event("thread.run.step.in_progress", step)

    def complete(self, completion_tokens: int) -> Iterator[Event]:
        """The open step is completed; the tokens count unless the script gives a usage."""
        step = self.open_step
        assert step is not None
        step["status"] = "completed"
        step["completed_at"] = self.clock.tick()
        step["usage"] = self._step_usage(completion_tokens)
        self.open_step = None
        yield Event("thread.run.step.completed", step if self.includes_content else objects.without_content(step))

    def _step_usage(self, completion_tokens: int) -> JSON:
        """The step's part of the usage that the script gives, else a plausible number of tokens."""
        given, steps = self.run.script.usage, len(self.run.script.steps)
        if given is None:
            texts = (objects.text_of(message) for message in self.run.thread.messages.values())
            return objects.usage(30 * (self.position + 1) + sum(len(text) for text in texts) // 4, completion_tokens)
        parts = {}
        for kind in ("prompt_tokens", "completion_tokens"):
            each, rest = divmod(given.get(kind, 0), steps)
            parts[kind] = each + (rest if self.position == steps - 1 else 0)
        return objects.usage(**parts)

    def _end(self, ending: Ending) -> Iterator[Event]:
        """What is open is closed, then the run, then the stream."""
        if ending.status is RunStatus.CANCELLED:
            yield from self.become(RunStatus.CANCELLING)
        yield from self._close(ending)
        run = self.run.object
        run["required_action"], run["expires_at"] = None, None
        if ending.status is RunStatus.FAILED:
            run["last_error"] = {"code": ending.code, "message": ending.message}
        if ending.status is RunStatus.INCOMPLETE:
            run["incomplete_details"] = {"reason": ending.reason}
        run["usage"] = self._usage(ending.status)
        for step in self.run.steps.values():
            step["expires_at"] = None
        self.run.waiting = ()
        yield from self.become(ending.status)
        yield DONE

    def _usage(self, status: RunStatus) -> JSON:
        given = self.run.script.usage or {}
        if status is RunStatus.CANCELLED:
            return objects.NO_TOKENS | given
        total = objects.sum_usage(step["usage"] for step in self.run.steps.values()) | given
        if "total_tokens" not in given:
            total["total_tokens"] = total["prompt_tokens"] + total["completion_tokens"]
        return total

    def _close(self, ending: Ending) -> Iterator[Event]:
        """The open step, then the open message; the other way round at a token limit, as real streams have it."""
        closing = [*self._close_step(ending), *self._close_message(ending)]
        yield from reversed(closing) if ending.status is RunStatus.INCOMPLETE else closing

    def _close_step(self, ending: Ending) -> Iterator[Event]:
        step, self.open_step = self.open_step, None
        if step is None:
            return
        step["status"] = STEP_ENDINGS[ending.status]
        if (timestamp := f"{step['status']}_at") in step:
            step[timestamp] = self.clock.tick()
        if step["status"] == "completed":
            step["usage"] = self._step_usage(16)
        if ending.status is RunStatus.FAILED:
            step["last_error"] = {"code": ending.code, "message": ending.message}
        yield Event(f"thread.run.step.{step['status']}", step)

    def _close_message(self, ending: Ending) -> Iterator[Event]:
        message, self.open_message = self.open_message, None
        if message is None:
            return
        limit = "content_filter" if ending.reason == "content_filter" else "max_tokens"
        message["status"], message["incomplete_at"] = "incomplete", self.clock.now
        message["incomplete_details"] = {"reason": INCOMPLETE_MESSAGE.get(ending.status, limit)}
        yield Event("thread.message.incomplete", message)
