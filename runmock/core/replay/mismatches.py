"""Where two requests differ, field by field, and how a message shows that."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.http.multipart import parts_of
from runmock.core.replay.matching import comparable_text, stand_ins
from runmock.core.script.patterns import satisfies
from runmock.core.secrets.redacted import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from runmock.core.replay.matching import RequestKey

_SECRET = re.compile(r"key|token|secret|signature|password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field in which a request differs from what the cassette has."""

    field: str
    cassette: str
    sent: str
    values: tuple[Any, Any] = dataclass_field(default=(None, None), repr=False, compare=False)
    """Both values as they are."""

    @classmethod
    def of(cls, name: str, cassette: Any, sent: Any) -> Mismatch:
        """The mismatch of two values of a field."""
        return cls(name, shown(cassette), shown(sent), (cassette, sent))


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
            differ.append(Mismatch.of(name, one, other))
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
_BEFORE = 40
"""How much two long texts have in common before their difference is shown."""


def shown(value: Any) -> str:
    """A value as a message shows it: texts as they are, lists of texts with commas, anything else as JSON."""
    text = _text(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _text(value: Any) -> str:
    if value is None:
        return "(nothing)"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value) or "(empty)"
    return json.dumps(value, ensure_ascii=False)


class Part(NamedTuple):
    """A place in two values where they differ, as `input[12].output`, and both values."""

    where: str
    cassette: Any
    sent: Any


def parts_that_differ(mismatch: Mismatch, *, is_condition: bool = False) -> list[Part]:
    """What differs in a field, each value as a message shows it: the field itself, or where it is long, parts of it.

    A list is compared item by item, so that of a long history only the items are shown that differ, each with its
    index. `is_condition`: the cassette has a condition, which the value does not meet.
    """
    name, values = mismatch.field, mismatch.values
    if max(len(_text(value)) for value in values) <= _LONGEST:
        return [Part(name, mismatch.cassette, mismatch.sent)]
    return [_shown_part(part) for part in _parts(name, *values, _by_condition if is_condition else _by_text)]


def _parts(where: str, cassette: Any, sent: Any, pairs: Callable[[Any, Any], Iterator[Part]]) -> Iterator[Part]:
    """The smallest parts that differ; an item of a list, in which more than one value differs, is one part."""
    are_lists = isinstance(cassette, list | tuple) and isinstance(sent, list | tuple)
    are_mappings = isinstance(cassette, dict) and isinstance(sent, dict)
    inner = [*pairs(cassette, sent)] if are_lists or are_mappings else []
    if not inner or (are_mappings and len(inner) > 1 and where.endswith("]")):
        yield Part(where, cassette, sent)
        return
    for part in inner:
        yield from _parts(f"{where}{part.where}", part.cassette, part.sent, pairs)


def _by_text(cassette: Any, sent: Any) -> Iterator[Part]:
    """The members that differ of two mappings, and of two lists; an item that only one list has shifts no others."""
    if isinstance(cassette, dict):
        for key in dict.fromkeys([*cassette, *sent]):
            if comparable_text(cassette.get(key)) != comparable_text(sent.get(key)):
                yield Part(f".{key}", cassette.get(key), sent.get(key))
        return
    recorded_texts, texts = ([comparable_text(item) for item in items] for items in (cassette, sent))
    matcher = SequenceMatcher(None, recorded_texts, texts, autojunk=False)
    for kind, begin, end, sent_begin, sent_end in matcher.get_opcodes():
        if kind != "equal":
            first = begin if sent_begin == sent_end else sent_begin
            pairs = zip_longest(cassette[begin:end], sent[sent_begin:sent_end])
            yield from (Part(f"[{first + number}]", *pair) for number, pair in enumerate(pairs))


def _by_condition(expected: Any, sent: Any) -> Iterator[Part]:
    """The members of a condition that a value does not meet."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if not satisfies(sent, {key: value}):
                yield Part(f".{key}", value, sent.get(key))
        return
    for number, (one, other) in enumerate(zip_longest(expected, sent)):
        if not satisfies(other, one):
            yield Part(f"[{number}]", one, other)


def _shown_part(part: Part) -> Part:
    """Both values of a part as texts; where long ones begin alike, from a little before their difference."""
    texts = [_text(part.cassette), _text(part.sent)]
    pairs = enumerate(zip(*texts, strict=False))
    common = next((number for number, (one, other) in pairs if one != other), min(map(len, texts)))
    if common <= _LONGEST - _BEFORE:
        return Part(part.where, shown(part.cassette), shown(part.sent))
    cassette, sent = (f"...{shown(text[common - _BEFORE :])}" for text in texts)
    return Part(part.where, cassette, sent)
