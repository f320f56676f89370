"""When two requests mean the same.

Strict on meaning, lax on noise: left out, `null`, and what the API of the request calls noise are one; a text is the
same as a list with that one text part; key order, white space and client headers do not count.
Source: docs/protocol/clients.md#requests-that-mean-the-same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runmock.core.http.json_encoders import encoder
from runmock.core.http.multipart import ANY_UPLOAD, BINARY, PARTS, in_any_order
from runmock.core.secrets.redacted import may_hold, redacted, redacted_path, redacted_query

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence

    from runmock.core.api import Api, Noise, Operation, Role
    from runmock.core.replay.interaction import Interaction

MATCHERS = ("operation", "ids", "query", "body")
"""What can be compared; `match_on` names some of them. The default is all."""

comparable_text = encoder(",", ":", sort_keys=True)
"""A JSON value as a text: equal for equal values, whatever the order of their keys."""
Key: TypeAlias = "tuple[Hashable, ...]"
"""Equal for requests that mean the same."""
_NOTHING: Mapping[str, tuple[str, ...]] = {}


class RequestKey(NamedTuple):
    """A request as it is compared: its operation, the ids in its path, its query, and its body in canonical form."""

    operation: str
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    body: Any
    method: str
    api: Api
    roles: frozenset[Role] = frozenset()

    def key(self, match_on: Collection[str]) -> Key:
        """Equal for requests that `match_on` does not distinguish."""
        return (
            self.operation if "operation" in match_on else None,
            tuple(self.ids.items()) if "ids" in match_on else None,
            tuple(sorted(self.query.items())) if self.query and "query" in match_on else None,
            _text_as_kept(self.body) if self.body is not None and "body" in match_on else None,
        )

    @property
    def line(self) -> str:
        """The request in one line for messages: method and path, and the operation's name where it is another text."""
        request = f"{self.method} {self.path}"
        return request if self.label == request else f"{request}  ({self.label})"

    @property
    def conversation(self) -> str | None:
        """The id, in its path, of the conversation that the request is part of; None when there is none."""
        return self.ids.get(self.api.conversation_id)

    @property
    def label(self) -> str:
        """The operation's name for messages, with `stream` when it asks for one."""
        is_stream = isinstance(self.body, dict) and self.body.get("stream") is True
        return f"{self.operation}, stream" if is_stream else self.operation


def request_key(operation: Operation, query: Mapping[str, Sequence[str]], body: Any) -> RequestKey:
    """The key of a request.

    Secrets that no cassette keeps are taken out here too: of path and query at once, of the body when it is compared.
    """
    api, compared = operation.api, _NOTHING
    if query:
        shown_query = redacted_query(query)
        compared = {name.removesuffix("[]"): values for name, values in shown_query.items() if name != "api-version"}
    if operation.may_hold_secret:
        operation = without_secrets(operation)
    comparable = canonical(body, api.noise)
    return RequestKey(
        operation.name, operation.path, operation.ids, compared, comparable, operation.method, api, operation.roles
    )


def without_secrets(operation: Operation) -> Operation:
    """The operation with a path in which there is no secret that no cassette keeps."""
    path = redacted_path(operation.path)
    return operation if path == operation.path else operation.api.identify(operation.method, path) or operation


def recorded_key(interaction: Interaction) -> RequestKey:
    """The key of a recorded request."""
    return request_key(interaction.operation, interaction.query, interaction.body)


def canonical(body: Any, noise: Noise) -> Any:
    """The body in canonical form: without keys and spellings that do not change its meaning."""
    return _canonical(_with_plain_numbers(body), noise)


def _text_as_kept(body: Any) -> str:
    """A canonical body as a text, without the secrets that no cassette keeps."""
    text = comparable_text(body)
    return comparable_text(redacted(body)) if may_hold(text) else text


def _canonical(body: Any, noise: Noise) -> Any:
    """The same for a body that nobody else has: it is changed."""
    if not isinstance(body, dict):
        return body or None
    for key in noise.bodies:
        if key in body:
            body[key] = _canonical_parts(body[key], noise)
    body = with_sorted_sets(body, noise)
    if isinstance(body.get(PARTS), list):
        body[PARTS] = in_any_order(body[PARTS])
    if "role" in body and isinstance(body.get("content"), str):
        body["content"] = [{"type": "text", "text": body["content"]}]
    silent = noise.values
    return {
        key: value for key, value in body.items() if value is not None and (key not in silent or silent[key] != value)
    } or None


def _canonical_parts(value: Any, noise: Noise) -> Any:
    if isinstance(value, list):
        return [_canonical(item, noise) for item in value]
    return _canonical(value, noise) if isinstance(value, dict) else value


def with_sorted_sets(body: Any, noise: Noise) -> Any:
    """The body with lists that are in any order in the order of their texts."""
    if not noise.sets or not isinstance(body, dict):
        return body
    found = {key: body[key] for key in noise.sets if isinstance(body.get(key), list)}
    return {**body, **{key: sorted(texts, key=str) for key, texts in found.items()}}


def _with_plain_numbers(value: Any) -> Any:
    """The value with whole floats as integers: Python sends 1.0 where JavaScript sends 1, and they mean the same."""
    if isinstance(value, str):
        return value  # most are
    if isinstance(value, dict):
        return {key: part if type(part) is str else _with_plain_numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def stand_ins(body: Any) -> tuple[Any, ...]:
    """The values that a recording has in place of a body it does not keep; each matches any body that is not JSON."""
    if isinstance(body, dict):
        return (ANY_UPLOAD, None) if PARTS in body else (None,) if body.keys() == {BINARY} else ()
    return (None,) if isinstance(body, str) else ()
