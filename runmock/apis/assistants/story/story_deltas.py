"""Puts the deltas of a stream together: each is added to its message or to its call of a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.http.json_values import inside, mappings_inside, text_inside
from runmock.core.report.message_texts import text_of_part
from runmock.core.story.story import CallStory, Delta
from runmock.core.story.unknown_calls import unknown_call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import MessageStory, StepStory

INPUTS = {"function": "arguments", "code_interpreter": "input"}
"""The key of a call's input, by the type of the call."""


def parts_of(data: JSON, *names: str) -> list[JSON]:
    """The mappings in the list to which `names` lead in a delta; none when there is no such list."""
    return mappings_inside(data, "delta", *names)


def add_content(messages: Mapping[str, MessageStory], data: JSON, at_ms: float) -> None:
    """Add the content parts of a delta to their message; a delta of an unknown message is left out."""
    message = messages.get(str(data.get("id")))
    if message is None:
        return
    for part in parts_of(data, "content"):
        message.pieces.append(Delta(at_ms, piece_of(part)))
        begins = add_part(message.streamed, part)
        if not message.object.get("content"):
            text = text_of_part(part) if begins else piece_of(part)
            message.text += f"\n{text}" if begins and message.text else text


def piece_of(part: JSON) -> str:
    """The text, or the refusal, in one part of a delta; the empty string when the part is an image."""
    return text_inside(part, "text", "value") or text_inside(part, "refusal")


def add_part(parts: list[JSON], part: JSON) -> bool:
    """Add one part of a delta to the parts so far; returns whether it is the first delta of that part."""
    index = part.get("index")
    if not isinstance(index, int) or not 0 <= index < len(parts):
        begun = {key: value for key, value in part.items() if key != "index"}
        parts.append(begun | ({"text": dict(part["text"])} if isinstance(part.get("text"), dict) else {}))
        return True
    known = parts[index]
    if isinstance(text := known.get("text"), dict):
        text["value"] = text_inside(text, "value") + text_inside(part, "text", "value")
        annotations = [*mappings_inside(text, "annotations"), *mappings_inside(part, "text", "annotations")]
        text["annotations"] = annotations
    elif isinstance(known.get("refusal"), str):
        known["refusal"] += text_inside(part, "refusal")
    return False


def add_input(steps: Mapping[str, StepStory], data: JSON, at_ms: float) -> None:
    """Add the input in a delta to its call; a delta with an id begins a call."""
    step = steps.get(str(data.get("id")))
    for part in parts_of(data, "step_details", "tool_calls"):
        if step is None:
            return
        if part.get("id") is not None:
            kind = str(part.get("type"))
            step.calls.append(CallStory(str(part["id"]), kind, kind))
        if step.calls:
            _add_piece(step.calls[-1], part, at_ms)


def _add_piece(call: CallStory, part: JSON, at_ms: float) -> None:
    call.name = text_inside(part, call.kind, "name") or call.name
    piece = text_inside(part, call.kind, INPUTS.get(call.kind, ""))
    if piece:
        call.pieces.append(Delta(at_ms, piece))
        call.input += piece


def update_call(call: CallStory, payload: JSON) -> None:
    """Update a call from its JSON in a step, or in a run that waits for its output."""
    call.object = payload
    call.name = text_inside(payload, call.kind, "name") or call.name
    if call.kind in INPUTS:
        call.input = text_inside(payload, call.kind, INPUTS[call.kind]) or call.input
    elif call.kind != "file_search":
        call.input = unknown_call(call.kind, payload)
    output = inside(payload, call.kind, "output")
    if call.kind == "function" and isinstance(output, str):
        call.output = output
