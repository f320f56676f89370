"""The items of responses as steps of a story: messages, reasoning, calls of functions and of built-in tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.message_texts import texts_of
from runmock.core.story.story import CallStory, Delta, MessageStory, StepStory
from runmock.core.story.unknown_calls import unknown_call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import RunStory

_NAMES = {"function_call": "function", "code_interpreter_call": "code_interpreter", "file_search_call": "file_search"}
"""The kind of call that a story has, by the type of the item; others have their own type."""


@dataclass(slots=True)
class StoryItems:
    """Makes steps of items; mutable."""

    order: int = 0
    """The `order` of the newest status or step: they are counted together."""
    _steps: dict[tuple[str, str], StepStory] = field(default_factory=dict)
    """By the ids of their responses and items; an item without an id has its index."""

    def next_order(self) -> int:
        """The place of the next status or step among those at the same time."""
        self.order += 1
        return self.order

    def add_output(self, run: RunStory, response: JSON, at_ms: float) -> None:
        """Add the items of a Response object."""
        for index, item in enumerate(mappings_inside(response, "output")):
            self.add(run, item, at_ms, (response["id"], _id_of(item.get("id"), index)))

    def note(self, run: RunStory, response_id: str, data: Mapping[str, Any], at_ms: float) -> None:
        """Add what an event of a response's stream tells of an item."""
        item, index = data.get("item"), data.get("output_index")
        if isinstance(item, dict):
            self.add(run, item, at_ms, (response_id, _id_of(item.get("id"), index)))
            return
        step, piece = self._steps.get((response_id, _id_of(data.get("item_id"), index))), data.get("delta")
        if step is None or not isinstance(piece, str):
            return
        if step.message is not None:
            step.message.pieces.append(Delta(at_ms, piece))
            step.message.text += piece
        for call in step.calls:
            call.pieces.append(Delta(at_ms, piece))
            call.input += piece

    def add(self, run: RunStory, item: JSON, at_ms: float, ids: tuple[str, str]) -> None:
        """Add an item, or what is new of it; `ids`: of its response and its own."""
        kind = text_inside(item, "type")
        step = self._steps.get(ids)
        if step is None:
            step = StepStory(at_ms, self.next_order(), id=str(item.get("id")), object_id=ids[0])
            self._steps[ids] = step
            run.steps.append(step)
        step.object, step.status = item, text_inside(item, "status") or "completed"
        if step.status != "in_progress" and step.ended_ms is None:
            step.ended_ms = at_ms
        if kind == "reasoning":
            step.thoughts = [text for part in mappings_inside(item, "summary") if (text := text_inside(part, "text"))]
        elif kind == "message":
            _set_message(step, item, at_ms)
        else:
            _set_call(step, item, kind)


def _id_of(item_id: Any, index: Any) -> str:
    return item_id if isinstance(item_id, str) else str(index)


def _set_message(step: StepStory, item: JSON, at_ms: float) -> None:
    if step.message is None:
        step.message = MessageStory(str(item.get("role", "assistant")), "", at_ms)
    step.message.id, step.message.object = str(item.get("id")), item
    step.message.text = texts_of(item.get("content")) or step.message.text


def _set_call(step: StepStory, item: JSON, kind: str) -> None:
    """A call of a function, of a built-in tool, or of something that is shown as JSON."""
    if not step.calls:
        name = text_inside(item, "name") or _NAMES.get(kind, kind)
        step.calls.append(CallStory(str(item.get("call_id") or item.get("id")), _NAMES.get(kind, kind), name))
    [call] = step.calls
    call.object = _as_on_assistants(item, call.kind)
    if call.kind == "function":
        call.input = text_inside(item, "arguments") or call.input
    elif call.kind == "code_interpreter":
        call.input = text_inside(item, "code") or call.input
    elif call.kind != "file_search":
        call.input = unknown_call(kind, item)


def _as_on_assistants(item: JSON, kind: str) -> JSON:
    """The item with the outputs or results of a tool where the story looks for them."""
    if kind == "file_search":
        found = [
            {"file_name": part.get("filename"), "score": part.get("score")} for part in mappings_inside(item, "results")
        ]
        return {**item, kind: {"results": found}}
    return {**item, kind: {"outputs": mappings_inside(item, "outputs")}}
