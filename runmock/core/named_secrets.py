"""Secrets that look like anything, and are known by the name before them: `password=...`, 32 hex digits behind `key`.

They have no issuer's prefix, so a name and a value together decide. A password may be any text; behind `api_key`,
`client_secret` and their like stands something with letters and digits; behind a bare `key` or `token` only what looks
random counts. Words, placeholders, ids, digests, code (`token = get_token()`) and names such as `page_token` are none.
"""

from __future__ import annotations

import base64
import binascii
import re
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from runmock.core.hits import REDACTED, Hit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Name(IntEnum):
    """How much a name says of the value behind it."""

    NOTHING = 0
    KEY = 1
    """`key`, `token`, `session_token`: the value has to look random."""
    SECRET = 2
    """`api_key`, `client_secret`: the value needs letters and digits."""
    PASSWORD = 3
    """The value may be any text."""


KINDS = {
    "password": "a password",
    "passwd": "a password",
    "pwd": "a password",
    "passphrase": "a password",
    "secret": "a secret",
    "credential": "a secret",
    "authorization": "a secret",
    "token": "a token",
    "key": "a key",
    "apikey": "a key",
    "accesskey": "a key",
    "accountkey": "a key",
}
"""The last words of names, and what stands behind them."""

_OF_SECRETS = frozenset(
    "access account admin api app application auth azure bearer bot client encryption master personal private refresh "
    "secret security service session shared signing storage subscription".split()
)
"""Words before `key` and `token` that make a secret of it."""
_OF_OTHERS = frozenset(
    "blob cache column continuation cursor dedup dict file foreign group hash idempotency image index join lookup map "
    "next object page pagination partition prev previous primary prompt public record redis registry row s3 sort start "
    "stop sync translation unique".split()
)
"""Words before `key` and `token` that make something else of it."""
_PLACEHOLDERS = frozenset(
    "a access admin an any api apikey auth basic bearer change changed changeme client correct dummy empty example expired "
    "fake false field filtered for forgotten foobar goes has here hidden id in incorrect input invalid is key length "
    "masked me missing must my name new no none not null of old only optional or pass passwd password passwords please "
    "placeholder pwd remove removed required reset same sample scrubbed secret set should str string strong test text "
    "the to token too true type undefined unknown use user username value weak with wrong xxx you your".split()
)
_IDS = re.compile(
    r"(?:asst|batch|call|chatcmpl|ci|cmpl|conv|fc|file|fs|ftjob|img|item|mcp|msg|part|resp|rs|run|step|thread|toolu|"
    r"upload|user|vs|vsf|vsfb|ws)[-_]|sha(?:1|256|384|512)\b|md5\b"
)
"""How ids and digests begin."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PATH = re.compile(r"(?:^|/)[a-z]{3,}/|\.[A-Za-z0-9]{2,5}$")
_CODE = re.compile(r"[A-Za-z_][\w.]*[(\[].*|[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+|[a-z]+(?:_[a-z]+)+")
"""`get_token()`, `names[0]`, `settings.token`, `my_password`."""
_SHORT, _LONG, _RANDOM = 8, 20, 4


@lru_cache(maxsize=4096)
def strength(name: str) -> tuple[Name, str]:
    """How much a name says of its value, and what the value is: `AZURE_API_KEY` says that it is a key."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    last = words[-1] if words else ""
    kind = KINDS.get(last) or KINDS.get(last := last.removesuffix("s"), "")
    before = words[-2] if len(words) > 1 else ""
    if kind == "a password":
        return Name.PASSWORD, kind
    if kind and (last not in {"key", "token"} or before in _OF_SECRETS):
        return Name.SECRET, kind
    is_other = not kind or before in _OF_OTHERS
    return (Name.NOTHING, "") if is_other else (Name.KEY, kind)


class Mark(IntEnum):
    """What says that a text behind a name is its value."""

    NOTHING = 0
    """`name: value`, `name = value`: it may be a word of a sentence, or code."""
    TIGHT = 1
    """`name=value`"""
    WHOLE = 2
    """It stands in quotes, in JSON, in a URL's query, in a connection string."""


def is_secret(name: Name, value: str, mark: Mark = Mark.WHOLE) -> bool:
    """Whether a value behind such a name is a secret."""
    if name is Name.NOTHING or any(letter.isspace() for letter in value) or _is_placeholder(value):
        return False
    if mark is not Mark.WHOLE and _CODE.fullmatch(value):
        return False
    if name is Name.PASSWORD:
        return _is_password(value, mark)
    if _IDS.match(value) or "://" in value or _is_made_of_words(value):
        return False
    if name is Name.SECRET:
        return len(value) >= _SHORT and _has_letters_and_digits(value, mark)
    return _looks_random(value)


def _is_password(value: str, mark: Mark) -> bool:
    if mark is Mark.WHOLE:
        return len(value) >= _SHORT // 2
    if re.search(r"[0-9!@#$%^*+~]", value):
        return len(value) >= _SHORT - 2
    return mark is Mark.TIGHT and len(value) >= _SHORT


def _has_letters_and_digits(value: str, mark: Mark) -> bool:
    if value.isalpha():
        return mark is Mark.WHOLE
    has_both = re.search(r"[A-Za-z]", value) and re.search(r"[0-9]", value)
    return bool(has_both or _HEX.fullmatch(value))


def _looks_random(value: str) -> bool:
    if _HEX.fullmatch(value):
        return True
    is_named = _UUID.fullmatch(value) or _PATH.search(value)
    return not is_named and len(value) >= _LONG and _changes(value) >= _RANDOM


def _is_placeholder(value: str) -> bool:
    """Whether it says itself that nothing secret is meant: `your_api_key`, `<token>`, `$TOKEN`, `***`, `redacted`."""
    lowered = value.lower()
    if REDACTED in lowered or "***" in lowered or "xxxx" in lowered or "..." in lowered or "\u2026" in lowered:
        return True
    if value[:1] in "${<[(*=" or re.match(r"%(?![0-9A-Fa-f]{2})", value):
        return True
    words = re.findall(r"[a-z]+", lowered)
    return not re.search(r"[0-9]", value) and all(word in _PLACEHOLDERS for word in words)


def _is_made_of_words(value: str) -> bool:
    """Words and numbers with something between them: `my-key-2`, `a/b.c`, `2024-01-31`."""
    parts = re.split(r"[-_./:+~ ]+", value)
    return all(part.isdigit() or part.isalpha() for part in parts if part) and (len(parts) > 1 or len(value) < _LONG)


def _changes(value: str) -> int:
    """How often a capital, a small letter and a digit follow on each other: rarely in words."""
    classes = ["0" if letter.isdigit() else "a" if letter.islower() else "A" for letter in value if letter.isalnum()]
    return sum(one != other for one, other in pairwise(classes))


_VALUE = re.compile(
    r"""(?P<close>\\*["'`]?)(?P<sign>[ \t]{0,3}(?:=>|:=|:|=)[ \t]{0,3})
        (?:(?P<quote>\\*["'`])|)(?:(?:bearer|basic|token|bot|apikey)[ \t]+)?
        (?P<value>(?(quote)(?:(?!(?P=quote))(?:\\.|.))*|[^\s"'`\\,;&<>]+))""",
    re.IGNORECASE | re.VERBOSE,
)
_NEXT_PAIR = re.compile(r"[&;][\w .-]{1,40}=")
_HEAD = re.compile(r"[\w.-]{0,60}\Z")
_NAME_ENDS = tuple(sorted(KINDS, key=len, reverse=True))
_IN_URL = re.compile(r"(?P<before>://[^/\s:@\"'?#]*:)(?P<value>[^/\s@\"'?#]{3,})@")
_BASIC = re.compile(r"(?i)\bbasic[ \t]+(?P<value>[A-Za-z0-9+/_-]{8,}={0,2})")


def named_secrets(text: str, key: str = "") -> list[Hit]:
    """The secrets in a text that only a name gives away; `key`: the one that the text stands under."""
    if key:
        name, kind = strength(key)
        start = _scheme(text)
        if name and is_secret(name, text[start:]):
            return [Hit(start, len(text), kind)]
    lowered = _lowered(text)
    found: list[Hit] = []
    if "=" in text or ":" in text:
        found += _assigned(text, lowered)
    if "://" in text and "@" in text:
        found += [
            Hit(*match.span("value"), "a password in a URL")
            for match in _IN_URL.finditer(text)
            if not _is_placeholder(match["value"])
        ]
    if "basic" in lowered:
        found += [
            Hit(*match.span("value"), "a basic authorisation")
            for match in _BASIC.finditer(text)
            if _is_user_and_password(match["value"])
        ]
    return found


def _lowered(text: str) -> str:
    """The text in small letters, each at its place: some capitals of other alphabets would become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else re.sub(r"[A-Z]+", lambda found: found[0].lower(), text)


def _scheme(text: str) -> int:
    """Where the value begins behind `Bearer `, `Basic ` and the like."""
    found = re.match(r"(?i)(?:bearer|basic|token|bot|apikey)[ ]+", text)
    return found.end() if found else 0


def _assigned(text: str, lowered: str) -> Iterator[Hit]:
    """Values behind names in a text: `name=value`, `name: value`, `"name": "value"`, also in JSON within JSON."""
    for word in _NAME_ENDS:
        at = lowered.find(word)
        while at >= 0:
            end = at + len(word)
            if (found := _VALUE.match(text, end)) is not None:
                yield from _judged(text, at, end, found)
            at = lowered.find(word, end)


def _judged(text: str, at: int, end: int, found: re.Match[str]) -> Iterator[Hit]:
    before = _HEAD.search(text, max(0, at - 60), at)
    start = at if before is None else before.start()
    name, kind = strength(text[start:end])
    is_quoted, value = found["quote"] is not None, found["value"]
    if name is Name.NOTHING or (found["close"] and not is_quoted):
        return  # behind a quoted name a value without quotes is a number, or code
    if not is_quoted:
        value = value.rstrip(".:!?)]}") if "(" not in value else value
    is_between = text[start - 1 : start] in {"?", "&", ";"} or _NEXT_PAIR.match(text, found.end())
    mark = Mark.WHOLE if is_quoted or is_between else Mark.TIGHT if found["sign"] == "=" else Mark.NOTHING
    if is_secret(name, value, mark):
        yield Hit(found.start("value"), found.start("value") + len(value), kind)


def _is_user_and_password(value: str) -> bool:
    """Whether base64 is that of a user, a colon and a password."""
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
    except (binascii.Error, ValueError):
        return False
    return b":" in plain and plain.isascii() and plain.decode("latin-1").isprintable()
