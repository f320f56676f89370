"""Consecutive deltas of one kind as one delta: how the service cuts a text into pieces is nobody's promise."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recordings import Events

TEXTS = (("text", "value"), ("function", "arguments"), ("code_interpreter", "input"))
"""Where a part of a delta has its piece of text: the key named as its type, and the key in there."""


def collapsed(events: Events) -> Events:
    """The events with every run of plain deltas of one part joined; the first text delta of a part takes what follows.

    A plain delta has nothing but index, type and a piece. What has more (an id, a name, annotations, outputs) stays by
    itself, except for the empty `annotations` of a text's first piece, which stand where they were.
    """
    joined: list[tuple[str, Any]] = []
    for name, data in events:
        before = joined[-1] if joined else ("", None)
        if before[0] == name and name.endswith(".delta") and _continues(before[1], data):
            _append(before[1], data)
        else:
            joined.append((name, copy.deepcopy(data)))
    return tuple(joined)


def _parts(data: Any) -> list[Any]:
    delta = data["delta"]
    return delta["content"] if "content" in delta else delta["step_details"]["tool_calls"]


def _place(part: Any) -> tuple[str, str] | None:
    """Where the piece of text is, None when the part has none."""
    return next(((kind, key) for kind, key in TEXTS if key in part.get(kind, {})), None)


def _is_plain(part: Any) -> bool:
    place = _place(part)
    return place is not None and part.keys() == {"index", "type", place[0]} and part[place[0]].keys() == {place[1]}


def _is_first_text(part: Any) -> bool:
    return part.keys() == {"index", "type", "text"} and list(part["text"].items())[1:] == [("annotations", [])]


def _continues(before: Any, data: Any) -> bool:
    if before["id"] != data["id"] or len(_parts(before)) != 1 or len(_parts(data)) != 1:
        return False
    (first,), (part,) = _parts(before), _parts(data)
    is_same_place = first["index"] == part["index"] and _place(first) == _place(part)
    return is_same_place and _is_plain(part) and (_is_plain(first) or _is_first_text(first))


def _append(before: Any, data: Any) -> None:
    (first,), (part,) = _parts(before), _parts(data)
    place = _place(part)
    assert place is not None
    kind, key = place
    first[kind][key] += part[kind][key]
