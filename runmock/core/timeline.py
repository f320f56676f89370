"""A scripted run as the events that it sends, in the service's order; making an event changes the run's objects.

Source of every order: protocol.md, section 5.2. The endings that no real stream shows (failed, cancelled, expired)
follow the natural order that it gives: the open step, the open message, the run, done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core import deltas, objects
from runmock.core.memory import DONE, Event
from runmock.core.run import STEP_ENDINGS, TIMESTAMPS, RunStatus
from runmock.core.script import CodeInterpreter, Ending, FileSearch, Message, ToolCalls
from runmock.core.substitution import substitute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.exchange import JSON
    from runmock.core.ids import Clock, Ids
    from runmock.core.memory import Run
    from runmock.core.script import Step

INCOMPLETE_MESSAGE = {
    RunStatus.FAILED: "run_failed",
    RunStatus.CANCELLED: "run_cancelled",
    RunStatus.EXPIRED: "run_expired",
}
"""Why a message stays incomplete when its run ends so."""

CUT_SHORT = frozenset({RunStatus.INCOMPLETE, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.EXPIRED})
WHILE_WAITING = frozenset({RunStatus.EXPIRED, RunStatus.CANCELLED})
"""Endings that come while a run waits for tool outputs; the others come after they were submitted."""


@dataclass(slots=True)
class Timeline:
    """Plays one run's script."""

    run: Run
    ids: Ids
    clock: Clock
    open_step: JSON | None = None
    open_message: JSON | None = None
    calls_announced: int = 0
    includes_content: bool = False

    def events(self) -> Iterator[Event]:
        """Everything from `thread.run.created` to the last `done`; after a `done` it goes on once outputs are there."""
        script = self.run.script
        yield self._run_event("created")
        yield from self._become(RunStatus.QUEUED)
        if script.ending.is_stuck and script.ending.status is RunStatus.QUEUED:
            return
        yield from self._become(RunStatus.IN_PROGRESS)
        for number, step in enumerate(script.steps):
            is_last = number == len(script.steps) - 1
            yield from self._step(step, number, is_last)
        yield from self.ending(script.ending)

    def cancelled(self) -> Iterator[Event]:
        """What a cancel request sets off: the run is cancelling, then it ends."""
        yield from self.ending(Ending(RunStatus.CANCELLED))

    def ending(self, ending: Ending) -> Iterator[Event]:
        """How the run ends: what is open is closed, then the run; nothing more when it is stuck."""
        if ending.is_stuck:
            return
        if ending.status is RunStatus.CANCELLED and self.run.status is not RunStatus.CANCELLING:
            yield from self._become(RunStatus.CANCELLING)
        yield from self._close_open(ending)
        run = self.run.object
        run["required_action"] = None
        if ending.status is RunStatus.FAILED:
            run["last_error"] = {"code": ending.code, "message": ending.message}
        if ending.status is RunStatus.INCOMPLETE:
            run["incomplete_details"] = {"reason": ending.reason}
        run["usage"] = self._usage(ending.status)
        run["expires_at"] = None
        for step in self.run.steps.values():
            step["expires_at"] = None
        self.run.waiting = ()
        yield from self._become(ending.status)
        yield DONE

    def _usage(self, status: RunStatus) -> JSON:
        if status is RunStatus.CANCELLED and self.run.script.usage is None:
            return dict(objects.NO_TOKENS)
        total = objects.sum_usage(step["usage"] for step in self.run.steps.values())
        return total | (self.run.script.usage or {})

    def _become(self, status: RunStatus) -> Iterator[Event]:
        self.run.object["status"] = str(status)
        if (timestamp := TIMESTAMPS.get(status)) is not None:
            self.run.object[timestamp] = self.clock.tick()
        yield self._run_event(str(status))

    def _run_event(self, kind: str) -> Event:
        resources = self.run.object["tool_resources"] or objects.STREAM_TOOL_RESOURCES
        return Event(f"thread.run.{kind}", self.run.object | {"tool_resources": resources})

    def _step(self, step: Step, number: int, is_last: bool) -> Iterator[Event]:
        if isinstance(step, Message):
            yield from self._message(step, number, is_last)
        elif isinstance(step, ToolCalls):
            yield from self._calls(step, number, is_last)
        else:
            yield from self._builtin(step, number)

    def _open(self, details: JSON) -> Iterator[Event]:
        step = objects.step(self.ids.mint("step"), self.run.object, self.clock.now, details)
        self.open_step = self.run.steps[step["id"]] = step
        yield Event("thread.run.step.created", step)
        yield Event("thread.run.step.in_progress", step)

    def _complete_step(self, number: int, tokens: int) -> Iterator[Event]:
        step = self.open_step
        assert step is not None
        step["status"] = "completed"
        step["completed_at"] = self.clock.tick()
        step["usage"] = self._step_usage(number, tokens)
        self.open_step = None
        told = step if self.includes_content else objects.without_content(step)
        yield Event("thread.run.step.completed", told)

    def _step_usage(self, number: int, tokens: int) -> JSON:
        """The step's part of the usage that the script gives, else a plausible number of tokens."""
        given, steps = self.run.script.usage, len(self.run.script.steps)
        if given is None:
            texts = (objects.text_of(message) for message in self.run.thread.messages.values())
            return objects.usage(30 * (number + 1) + sum(len(text) for text in texts) // 4, tokens)
        parts = {}
        for kind in ("prompt_tokens", "completion_tokens"):
            each, rest = divmod(given.get(kind, 0), steps)
            parts[kind] = each + (rest if number == steps - 1 else 0)
        return objects.usage(**parts)

    def _message(self, step: Message, number: int, is_last: bool) -> Iterator[Event]:
        run = self.run
        message_id = self.ids.mint("message")
        yield from self._open({"type": "message_creation", "message_creation": {"message_id": message_id}})
        message = objects.message(message_id, self.clock.now, run.object["thread_id"], {"run": run.object})
        self.open_message = run.thread.messages[message_id] = message
        yield Event("thread.message.created", message)
        yield Event("thread.message.in_progress", message)
        chunks, annotations = self._chunks(step)
        yield from (
            Event("thread.message.delta", delta) for delta in deltas.text_deltas(message_id, chunks, annotations)
        )
        message["content"] = [objects.text_part("".join(chunks), annotations)]
        if is_last and run.script.ending.status in CUT_SHORT:
            return
        message["status"], message["completed_at"] = "completed", self.clock.now
        self.open_message = None
        yield Event("thread.message.completed", message)
        yield from self._complete_step(number, len(chunks))

    def _chunks(self, step: Message) -> tuple[list[str], list[JSON]]:
        def said(text: str) -> str:
            return substitute(text, *self._words())

        if step.chunks:
            chunks = [said(chunk) for chunk in step.chunks]
            return chunks, deltas.cite("".join(chunks), step.annotations)
        text = said(step.text) if step.text is not None else _dump(_each_text(step.json, said))
        return deltas.split_at(text, step.annotations), deltas.cite(text, step.annotations)

    def _words(self) -> tuple[str, dict[str, str], dict[str, str]]:
        by_name = {str(call["function"]["name"]): self.run.outputs[key] for key, call in self._answered()}
        outputs = by_name | self.run.outputs
        return self.run.thread.last_user_text(), outputs, self.run.object["metadata"]

    def _answered(self) -> list[tuple[str, JSON]]:
        return [(key, call) for key, call in self.run.calls.items() if key in self.run.outputs]

    def _calls(self, step: ToolCalls, number: int, is_last: bool) -> Iterator[Event]:
        run = self.run
        calls = [self._announce(call.name, call.arguments, call.id) for call in step.calls]
        yield from self._open({"type": "tool_calls", "tool_calls": []})
        open_step = self.open_step
        assert open_step is not None
        for index, call in enumerate(calls):
            for delta in deltas.function_deltas(open_step["id"], index, call):
                yield Event("thread.run.step.delta", delta)
        open_step["step_details"] = {
            "type": "tool_calls",
            "tool_calls": [{**call, "function": {**call["function"], "output": None}} for call in calls],
        }
        run.waiting = tuple(call["id"] for call in calls)
        run.object["required_action"] = {
            "type": "submit_tool_outputs",
            "submit_tool_outputs": {"tool_calls": calls},
        }
        run.expected_outputs = step.outputs
        ends_unasked = is_last and run.script.ending.status in WHILE_WAITING
        run.ends_unasked = ends_unasked
        yield from self._become(RunStatus.REQUIRES_ACTION)
        yield DONE
        if ends_unasked:
            return
        yield from self._resume(open_step, number, calls)

    def _resume(self, open_step: JSON, number: int, calls: list[JSON]) -> Iterator[Event]:
        """The head of a submit stream: the waiting step is completed first, then the run is queued again."""
        run = self.run
        run.waiting, run.object["required_action"], run.expected_outputs = (), None, None
        for call in open_step["step_details"]["tool_calls"]:
            call["function"]["output"] = run.outputs[call["id"]]
        tokens = sum(len(call["function"]["arguments"]) // 4 + 8 for call in calls)
        yield from self._complete_step(number, tokens)
        yield from self._become(RunStatus.QUEUED)
        yield from self._become(RunStatus.IN_PROGRESS)

    def _announce(self, name: str, arguments: str, call_id: str | None) -> JSON:
        self.calls_announced += 1
        call = {
            "id": call_id or f"call_{self.calls_announced}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        self.run.calls[call["id"]] = call
        return call

    def _builtin(self, step: CodeInterpreter | FileSearch, number: int) -> Iterator[Event]:
        yield from self._open({"type": "tool_calls", "tool_calls": []})
        open_step = self.open_step
        assert open_step is not None
        if isinstance(step, CodeInterpreter):
            call, pieces, tokens = self._code(step, open_step["id"])
        else:
            call, pieces, tokens = self._search(step, open_step["id"])
        yield from (Event("thread.run.step.delta", piece) for piece in pieces)
        open_step["step_details"] = {"type": "tool_calls", "tool_calls": [call]}
        yield from self._complete_step(number, tokens)

    def _code(self, step: CodeInterpreter, step_id: str) -> tuple[JSON, Iterator[JSON], int]:
        logs: list[JSON] = [] if step.logs is None else [{"type": "logs", "logs": step.logs}]
        outputs: list[JSON] = [*logs, *({"type": "image", "image": {"file_id": image}} for image in step.images)]
        code = {"input": step.input, "outputs": outputs}
        call = {"id": self.ids.mint("call"), "type": "code_interpreter", "code_interpreter": code}
        return call, deltas.code_deltas(step_id, call, outputs), len(step.input) // 4 + 8

    def _search(self, step: FileSearch, step_id: str) -> tuple[JSON, Iterator[JSON], int]:
        search = {"ranking_options": dict(step.ranking_options), "results": [dict(one) for one in step.results]}
        call = {"id": self.ids.mint("call"), "type": "file_search", "file_search": search}
        return call, iter([deltas.search_delta(step_id, call)]), 20

    def _close_open(self, ending: Ending) -> Iterator[Event]:
        message, step = self.open_message, self.open_step
        if message is not None:
            reason = INCOMPLETE_MESSAGE.get(ending.status) or _message_reason(ending.reason)
            message |= {"status": "incomplete", "incomplete_at": self.clock.now}
            message["incomplete_details"] = {"reason": reason}
        closing = [] if step is None else [Event(f"thread.run.step.{STEP_ENDINGS[ending.status]}", step)]
        cut = [] if message is None else [Event("thread.message.incomplete", message)]
        if step is not None:
            self._end_step(step, ending)
        token_limit = ending.status is RunStatus.INCOMPLETE
        self.open_message = self.open_step = None
        yield from (*cut, *closing) if token_limit else (*closing, *cut)

    def _end_step(self, step: JSON, ending: Ending) -> None:
        step["status"] = STEP_ENDINGS[ending.status]
        step[f"{step['status']}_at"] = self.clock.tick()
        if step["status"] == "completed":
            step["usage"] = self._step_usage(max(len(self.run.script.steps) - 1, 0), 16)
        if ending.status is RunStatus.FAILED:
            step["last_error"] = {"code": ending.code, "message": ending.message}


def _message_reason(reason: str | None) -> str:
    return "content_filter" if reason == "content_filter" else "max_tokens"


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _each_text(value: Any, change: Any) -> Any:
    """The JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [_each_text(part, change) for part in value]
    return value
