"""Rules for recorded interactions: what an answer contains must fit what the answers before it contained.

What the rules learn of runs, steps and messages is in `KnownObjects`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.apis.assistants.rules.known_objects import KnownMessage, KnownObjects, KnownStep
from runmock.apis.assistants.rules.run_rules import check_end, check_outputs, check_run
from runmock.apis.assistants.rules.stream_rules import StreamRules
from runmock.core.api import Role
from runmock.core.replay.ids_in_payloads import ids_in, unlike_payloads
from runmock.core.report.broken_rule import BrokenRule, check_asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runmock.core.api import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction

ALIAS = re.compile(r"(?:thread|run|msg|step|call)_[0-9]{1,6}")
"""Ids that runmock puts into recordings; an id of another form may be the application's own, and is not checked."""


class AssistantsRules:
    """Fulfils `ApiRules`; mutable: `objects` grows with each interaction."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        """`ids`: the ids of threads and assistants that the cassette declares; they existed before the recording."""
        self.objects = KnownObjects(ids=set(ids))
        self.streams = StreamRules(self.objects)

    def check(self, interaction: Interaction, keys: Keys, keys_of_event: Callable[[int], Keys]) -> Iterator[BrokenRule]:
        """Yield the rules that an interaction breaks; `keys_of_event(number)` returns the keys of a stream event."""
        operation = interaction.operation
        runs_before = set(self.objects.runs)
        yield from self._check_path_ids(operation, interaction, (*keys, "request"))
        if Role.SUBMITS_OUTPUTS in operation.roles:
            submitted = (
                [call_id for call_id, _ in tool_outputs(interaction.body)] if isinstance(interaction.body, dict) else []
            )
            yield from check_outputs(
                self.objects, operation.ids["run_id"], [str(call_id) for call_id in submitted], (*keys, "body")
            )
        if Role.STREAMS in operation.roles or interaction.stream is not None:
            yield from check_asked_for(interaction, (*keys, "request"))
        if interaction.stream is not None:
            events = [(event.name, event.data) for event in interaction.stream]
            yield from self.streams.check(operation.name, events, keys_of_event, is_truncated=interaction.is_truncated)
        else:
            yield from self._check_object(interaction.json, (*keys, "json"))
        self._note_requested_runs(operation, self.objects.runs.keys() - runs_before)
        for payload in unlike_payloads(interaction):
            self.objects.ids.update(text for text, _ in ids_in(payload))

    def _note_requested_runs(self, operation: Operation, new: set[str]) -> None:
        """Mark runs that the application created or requested, and runs that it cancelled or deleted with a thread."""
        thread_id = operation.ids.get("thread_id", "")
        requested = (
            new if Role.CREATES_RUN in operation.roles else {operation.ids.get("run_id", "")} & self.objects.runs.keys()
        )
        for run_id in requested:
            run = self.objects.runs[run_id]
            run.is_requested, run.thread_id = True, run.thread_id or thread_id
            run.is_settled |= Role.CANCELS in operation.roles
        if operation.name == "delete_thread":
            for run in self.objects.runs.values():
                run.is_settled |= run.thread_id == thread_id

    def check_end(self) -> Iterator[BrokenRule]:
        """Yield the rules that are broken because something is missing at the end of the recording."""
        yield from check_end(self.objects)

    def _check_path_ids(self, operation: Operation, interaction: Interaction, keys: Keys) -> Iterator[BrokenRule]:
        """Each id in the path must be known or stand in the answer, and the answer must be about the same ids."""
        other_ids = dict(_other_ids_in_answer(operation, interaction))
        for requested, answered in other_ids.items():
            yield BrokenRule("unknown-id", keys, f"the request is about {requested}, and the answer about {answered}")
        answered_ids = {text for payload in unlike_payloads(interaction) for text, _ in ids_in(payload)}
        for value in operation.ids.values():
            if ALIAS.fullmatch(value) and value not in self.objects.ids | answered_ids | other_ids.keys():
                yield BrokenRule("unknown-id", keys, f"no answer before this request contains {value}")

    def _check_object(self, value: Any, keys: Keys) -> Iterator[BrokenRule]:
        if not isinstance(value, dict):
            return
        kind = value.get("object")
        if kind == "list":
            items = value.get("data")
            for number, item in enumerate(items if isinstance(items, list) else ()):
                yield from self._check_object(item, (*keys, "data", number))
        elif kind == "thread.run":
            yield from check_run(self.objects, value, keys)
        elif kind == "thread.run.step":
            step = self.objects.steps.setdefault(str(value.get("id")), KnownStep(str(value.get("run_id"))))
            step.ended = "" if value.get("status") == "in_progress" else str(value.get("status"))
            if step.ended == "completed" and value.get("type") == "message_creation":
                self._note_reply(step.run_id)
        elif kind == "thread.message":
            message = self.objects.messages.setdefault(str(value.get("id")), KnownMessage(str(value.get("run_id"))))
            message.ended = message.ended or str(value.get("status") or "completed")
            if value.get("content") and value.get("status") != "in_progress":
                self._note_reply(message.run_id)

    def _note_reply(self, run_id: str) -> None:
        """Mark a run as settled: the application has read its reply, so it need not poll the run to its end."""
        if (run := self.objects.runs.get(run_id)) is not None:
            run.is_settled = True


def _other_ids_in_answer(operation: Operation, interaction: Interaction) -> Iterator[tuple[str, str]]:
    """Yield each id in the request's path with the id that the answer has in its place, where they differ."""
    answer = interaction.json if isinstance(interaction.json, dict) else _first_object_with_thread(interaction)
    requested = dict(operation.ids)
    answered = {"thread_id": answer.get("thread_id")}
    last = operation.path.rsplit("/", 1)[-1]
    answered |= {name: answer.get("id") for name, value in requested.items() if value == last}
    for name, value in answered.items():
        if name in requested and isinstance(value, str) and value != requested[name]:
            yield requested[name], value


def _first_object_with_thread(interaction: Interaction) -> JSON:
    """Return the first object of a stream that has a thread id, else an empty mapping."""
    objects = (event.data for event in interaction.stream or () if isinstance(event.data, dict))
    return next((candidate for candidate in objects if isinstance(candidate.get("thread_id"), str)), {})
