"""A scripted run as the events that it sends, in the service's order; making an event changes the run's objects.

Source of every order: docs/protocol/streams.md#orders. The endings that no real stream shows (failed, cancelled,
expired) follow the natural order that it gives: the open step, the open message, the run, done. What each kind of
step sends stands in `step_events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from runmock.apis.assistants import objects
from runmock.apis.assistants.playing.run_writer import RunWriter
from runmock.apis.assistants.playing.step_events import STEPS
from runmock.apis.assistants.run_fields import STEP_ENDINGS
from runmock.core.engine.run_status import RunStatus
from runmock.core.http.event import DONE, Event
from runmock.core.script.script import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON

INCOMPLETE_MESSAGE = {
    RunStatus.FAILED: "run_failed",
    RunStatus.CANCELLED: "run_cancelled",
    RunStatus.EXPIRED: "run_expired",
}
"""The reason of an incomplete message, by the status in which its run ends.

The message of an incomplete run is not here: its reason is `max_tokens` or `content_filter`.
"""


@dataclass(slots=True)
class Timeline(RunWriter):
    """Plays one run's script, step by step, to its ending."""

    def events(self) -> Iterator[Event]:
        """All events from `thread.run.created` to the last `done`; after another `done` it waits for outputs."""
        script = self.run.script
        yield self.run_event("created")
        yield self.begin()
        if script.ending.is_stuck and script.ending.status is RunStatus.QUEUED:
            return
        yield self.become(RunStatus.IN_PROGRESS)
        for self.position, step in enumerate(script.steps):
            self.run.step = self.position
            yield from STEPS[type(step)](self, step)
        self.run.step = len(script.steps)
        if not script.ending.is_stuck:
            yield from self._end(script.ending)

    def cancelled(self) -> Iterator[Event]:
        """The events after a cancel request: the run is cancelling, then cancelled, unless it is stuck there."""
        if self.run.script.ending.status is RunStatus.CANCELLING:
            yield self.become(RunStatus.CANCELLING)
        else:
            yield from self._end(Ending(RunStatus.CANCELLED))

    def after_late_cancel(self, rest: Iterator[Event]) -> Iterator[Event]:
        """The events after a cancel request that comes too late: the run is cancelling, then `rest` follows."""
        yield self.become(RunStatus.CANCELLING)
        yield from rest

    def _end(self, ending: Ending) -> Iterator[Event]:
        """The events of an ending: the open step and message are closed, then the run, then the stream."""
        if ending.status is RunStatus.CANCELLED:
            yield self.become(RunStatus.CANCELLING)
        if self.open_step is not None:  # a message is open only within its step
            yield from self._close(ending, self.open_step)
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
        yield self.become(ending.status)
        yield DONE

    def _usage(self, status: RunStatus) -> JSON:
        scripted = self.run.script.usage or {}
        if status is RunStatus.CANCELLED:
            return objects.NO_TOKENS | scripted
        total = objects.sum_usage(map(itemgetter("usage"), self.run.steps.values())) | scripted
        if "total_tokens" not in scripted:
            total["total_tokens"] = total["prompt_tokens"] + total["completion_tokens"]
        return total

    def _close(self, ending: Ending, step: JSON) -> Iterator[Event]:
        """The events that close the open step, then the open message; an incomplete run closes the message first.

        Real streams that ended at a token limit have that order.
        """
        closing = [*self._close_step(ending, step), *self._close_message(ending)]
        yield from reversed(closing) if ending.status is RunStatus.INCOMPLETE else closing

    def _close_step(self, ending: Ending, step: JSON) -> Iterator[Event]:
        self.open_step = None
        step["status"] = STEP_ENDINGS[ending.status]
        if (timestamp := f"{step['status']}_at") in step:
            step[timestamp] = self.clock.tick()
        if step["status"] == "completed":
            step["usage"] = self.step_usage(16)
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
