"""The order of events in a stream: what begins it and ends it, and the lives of its steps and messages.

Source: docs/protocol/streams.md#orders. Events that are left out are no fault, people shorten recordings; events in
a wrong place are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.assistants.stream_ends import ASSISTANTS as ENDS
from runmock.core.assistants.stream_ends import Ends, none_of
from runmock.core.engine.run_status import AT_REST, EVENTS, TERMINAL
from runmock.core.errors import did_you_mean
from runmock.core.http.json_values import inside, mappings_inside, text_inside
from runmock.documents.check.delta_rules import message_delta, same_text, step_delta
from runmock.documents.check.findings import Broken
from runmock.documents.check.known_objects import KnownMessage, KnownStep
from runmock.documents.check.run_rules import see_run
from runmock.documents.story.deltas import INPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.documents.check.known_objects import KnownObjects
    from runmock.tape.format.run_keys import Keys

BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    "create_run": ("thread.run.created",),
    "create_thread_and_run": ("thread.created",),
    "submit_tool_outputs": (
        *(f"thread.run.step.{end}" for end in ("completed", "failed", "cancelled", "expired")),
        "thread.run.queued",
    ),
}
"""The first event of a stream, by the operation that it answers; the usual one first."""

OPEN = frozenset({"created", "in_progress"})
"""The statuses in which a step or a message is not over."""


class StreamRules:
    """Looks at one stream after the other; `seen` is what was told before it."""

    def __init__(self, seen: KnownObjects, *, has_new_events: bool = False) -> None:
        """`has_new_events`: what is not in the list may be an event all the same, as in a script."""
        self.seen, self.has_new_events = seen, has_new_events

    def broken(
        self,
        operation: str,
        events: Sequence[tuple[str, Any]],
        at: Callable[[int], Keys],
        *,
        is_truncated: bool = False,
    ) -> Iterator[Broken]:
        """What is wrong with a stream; `at`: the keys that lead to an event."""
        ended = ""
        runs: set[str] = set()
        for number, (name, data) in enumerate(events):
            if ended:
                yield Broken("event-order", at(number), f"{name} comes after {ended}, which ends a stream")
                return
            if name not in EVENTS and self.has_new_events:
                continue
            if name not in EVENTS:
                yield Broken("event-order", at(number), f"unknown event {name!r}{did_you_mean(name, sorted(EVENTS))}")
            elif number == 0 and name not in ENDS and name not in BEGINNINGS.get(operation, EVENTS):
                first = BEGINNINGS[operation][0]
                yield Broken("event-order", at(number), f"the stream of a {operation} begins with {first}, not {name}")
            if name in ENDS:
                ended = name
                yield from self._at_end(name, runs, at(number))
            elif isinstance(data, dict) and name in EVENTS:
                yield from self._event(operation, name, data, at(number), is_first=number == 0)
                if name.startswith("thread.run.") and not name.startswith("thread.run.step."):
                    runs.add(str(data.get("id")))
        if not ended and events:
            yield from self._has_no_end(events[-1][0], runs, at(len(events) - 1), is_truncated=is_truncated)

    def _has_no_end(self, last: str, runs: set[str], keys: Keys, *, is_truncated: bool) -> Iterator[Broken]:
        for run_id in runs & self.seen.runs.keys():
            self.seen.runs[run_id].is_reported = True
        if not is_truncated:
            yield no_end(last, ENDS, keys)

    def _at_end(self, name: str, runs: set[str], keys: Keys) -> Iterator[Broken]:
        for run_id in sorted(runs & self.seen.runs.keys()):
            run = self.seen.runs[run_id]
            run.is_settled |= name == "error"
            if name == "done" and run.status not in AT_REST:
                run.is_reported = True
                yield Broken("event-order", keys, f"done comes while {run_id} is {run.status}")

    def _event(self, operation: str, name: str, data: JSON, keys: Keys, *, is_first: bool) -> Iterator[Broken]:
        kind, _, state = name.rpartition(".")
        if name == "thread.created":
            if not is_first or operation not in {"create_thread_and_run", ""}:
                yield Broken("event-order", keys, "thread.created comes first, and only where a thread is created too")
        elif kind == "thread.run":
            yield from self._run(operation, state, data, keys)
        elif kind == "thread.run.step":
            yield from self._step(operation, state, data, keys)
        elif kind == "thread.message":
            yield from self._message(state, data, keys)
        self.seen.ids.add(str(data.get("id")))

    def _run(self, operation: str, state: str, data: JSON, keys: Keys) -> Iterator[Broken]:
        run_id, status = str(data.get("id")), data.get("status")
        known = self.seen.runs.get(run_id)
        if state == "created" and known is not None:
            yield Broken("event-order", keys, f"thread.run.created of {run_id}, which was created before")
            return
        if state != "created" and known is None and operation in {"create_run", "create_thread_and_run"}:
            yield Broken("event-order", keys, f"thread.run.{state} of {run_id} comes before its thread.run.created")
        expected = {"created": ("queued",), "completed": ("completed", "incomplete")}.get(state, (state,))
        if status is not None and status not in expected:
            told = f"thread.run.{state} tells the status {status!r} of {run_id}, not {expected[0]!r}"
            yield Broken("event-order", keys, told)
        yield from see_run(self.seen, data, keys, f"thread.run.{state}")
        if state == "requires_action":
            yield from self._asks(data, keys)
        if isinstance(status, str) and status in TERMINAL:
            yield from self._left_open(run_id, status, keys)

    def _asks(self, data: JSON, keys: Keys) -> Iterator[Broken]:
        """The step of the announced calls is still open, and its deltas said what is announced."""
        for call in mappings_inside(data, "required_action", "submit_tool_outputs", "tool_calls"):
            for step_id, step in self.seen.steps.items():
                known = next((one for one in step.calls.values() if one.id == call.get("id")), None)
                if known is None:
                    continue
                if step.ended:
                    message = f"{step_id} is {step.ended} before its calls were answered: requires_action comes first"
                    yield Broken("event-order", keys, message)
                told = inside(call, "function", "arguments")
                yield from same_text(f"the arguments of {known.id}", known.input, told, keys)

    def _left_open(self, run_id: str, status: str, keys: Keys) -> Iterator[Broken]:
        for kind, found in (("step", self.seen.steps), ("message", self.seen.messages)):
            for one_id, one in found.items():
                if one.run_id == run_id and not one.ended:
                    yield Broken("event-order", keys, f"{run_id} is {status} while the {kind} {one_id} is not over")
                    one.ended = status

    def _step(self, operation: str, state: str, data: JSON, keys: Keys) -> Iterator[Broken]:
        step_id = str(data.get("id"))
        step = self.seen.steps.get(step_id)
        if step is None:
            if state not in {"created", "delta"} and operation != "submit_tool_outputs":
                yield Broken("event-order", keys, f"thread.run.step.{state} of {step_id} comes before its creation")
            if state == "delta":
                message = f"thread.run.step.delta of {step_id}, which no event before it created"
                yield Broken("unknown-id", keys, message)
                return
            step = self.seen.steps[step_id] = KnownStep(str(data.get("run_id")))
        elif step.ended or state == "created":
            what = f"is {step.ended}" if step.ended else "was created before"
            yield Broken("event-order", keys, f"thread.run.step.{state} of {step_id}, which {what}")
        if state == "delta":
            yield from step_delta(step_id, step, data, keys)
            return
        yield from _agrees("thread.run.step", step_id, state, data, keys)
        yield from self._details(step_id, step, state, data, keys)
        step.ended = "" if state in OPEN else state

    def _details(self, step_id: str, step: KnownStep, state: str, data: JSON, keys: Keys) -> Iterator[Broken]:
        is_news = step.message_id is None
        step.message_id = text_inside(data, "step_details", "message_creation", "message_id") or step.message_id
        message = self.seen.messages.get(step.message_id or "")
        if is_news and message is not None and message.created_at:
            early = f"thread.message.created of {step.message_id} comes before thread.run.step.{state} of {step_id}"
            yield Broken("event-order", message.created_at, f"{early}, which makes it")
        if state == "completed" and message is not None and not message.ended:
            yield Broken("event-order", keys, f"{step_id} is {state} while its message {step.message_id} is not over")
        for call in mappings_inside(data, "step_details", "tool_calls"):
            known = next((one for one in step.calls.values() if one.id == call.get("id")), None)
            if known is not None:
                told = inside(call, known.kind, INPUTS.get(known.kind, ""))
                yield from same_text(f"the input of {known.id}", known.input, told, keys)

    def _message(self, state: str, data: JSON, keys: Keys) -> Iterator[Broken]:
        message_id = str(data.get("id"))
        message = self.seen.messages.get(message_id)
        if message is None:
            if state == "delta":
                text = f"thread.message.delta of {message_id}, which no event before it created"
                yield Broken("unknown-id", keys, text)
                return
            if state != "created":
                yield Broken("event-order", keys, f"thread.message.{state} of {message_id} comes before its creation")
            message = self.seen.messages[message_id] = KnownMessage(str(data.get("run_id")), created_at=keys)
        elif message.ended or state == "created":
            what = f"is {message.ended}" if message.ended else "was created before"
            yield Broken("event-order", keys, f"thread.message.{state} of {message_id}, which {what}")
        if state == "delta":
            yield from message_delta(message_id, message, data, keys)
            return
        yield from _agrees("thread.message", message_id, state, data, keys)
        if state not in OPEN:
            message.ended = state
            for index, said in sorted(message.pieces.items()):
                told = inside(data, "content", index, "text", "value")
                told = inside(data, "content", index, "refusal") if told is None else told
                yield from same_text(f"the text of {message_id}", said, told, keys)


def no_end(last: str, ends: Ends, keys: Keys) -> Broken:
    """A stream stops after an event that does not end it."""
    return Broken("truncated", keys, f"the stream ends with {last}, and {none_of(ends)}")


def _agrees(kind: str, one_id: str, state: str, data: JSON, keys: Keys) -> Iterator[Broken]:
    """An event's name and the status in it say the same."""
    status, wanted = data.get("status"), "in_progress" if state in OPEN else state
    if status is not None and status != wanted:
        yield Broken("event-order", keys, f"{kind}.{state} tells the status {status!r} of {one_id}, not {wanted!r}")
