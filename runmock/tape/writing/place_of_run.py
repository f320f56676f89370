"""The place for one more entry of a cassette's `runs:`: behind the last one, in whatever style they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from runmock.core.errors import CassetteError
from runmock.core.replay.ways_out import Place
from runmock.tape.yaml.yaml_errors import events

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def place_of_run(text: str) -> Place | None:
    """The place behind the last entry; None where there is none, for instance in a text that is no cassette."""
    try:
        document_events = list(events(text, ""))
    except (CassetteError, ValueError):
        return None
    root: Any = next((event for event in document_events if isinstance(event, yaml.MappingStartEvent)), None)
    values = {} if root is None else _values(document_events)
    if "runs" in values:
        return _in_list(values["runs"], text)
    if root is None or root.flow_style:
        return None
    return Place(_behind(text, text.count("\n") + 1), root.start_mark.column + 2, needs_key=True)


def _values(document_events: Sequence[Any]) -> dict[str, list[Any]]:
    """The events of each value in the outermost mapping, by its key; the event of the key comes first."""
    values: dict[str, list[Any]] = {}
    inner = iter(document_events)
    for event in inner:
        if isinstance(event, yaml.MappingStartEvent):
            break
    for key in inner:
        if isinstance(key, yaml.CollectionEndEvent):
            break
        values[getattr(key, "value", "")] = [key, *_node(inner)]
    return values


def _node(inner: Iterator[Any]) -> Iterator[Any]:
    """The events of one value."""
    depth = 0
    for event in inner:
        yield event
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if not depth:
            return


def _in_list(node: Sequence[Any], text: str) -> Place | None:
    """The place for an entry in a list; `node`: the event of the list's key, then those of the list."""
    key, first, *_ = node
    is_null = isinstance(first, yaml.ScalarEvent) and not first.value
    if is_null:
        return Place(key.start_mark.line + 2, key.start_mark.column + 2)
    is_list = isinstance(first, yaml.SequenceStartEvent)
    if not is_list:
        return None
    if first.flow_style:
        is_empty = len(node) == 3  # noqa: PLR2004 - the key, the list's beginning and its end
        mark = first.end_mark if is_empty else node[-2].end_mark
        return Place(mark.line + 1, mark.column, "" if is_empty else ", ")
    return Place(_behind(text, _line_of_end(node[-1], text)), first.start_mark.column)


def _behind(text: str, end: int) -> int:
    """The number of the line behind the last one, of the first `end` lines, that is not blank."""
    lines = text.split("\n")
    while end and not lines[end - 1].strip():
        end -= 1
    return end + 1


def _line_of_end(event: Any, text: str) -> int:
    """The number of lines before the event; at the end of a text that has no last line break, all of them."""
    mark = event.start_mark
    return int(mark.line) + (1 if mark.column and mark.line == text.count("\n") else 0)
