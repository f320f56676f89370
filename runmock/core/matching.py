"""When two requests mean the same, and where they differ when they do not.

Strict on meaning, lax on noise: left out, `null`, `stream: false` and an empty list of additional messages are one;
a text is the same as a list with that one text part; key order, white space and client headers do not count.
Source: lessons.md, "What real clients do".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.operations import below_root, identify

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MATCHERS = ("operation", "ids", "query", "body")
"""What can be compared; `match_on` names some of them. The default is all."""

_NOISE: Mapping[str, Any] = {"stream": False, "additional_messages": [], "metadata": {}, "tool_resources": {}}
"""Values that mean the same as leaving the key out; None does everywhere."""
_STREAMING = frozenset({"create_run", "create_thread_and_run", "submit_tool_outputs"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a request asks for: its operation, the ids in its path, its query, and its body in canonical form."""

    operation: str
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    body: Any
    method: str

    def key(self, match_on: Collection[str]) -> str:
        """Equal for requests that `match_on` does not tell apart."""
        said = {
            "operation": self.operation,
            "ids": sorted(self.ids.items()),
            "query": sorted(self.query.items()),
            "body": self.body,
        }
        return json.dumps({name: said[name] for name in MATCHERS if name in match_on}, sort_keys=True)

    @property
    def thread_id(self) -> str | None:
        """The conversation that the request is part of."""
        return self.ids.get("thread_id")

    @property
    def label(self) -> str:
        """The operation's name for messages, with `stream` when it asks for one."""
        is_stream = isinstance(self.body, dict) and self.body.get("stream") is True
        return f"{self.operation}, stream" if is_stream else self.operation


def expectation(method: str, path: str, query: Mapping[str, Sequence[str]], body: Any) -> Expectation:
    """What a request with a whole or an API path asks for; a path outside the family is its own operation."""
    found = identify(method, path)
    below = below_root(path) if found is None else found.path
    operation = f"{method} {below}" if found is None else found.name
    asked = {name.removesuffix("[]"): tuple(values) for name, values in query.items() if name != "api-version"}
    return Expectation(operation, below, {} if found is None else found.ids, asked, canonical(body), method)


def canonical(body: Any) -> Any:
    """The body without what does not change its meaning."""
    if not isinstance(body, dict):
        return body or None
    kept = {key: value for key, value in body.items() if value is not None and _NOISE.get(key, body) != value}
    for key in ("messages", "additional_messages"):
        if isinstance(kept.get(key), list):
            kept[key] = [canonical(message) for message in kept[key]]
    if isinstance(kept.get("thread"), dict):
        kept["thread"] = canonical(kept["thread"])
    if isinstance(kept.get("content"), str) and "role" in kept:
        kept["content"] = [{"type": "text", "text": kept["content"]}]
    return kept or None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field in which a request differs from what the cassette has."""

    field: str
    cassette: str
    sent: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which fields agree, and which differ."""

    agree: tuple[str, ...]
    differ: tuple[Mismatch, ...]

    @property
    def score(self) -> tuple[bool, int, int]:
        """Higher is nearer: the operation counts before anything else."""
        return ("operation" in self.agree, -len(self.differ), len(self.agree))


def compare(cassette: Expectation, sent: Expectation) -> Comparison:
    """Field by field: operation, the ids of the path, query, stream, and the body's own fields."""
    left, right = _fields(cassette), _fields(sent)
    agree, differ = [], []
    for name in dict.fromkeys([*left, *right]):
        one, other = left.get(name), right.get(name)
        if one == other:
            agree.append(name)
        else:
            differ.append(Mismatch(name, shown(one), shown(other)))
    if "tool_call_ids" in [mismatch.field for mismatch in differ]:
        differ = [mismatch for mismatch in differ if mismatch.field != "outputs"]
    if len(cassette.ids) > 1 and "thread_id" in agree:
        agree.remove("thread_id")  # the deeper id says it already
    return Comparison(tuple(agree), tuple(differ))


def _fields(asked: Expectation) -> dict[str, Any]:
    fields: dict[str, Any] = {"operation": asked.operation, **asked.ids, **asked.query}
    body = asked.body if isinstance(asked.body, dict) else {}
    if asked.operation in _STREAMING:
        fields["stream"] = body.get("stream", False)
    outputs = body.get("tool_outputs")
    if asked.operation == "submit_tool_outputs" and isinstance(outputs, list):
        fields["tool_call_ids"] = [one.get("tool_call_id") for one in outputs]
        fields["outputs"] = [one.get("output") for one in outputs]
    fields |= {key: value for key, value in body.items() if key not in ("stream", "tool_outputs")}
    if not isinstance(asked.body, dict | None):
        fields["body"] = asked.body
    return fields


_LONGEST = 300


def shown(value: Any) -> str:
    """A value as a message shows it: texts as they are, lists of texts with commas, anything else as JSON."""
    if value is None:
        return "(nothing)"
    if isinstance(value, str):
        text = value
    elif isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        text = ", ".join(value) or "(empty)"
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
