"""Deltas added to the message or the call that they are pieces of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.documents.story import Call, Piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.exchange import JSON
    from runmock.documents.story import Message, Step

INPUTS = {"function": "arguments", "code_interpreter": "input"}
"""Where a call's input stands, by its type."""


def parts_of(data: JSON, *names: str) -> list[JSON]:
    """The mappings in the list to which `names` lead in a delta; none when there is no such list."""
    found = data.get("delta")
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def add_text(messages: Mapping[str, Message], data: JSON, at_ms: float) -> None:
    """Add a delta's text to its message."""
    message = messages.get(str(data.get("id")))
    for part in parts_of(data, "content"):
        text = part.get("text")
        value = text.get("value") if isinstance(text, dict) else None
        if message is not None and isinstance(value, str):
            message.pieces.append(Piece(at_ms, value))
            if not message.object.get("content"):
                message.text += value


def add_input(steps: Mapping[str, Step], data: JSON, at_ms: float) -> None:
    """Add a delta's piece of input to its call; one with an id begins a call."""
    step = steps.get(str(data.get("id")))
    for part in parts_of(data, "step_details", "tool_calls"):
        if step is None:
            return
        if part.get("id") is not None:
            kind = str(part.get("type"))
            step.calls.append(Call(str(part["id"]), kind, kind))
        if step.calls:
            _add_piece(step.calls[-1], part, at_ms)


def _add_piece(call: Call, part: JSON, at_ms: float) -> None:
    inner = part.get(call.kind) or {}
    call.name = str(inner.get("name") or call.name)
    piece = inner.get(INPUTS.get(call.kind, ""))
    if piece:
        call.pieces.append(Piece(at_ms, piece))
        call.input += piece


def note_call(call: Call, told: JSON) -> None:
    """A call was told whole: by its step, or by a run that waits for its output."""
    call.told = told
    part = told.get(call.kind) or {}
    call.name = str(part.get("name", call.kind))
    call.input = part.get(INPUTS.get(call.kind, "")) or call.input
    if call.kind == "function" and part.get("output") is not None:
        call.output = part["output"]
