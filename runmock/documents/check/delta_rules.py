"""Deltas: their indices follow each other, and their pieces add up to what is told in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import inside
from runmock.documents.check.findings import Broken
from runmock.documents.check.known_objects import KnownCall
from runmock.documents.story.deltas import INPUTS, parts_of, piece_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.documents.check.known_objects import KnownMessage, KnownStep
    from runmock.tape.format.run_keys import Keys

LONGEST = 40


def message_delta(message_id: str, message: KnownMessage, data: JSON, keys: Keys) -> Iterator[Broken]:
    """Pieces of a message's parts, of which the first has index 0."""
    for part in parts_of(data, "content"):
        index = part.get("index", 0)
        if not isinstance(index, int) or index > len(message.pieces):
            expected = len(message.pieces)
            yield Broken(
                "event-order", keys, f"a delta of {message_id} has the content index {index}; {expected} is next"
            )
            continue
        message.pieces[index] = message.pieces.get(index, "") + piece_of(part)


def step_delta(step_id: str, step: KnownStep, data: JSON, keys: Keys) -> Iterator[Broken]:
    """Pieces of a step's calls: each call begins with its id, and its index is the next."""
    for part in parts_of(data, "step_details", "tool_calls"):
        index = part.get("index", 0)
        if not isinstance(index, int):
            yield Broken("event-order", keys, f"a delta of {step_id} has the index {index!r}, which is no number")
            continue
        if isinstance(part.get("id"), str):
            if index != len(step.calls):
                expected = len(step.calls)
                yield Broken("event-order", keys, f"the call {part['id']} has the index {index}; {expected} is next")
            step.calls[index] = KnownCall(part["id"], str(part.get("type")))
        elif index not in step.calls:
            yield Broken(
                "event-order", keys, f"a delta of {step_id} continues call {index}, which no delta before it began"
            )
            continue
        call = step.calls[index]
        piece = inside(part, call.kind, INPUTS.get(call.kind, ""))
        if isinstance(piece, str):
            call.input = (call.input or "") + piece


def same_text(what: str, said: str | None, told: Any, keys: Keys) -> Iterator[Broken]:
    """What deltas said and what is told in the end, where both are known."""
    if said and isinstance(told, str) and said != told:
        yield Broken("text", keys, f"{what}: the deltas say {_shown(said)}, and here it is {_shown(told)}")


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
