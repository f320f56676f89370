"""The secrets in one interaction, wherever they stand: found, or replaced by `redacted`.

Two kinds of secrets are treated differently. A secret that is recognised by its shape, or that is a known key, makes
runmock refuse the recording (`kinds_in`); in the copy of the refused recording it is replaced (`without_secrets`). A
value that only its name shows to be secret (`password`), and ids of the account, are replaced and recorded
(`redacted_in_place`). Matching replaces them in requests, too (`core/secrets/redacted.py`), so the recording plays.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from runmock.core.secrets.every_text import BETWEEN, joined, texts_of, with_texts
from runmock.core.secrets.first_look import show_texts
from runmock.core.secrets.hits import SecretSpan, replaced
from runmock.core.secrets.redacted import in_place
from runmock.core.secrets.windows import SIZE
from runmock.tape.secrets.redaction import SHORTEST, hidden, keys_of_environment, secret_hits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Interaction
    from runmock.core.secrets.every_text import Find

KEY_HEADERS = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization")
_LONG = 100_000
"""Characters; a first look does not remember a longer text, which may be one that was joined for it."""
PLACES = {"body": "body", "path": "path", "query": "query", "headers": "answer's headers"}
"""The names of an interaction's parts in warnings; every other part is called its answer."""


def kinds_in(interaction: Interaction, known: Iterable[str] = ()) -> list[str]:
    """The kinds of secrets for which an interaction is refused, each once; `known`: keys that must not be in it."""
    keys = _with_environment(known)
    if not _holds_any(interaction, keys):
        return []
    hits = secret_hits(BETWEEN.join(texts_of(interaction)), keys)
    return list(dict.fromkeys(hit.kind for hit in sorted(hits, key=lambda hit: hit.start)))


def _holds_any(interaction: Interaction, keys: Sequence[str]) -> bool:
    """Whether any text has a secret. They are searched in portions, because a text alone takes as long as a portion.

    A portion is searched as soon as it is full: windows of a long text are copies of it.
    """
    known: set[str] = set()  # the events of a stream repeat their texts
    portion, size, holds = list[str](), 0, False

    def note(text: str, _key: str, _is_error: bool) -> Sequence[SecretSpan]:
        nonlocal size, holds
        if not holds and text not in known:
            portion.append(text)
            size += len(text)
            if len(text) < _LONG:
                known.add(text)
            if size > SIZE // 2:
                holds = bool(secret_hits(BETWEEN.join(portion), keys))
                portion.clear()
                size = 0
        return ()

    show_texts(interaction, note, SHORTEST)
    return holds or bool(secret_hits(BETWEEN.join(portion), keys))


def without_secrets(interaction: Interaction, known: Iterable[str] = ()) -> Interaction:
    """The interaction with `redacted` in the place of every secret and of every known key."""
    if not kinds_in(interaction, known) and not _has_any_in_place(interaction):
        return interaction
    keys = _with_environment(known)
    nothing_in: set[tuple[str, str, bool]] = set()  # the events of a stream repeat their texts

    def find(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
        where = (text, key, is_error)
        if where in nothing_in:
            return ()
        hits = [*secret_hits(text, keys), *in_place(text, key, is_error)]
        if not hits:
            if len(text) < SIZE:
                nothing_in.add(where)
            return ()
        is_rest = bool(secret_hits(replaced([text], hits)[0], keys))
        return [SecretSpan(0, len(text), "")] if is_rest else hits

    return with_texts(interaction, lambda _part: find)


def redacted_in_place(interaction: Interaction, known: Iterable[str] = ()) -> tuple[Interaction, list[str]]:
    """The interaction with `redacted` for values whose names give them away, and a warning for each kind and place.

    A value that has the shape of a secret, or is a known key, is left as it is, because it refuses the recording.
    """
    if not _has_any_in_place(interaction):
        return interaction, []
    keys = _with_environment(known)
    found: list[SecretSpan] = []
    warned: dict[tuple[str, str], None] = {}

    def finder(part: str) -> Find:
        nothing_in: set[tuple[str, str, bool]] = set()

        def find(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
            where = (text, key, is_error)
            if where in nothing_in:
                return ()
            hits = in_place(text, key, is_error)
            if not hits and len(text) < SIZE:
                nothing_in.add(where)
            left = secret_hits(text, keys) if any(hit.kind for hit in hits) else []
            kept = [hit for hit in hits if not (hit.kind and any(hit.overlaps(other) for other in left))]
            found.extend(kept)
            warned.update(dict.fromkeys((hit.kind, PLACES.get(part, "answer")) for hit in kept if hit.kind))
            return kept

        return find

    redacted = with_texts(interaction, finder)
    if not found:
        return interaction, []
    request = hidden(f"{redacted.method} {redacted.path}", keys)
    return redacted, [f"{request}: {kind} in its {place} was written as 'redacted'" for kind, place in warned]


def _has_any_in_place(interaction: Interaction) -> bool:
    """Whether any text of an interaction has a part to redact."""
    known: set[tuple[str, str, bool]] = set()  # the events of a stream repeat their texts
    has_any = False

    def note(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
        nonlocal has_any
        where = (text, key, is_error)
        if not has_any and where not in known:
            has_any = bool(in_place(*where))
            if len(text) < _LONG:
                known.add(where)
        return ()

    show_texts(interaction, note)
    return has_any


def _with_environment(known: Iterable[str]) -> tuple[str, ...]:
    return (*keys_of_environment(), *known)


def keys_of(request: Request) -> tuple[str, ...]:
    """The keys in a request's headers: tokens, API keys, the password of a basic authorisation, cookies' values."""
    keys: list[str] = []
    for name in KEY_HEADERS:
        value = request.headers.get(name, "")
        keys += [value.rpartition(" ")[2], *(pair.partition("=")[2] for pair in value.split(";") if "=" in pair)]
        if value.lower().startswith("basic "):
            keys.append(_password(value))
    return tuple(key.strip() for key in keys if len(key.strip()) >= SHORTEST)


def _password(value: str) -> str:
    try:
        return base64.b64decode(value[6:]).decode("latin-1").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def joined_texts(interaction: Interaction) -> Iterator[str]:
    """The texts of a stream, each with the pieces of its deltas joined, because a key may be split between deltas."""
    for pieces in joined(interaction.stream or ()):
        yield "".join(piece.text for piece in pieces)
