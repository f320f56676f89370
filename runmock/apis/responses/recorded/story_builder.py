"""Adds interactions of this API to a story: conversations, and in each its messages, runs and refused requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.continuation import before_messages, behind_last_message, text_of_output
from runmock.apis.responses.recorded.story_items import StoryItems
from runmock.core.api import Role
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_text import compact_json
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.message_texts import texts_of
from runmock.core.story.story import BREAKS_OFF, MessageStory, RefusalStory, RunStory, State, ThreadStory
from runmock.core.story.timing import event_times, is_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction, StreamEvent
    from runmock.core.story.story import CallStory, Story
    from runmock.core.story.timing import StoryTime

_OF_USER = frozenset({"user", "system", "developer"})
_SHOWN_ELSEWHERE = frozenset({"function_call_output", "reasoning", "item_reference"})


def messages_in(body: Mapping[str, Any], key: str = "input") -> list[JSON]:
    """The items of a request, each with its type; a text is a message of the user."""
    if isinstance(text := body.get(key), str):
        return [{"type": "message", "role": "user", "content": text}]
    return [{"type": "message", **item} for item in mappings_inside(body, key)]


@dataclass(slots=True)
class ResponsesStory:
    """Fulfils `StoryReader`; mutable."""

    story: Story
    time: StoryTime
    place: int = 0
    items: StoryItems = field(default_factory=StoryItems)
    _runs: dict[str, RunStory] = field(default_factory=dict)
    """By the ids of their responses."""
    _callers: dict[str, RunStory] = field(default_factory=dict)
    """By the ids of their calls."""
    _given: dict[str, list[JSON]] = field(default_factory=dict)
    """What was put into a conversation since its last response, by the conversation's id."""
    _usage: dict[str, dict[str, JSON]] = field(default_factory=dict)
    """By run and response."""

    def add(self, place: int, interaction: Interaction) -> None:
        """Add an interaction, which has this index in its recording."""
        self.place, operation = place, interaction.operation
        body = interaction.body if isinstance(interaction.body, dict) else {}
        times = self._times(interaction)
        if interaction.status >= REFUSED:
            self._add_refusal(operation.ids.get("conversation_id"), body, interaction)
        elif interaction.stream is not None:
            self._add_stream(interaction, body, times)
        elif isinstance(told := interaction.json, dict):
            self.time.now_ms = max(self.time.now_ms, times[0])
            if told.get("object") == "response":
                self._add_response(told, body, interaction)
            elif told.get("object") == "conversation" and isinstance(told.get("id"), str):
                self._add_conversation(told["id"], body, is_new=operation.name == "create_conversation")
            elif operation.name == "create_items":
                self._given.setdefault(operation.ids["conversation_id"], []).extend(messages_in(body, "items"))

    def _times(self, interaction: Interaction) -> list[float]:
        """When each event came: the times are in the Response objects."""
        seen = [_within(event) for event in interaction.stream or ()]
        if self.time.base is None:
            found = [told.get("created_at") for told in (interaction.json, *seen) if isinstance(told, dict)]
            self.time.base = next((at for at in found if isinstance(at, int | float)), None)
        if interaction.stream is not None:
            bare = [event._replace(data=told) for event, told in zip(interaction.stream, seen, strict=True)]
            interaction = interaction._replace(stream=tuple(bare))
        times = event_times(interaction, self.time.now_ms, self.time.base)
        if any(later > self.time.now_ms for later in times):
            self.story.is_timed = True
        elif interaction.stream is not None:
            times = [self.time.now_ms + number for number in range(len(times))]
        return times

    def _add_refusal(self, conversation: str | None, body: JSON, interaction: Interaction) -> None:
        refusal = RefusalStory(interaction.operation.name, self.time.now_ms, interaction)
        known = self.story.threads.get(conversation or _conversation_in(body) or "")
        before = self._runs.get(str(body.get("previous_response_id")))
        if known is None and before is not None:
            known = self.story.threads[before.thread_id]
        (self.story.refusals if known is None else known.items).append(refusal)

    def _add_conversation(self, conversation: str, body: JSON, *, is_new: bool) -> None:
        thread = self._thread(conversation)
        if is_new:
            thread.existed_before = False
            self._add_messages(thread, messages_in(body, "items"))

    def _thread(self, thread_id: str) -> ThreadStory:
        return self.story.threads.setdefault(thread_id, ThreadStory(thread_id, self.place))

    def _add_messages(self, thread: ThreadStory, items: list[JSON]) -> None:
        for item in items:
            if item["type"] == "message":
                role, text = str(item.get("role", "user")), texts_of(item.get("content"))
                thread.items.append(MessageStory(role, text, self.time.now_ms, object=item))
            elif _is_of_application(item):
                role, text = item["type"], compact_json({key: item[key] for key in item if key not in {"id", "type"}})
                thread.items.append(MessageStory(role, text, self.time.now_ms, object=item))

    def _add_stream(self, interaction: Interaction, body: JSON, times: list[float]) -> None:
        run: RunStory | None = None
        response_id = ""
        for event, at_ms in zip(interaction.stream or (), times, strict=True):
            self.time.now_ms = max(self.time.now_ms, at_ms)
            told = event.data.get("response") if isinstance(event.data, dict) else None
            if isinstance(told, dict) and run is not None:
                # However the id changes in a stream, it is about one response.
                self._runs.setdefault(str(told.get("id")), run)
                self._add_response({**told, "id": response_id}, body, interaction)
            elif isinstance(told, dict):
                run, response_id = self._add_response(told, body, interaction), str(told.get("id"))
            elif run is not None and isinstance(event.data, dict):
                self.items.note(run, response_id, event.data, self.time.now_ms)
                if event.name == "error":
                    message = text_inside(event.data, "error", "message") or text_inside(event.data, "message")
                    run.broken_off = f"error event: {message}".removesuffix(": ")
        if run is not None and interaction.is_truncated:
            run.broken_off = run.broken_off or BREAKS_OFF

    def _add_response(self, told: JSON, body: JSON, interaction: Interaction) -> RunStory | None:
        """Add what a Response object shows; returns its run, None where it has no id."""
        if not isinstance(response_id := told.get("id"), str):
            return None
        is_create = Role.CREATES_RUN in interaction.operation.roles
        run = self._runs.get(response_id)
        if run is None:
            run = self._continued(body if is_create else {}) or self._begun(told, body, interaction)
            self._runs[response_id] = run
        if Role.CANCELS in interaction.operation.roles:
            run.is_cancelled = True
        run.objects[response_id] = told
        run.is_addressed |= not is_create
        self.items.add_output(run, told, self.time.now_ms)
        self._callers |= {call.id: run for call in run.calls}
        usage = self._usage_with(run, told)
        if response_id != next(reversed(run.objects)):
            return run
        run.object, run.last_status_place = {**told, "usage": usage}, self.place
        waits = any(call.kind == "function" and call.output is None for call in run.calls)
        status = text_inside(told, "status")
        status = "requires_action" if status == "completed" and waits else status
        if status and (not run.states or run.states[-1].status != status):
            run.states.append(State(status, self.time.now_ms, self.items.next_order()))
        return run

    def _usage_with(self, run: RunStory, told: JSON) -> JSON | None:
        """What all responses of a run have cost, with this one."""
        costs = self._usage.setdefault(run.id, {})
        if isinstance(usage := told.get("usage"), dict):
            costs[told["id"]] = usage
        names = dict.fromkeys(name for cost in costs.values() for name, value in cost.items() if is_time(value))
        return {name: sum(cost.get(name) or 0 for cost in costs.values()) for name in names} if costs else None

    def _continued(self, body: JSON) -> RunStory | None:
        """The run whose calls a request answers, with the outputs; None where it begins something new."""
        items, given = messages_in(body), self._given.pop(_conversation_in(body) or "", [])
        known = self._called(behind_last_message(items))
        if not known:
            known = [found for found in self._called(before_messages(items, given)) if found[1].output is None]
        for output, call, _ in known:
            call.output = text_of_output(output.get("output"))
        return known[-1][2] if known else None

    def _called(self, outputs: list[JSON]) -> list[tuple[JSON, CallStory, RunStory]]:
        """The outputs of calls that are known, each with its call and the run that called."""
        ids = [(output, str(output.get("call_id"))) for output in outputs]
        runs = [(output, call_id, run) for output, call_id in ids if (run := self._callers.get(call_id))]
        return [(output, call, run) for output, call_id, run in runs for call in run.calls if call.id == call_id]

    def _begun(self, told: JSON, body: JSON, interaction: Interaction) -> RunStory:
        """A new run, in the conversation that it goes on with, behind the messages that are new there."""
        before = self._runs.get(str(told.get("previous_response_id")))
        items = messages_in(body)
        history = next((run for item in items if (run := self._callers.get(str(item.get("call_id"))))), None)
        last = before or history or self._said_before(items)
        thread_id = _conversation_in(told) or (last.thread_id if last is not None else str(told["id"]))
        is_new = thread_id not in self.story.threads
        thread = self._thread(thread_id)
        if is_new:
            thread.existed_before = bool(told.get("previous_response_id")) or thread_id != told["id"]
        self._add_messages(thread, items if is_new or before is not None else _behind_answers(items))
        run = RunStory(str(told["id"]), thread_id, self.time.now_ms, self.place)
        run.is_polled = told.get("background") is True
        if Role.CREATES_RUN in interaction.operation.roles:
            run.is_created, run.request, run.is_streamed = True, body, interaction.stream is not None
        thread.items.append(run)
        return run

    def _said_before(self, items: list[JSON]) -> RunStory | None:
        """The run whose text a request says again, as clients do that send the whole conversation."""
        said = {texts_of(item.get("content")) for item in items if item.get("role") == "assistant"}
        return next((run for run in reversed(self._runs.values()) if run.text and run.text in said), None)


def _within(event: StreamEvent) -> Any:
    """The object with the times of an event: its Response object, where it has one."""
    told = event.data.get("response") if isinstance(event.data, dict) else None
    return told if isinstance(told, dict) else event.data


def _conversation_in(value: Mapping[str, Any]) -> str | None:
    """The id of the conversation in a Response object or in a request."""
    found = value.get("conversation")
    found = found.get("id") if isinstance(found, dict) else found
    return found if isinstance(found, str) else None


def _behind_answers(items: list[JSON]) -> list[JSON]:
    """The messages behind what the model and the tools have said: what is new in a whole conversation."""
    begin = len(items)
    while begin and _is_of_application(items[begin - 1]):
        begin -= 1
    return items[begin:]


def _is_of_application(item: JSON) -> bool:
    """Whether an item of a request is the user's or the application's own, and no call, output or copy of an answer.

    Outputs of functions are shown beside their calls.
    """
    kind = str(item["type"])
    if kind == "message":
        return item.get("role", "user") in _OF_USER
    if kind in _SHOWN_ELSEWHERE:
        return False
    return kind.endswith(("_output", "_response")) or not ("id" in item or kind.endswith("_call"))
