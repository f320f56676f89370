"""The secrets of one interaction, wherever they stand in it: found, redacted in their place, or taken out altogether.

What a shape or a known key gives away refuses a recording (`kinds_in`), and is replaced in what is kept of a refused
one (`without_secrets`). What only a name gives away, and what texts tell of the account, is redacted in its place
(`redacted_in_place`); matching does the same with what is sent (`core.redacted`), so that the recording plays.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from runmock.core.secrets.every_text import joined, texts_of, with_texts
from runmock.core.secrets.hits import SecretSpan, replaced
from runmock.core.secrets.redacted import in_place
from runmock.tape.secrets.redaction import SHORTEST, hidden, keys_of_environment, secret_hits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Interaction
    from runmock.core.secrets.every_text import Find

KEY_HEADERS = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization")
PLACES = {"body": "body", "path": "path", "query": "query", "headers": "answer's headers"}
"""What a person calls the parts of an interaction; the others are its answer."""
_BETWEEN = "\n\x00\n"
"""Stands in no text, and no shape goes on behind it."""


def kinds_in(one: Interaction, known: Iterable[str] = ()) -> list[str]:
    """The kinds of secrets in an interaction, each once; `known` are keys that must not be in it."""
    hits = secret_hits(_BETWEEN.join(texts_of(one)), _with_environment(known))
    return list(dict.fromkeys(hit.kind for hit in sorted(hits, key=lambda hit: hit.start)))


def without_secrets(one: Interaction, known: Iterable[str] = ()) -> Interaction:
    """An interaction in which `redacted` stands for every secret of it, and for every known key."""
    keys = _with_environment(known)

    def find(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
        hits = [*secret_hits(text, keys), *in_place(text, key, is_error)]
        is_rest = bool(hits) and bool(secret_hits(replaced([text], hits)[0], keys))
        return [SecretSpan(0, len(text), "")] if is_rest else hits

    return with_texts(one, lambda _part: find)


def redacted_in_place(one: Interaction, known: Iterable[str] = ()) -> tuple[Interaction, list[str]]:
    """An interaction without what is redacted in its place, and a warning for each kind of secret in each place.

    A value that a shape or a known key gives away is left: it refuses the recording.
    """
    keys = _with_environment(known)
    warned: dict[tuple[str, str], None] = {}

    def finder(part: str) -> Find:
        nothing_in: set[tuple[str, str, bool]] = set()

        def find(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
            where = (text, key, is_error)
            if where in nothing_in:
                return ()
            hits = in_place(text, key, is_error)
            if not hits:
                nothing_in.add(where)
            left = secret_hits(text, keys) if any(hit.kind for hit in hits) else []
            kept = [hit for hit in hits if not (hit.kind and any(hit.overlaps(other) for other in left))]
            warned.update(dict.fromkeys((hit.kind, PLACES.get(part, "answer")) for hit in kept if hit.kind))
            return kept

        return find

    found = with_texts(one, finder)
    request = hidden(f"{found.method} {found.path}", keys)
    return found, [f"{request}: {kind} in its {place} was written as 'redacted'" for kind, place in warned]


def _with_environment(known: Iterable[str]) -> tuple[str, ...]:
    return (*keys_of_environment(), *known)


def keys_of(request: Request) -> tuple[str, ...]:
    """The keys with which a request came: tokens, keys, the password of a basic authorisation, cookies' values."""
    found: list[str] = []
    for name in KEY_HEADERS:
        value = request.headers.get(name, "")
        found += [value.rpartition(" ")[2], *(pair.partition("=")[2] for pair in value.split(";") if "=" in pair)]
        if value.lower().startswith("basic "):
            found.append(_password(value))
    return tuple(key.strip() for key in found if len(key.strip()) >= SHORTEST)


def _password(value: str) -> str:
    try:
        return base64.b64decode(value[6:]).decode("latin-1").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def joined_texts(one: Interaction) -> Iterator[str]:
    """What the pieces of a stream's deltas add up to: a key may be split between them."""
    for pieces in joined(one.stream or ()):
        yield "".join(piece.text for piece in pieces)
