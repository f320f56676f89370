"""A whole recording, request by request: what each answer tells must fit what was told before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.operations import STREAMING, identify
from runmock.core.assistants.stream_ends import ends_of, has_end
from runmock.core.replay.ids_in_payloads import ids_in, payloads_of
from runmock.core.replay.matching import tool_outputs
from runmock.documents.check.findings import Broken
from runmock.documents.check.known_objects import KnownMessage, KnownObjects, KnownStep
from runmock.documents.check.run_rules import at_end, see_outputs, see_run
from runmock.documents.check.stream_rules import StreamRules, no_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runmock.core.assistants.operations import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.format.run_keys import Keys

_REFUSED = 400
ALIAS = re.compile(r"(?:thread|run|msg|step|call)_[0-9]{1,6}")
"""Ids as recordings name them; others may have been the application's own."""
CREATING = frozenset({"create_run", "create_thread_and_run"})


class RecordingRules:
    """Looks at one interaction after the other; mutable: `seen` grows."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        """`ids`: of what a cassette says was there beforehand."""
        self.seen = KnownObjects(ids=set(ids))
        self.streams = StreamRules(self.seen)

    def broken(self, one: Interaction, keys: Keys, at: Callable[[int], Keys]) -> Iterator[Broken]:
        """What is wrong with an interaction; `at`: the keys that lead to an event of its stream."""
        operation = identify(one.method, one.path)
        if one.is_truncated:
            yield Broken("truncated", (*keys, "truncated"), f"the answer to {one.method} {one.path} has no end")
        if one.status >= _REFUSED:
            return
        if operation is None:
            yield from _unended(one, at)
            return
        known = set(self.seen.runs)
        yield from self._ids(operation, one, (*keys, "request"))
        if operation.name == "submit_tool_outputs":
            given = [call_id for call_id, _ in tool_outputs(one.body)] if isinstance(one.body, dict) else []
            yield from see_outputs(self.seen, operation.ids["run_id"], [str(one) for one in given], (*keys, "body"))
        wants_stream = isinstance(one.body, dict) and one.body.get("stream") is True and operation.name in STREAMING
        if wants_stream is not (one.stream is not None):
            said = (
                "asks for a stream, and is answered with none" if wants_stream else "asks for no stream, and gets one"
            )
            yield Broken("event-order", (*keys, "request"), f"the {operation.name} {said}")
        if one.stream is not None:
            events = [(event.name, event.data) for event in one.stream]
            yield from self.streams.broken(operation.name, events, at, is_truncated=one.is_truncated)
        else:
            yield from self._json(one.json, (*keys, "json"))
        self._concern(operation, self.seen.runs.keys() - known)
        for payload in payloads_of(one):
            self.seen.ids.update(text for text, _ in ids_in(payload))

    def _concern(self, operation: Operation, new: set[str]) -> None:
        """Note which runs the application has to do with, and which it waits for no more."""
        thread_id = operation.ids.get("thread_id", "")
        asked = new if operation.name in CREATING else {operation.ids.get("run_id", "")} & self.seen.runs.keys()
        for run_id in asked:
            run = self.seen.runs[run_id]
            run.is_own, run.thread_id = True, run.thread_id or thread_id
            run.is_settled |= operation.name == "cancel_run"
        if operation.name == "delete_thread":
            for run in self.seen.runs.values():
                run.is_settled |= run.thread_id == thread_id

    def at_end(self) -> Iterator[Broken]:
        """What only the end shows."""
        yield from at_end(self.seen)

    def _ids(self, operation: Operation, one: Interaction, keys: Keys) -> Iterator[Broken]:
        """Ids in the path are known, or the answer itself speaks of them."""
        mistaken = dict(_mistaken(operation, one))
        for asked, told in mistaken.items():
            yield Broken("unknown-id", keys, f"the request is about {asked}, and the answer about {told}")
        told_ids = {text for payload in payloads_of(one) for text, _ in ids_in(payload)}
        for value in operation.ids.values():
            if ALIAS.fullmatch(value) and value not in self.seen.ids | told_ids | mistaken.keys():
                yield Broken("unknown-id", keys, f"{value} was told by no answer before this request")

    def _json(self, value: Any, keys: Keys) -> Iterator[Broken]:
        if not isinstance(value, dict):
            return
        kind = value.get("object")
        if kind == "list":
            items = value.get("data")
            for number, item in enumerate(items if isinstance(items, list) else ()):
                yield from self._json(item, (*keys, "data", number))
        elif kind == "thread.run":
            yield from see_run(self.seen, value, keys)
        elif kind == "thread.run.step":
            step = self.seen.steps.setdefault(str(value.get("id")), KnownStep(str(value.get("run_id"))))
            step.ended = "" if value.get("status") == "in_progress" else str(value.get("status"))
            if step.ended == "completed" and value.get("type") == "message_creation":
                self._has_replied(step.run_id)
        elif kind == "thread.message":
            message = self.seen.messages.setdefault(str(value.get("id")), KnownMessage(str(value.get("run_id"))))
            message.ended = message.ended or str(value.get("status") or "completed")
            if value.get("content") and value.get("status") != "in_progress":
                self._has_replied(message.run_id)

    def _has_replied(self, run_id: str) -> None:
        """A run's reply was read: an application that waits for it may ask for the run no more."""
        if (run := self.seen.runs.get(run_id)) is not None:
            run.is_settled = True


def _unended(one: Interaction, at: Callable[[int], Keys]) -> Iterator[Broken]:
    """A stream outside the Assistants family: its API may say which events end it."""
    ends = ends_of(one.method, one.path)
    if ends and one.stream and not one.is_truncated and not has_end(one.stream, ends):
        yield no_end(one.stream[-1].name, ends, at(len(one.stream) - 1))


def _mistaken(operation: Operation, one: Interaction) -> Iterator[tuple[str, str]]:
    """Ids that a request asks about, with those that the answer tells instead."""
    answer = one.json if isinstance(one.json, dict) else _first(one)
    asked = dict(operation.ids)
    told = {"thread_id": answer.get("thread_id")}
    last = operation.path.rsplit("/", 1)[-1]
    told |= {name: answer.get("id") for name, value in asked.items() if value == last}
    for name, value in told.items():
        if name in asked and isinstance(value, str) and value != asked[name]:
            yield asked[name], value


def _first(one: Interaction) -> JSON:
    """The first object of a stream that tells its thread."""
    told = (event.data for event in one.stream or () if isinstance(event.data, dict))
    return next((value for value in told if isinstance(value.get("thread_id"), str)), {})
