"""Where one more entry goes into a cassette's `runs:`: the line behind the last one, and its column."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from runmock.core.errors import CassetteError
from runmock.tape.yaml_events import events


class Place(NamedTuple):
    """The line that a new entry becomes, counted from 1, and how many blanks stand before it."""

    line: int
    column: int


def place_of_run(path: str) -> Place | None:
    """The place behind the last entry; None where there is no file, or its `runs:` is no list of lines."""
    try:
        text = Path(path).read_text("utf-8")
        found = _list_of_runs(text, path)
    except (OSError, ValueError, CassetteError):
        return None
    if found is None:
        return None
    column, end = found
    lines = text.split("\n")
    while end and not lines[end - 1].strip():
        end -= 1
    return Place(end + 1, column)


def _list_of_runs(text: str, path: str) -> tuple[int, int] | None:
    """The column of the list below `runs:`, and how many lines there are until what follows it."""
    depth, is_runs, is_key = 0, False, True
    column: int | None = None
    event: Any
    for event in events(text, path):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            if depth == 1:
                is_key = True
                if column is not None:
                    return column, _line_of_end(event, text)
            continue
        is_start = isinstance(event, yaml.CollectionStartEvent)
        if depth == 1 and is_key:
            is_runs, is_key = isinstance(event, yaml.ScalarEvent) and event.value == "runs", False
        elif depth == 1:
            if is_runs and isinstance(event, yaml.SequenceStartEvent):
                if event.flow_style:
                    return None
                mark: Any = event.start_mark
                column = mark.column
            is_key = not is_start
        depth += is_start
    return None


def _line_of_end(event: Any, text: str) -> int:
    """The number of lines before the event; at the end of a text that has no last line break, all of them."""
    mark = event.start_mark
    return int(mark.line) + (1 if mark.column and mark.line == text.count("\n") else 0)
