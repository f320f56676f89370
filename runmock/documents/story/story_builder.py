"""A recording's interactions become its story: each answer tells of objects, and each object is known by its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.message_texts import texts_of
from runmock.core.assistants.operations import identify
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.replay.matching import tool_outputs
from runmock.documents.story.deltas import add_content, add_input, note_call
from runmock.documents.story.story import (
    AssistantStory,
    CallStory,
    MessageStory,
    RefusalStory,
    RunStory,
    State,
    StepStory,
    Story,
    ThreadStory,
)
from runmock.documents.story.timing import moments
from runmock.tape.format.shorthand import dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from runmock.core.assistants.operations import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction

REFUSED = 400
"""Statuses from here on are refusals."""
CREATING = ("create_run", "create_thread_and_run")
BREAKS_OFF = "the stream breaks off"


def story_of(interactions: Iterable[Interaction], began_at: float | None = None) -> Story:
    """Tell what happened; `began_at`: when the recording began, in seconds since the epoch."""
    teller = _StoryBuilder(began_at)
    for number, one in enumerate(interactions):
        teller.see(number, one)
    story = teller.story
    story.ended_ms = teller.now
    return story


def body_of(one: Interaction) -> JSON:
    """The request's JSON object, an empty one when it has none."""
    return one.body if isinstance(one.body, dict) else {}


@dataclass(slots=True)
class _StoryBuilder:
    """Mutable: takes interactions in their order."""

    base: float | None
    story: Story = field(default_factory=Story)
    now: float = 0
    place: int = 0
    told: int = 0
    """So many statuses and steps were told."""
    runs: dict[str, RunStory] = field(default_factory=dict)
    steps: dict[str, StepStory] = field(default_factory=dict)
    messages: dict[str, MessageStory] = field(default_factory=dict)

    def see(self, place: int, one: Interaction) -> None:
        self.place = place
        operation = identify(one.method, one.path)
        if operation is None:
            self.story.others.append(one)
            return
        self._note_base(one)
        told = moments(one, self.now, self.base)
        if any(later > self.now for later in told):
            self.story.is_timed = True
        elif one.stream is not None:
            told = [self.now + number for number in range(len(told))]
        if one.status >= REFUSED:
            self._refuse(operation, one)
        elif one.stream is not None:
            for event, at_ms in zip(one.stream, told, strict=True):
                self.now = max(self.now, at_ms)
                self._event(operation, event.name, event.data, one)
            self._break_off(operation, one)
        else:
            self.now = max(self.now, told[0])
            self._answer(operation, one)
        if one.status < REFUSED and (run := self.runs.get(operation.ids.get("run_id", ""))) is not None:
            run.is_asked = True
            if operation.name == "submit_tool_outputs":
                self._submit(run, one)

    def _next(self) -> int:
        self.told += 1
        return self.told

    def _note_base(self, one: Interaction) -> None:
        """Without a time in the header the recording begins with its first thread or run."""
        if self.base is None:
            values = (one.json, *(event.data for event in one.stream or ()))
            told = (
                value for value in values if isinstance(value, dict) and value.get("object") in {"thread", "thread.run"}
            )
            self.base = next((at for value in told if isinstance(at := value.get("created_at"), int | float)), None)

    def _refuse(self, operation: Operation, one: Interaction) -> None:
        refusal = RefusalStory(operation.name, self.now, one)
        thread = operation.ids.get("thread_id")
        (self.story.refusals if thread is None else self._thread(thread).items).append(refusal)

    def _thread(self, thread_id: str) -> ThreadStory:
        return self.story.threads.setdefault(thread_id, ThreadStory(thread_id, self.place))

    def _answer(self, operation: Operation, one: Interaction) -> None:
        value = one.json if isinstance(one.json, dict) else {}
        if value.get("object") == "list":
            found = mappings_inside(value, "data")
            is_oldest_first = one.query.get("order", ("desc",))[-1] == "asc"
            for item in found if is_oldest_first else reversed(found):
                self._object(operation, item, one)
        else:
            self._object(operation, value, one)
        if operation.name == "cancel_run" and (run := self.runs.get(operation.ids["run_id"])) is not None:
            run.is_cancelled = True

    def _event(self, operation: Operation, name: str, data: Any, one: Interaction) -> None:
        if not isinstance(data, dict):
            return
        if name == "thread.message.delta":
            add_content(self.messages, data, self.now)
        elif name == "thread.run.step.delta":
            add_input(self.steps, data, self.now)
        else:
            self._object(operation, data, one)

    def _break_off(self, operation: Operation, one: Interaction) -> None:
        """A stream that has no end, or an `error` event for one."""
        run = self.runs.get(operation.ids.get("run_id", "")) or self._run_of(self.place)
        errors = [event.data for event in one.stream or () if event.name == "error"]
        if run is not None and errors:
            said = text_inside(errors[-1], "error", "message") or text_inside(errors[-1], "message")
            run.broken_off = f"error event: {said}".removesuffix(": ")
        elif run is not None and one.is_truncated:
            run.broken_off = BREAKS_OFF

    def _run_of(self, place: int) -> RunStory | None:
        return next((run for run in self.runs.values() if run.place == place), None)

    def _object(self, operation: Operation, value: JSON, one: Interaction) -> None:
        see = KINDS.get(str(value.get("object")))
        if see is not None and isinstance(value.get("id"), str):
            see(self, operation, value, one)

    def _see_assistant(self, operation: Operation, value: JSON, _: Interaction) -> None:
        known = self.story.assistants.get(value["id"])
        is_brought = operation.name != "create_assistant" if known is None else known.is_brought
        self.story.assistants[value["id"]] = AssistantStory(value if known is None else known.object, is_brought)

    def _see_thread(self, operation: Operation, value: JSON, one: Interaction) -> None:
        thread = self._thread(value["id"])
        if operation.name in {"create_thread", "create_thread_and_run"} and thread.is_brought and not thread.items:
            thread.is_brought = False
            self._say(thread, body_of(one) if operation.name == "create_thread" else body_of(one).get("thread"))

    def _say(self, thread: ThreadStory, given: Any, key: str = "messages") -> None:
        """What a request brought, which no answer tells."""
        for message in mappings_inside(given, key):
            role = str(message.get("role", "user"))
            thread.items.append(MessageStory(role, texts_of(message.get("content")), self.now, object=message))

    def _see_message(self, _: Operation, value: JSON, __: Interaction) -> None:
        message = self.messages.get(value["id"])
        if message is None:
            message = self.messages[value["id"]] = self._place(value)
        message.id, message.object = value["id"], value
        message.text = texts_of(value.get("content")) or message.text

    def _place(self, value: JSON) -> MessageStory:
        """The message, where it belongs: to the run that wrote it, else to the thread."""
        role, text = str(value.get("role", "user")), texts_of(value.get("content"))
        run = self.runs.get(str(value.get("run_id")))
        if run is not None:
            message = MessageStory(role, text, self.now)
            waiting = [step for step in run.steps if _writes(step) == value["id"]]
            began_ms = self._when(value, "created_at", self.now)
            step = waiting[0] if waiting else StepStory(began_ms, 0, status=str(value.get("status") or "completed"))
            step.message = message
            if not waiting:
                run.steps.append(step)
            return message
        items = self._thread(str(value.get("thread_id"))).items
        unnamed = (one for one in items if isinstance(one, MessageStory) and one.id is None)
        known = next((one for one in unnamed if (one.role, one.text) == (role, text)), None)
        if known is not None:
            return known
        items.append(message := MessageStory(role, text, self.now))
        return message

    def _see_run(self, operation: Operation, value: JSON, one: Interaction) -> None:
        run = self.runs.get(value["id"])
        if run is None:
            run = self.runs[value["id"]] = self._new_run(operation, value, one)
        run.object, run.told_place = value, self.place
        self._calls(run, None, mappings_inside(value, "required_action", "submit_tool_outputs", "tool_calls"))
        status = text_inside(value, "status")
        if status and (not run.states or run.states[-1].status != status):
            run.states.append(State(status, self.now, self._next()))

    def _new_run(self, operation: Operation, value: JSON, one: Interaction) -> RunStory:
        thread_id = str(value.get("thread_id") or operation.ids.get("thread_id"))
        thread = self._thread(thread_id)
        run = RunStory(value["id"], thread_id, self.now, self.place)
        if operation.name in CREATING:
            run.is_created, run.request, run.is_streamed = True, body_of(one), one.stream is not None
            if operation.name == "create_thread_and_run" and thread.is_brought and not thread.items:
                thread.is_brought = False
                self._say(thread, run.request.get("thread"))
            self._say(thread, run.request, "additional_messages")
        thread.items.append(run)
        return run

    def _see_step(self, operation: Operation, value: JSON, one: Interaction) -> None:
        run_id = str(value.get("run_id"))
        run = self.runs.get(run_id)
        if run is None:
            if operation.ids.get("run_id") != run_id:
                return
            run = self.runs[run_id] = self._new_run(operation, {**value, "id": run_id}, one)
            run.told_place = self.place
        calls = mappings_inside(value, "step_details", "tool_calls")
        step = self._step(run, value, calls)
        step.object, step.status = value, str(value.get("status"))
        if step.status != "in_progress" and step.ended_ms is None:
            step.ended_ms = self.now
        if one.stream is None:
            step.began_ms = self._when(value, "created_at", step.began_ms)
            step.ended_ms = self._when(value, "completed_at", step.ended_ms or self.now)
        self._calls(run, step, calls)

    def _when(self, value: JSON, key: str, otherwise: float) -> float:
        """When an object says that something was, in milliseconds since the recording began."""
        at = value.get(key)
        if not isinstance(at, int | float) or self.base is None:
            return otherwise
        return max((at - self.base) * 1000, 0)

    def _step(self, run: RunStory, value: JSON, calls: list[JSON]) -> StepStory:
        """The step of this id; one that was only guessed at, by its message or its calls, has its id from now on."""
        if (step := self.steps.get(value["id"])) is not None:
            return step
        written = _writes(StepStory(0, object=value))
        ids = {text_inside(call, "id") for call in calls}
        for step in run.steps:
            if step.id is None and (
                (step.message is not None and step.message.id == written) or ids & {call.id for call in step.calls}
            ):
                run.steps.remove(step)  # the list of steps tells their order
                break
        else:
            step = StepStory(self.now, self._next())
        run.steps.append(step)
        step.id, self.steps[value["id"]] = value["id"], step
        return step

    def _calls(self, run: RunStory, step: StepStory | None, told: list[JSON]) -> None:
        """Calls of tools are known by their id; those that no step told are a step of their own."""
        known = {call.id: call for call in run.calls}
        for call in told:
            found = known.get(str(call.get("id")))
            if found is None:
                if step is None:
                    run.steps.append(step := StepStory(self.now, self._next()))
                kind = str(call.get("type"))
                step.calls.append(found := CallStory(str(call.get("id")), kind, kind))
            note_call(found, call)

    def _submit(self, run: RunStory, one: Interaction) -> None:
        given = {str(call_id): output for call_id, output in tool_outputs(body_of(one))}
        outputs = {call_id: output if isinstance(output, str) else dump(output) for call_id, output in given.items()}
        for call in run.calls:
            if call.id in outputs:
                call.output = outputs[call.id]


def _writes(step: StepStory) -> str | None:
    """The id of the message that a step says it writes."""
    return text_inside(step.object, "step_details", "message_creation", "message_id") or None


KINDS: Mapping[str, Callable[[_StoryBuilder, Operation, JSON, Interaction], None]] = {
    "assistant": _StoryBuilder._see_assistant,  # noqa: SLF001 - the teller's own table
    "thread": _StoryBuilder._see_thread,  # noqa: SLF001
    "thread.message": _StoryBuilder._see_message,  # noqa: SLF001
    "thread.run": _StoryBuilder._see_run,  # noqa: SLF001
    "thread.run.step": _StoryBuilder._see_step,  # noqa: SLF001
}
"""What an object tells, by its kind."""
