"""Where two answers differ for an application.

These are no differences: which time stands somewhere (that there is one counts), the pace, and how a text was split
into deltas. Ids are compared as they are: who does not want that makes them the same before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.tape.comparing.same_recording import timeless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction, StreamEvent

GROWING = frozenset({"value", "arguments", "input", "logs", "refusal", "delta"})
"""Texts that come in pieces, by their keys in a delta."""


def essence(interaction: Interaction) -> JSON:
    """What of an answer is compared: its status, and its JSON, its stream, its text or its bytes."""
    stream = (
        None if interaction.stream is None else [[name, timeless(data)] for name, data in joined(interaction.stream)]
    )
    content = (
        None
        if interaction.content is None
        else {"size": interaction.content.size, "sha256": interaction.content.sha256}
    )
    parts = {
        "status": interaction.status,
        "json": timeless(interaction.json),
        "stream": stream,
        "text": interaction.text,
        "content": content,
    }
    return {key: value for key, value in parts.items() if value is not None}


def joined(events: Sequence[StreamEvent]) -> list[tuple[str, Any]]:
    """The name and data of each event; consecutive deltas of one object are merged into one.

    Where events are numbered, they are counted as if each text had come in one delta.
    """
    merged: list[tuple[str, Any]] = []
    for number, event in enumerate(events):
        name, last = merged[-1] if merged else ("", None)
        data = _numbered(event.data, number - len(merged))
        if name == event.name and name.endswith(".delta") and _is_same_object(last, data):
            merged[-1] = (name, _grown(last, data))
        else:
            merged.append((event.name, event.raw if data is None else data))
    return merged


_NUMBER = "sequence_number"
_PLACE = ("id", "item_id", "output_index", "content_index", "summary_index")
"""What tells which object, or which part of it, a delta continues."""


def _numbered(data: Any, merged: int) -> Any:
    """An event's data with its number as it is when so many deltas were merged before it."""
    number = data.get(_NUMBER) if isinstance(data, dict) else None
    return {**data, _NUMBER: number - merged} if isinstance(number, int) else data


def _is_same_object(delta: Any, other: Any) -> bool:
    is_data = isinstance(delta, dict) and isinstance(other, dict)
    return is_data and all(delta.get(key) == other.get(key) for key in _PLACE)


def _grown(delta: Any, addition: Any, key: str = "") -> Any:
    """A delta with the next one added to it; parts of lists belong together by their `index`."""
    if isinstance(delta, dict) and isinstance(addition, dict):
        grown = {name: _grown(delta.get(name), part, name) for name, part in addition.items() if name != _NUMBER}
        return delta | grown
    if isinstance(delta, list) and isinstance(addition, list):
        parts = {_index(part, number): part for number, part in enumerate(delta) if isinstance(part, dict)}
        for number, part in enumerate(addition):
            if isinstance(part, dict):
                index = _index(part, number)
                parts[index] = _grown(parts.get(index), part)
        return list(parts.values())
    if isinstance(delta, str) and isinstance(addition, str) and key in GROWING:
        return delta + addition
    return delta if addition is None else addition


def _index(part: JSON, number: int) -> int:
    index = part.get("index")
    return index if isinstance(index, int) else number


def differences(left: Any, right: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The deepest places at which two essences differ: the place as `json.data[0].id`, and its value in each."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys([*left, *right]):
            yield from differences(left.get(key), right.get(key), f"{where}.{key}" if where else key)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (left_part, right_part) in enumerate(zip(left, right, strict=True)):
            yield from differences(left_part, right_part, f"{where}[{number}]")
    elif isinstance(left, list) and isinstance(right, list):
        yield f"{where}, {len(left)} against {len(right)}", _names(left), _names(right)
    elif left != right or isinstance(left, bool) is not isinstance(right, bool):
        yield where, left, right


def _names(values: list[Any]) -> Any:
    """A list as a message shows it: of a stream only the names of its events."""
    is_stream = all(isinstance(value, list) and value and isinstance(value[0], str) for value in values)
    return [value[0] for value in values] if is_stream else values
