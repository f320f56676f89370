"""Finds secrets in a text by their shape (`secret_shapes`), and the values of keys in the environment.

The search covers the text itself, the text with escapes of JSON and of URLs undone, and the content of base64, also
where a secret begins in the middle of it. Results name the kind and the place of a secret, never its value.
"""

from __future__ import annotations

import binascii
import os
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from runmock.core.secrets.hits import REDACTED, SecretSpan, replaced
from runmock.core.secrets.redacted import in_place
from runmock.core.secrets.windows import OVERLAP, SIZE, windows_of
from runmock.tape.secrets.secret_shapes import SHAPES, SHORTEST_WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OF_ENVIRONMENT = re.compile(r"(?:^|_)(?:API_KEY|KEY|TOKEN|SECRET|PASSWORD)$")
"""Names of environment variables whose values are secrets."""
SHORTEST = 12
"""The least length of a value to search for; shorter ones would occur in texts by chance."""
KNOWN = "a key of the environment"

_WITH_SPACES = tuple(shape for shape in SHAPES if not shape.is_word)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e]{12,}")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LEVELS = 3
"""How often escapes are undone: for JSON in JSON in JSON."""
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_WORD, _LINE, _ALL = re.compile(r"[^\s\"'<>,;&?=(){}\[\]]+"), re.compile(r"[^\n]+"), re.compile(r"(?s).+")


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret in a text: its kind, and where it stands; line and column count from 1."""

    kind: str
    line: int
    column: int = 1


def keys_of_environment(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The values of environment variables that are secret by their names, if they are long enough to search for."""
    values = [environment[name] for name in environment if OF_ENVIRONMENT.search(name)]
    return tuple(value for value in values if len(value) >= SHORTEST)


def hidden(text: str, known: Iterable[str] = ()) -> str:
    """A text for a message, with every secret in it hidden; escapes of URLs are undone."""
    shown = unquote(text)
    return replaced([shown], [*secret_hits(shown, known), *in_place(shown)])[0]


def redacted_text(text: str, known: Iterable[str] = ()) -> str:
    """A text for a page, with `redacted` in the place of every secret and of every key in the environment.

    Where a secret is in the text again, cut off, what is left of it is replaced, too: its rest has no shape.
    """
    keys = (*keys_of_environment(), *known)
    hits = [*secret_hits(text, keys), *in_place(text)]
    shown = replaced([text], hits)[0]
    for hit in hits:
        if hit.end - hit.start >= SHORTEST:
            shown = _beginning(text[hit.start : hit.end]).sub(hit.instead, shown)
    if not secret_hits(shown, keys):
        return shown
    lines = (REDACTED if secret_hits(line, keys) else line for line in shown.split("\n"))
    by_line = "\n".join(lines)
    return REDACTED if secret_hits(by_line, keys) else by_line


def _beginning(secret: str) -> re.Pattern[str]:
    """What begins as a secret does, with or without the backslashes of a pattern."""
    return re.compile(r"\\?".join(map(re.escape, secret[:SHORTEST])) + r"[^\s\"'`]*")


def secrets_in(text: str, known: Iterable[str] = ()) -> list[FoundSecret]:
    """The secrets in a text, by their places; `known` are keys that must not be in it, whatever their shape."""
    secrets = dict.fromkeys(_placed(hit, text) for hit in secret_hits(text, known))
    return sorted(secrets, key=lambda secret: (secret.line, secret.column))


def _placed(hit: SecretSpan, text: str) -> FoundSecret:
    return FoundSecret(hit.kind, text.count("\n", 0, hit.start) + 1, hit.start - text.rfind("\n", 0, hit.start))


def secret_hits(text: str, known: Iterable[str] = ()) -> list[SecretSpan]:
    """The parts of a text that hold a secret; of two shapes that begin at one place the first counts."""
    keys = tuple(dict.fromkeys(known))
    return [] if len(text) > SIZE and not has_secrets([text], keys) else _hits(text, keys)


def has_secrets(pieces: Iterable[str], known: Iterable[str] = ()) -> bool:
    """Whether a text that is in pieces holds a secret; no more than a window of it is in memory."""
    keys = tuple(dict.fromkeys(known))
    return any(_hits(part, keys) for part in windows_of(pieces, _overlap(keys)))


def _overlap(keys: Sequence[str]) -> int:
    """How much of a window the next one needs: keys of the environment may have white space in them."""
    return max([OVERLAP, *map(len, keys)])


def _hits(text: str, keys: Sequence[str]) -> list[SecretSpan]:
    firsts: dict[tuple[int, bool], SecretSpan] = {}
    for hit in (*_written(text, keys), *_in_escapes(text, keys)):
        firsts.setdefault((hit.start, hit.kind == KNOWN), hit)
    return list(firsts.values())


def _written(text: str, known: Sequence[str]) -> list[SecretSpan]:
    words = _long_words(text)
    return [*_plain(text, words, known), *(_in_base64(text, known) if any(_in_base64(words, known)) else ())]


def _long_words(text: str) -> str:
    """The words of a text that are long enough for a secret. They are searched first: a text for people has few."""
    return " ".join([word for word in text.split() if len(word) >= SHORTEST_WORD])


def _plain(text: str, words: str, known: Sequence[str]) -> Iterator[SecretSpan]:
    """Secrets that are in the text without any encoding; `words` are its long ones."""
    in_words, in_text = (words, words.lower()), (text, text.lower())
    for shape in SHAPES if words else _WITH_SPACES:
        if shape.is_likely(*(in_words if shape.is_word else in_text)):
            yield from (SecretSpan(*match.span(1), shape.kind) for match in shape.pattern.finditer(text))
    for key in known:
        start = text.find(key)
        while start >= 0:
            yield SecretSpan(start, start + len(key), KNOWN)
            start = text.find(key, start + len(key))


def _in_base64(text: str, known: Sequence[str]) -> Iterator[SecretSpan]:
    """Spans of base64, each as a whole, whose content has a secret."""
    kinds: dict[str, str | None] = {}
    for packed in _BASE64.finditer(text):
        word = packed[0]
        if word not in kinds:
            kinds[word] = next((kind for data in _unpacked(word) for kind in _kinds_in_data(data, known)), None)
        if (kind := kinds[word]) is not None:
            yield SecretSpan(*packed.span(), f"{kind} in base64")


def _unpacked(word: str) -> Iterator[bytes]:
    """The content of base64 for each of the four ways to align it: its first letters may belong to a path before it."""
    letters = word.rstrip("=").translate(_STANDARD)
    for start in range(4):
        part = letters[start : len(letters) - ((len(letters) - start) % 4 == 1)]
        yield binascii.a2b_base64(part + "=" * (-len(part) % 4))


def _kinds_in_data(data: bytes, known: Sequence[str]) -> Iterator[str]:
    """The kinds of secrets in bytes: known keys anywhere, shapes in what can be read."""
    yield from (KNOWN for key in known if key.encode() in data)
    for readable in _PRINTABLE.finditer(data):
        text = readable[0].decode("ascii")
        yield from (hit.kind for hit in _plain(text, _long_words(text), ()))


_STANDARD = str.maketrans("-_", "+/")


def _decoded(text: str) -> Iterator[str]:
    """Versions of a text with escapes undone: of JSON, of JSON within JSON, and of URLs."""
    for level in range(_LEVELS + 1):
        if level:
            yield text
        if "%" in text:
            yield unquote(text)
        if "\\" not in text:
            break
        text = _ESCAPE.sub(_letter, text)


def _letter(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(match[3], match[3])


def _in_escapes(text: str, known: Sequence[str]) -> list[SecretSpan]:
    """Secrets that appear when escapes are undone: the span is the word with one, else its line, else the text."""
    spans: list[SecretSpan] = []
    if not _shown_by_decoding(text, known):
        return spans
    for pattern in (_WORD, _LINE, _ALL):
        for part in pattern.finditer(text):
            if not any(part.start() <= hit.start < part.end() for hit in spans):
                spans += [SecretSpan(*part.span(), kind) for kind in _shown_by_decoding(part[0], known)]
    return spans


def _shown_by_decoding(text: str, known: Sequence[str]) -> list[str]:
    """The kinds of secrets of which a text has more when its escapes are undone."""
    if "\\" not in text and "%" not in text:
        return []
    before = Counter(hit.kind for hit in _written(text, known))
    after = (Counter(hit.kind for hit in _written(decoded, known)) for decoded in _decoded(text))
    return list(dict.fromkeys(kind for counted in after for kind in counted - before))
