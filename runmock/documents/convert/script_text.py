"""Writes a script as YAML in the form that people use: short values on one line, texts of several lines as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.tape.yaml.yaml_text import flow, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON

WIDTH = 110
"""Lists and mappings that fit into this width are written on one line."""
OPENED = frozenset({"runs", "steps", "calls", "assistants", "threads", "events", "results", "annotations"})
"""Keys whose lists, when they are not short, have one item a line."""


def script_text(document: JSON) -> str:
    """The document as YAML that reads back as it is."""
    return "".join(f"{line}\n" for line in _mapping(document, ""))


def _mapping(value: JSON, indent: str) -> Iterator[str]:
    for key, part in value.items():
        yield from _member(key, part, indent)


def _member(key: str, value: Any, indent: str) -> Iterator[str]:
    if key in OPENED and isinstance(value, list) and value and not _is_short(key, value, indent):
        yield f"{indent}{key}:"
        for item in value:
            yield from _event(item, f"{indent}  ") if key == "events" else _item(item, f"{indent}  ")
    elif isinstance(value, dict) and value and not _is_short(key, value, indent):
        yield f"{indent}{scalar(key)}:"
        yield from _mapping(value, f"{indent}  ")
    elif isinstance(value, str) and _can_be_block(value):
        yield from _block(f"{indent}{scalar(key)}:", value, f"{indent}  ")
    else:
        yield f"{indent}{scalar(key)}: {flow(value)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        first, *rest = _mapping(value, f"{indent}  ")
        yield f"{indent}- {first.removeprefix(f'{indent}  ')}"
        yield from rest
    else:
        yield f"{indent}- {flow(value)}"


def _event(value: Any, indent: str) -> Iterator[str]:
    """An event, on one line."""
    text = flow(value)
    yield f"{indent}- {text[1:-1] if isinstance(value, dict) else text}"


def _is_short(key: str, value: Any, indent: str) -> bool:
    """Whether a value fits on the line of its key, and may stand there."""
    if key in {"runs", "steps", "events", "assistants"} or (
        key == "calls" and any(isinstance(item, dict) for item in value)
    ):
        return False
    return len(indent) + len(key) + len(flow(value)) < WIDTH and not _has_block(value)


def _has_block(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_can_be_block(part) if isinstance(part, str) else _has_block(part) for part in parts)


def _can_be_block(text: str) -> bool:
    """Whether a text has several lines, and reads back unchanged when it is written as a block."""
    lines = text.split("\n")
    is_plain = all(line.isprintable() or "\t" in line for line in lines) and not any("\t" in line[:1] for line in lines)
    return (
        len(lines) > 1
        and is_plain
        and bool(lines[0])
        and lines[0][0] != " "
        and not any(line != line.rstrip() for line in lines)
    )


def _block(head: str, text: str, indent: str) -> Iterator[str]:
    body = text.rstrip("\n")
    newlines = len(text) - len(body)
    yield f"{head} |{'-' if newlines == 0 else '' if newlines == 1 else '+'}"
    yield from (f"{indent}{line}" if line else "" for line in text.removesuffix("\n").split("\n"))
