"""Where two answers differ for an application: ids aside if the caller made them the same, and never in these.

Times (whether there is one counts, not which), the pace, and how a text was split into deltas are no differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.tape.comparing.same_recording import timeless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction, StreamEvent

GROWING = frozenset({"value", "arguments", "input", "logs", "refusal"})
"""Texts that come in pieces, by their keys in a delta."""


def essence(one: Interaction) -> JSON:
    """What an answer tells: its status, and its JSON, its stream, its text or its bytes."""
    stream = None if one.stream is None else [[name, timeless(data)] for name, data in joined(one.stream)]
    content = None if one.content is None else {"size": one.content.size, "sha256": one.content.sha256}
    told = {"status": one.status, "json": timeless(one.json), "stream": stream, "text": one.text, "content": content}
    return {key: value for key, value in told.items() if value is not None}


def joined(events: Sequence[StreamEvent]) -> list[tuple[str, Any]]:
    """Events by name and data; deltas of one thing that follow each other are one."""
    told: list[tuple[str, Any]] = []
    for event in events:
        name, data = told[-1] if told else ("", None)
        both = isinstance(data, dict) and isinstance(event.data, dict) and data.get("id") == event.data.get("id")
        if both and name == event.name and name.endswith(".delta"):
            told[-1] = (name, _grown(data, event.data))
        else:
            told.append((event.name, event.raw if event.data is None else event.data))
    return told


def _grown(one: Any, more: Any, key: str = "") -> Any:
    """A delta with the next one added to it; parts of lists are found by their `index`."""
    if isinstance(one, dict) and isinstance(more, dict):
        return one | {name: _grown(one.get(name), part, name) for name, part in more.items()}
    if isinstance(one, list) and isinstance(more, list):
        parts = {_index(part, number): part for number, part in enumerate(one) if isinstance(part, dict)}
        for number, part in enumerate(more):
            if isinstance(part, dict):
                index = _index(part, number)
                parts[index] = _grown(parts.get(index), part)
        return list(parts.values())
    if isinstance(one, str) and isinstance(more, str) and key in GROWING:
        return one + more
    return one if more is None else more


def _index(part: JSON, number: int) -> int:
    index = part.get("index")
    return index if isinstance(index, int) else number


def differences(one: Any, other: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two essences differ, as deep as can be said: the place, and what stands there in each."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from differences(one.get(key), other.get(key), f"{where}.{key}" if where else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{where}[{number}]")
    elif isinstance(one, list) and isinstance(other, list):
        yield f"{where}, {len(one)} against {len(other)}", _names(one), _names(other)
    elif one != other or isinstance(one, bool) is not isinstance(other, bool):
        yield where, one, other


def _names(values: list[Any]) -> Any:
    """A list for a message: an event by its name."""
    is_stream = all(isinstance(one, list) and one and isinstance(one[0], str) for one in values)
    return [one[0] for one in values] if is_stream else values
