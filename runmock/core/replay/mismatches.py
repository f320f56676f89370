"""Where two requests differ, field by field, and how a message shows that."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.http.multipart import parts_of
from runmock.core.replay.matching import comparable_text, stand_ins
from runmock.core.secrets.redacted import redacted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.replay.matching import RequestKey

_SECRET = re.compile(r"key|token|secret|signature|password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field in which a request differs from what the cassette has."""

    field: str
    cassette: str
    sent: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which fields of two requests agree, and which differ."""

    agree: tuple[str, ...]
    differ: tuple[Mismatch, ...]

    @property
    def score(self) -> tuple[bool, int, int]:
        """Higher is nearer: the operation counts before anything else."""
        return ("operation" in self.agree, -len(self.differ), len(self.agree))


def compare(cassette: RequestKey, sent: RequestKey) -> Comparison:
    """Compare field by field: operation, the ids of the path, query, stream, and the body's own fields."""
    is_any_body = any(cassette.body == body for body in stand_ins(sent.body))
    sent_body = redacted(sent.body)
    recorded_body = sent_body if is_any_body else redacted(cassette.body)
    left, right = _fields(cassette, recorded_body), _fields(sent, sent_body)
    agree, differ = [], []
    for name in dict.fromkeys([*left, *right]):
        one, other = left.get(name), right.get(name)
        if comparable_text(one) == comparable_text(other):
            agree.append(name)
        else:
            differ.append(Mismatch(name, shown(one), shown(other)))
    if "tool_call_ids" in [mismatch.field for mismatch in differ]:
        differ = [mismatch for mismatch in differ if mismatch.field != "outputs"]
    if len(cassette.ids) > 1 and "thread_id" in agree:
        agree.remove("thread_id")  # the deeper id says it already
    return Comparison(tuple(agree), tuple(differ))


def _shown_query(request: RequestKey) -> dict[str, Any]:
    """The query for a message; values whose names sound like a key are not shown."""
    return {name: "(redacted)" if _SECRET.search(name) else values for name, values in request.query.items()}


def _fields(request: RequestKey, compared: Any) -> dict[str, Any]:
    """All fields that are compared of a request; `compared` takes the place of its body."""
    fields: dict[str, Any] = {"operation": request.operation, **request.ids, **_shown_query(request)}
    body = compared if isinstance(compared, dict) else {}
    parts = parts_of(compared)
    fields |= request.api.compared_fields(request.operation, {} if parts else body)
    if parts:
        return fields | _part_fields(parts)
    if not isinstance(compared, dict | None):
        fields["body"] = compared
    return fields


def _part_fields(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parts of an upload for a message: a form field by its value, a file by name, size and digest."""
    fields: dict[str, Any] = {}
    for number, part in enumerate(parts, 1):
        name = str(part.get("name"))
        fields[f"{name}, part {number}" if name in fields else name] = part.get("value", _file(part))
    return fields


def _file(part: Mapping[str, Any]) -> str:
    named = f"{part['filename']}, " if "filename" in part else ""
    unit = "byte" if part.get("size") == 1 else "bytes"
    return f"{named}{part.get('size')} {unit}, sha256 {str(part.get('sha256'))[:12]}"


_LONGEST = 300


def shown(value: Any) -> str:
    """A value as a message shows it: texts as they are, lists of texts with commas, anything else as JSON."""
    if value is None:
        return "(nothing)"
    if isinstance(value, str):
        text = value
    elif isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        text = ", ".join(value) or "(empty)"
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
