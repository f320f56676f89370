"""Rules for deltas: their indices follow each other. Their texts are kept, to be compared with the finished object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.assistants.rules.known_objects import KnownCall
from runmock.apis.assistants.story.story_deltas import INPUTS, parts_of, piece_of
from runmock.core.http.json_values import inside
from runmock.core.report.broken_rule import BrokenRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.apis.assistants.rules.known_objects import KnownMessage, KnownStep
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys


def check_message_delta(message_id: str, message: KnownMessage, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """Check the content indices of a message's delta, which count from 0, and add its texts to the message."""
    for part in parts_of(data, "content"):
        index = part.get("index", 0)
        if not isinstance(index, int) or index > len(message.pieces):
            expected = len(message.pieces)
            yield BrokenRule(
                "event-order", keys, f"a delta of {message_id} has the content index {index}; {expected} is next"
            )
            continue
        message.pieces[index] = message.pieces.get(index, "") + piece_of(part)


def check_step_delta(step_id: str, step: KnownStep, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """Check the calls in a step's delta: the first delta of a call has its id and the next index."""
    for part in parts_of(data, "step_details", "tool_calls"):
        index = part.get("index", 0)
        if not isinstance(index, int):
            yield BrokenRule(
                "event-order", keys, f"a delta of {step_id} has the index {index!r}, which is not a number"
            )
            continue
        if isinstance(part.get("id"), str):
            if index != len(step.calls):
                expected = len(step.calls)
                yield BrokenRule(
                    "event-order", keys, f"the call {part['id']} has the index {index}; {expected} is next"
                )
            step.calls[index] = KnownCall(part["id"], str(part.get("type")))
        elif index not in step.calls:
            yield BrokenRule(
                "event-order", keys, f"a delta of {step_id} continues call {index}, which no delta before it began"
            )
            continue
        call = step.calls[index]
        piece = inside(part, call.kind, INPUTS.get(call.kind, ""))
        if isinstance(piece, str):
            call.input = (call.input or "") + piece
