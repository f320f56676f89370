"""The secrets of one interaction: in what would be written of it, and in the texts that its deltas add up to."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from runmock.tape import redaction
from runmock.tape.writing import Header, cassette_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.exchange import Request
    from runmock.core.interaction import Interaction

KEY_HEADERS = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization")


def kinds_in(one: Interaction, known: Iterable[str] = ()) -> list[str]:
    """The kinds of secrets in an interaction, each once; `known` are keys that must not be in it.

    The bytes of a binary answer are not searched.
    """
    return _kinds([cassette_text(Header(0), [one._replace(content=None)]), *joined_texts(one)], known)


def kinds_in_pieces(one: Interaction, known: Iterable[str] = ()) -> list[str]:
    """The same, of what only its deltas together say: no line of a cassette shows that."""
    return _kinds(joined_texts(one), known)


def without_secrets(one: Interaction, known: Iterable[str] = ()) -> Interaction:
    """The interaction with everything secret redacted."""
    keys = (*redaction.keys_of_environment(), *known)
    return one._replace(body=_hidden(one.body, keys), json=_hidden(one.json, keys))


def _hidden(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return redaction.hidden(value, keys)
    if isinstance(value, dict):
        return {key: _hidden(part, keys) for key, part in value.items()}
    return [_hidden(part, keys) for part in value] if isinstance(value, list) else value


def _kinds(texts: Iterable[str], known: Iterable[str]) -> list[str]:
    keys = (*redaction.keys_of_environment(), *known)
    return list(dict.fromkeys(found.kind for text in texts for found in redaction.secrets_in(text, keys)))


def keys_of(request: Request) -> tuple[str, ...]:
    """The keys with which a request came: tokens, keys, the password of a basic authorisation, cookies' values."""
    found: list[str] = []
    for name in KEY_HEADERS:
        value = request.headers.get(name, "")
        found += [value.rpartition(" ")[2], *(pair.partition("=")[2] for pair in value.split(";") if "=" in pair)]
        if value.lower().startswith("basic "):
            found.append(_password(value))
    return tuple(key.strip() for key in found if len(key.strip()) >= redaction.SHORTEST)


def _password(value: str) -> str:
    try:
        return base64.b64decode(value[6:]).decode("latin-1").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def joined_texts(one: Interaction) -> Iterator[str]:
    """What the pieces of a stream's deltas add up to: a key may be split between them."""
    pieces: dict[str, list[str]] = {}
    for event in one.stream or ():
        if event.name.endswith(".delta"):
            for kind, piece in _pieces(event.data):
                pieces.setdefault(kind, []).append(piece)
    yield from ("".join(parts) for parts in pieces.values())


def _pieces(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a delta, by its key."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _pieces(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _pieces(part, key)
    elif isinstance(value, str):
        yield key, value
