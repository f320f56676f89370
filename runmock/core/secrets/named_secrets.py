"""Finds secrets by the name before them: `password=...`, 32 hex digits after `key`.

Such secrets have no issuer's prefix; `secret_names` decides which names and values count. A name may be a key in JSON,
or be in the text itself: in a URL, a connection string, a header, code, JSON within JSON.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from runmock.core.secrets.hits import SecretSpan, merged
from runmock.core.secrets.secret_names import KINDS, Mark, Name, is_placeholder, is_secret, strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE = re.compile(
    r"""(?P<close>\\*["'`]?)(?P<sign>[ \t]{0,3}(?:=>|:=|:|=)[ \t]{0,3})
        (?:(?P<quote>\\*["'`])|)(?:(?:bearer|basic|token|bot|apikey)[ \t]+)?
        (?P<value>(?(quote)(?:(?!(?P=quote))(?:\\.|.))*|[^\s"'`\\,;&<>]+))""",
    re.IGNORECASE | re.VERBOSE,
)
_NEXT_PAIR = re.compile(r"&[\w.-]{1,40}=|;[A-Z][A-Za-z ]{0,30}=\S")
_BETWEEN = frozenset("?&;")
_SCHEME = re.compile(r"(?i)(?:bearer|basic|token|bot|apikey)[ ]+")
_IN_URL = re.compile(r"://[^/\s:@\"'?#]*:([^/\s@\"'?#]{3,})@")
_BASIC = re.compile(r"(?i)\bbasic[ \t]+([A-Za-z0-9+/_-]{8,}={0,2})")
_SHORTEST_IN_URL, _LONGEST_NAME = 12, 60


def named_secrets(text: str, key: str = "") -> list[SecretSpan]:
    """The secrets in a text that are known by a name; `key` is the key that the text stands under."""
    if key:
        name, kind = strength(key)
        scheme = _SCHEME.match(text)
        start = scheme.end() if scheme else 0
        if is_secret(name, text[start:]):
            return [SecretSpan(start, len(text), kind)]
    lowered = _lowered(text)
    found: list[SecretSpan] = []
    if "basic" in lowered:
        packed = (match for match in _BASIC.finditer(text) if _is_user_and_password(match[1]))
        found += [SecretSpan(*match.span(1), "a basic authorisation") for match in packed]
    if "=" in text or ":" in text:
        found += _assigned(text, lowered)
    if "://" in text and "@" in text:
        urls = (match for match in _IN_URL.finditer(text) if not is_placeholder(match[1]))
        found += [SecretSpan(*match.span(1), "a password in a URL") for match in urls]
    return merged(found)


def _lowered(text: str) -> str:
    """The text in lower case with the same length: some capitals of other alphabets would become two letters."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else re.sub(r"[A-Z]+", lambda found: found[0].lower(), text)


def _assigned(text: str, lowered: str) -> Iterator[SecretSpan]:
    """Secret values after names in a text: `name=value`, `name: value`, `"name": "value"`, also in JSON within JSON."""
    for word in KINDS:
        at = lowered.find(word)
        while at >= 0:
            end = at + len(word)
            if (found := _VALUE.match(text, end)) is not None:
                yield from _judged(text, at, end, found)
            at = lowered.find(word, end)


def _judged(text: str, at: int, end: int, found: re.Match[str]) -> Iterator[SecretSpan]:
    start = at
    while start > max(at - _LONGEST_NAME, 0) and (text[start - 1].isalnum() or text[start - 1] in "_-."):
        start -= 1
    name, kind = strength(text[start:end])
    is_quoted, value = found["quote"] is not None, found["value"]
    if name is Name.NOTHING or (found["close"] and not is_quoted):
        return  # behind a quoted name a value without quotes is a number, or code
    if not is_quoted and "(" not in value:
        value = value.rstrip(".:!?)]}")
    is_first = text[max(start - 1, 0) : start] in _BETWEEN and "." not in text[start:end]
    is_between = is_first or _NEXT_PAIR.match(text, found.end())
    if name is Name.KEY and is_between and len(value) >= _SHORTEST_IN_URL:
        name = Name.SECRET
    mark = Mark.WHOLE if is_quoted or is_between else Mark.TIGHT if found["sign"] == "=" else Mark.NOTHING
    if is_secret(name, value, mark):
        yield SecretSpan(found.start("value"), found.start("value") + len(value), kind)


def _is_user_and_password(value: str) -> bool:
    """Whether a text is base64 of a user, a colon and a password."""
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
    except (binascii.Error, ValueError):
        return False
    return b":" in plain and plain.isascii() and plain.decode("latin-1").isprintable()
