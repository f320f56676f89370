"""Reads YAML by the rules of version 1.2: `no`, `12:30`, `2026-12-01` and `+0s` are texts, `0123` is 123.

The result has only JSON's values: mappings with text keys, lists, texts, numbers, booleans, null. The reader makes one
pass over the parser's events, without recursion; depth and the size of what aliases repeat are limited.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from runmock.core.errors import CassetteError
from runmock.tape.yaml.flow_lines import DEEPEST, MARK, Value, without_values
from runmock.tape.yaml.places import locate
from runmock.tape.yaml.resolving import resolved
from runmock.tape.yaml.yaml_errors import events, position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Document", "load", "locate", "read"]

MAX_DEPTH = 100
MAX_ALIASED = 5_000_000
"""How many nodes and characters all aliases together may repeat: more is a mistake or an attack."""


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a text, and by the key of each top-level list the lines on which its items begin."""

    value: Any
    lines: Mapping[str, Sequence[int]]


def load(text: str, path: str) -> Any:
    """The value of a YAML text; `path` is for messages. Raises CassetteError, with line and column."""
    return read(text, path).value


def read(text: str, path: str) -> Document:
    """The document of a YAML text: its value, and the lines on which runs and interactions begin. Raises as `load`."""
    document = read_quickly(io.StringIO(text, newline="\n"), path)
    return read_whole(text, path) if document is None else document


def read_quickly(lines: Iterable[str], path: str) -> Document | None:
    """The document of a text, read line by line; None when there may be an error, which `read_whole` has to report."""
    with contextlib.suppress(CassetteError, ValueError):
        text, values = without_values(lines)
        return _read(text, path, values)
    return None


def read_whole(text: str, path: str) -> Document:
    """The document of a text that YAML's parser reads as a whole. Raises CassetteError, with line and column."""
    return _read(text, path, {})


def _read(text: str, path: str, values: Mapping[str, Value]) -> Document:
    reader = _Reader(text, path, values)
    for event in events(text, path):
        reader.take[type(event)](event)
    return Document(reader.stack[0].value[0] if reader.stack[0].value else None, reader.lines)


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read; `key`: the mapping's key whose value comes next."""

    value: Any
    anchor: str | None = None
    size_before: int = 0
    height: int = 1
    key: str | None = None
    is_merge: bool = False
    merged: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    size: int
    height: int


class _Reader:
    """Builds the value from the parser's events, with a method for each kind of event; mutable."""

    def __init__(self, text: str, path: str, values: Mapping[str, Value]) -> None:
        self.text, self.path, self.values = text, path, values
        self.stack = [_Frame([])]
        self.lines: dict[str, list[int]] = {}
        self.anchors: dict[str, _Anchored] = {}
        self.size = self.aliased = 0
        self.take = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
            yaml.DocumentEndEvent: _ignore,
            yaml.StreamStartEvent: _ignore,
            yaml.StreamEndEvent: _ignore,
        }

    def _error(self, message: str, event: Any) -> CassetteError:
        return CassetteError(message, self.path, *position(event))

    def _document(self, event: Any) -> None:
        if self.stack[0].value:
            raise self._error("a cassette is one YAML document; a second one begins here", event)

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            raise self._tagged(event)
        text, frame, is_plain = event.value, self.stack[-1], event.implicit[0]
        self.size += 1 + len(text)
        if frame.key is None and type(frame.value) is dict:
            self._key(text, event, is_merge=is_plain and text == "<<")
            value = text
        else:
            if self.values and MARK in text:
                value = self._taken(text, event)
            else:
                value = self._resolved(text, event) if is_plain else text
            self._note_line(event)
            self._add(value, event)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(value, 1 + len(text), 0)

    def _tagged(self, event: Any) -> CassetteError:
        shown = event.tag.replace("tag:yaml.org,2002:", "!!")
        return self._error(f"tags such as {shown} are not allowed in a cassette", event)

    def _key(self, key: str, event: Any, *, is_merge: bool) -> None:
        frame = self.stack[-1]
        if key in frame.value or (is_merge and frame.merged):
            path = [
                len(frame_above.value) if frame_above.key is None else frame_above.key
                for frame_above in self.stack[1:-1]
            ]
            line, column = locate(self.text, [*path, key]) or position(event)
            raise self._error(f"the key '{key}' is here twice; the first is at line {line}, column {column}", event)
        frame.key, frame.is_merge = key, is_merge

    def _resolved(self, text: str, event: Any) -> Any:
        try:
            return resolved(text)
        except OverflowError:
            raise self._error("a number this large is not possible; write it in quotes", event) from None

    def _taken(self, mark: str, event: Any) -> Any:
        """The value that was taken out and has this mark. Raises CassetteError when it was only part of a text."""
        if mark not in self.values or not event.implicit[0]:
            raise self._error("a text has a line that looks like a value", event)
        value, size = self.values[mark]
        self._limit_depth(DEEPEST, event)
        self.size += size
        frame = self.stack[-1]
        frame.height = max(frame.height, DEEPEST + 1)
        if len(self.stack) == 2 and frame.key is not None and value and type(value) is list:  # noqa: PLR2004 - document, mapping
            self.lines[frame.key] = [event.start_mark.line + 1] * len(value)
        return value

    def _note_line(self, event: Any) -> None:
        if len(self.stack) == 3 and self.stack[1].key is not None and self.stack[2].key is None:  # noqa: PLR2004 - document, mapping, list
            self.lines.setdefault(self.stack[1].key, []).append(event.start_mark.line + 1)

    def _add(self, value: Any, event: Any) -> None:
        frame = self.stack[-1]
        if type(frame.value) is list:
            frame.value.append(value)
            return
        if frame.is_merge:
            frame.merged = self._merged(value, event)
        else:
            frame.value[frame.key] = value
        frame.key = None

    def _merged(self, value: Any, event: Any) -> list[dict[str, Any]]:
        mappings = value if type(value) is list else [value]
        if not mappings or not all(type(mapping) is dict for mapping in mappings):
            raise self._error("'<<' takes a mapping, or a list of mappings", event)
        return mappings

    def _mapping(self, event: Any) -> None:
        self._open({}, event)

    def _sequence(self, event: Any) -> None:
        self._open([], event)

    def _open(self, value: Any, event: Any) -> None:
        if event.tag is not None:
            raise self._tagged(event)
        frame = self.stack[-1]
        if frame.key is None and type(frame.value) is dict:
            raise self._error("a key is a text, not a mapping or a list", event)
        self._limit_depth(1, event)
        self._note_line(event)
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.stack.append(_Frame(value, event.anchor, self.size))
        self.size += 1

    def _limit_depth(self, height: int, event: Any) -> None:
        if len(self.stack) + height > MAX_DEPTH + 1:
            raise self._error(f"nested more than {MAX_DEPTH} levels deep", event)

    def _end(self, event: Any) -> None:
        frame = self.stack.pop()
        outer = self.stack[-1]
        value = frame.value
        if frame.merged:
            value = {}
            for mapping in (*reversed(frame.merged), frame.value):
                value |= mapping
        outer.height = max(outer.height, frame.height + 1)
        if frame.anchor:
            self.anchors[frame.anchor] = _Anchored(value, self.size - frame.size_before, frame.height)
        self._add(value, event)

    def _alias(self, event: Any) -> None:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            is_open = any(frame.anchor == event.anchor for frame in self.stack)
            why = "stands inside what it names" if is_open else "names nothing above it"
            raise self._error(f"the alias *{event.anchor} {why}", event)
        self.size += anchored.size
        self.aliased += anchored.size
        if self.aliased > MAX_ALIASED:
            raise self._error("the aliases in this document repeat too much", event)
        frame = self.stack[-1]
        if frame.key is None and type(frame.value) is dict:
            if not isinstance(anchored.value, str):
                raise self._error("a key is a text, not an alias of something else", event)
            self._key(anchored.value, event, is_merge=False)
            return
        self._limit_depth(anchored.height, event)
        frame.height = max(frame.height, anchored.height + 1)
        self._note_line(event)
        self._add(anchored.value, event)


def _ignore(_: Any) -> None:
    """Ignore an event that adds nothing to the value, such as the end of the document."""
