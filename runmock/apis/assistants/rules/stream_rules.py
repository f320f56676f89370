"""The order of events in a stream: what begins it and ends it, and the lives of its steps and messages.

Source: docs/protocol/streams.md#orders. A missing event breaks no rule, since people shorten recordings; an event in
the wrong place does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.operations import BY_NAME, CREATING
from runmock.apis.assistants.rules.delta_rules import check_message_delta, check_step_delta
from runmock.apis.assistants.rules.known_objects import KnownMessage, KnownStep
from runmock.apis.assistants.rules.run_rules import check_run
from runmock.apis.assistants.run_fields import ENDS, EVENTS
from runmock.apis.assistants.story.story_deltas import INPUTS
from runmock.core.api import Role
from runmock.core.engine.run_status import AT_REST, TERMINAL
from runmock.core.errors import did_you_mean
from runmock.core.http.json_values import inside, mappings_inside, text_inside
from runmock.core.report.broken_rule import BrokenRule, check_same_text, missing_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from runmock.apis.assistants.rules.known_objects import KnownObjects
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

BEGINNINGS: Mapping[str, tuple[str, ...]] = {name: row.begins for name, row in BY_NAME.items() if row.begins}
"""The first event of a stream, by the operation that it answers; the usual one first."""
SUBMITS = frozenset(name for name, row in BY_NAME.items() if Role.SUBMITS_OUTPUTS in row.roles)

OPEN = frozenset({"created", "in_progress"})
"""The statuses in which a step or a message is not over."""


class StreamRules:
    """Checks the streams of a recording in order; `objects` holds what the answers before a stream contained."""

    def __init__(self, objects: KnownObjects, *, has_new_events: bool = False) -> None:
        """`has_new_events`: event names that runmock does not know are allowed, as in a script."""
        self.objects, self.has_new_events = objects, has_new_events

    def check(
        self,
        operation: str,
        events: Sequence[tuple[str, Any]],
        keys_of_event: Callable[[int], Keys],
        *,
        is_truncated: bool = False,
    ) -> Iterator[BrokenRule]:
        """Yield the rules that a stream breaks; `keys_of_event(number)` returns the keys of an event."""
        end_event = ""
        runs: set[str] = set()
        for number, (name, data) in enumerate(events):
            if end_event:
                yield BrokenRule(
                    "event-order", keys_of_event(number), f"{name} comes after {end_event}, which ends a stream"
                )
                return
            if name not in EVENTS and self.has_new_events:
                continue
            if name not in EVENTS:
                yield BrokenRule(
                    "event-order", keys_of_event(number), f"unknown event {name!r}{did_you_mean(name, sorted(EVENTS))}"
                )
            elif number == 0 and name not in ENDS and name not in BEGINNINGS.get(operation, EVENTS):
                first = BEGINNINGS[operation][0]
                yield BrokenRule(
                    "event-order", keys_of_event(number), f"the stream of a {operation} begins with {first}, not {name}"
                )
            if name in ENDS:
                end_event = name
                yield from self._check_end(name, runs, keys_of_event(number))
            elif isinstance(data, dict) and name in EVENTS:
                yield from self._check_event(operation, name, data, keys_of_event(number), is_first=number == 0)
                if name.startswith("thread.run.") and not name.startswith("thread.run.step."):
                    runs.add(str(data.get("id")))
        if not end_event and events:
            yield from self._check_missing_end(
                events[-1][0], runs, keys_of_event(len(events) - 1), is_truncated=is_truncated
            )

    def _check_missing_end(self, last: str, runs: set[str], keys: Keys, *, is_truncated: bool) -> Iterator[BrokenRule]:
        for run_id in runs & self.objects.runs.keys():
            self.objects.runs[run_id].is_reported = True
        if not is_truncated:
            yield missing_end(last, ENDS, keys)

    def _check_end(self, name: str, runs: set[str], keys: Keys) -> Iterator[BrokenRule]:
        for run_id in sorted(runs & self.objects.runs.keys()):
            run = self.objects.runs[run_id]
            run.is_settled |= name == "error"
            if name == "done" and run.status not in AT_REST:
                run.is_reported = True
                yield BrokenRule("event-order", keys, f"done comes while {run_id} is {run.status}")

    def _check_event(
        self, operation: str, name: str, data: JSON, keys: Keys, *, is_first: bool
    ) -> Iterator[BrokenRule]:
        kind, _, state = name.rpartition(".")
        if name == "thread.created":
            if not is_first or (operation and name not in BEGINNINGS.get(operation, ())):
                yield BrokenRule(
                    "event-order", keys, "thread.created comes first, and only where a thread is created too"
                )
        elif kind == "thread.run":
            yield from self._check_run_event(operation, state, data, keys)
        elif kind == "thread.run.step":
            yield from self._check_step_event(operation, state, data, keys)
        else:
            yield from self._check_message_event(state, data, keys)
        self.objects.ids.add(str(data.get("id")))

    def _check_run_event(self, operation: str, state: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        run_id, status = str(data.get("id")), data.get("status")
        known_run = self.objects.runs.get(run_id)
        if state == "created" and known_run is not None:
            yield BrokenRule("event-order", keys, f"thread.run.created of {run_id}, which was created before")
            return
        if state != "created" and known_run is None and operation in CREATING:
            yield BrokenRule("event-order", keys, f"thread.run.{state} of {run_id} comes before its thread.run.created")
        expected = {"created": ("queued",), "completed": ("completed", "incomplete")}.get(state, (state,))
        if status is not None and status not in expected:
            message = f"thread.run.{state} has the status {status!r} of {run_id}, not {expected[0]!r}"
            yield BrokenRule("event-order", keys, message)
        yield from check_run(self.objects, data, keys, f"thread.run.{state}")
        if state == "requires_action":
            yield from self._check_required_action(data, keys)
        if isinstance(status, str) and status in TERMINAL:
            yield from self._check_left_open(run_id, status, keys)

    def _check_required_action(self, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """The step of each announced call must still be open, and its deltas must have the announced arguments."""
        for call in mappings_inside(data, "required_action", "submit_tool_outputs", "tool_calls"):
            for step_id, step in self.objects.steps.items():
                call_in_step = next(
                    (known_call for known_call in step.calls.values() if known_call.id == call.get("id")), None
                )
                if call_in_step is None:
                    continue
                if step.ended:
                    message = f"{step_id} is {step.ended} before its calls were answered: requires_action comes first"
                    yield BrokenRule("event-order", keys, message)
                arguments = inside(call, "function", "arguments")
                yield from check_same_text(f"the arguments of {call_in_step.id}", call_in_step.input, arguments, keys)

    def _check_left_open(self, run_id: str, status: str, keys: Keys) -> Iterator[BrokenRule]:
        for kind, objects in (("step", self.objects.steps), ("message", self.objects.messages)):
            for item_id, item in objects.items():
                if item.run_id == run_id and not item.ended:
                    yield BrokenRule(
                        "event-order", keys, f"{run_id} is {status} while the {kind} {item_id} is not over"
                    )
                    item.ended = status

    def _check_step_event(self, operation: str, state: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        step_id = str(data.get("id"))
        step = self.objects.steps.get(step_id)
        if step is None:
            if state not in {"created", "delta"} and operation not in SUBMITS:
                yield BrokenRule("event-order", keys, f"thread.run.step.{state} of {step_id} comes before its creation")
            if state == "delta":
                message = f"thread.run.step.delta of {step_id}, which no event before it created"
                yield BrokenRule("unknown-id", keys, message)
                return
            step = self.objects.steps[step_id] = KnownStep(str(data.get("run_id")))
        elif step.ended or state == "created":
            what = f"is {step.ended}" if step.ended else "was created before"
            yield BrokenRule("event-order", keys, f"thread.run.step.{state} of {step_id}, which {what}")
        if state == "delta":
            yield from check_step_delta(step_id, step, data, keys)
            return
        yield from _check_status_in_name("thread.run.step", step_id, state, data, keys)
        yield from self._check_step_details(step_id, step, state, data, keys)
        step.ended = "" if state in OPEN else state

    def _check_step_details(
        self, step_id: str, step: KnownStep, state: str, data: JSON, keys: Keys
    ) -> Iterator[BrokenRule]:
        is_new_message = step.message_id is None
        step.message_id = text_inside(data, "step_details", "message_creation", "message_id") or step.message_id
        message = self.objects.messages.get(step.message_id or "")
        if is_new_message and message is not None and message.created_at:
            early = f"thread.message.created of {step.message_id} comes before thread.run.step.{state} of {step_id}"
            yield BrokenRule("event-order", message.created_at, f"{early}, which makes it")
        if state == "completed" and message is not None and not message.ended:
            yield BrokenRule(
                "event-order", keys, f"{step_id} is {state} while its message {step.message_id} is not over"
            )
        for call in mappings_inside(data, "step_details", "tool_calls"):
            call_in_step = next(
                (known_call for known_call in step.calls.values() if known_call.id == call.get("id")), None
            )
            if call_in_step is not None:
                input_text = inside(call, call_in_step.kind, INPUTS.get(call_in_step.kind, ""))
                yield from check_same_text(f"the input of {call_in_step.id}", call_in_step.input, input_text, keys)

    def _check_message_event(self, state: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        message_id = str(data.get("id"))
        message = self.objects.messages.get(message_id)
        if message is None:
            if state == "delta":
                text = f"thread.message.delta of {message_id}, which no event before it created"
                yield BrokenRule("unknown-id", keys, text)
                return
            if state != "created":
                yield BrokenRule(
                    "event-order", keys, f"thread.message.{state} of {message_id} comes before its creation"
                )
            message = self.objects.messages[message_id] = KnownMessage(str(data.get("run_id")), created_at=keys)
        elif message.ended or state == "created":
            what = f"is {message.ended}" if message.ended else "was created before"
            yield BrokenRule("event-order", keys, f"thread.message.{state} of {message_id}, which {what}")
        if state == "delta":
            yield from check_message_delta(message_id, message, data, keys)
            return
        yield from _check_status_in_name("thread.message", message_id, state, data, keys)
        if state not in OPEN:
            message.ended = state
            for index, from_deltas in sorted(message.pieces.items()):
                final = inside(data, "content", index, "text", "value")
                final = inside(data, "content", index, "refusal") if final is None else final
                yield from check_same_text(f"the text of {message_id}", from_deltas, final, keys)


def _check_status_in_name(kind: str, object_id: str, state: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """The status in an event's object must be the one in the event's name."""
    status, expected = data.get("status"), "in_progress" if state in OPEN else state
    if status is not None and status != expected:
        yield BrokenRule(
            "event-order", keys, f"{kind}.{state} has the status {status!r} of {object_id}, not {expected!r}"
        )
