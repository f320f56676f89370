"""Writes what happens in a run into its objects, and makes the events: a status, a new step, a completed step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.apis.assistants import objects
from runmock.apis.assistants.run_fields import LIFETIME_S, TIMESTAMPS
from runmock.core.engine.run_status import RunStatus
from runmock.core.http.event import DONE, Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.apis.assistants.state import ThreadRun
    from runmock.core.engine.new_ids import Clock, Ids
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Shapes

CUT_SHORT = frozenset({RunStatus.INCOMPLETE, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.EXPIRED})
"""Statuses of runs that end while their last message is being written."""

WHILE_WAITING = frozenset({RunStatus.EXPIRED, RunStatus.CANCELLED})
"""Statuses of runs that end while they wait for tool outputs; others end after the outputs were submitted."""


@dataclass(slots=True)
class RunWriter:
    """Writes one run; `open_step` and `open_message` are those that an ending has to close."""

    run: ThreadRun
    ids: Ids
    clock: Clock
    shapes: Shapes = "live"
    includes_content: bool = False
    """Whether file search results come with their content."""
    is_prolonged: bool = False
    """Whether the run's lifetime begins anew each time it waits for tool outputs, as on Azure."""
    open_step: JSON | None = None
    open_message: JSON | None = None
    position: int = 0
    """The index of the script's step that is being played."""

    @property
    def is_cut_short(self) -> bool:
        """Whether the run ends before its present step does."""
        return self._ends_here(CUT_SHORT)

    @property
    def ends_while_waiting(self) -> bool:
        """Whether the run ends before the outputs of the present step's calls come."""
        return self._ends_here(WHILE_WAITING)

    def _ends_here(self, endings: frozenset[RunStatus]) -> bool:
        is_last = self.position == len(self.run.script.steps) - 1
        return is_last and self.run.script.ending.status in endings

    def become(self, status: RunStatus) -> Event:
        """Give the run its next status, with its timestamp; returns the event of it."""
        self.run.become(status)
        self.run.object["status"] = str(status)
        if (timestamp := TIMESTAMPS.get(status)) is not None:
            self.run.object[timestamp] = self.clock.tick()
        return self.run_event(str(status))

    def begin(self) -> Event:
        """Queue the run, whatever status the script's `run:` gave it at first."""
        self.run.become_as_written(RunStatus.QUEUED)
        return self.become(RunStatus.QUEUED)

    def wait(self) -> Iterator[Event]:
        """Let the run wait for tool outputs; the answer ends there."""
        if self.is_prolonged and "expires_at" not in self.run.script.overrides:
            self.run.object["expires_at"] = self.clock.now + LIFETIME_S
        yield self.become(RunStatus.REQUIRES_ACTION)
        yield DONE

    def run_event(self, kind: str) -> Event:
        """An event of the run, with its present object."""
        value = self.run.object if self.shapes == "live" else objects.as_json(self.run.object, self.shapes)
        resources = value.get("tool_resources") or objects.STREAM_TOOL_RESOURCES
        return Event(f"thread.run.{kind}", value | {"tool_resources": resources})

    def open(self, details: JSON) -> Iterator[Event]:
        """Begin a step; it is `open_step` from now on."""
        step = objects.step(self.ids.mint("step"), self.run.object, self.clock.now, details)
        self.open_step = self.run.steps[step["id"]] = step
        yield Event("thread.run.step.created", step)
        yield Event("thread.run.step.in_progress", step)

    def complete(self, completion_tokens: int) -> Event:
        """Complete the open step; `completion_tokens` count unless the script gives a usage."""
        step = self.open_step
        assert step is not None
        step["status"] = "completed"
        step["completed_at"] = self.clock.tick()
        step["usage"] = self.step_usage(completion_tokens)
        self.open_step = None
        return Event("thread.run.step.completed", step if self.includes_content else objects.without_content(step))

    def step_usage(self, completion_tokens: int) -> JSON:
        """The step's part of the usage that the script gives, else a plausible number of tokens."""
        usage, steps = self.run.script.usage, len(self.run.script.steps)
        if usage is None:
            letters = sum([len(objects.text_of(message)) for message in self.run.thread.messages.values()])
            return objects.usage(30 * (self.position + 1) + letters // 4, completion_tokens)
        parts = {}
        for kind in ("prompt_tokens", "completion_tokens"):
            each, rest = divmod(usage.get(kind, 0), steps)
            parts[kind] = each + (rest if self.position == steps - 1 else 0)
        return objects.usage(**parts)
