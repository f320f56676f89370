"""Adds interactions of the Assistants API to a story: collects the objects in their answers by id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.apis.assistants.story.story_deltas import add_content, add_input, update_call
from runmock.core.api import Role
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_text import compact_json
from runmock.core.http.json_values import mapping_inside, mappings_inside, text_inside
from runmock.core.report.message_texts import texts_of
from runmock.core.story.story import (
    BREAKS_OFF,
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
from runmock.core.story.timing import StoryTime, event_times

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.api import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


def body_of(interaction: Interaction) -> JSON:
    """The JSON object in the body of the request; an empty one when there is none."""
    return interaction.body if isinstance(interaction.body, dict) else {}


@dataclass(slots=True)
class AssistantsStory:
    """Fulfils `StoryReader`: adds to a story what interactions of the Assistants API show, in their order; mutable."""

    story: Story
    time: StoryTime
    place: int = 0
    last_order: int = 0
    """The `order` of the newest status or step: they are counted together."""
    runs: dict[str, RunStory] = field(default_factory=dict)
    steps: dict[str, StepStory] = field(default_factory=dict)
    messages: dict[str, MessageStory] = field(default_factory=dict)

    def add(self, place: int, interaction: Interaction) -> None:
        """Add an interaction, which has this index in its recording."""
        self.place, operation = place, interaction.operation
        self._set_base(interaction)
        times = event_times(interaction, self.now, self.time.base)
        if any(later > self.now for later in times):
            self.story.is_timed = True
        elif interaction.stream is not None:
            times = [self.now + number for number in range(len(times))]
        if interaction.status >= REFUSED:
            self._add_refusal(operation, interaction)
        elif interaction.stream is not None:
            for event, at_ms in zip(interaction.stream, times, strict=True):
                self.time.now_ms = max(self.now, at_ms)
                self._add_event(operation, event.name, event.data, interaction)
            self._note_end(operation, interaction)
        else:
            self.time.now_ms = max(self.now, times[0])
            self._add_answer(operation, interaction)
        if interaction.status < REFUSED and (run := self.runs.get(operation.ids.get("run_id", ""))) is not None:
            run.is_addressed = True
            if Role.SUBMITS_OUTPUTS in operation.roles:
                self._set_outputs(run, interaction)

    @property
    def now(self) -> float:
        """Up to where the recording is read, in milliseconds since it began."""
        return self.time.now_ms

    def _next_order(self) -> int:
        self.last_order += 1
        return self.last_order

    def _set_base(self, interaction: Interaction) -> None:
        """Without a time in the header, the recording begins when its first thread or run was created."""
        if self.time.base is None:
            values = (interaction.json, *(event.data for event in interaction.stream or ()))
            objects = (
                value for value in values if isinstance(value, dict) and value.get("object") in {"thread", "thread.run"}
            )
            self.time.base = next(
                (at for value in objects if isinstance(at := value.get("created_at"), int | float)), None
            )

    def _add_refusal(self, operation: Operation, interaction: Interaction) -> None:
        refusal = RefusalStory(operation.name, self.now, interaction)
        thread = operation.ids.get("thread_id")
        (self.story.refusals if thread is None else self._thread(thread).items).append(refusal)

    def _thread(self, thread_id: str) -> ThreadStory:
        return self.story.threads.setdefault(thread_id, ThreadStory(thread_id, self.place))

    def _add_answer(self, operation: Operation, interaction: Interaction) -> None:
        value = interaction.json if isinstance(interaction.json, dict) else {}
        if value.get("object") == "list":
            objects = mappings_inside(value, "data")
            is_oldest_first = interaction.query.get("order", ("desc",))[-1] == "asc"
            for item in objects if is_oldest_first else reversed(objects):
                self._add_object(operation, item, interaction)
        else:
            self._add_object(operation, value, interaction)
        if Role.CANCELS in operation.roles and (run := self.runs.get(operation.ids["run_id"])) is not None:
            run.is_cancelled = True

    def _add_event(self, operation: Operation, name: str, data: Any, interaction: Interaction) -> None:
        if not isinstance(data, dict):
            return
        if name == "thread.message.delta":
            add_content(self.messages, data, self.now)
        elif name == "thread.run.step.delta":
            add_input(self.steps, data, self.now)
        else:
            self._add_object(operation, data, interaction)

    def _note_end(self, operation: Operation, interaction: Interaction) -> None:
        """Note on the run when its stream ended too early: by an `error` event, or without any end."""
        run = self.runs.get(operation.ids.get("run_id", "")) or self._run_of(self.place)
        errors = [event.data for event in interaction.stream or () if event.name == "error"]
        if run is not None and errors:
            message = text_inside(errors[-1], "error", "message") or text_inside(errors[-1], "message")
            run.broken_off = f"error event: {message}".removesuffix(": ")
        elif run is not None and interaction.is_truncated:
            run.broken_off = BREAKS_OFF

    def _run_of(self, place: int) -> RunStory | None:
        return next((run for run in self.runs.values() if run.place == place), None)

    def _add_object(self, operation: Operation, value: JSON, interaction: Interaction) -> None:
        add = KINDS.get(str(value.get("object")))
        if add is not None and isinstance(value.get("id"), str):
            add(self, operation, value, interaction)

    def _add_assistant(self, operation: Operation, value: JSON, _: Interaction) -> None:
        known = self.story.assistants.get(value["id"])
        existed_before = operation.name != "create_assistant" if known is None else known.existed_before
        self.story.assistants[value["id"]] = AssistantStory(value if known is None else known.object, existed_before)

    def _add_thread(self, operation: Operation, value: JSON, interaction: Interaction) -> None:
        thread = self._thread(value["id"])
        if Role.BEGINS_CONVERSATION in operation.roles and thread.existed_before and not thread.items:
            thread.existed_before = False
            body = body_of(interaction)
            self._add_request(thread, body.get("thread") if Role.CREATES_RUN in operation.roles else body)

    def _add_request(self, thread: ThreadStory, body: Any, key: str = "messages") -> None:
        """Add the messages in a request to its thread: the answer does not contain them."""
        for message in mappings_inside(body, key):
            role = str(message.get("role", "user"))
            thread.items.append(MessageStory(role, texts_of(message.get("content")), self.now, object=message))

    def _add_message(self, _: Operation, value: JSON, __: Interaction) -> None:
        message = self.messages.get(value["id"])
        if message is None:
            message = self.messages[value["id"]] = self._message_for(value)
        message.id, message.object = value["id"], value
        message.text = texts_of(value.get("content")) or message.text

    def _message_for(self, value: JSON) -> MessageStory:
        """The message of this object: in the step that wrote it, or in its thread, perhaps already from the request."""
        role, text = str(value.get("role", "user")), texts_of(value.get("content"))
        run = self.runs.get(str(value.get("run_id")))
        if run is not None:
            message = MessageStory(role, text, self.now)
            waiting = [step for step in run.steps if _message_id(step) == value["id"]]
            began_ms = self._time_in(value, "created_at", self.now)
            step = waiting[0] if waiting else StepStory(began_ms, 0, status=str(value.get("status") or "completed"))
            step.message = message
            if not waiting:
                run.steps.append(step)
            return message
        items = self._thread(str(value.get("thread_id"))).items
        unnamed = (item for item in items if isinstance(item, MessageStory) and item.id is None)
        known = next((item for item in unnamed if (item.role, item.text) == (role, text)), None)
        if known is not None:
            return known
        items.append(message := MessageStory(role, text, self.now))
        return message

    def _add_run(self, operation: Operation, value: JSON, interaction: Interaction) -> None:
        run = self.runs.get(value["id"])
        if run is None:
            run = self.runs[value["id"]] = self._new_run(operation, value, interaction)
        run.object, run.last_status_place = value, self.place
        self._add_calls(run, None, mappings_inside(value, "required_action", "submit_tool_outputs", "tool_calls"))
        status = text_inside(value, "status")
        if status and (not run.states or run.states[-1].status != status):
            run.states.append(State(status, self.now, self._next_order()))

    def _new_run(self, operation: Operation, value: JSON, interaction: Interaction) -> RunStory:
        thread_id = str(value.get("thread_id") or operation.ids.get("thread_id"))
        thread = self._thread(thread_id)
        run = RunStory(value["id"], thread_id, self.now, self.place)
        if Role.CREATES_RUN in operation.roles:
            run.is_created, run.request, run.is_streamed = True, body_of(interaction), interaction.stream is not None
            if Role.BEGINS_CONVERSATION in operation.roles and thread.existed_before and not thread.items:
                thread.existed_before = False
                self._add_request(thread, run.request.get("thread"))
            self._add_request(thread, run.request, "additional_messages")
        thread.items.append(run)
        return run

    def _add_step(self, operation: Operation, value: JSON, interaction: Interaction) -> None:
        run_id = str(value.get("run_id"))
        run = self.runs.get(run_id)
        if run is None:
            if operation.ids.get("run_id") != run_id:
                return
            run = self.runs[run_id] = self._new_run(operation, {**value, "id": run_id}, interaction)
            run.last_status_place = self.place
        calls = _calls_of(value)
        step = self._step(run, value, calls)
        step.object, step.status = value, str(value.get("status"))
        if step.status != "in_progress" and step.ended_ms is None:
            step.ended_ms = self.now
        if interaction.stream is None:
            step.began_ms = self._time_in(value, "created_at", step.began_ms)
            step.ended_ms = self._time_in(value, "completed_at", step.ended_ms or self.now)
        self._add_calls(run, step, calls)

    def _time_in(self, value: JSON, key: str, otherwise: float) -> float:
        """The time under a key of an object, in milliseconds since the recording began; else `otherwise`."""
        at = value.get(key)
        if not isinstance(at, int | float) or self.time.base is None:
            return otherwise
        return max((at - self.time.base) * 1000, 0)

    def _step(self, run: RunStory, value: JSON, calls: list[JSON]) -> StepStory:
        """The step with the id of `value`: a known one, one whose id was unknown so far, or a new one."""
        if (step := self.steps.get(value["id"])) is not None:
            return step
        message_id = _message_id(StepStory(0, object=value))
        ids = {text_inside(call, "id") for call in calls}
        for step in run.steps:
            if step.id is None and (
                (step.message is not None and step.message.id == message_id) or ids & {call.id for call in step.calls}
            ):
                run.steps.remove(step)  # appended again below: steps stand in the order of their ids
                break
        else:
            step = StepStory(self.now, self._next_order())
        run.steps.append(step)
        step.id, self.steps[value["id"]] = value["id"], step
        return step

    def _add_calls(self, run: RunStory, step: StepStory | None, payloads: list[JSON]) -> None:
        """Add or update calls of tools, by their id; new ones go into `step`, or else into a new step."""
        known = {call.id: call for call in run.calls}
        for payload in payloads:
            call = known.get(str(payload.get("id")))
            if call is None:
                if step is None:
                    run.steps.append(step := StepStory(self.now, self._next_order()))
                kind = str(payload.get("type"))
                step.calls.append(call := CallStory(str(payload.get("id")), kind, kind))
            update_call(call, payload)

    def _set_outputs(self, run: RunStory, interaction: Interaction) -> None:
        outputs = {str(call_id): output for call_id, output in tool_outputs(body_of(interaction))}
        texts = {
            call_id: output if isinstance(output, str) else compact_json(output) for call_id, output in outputs.items()
        }
        for call in run.calls:
            if call.id in texts:
                call.output = texts[call.id]


def _calls_of(step: JSON) -> list[JSON]:
    """The calls of a step. A step that neither writes a message nor calls tools is one call of its own kind."""
    details = mapping_inside(step, "step_details")
    kind = text_inside(details, "type")
    if not kind or kind in {"message_creation", "tool_calls"}:
        return mappings_inside(details, "tool_calls")
    return [{**details, "id": step["id"]}]


def _message_id(step: StepStory) -> str | None:
    """The id of the message that a step writes; None when it calls tools."""
    return text_inside(step.object, "step_details", "message_creation", "message_id") or None


KINDS: Mapping[str, Callable[[AssistantsStory, Operation, JSON, Interaction], None]] = {
    "assistant": AssistantsStory._add_assistant,  # noqa: SLF001 - the builder's own table
    "thread": AssistantsStory._add_thread,  # noqa: SLF001
    "thread.message": AssistantsStory._add_message,  # noqa: SLF001
    "thread.run": AssistantsStory._add_run,  # noqa: SLF001
    "thread.run.step": AssistantsStory._add_step,  # noqa: SLF001
}
"""The method that adds an object to the story, by its kind."""
