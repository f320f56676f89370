"""Decides by a name and the value after it whether the value is a secret.

A password may be any text; the value of `api_key`, `client_secret` and the like has letters and digits; for a bare
`key` or `token` only a value that looks random counts. Words, placeholders, ids, digests, code (`get_token()`) and
values of names such as `page_token` are no secrets.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from runmock.core.secrets.hits import REDACTED


class Name(IntEnum):
    """How strongly a name suggests that its value is a secret."""

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
}
"""By the last word of a name: what its value is."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_SECRETS = _words(
    "access account admin api app application auth azure bearer bot client encryption master personal private refresh "
    "secret security service session shared signing storage subscription"
)
"""Words before `key` and `token` in names of secrets."""
_OF_OTHERS = _words(
    "blob cache column continuation cursor dedup dict file foreign group hash idempotency image index join lookup map "
    "next object page pagination partition prev previous primary prompt public record redis registry row s3 sort start "
    "stop sync translation unique"
)
"""Words before `key` and `token` in names of other things."""
_PLACEHOLDERS = _words(
    "a access admin an any api apikey auth basic bearer change changed changeme client correct dummy empty example "
    "expired fake false field filtered for forgotten foobar goes has here hidden id in incorrect input invalid is key "
    "length masked me missing must my name new no none not null of old only optional or pass passwd password passwords "
    "please placeholder pwd remove removed required reset same sample scrubbed secret set should str string strong "
    "test text the to token too true type undefined unknown use user username value weak with wrong xxx you your"
)
"""Words that people write in place of a value."""
_IDS = re.compile(
    r"(?:asst|batch|call|chatcmpl|ci|cmpl|conv|fc|file|fs|ftjob|img|item|mcp|msg|part|resp|rs|run|step|thread|toolu|"
    r"upload|user|vs|vsf|vsfb|ws)[-_]|sha(?:1|256|384|512)\b|md5\b"
)
"""How ids and digests begin."""
_COMPOUND = re.compile("(access|account|api|auth|client|db|my|private|secret|user)(key|password|secret|token)")
"""Words that are often written as one."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_LETTERS_AND_DIGITS = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])(?!.*://)[^(){}\[\]|]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PATH = re.compile(r"(?:^|/)[a-z]{3,}/|\.[A-Za-z0-9]{2,5}$")
_FOLDER = re.compile(r"(?:/[\w.-]+){2,}/?")
_CODE = re.compile(r"[A-Za-z_][\w.]*[(\[].*|[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+|[a-z]+(?:_[a-z]+)+")
"""`get_token()`, `names[0]`, `settings.token`, `my_password`."""
_MARKS = (REDACTED, "***", "xxxx", "...", "\u2026")
_STANDS_FOR_A_VALUE = re.compile(r"[{<\[(=]|\$[{(]|\$[A-Z_]+$|%\(|%[a-z]$")
_SHORT, _LONG, _RANDOM = 8, 20, 4


@lru_cache(maxsize=4096)
def strength(name: str) -> tuple[Name, str]:
    """How strongly a name suggests a secret, and what its value is: for `AZURE_API_KEY` a key."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if words and (both := _COMPOUND.fullmatch(words[-1])):
        words[-1:] = both.groups()
    before, last = ["", "", *words][-2:]
    kind = KINDS.get(last) or KINDS.get(last := last.removesuffix("s"), "")
    if kind == "a password":
        return Name.PASSWORD, kind
    if kind and (last not in {"key", "token"} or before in _OF_SECRETS):
        return Name.SECRET, kind
    is_other = not kind or before in _OF_OTHERS
    return (Name.NOTHING, "") if is_other else (Name.KEY, kind)


class Mark(IntEnum):
    """How sure it is that the text after a name is the name's value; the characters between and around them tell."""

    NOTHING = 0
    """Not sure. `name: value`, `name = value`: the text may be a word of a sentence, or code."""
    TIGHT = 1
    """Rather sure. `name=value`"""
    WHOLE = 2
    """Sure. The text is in quotes, in JSON, in a URL's query, or in a connection string."""


def is_secret(name: Name, value: str, mark: Mark = Mark.WHOLE) -> bool:
    """Whether the value of such a name is a secret."""
    if name is Name.NOTHING or any(letter.isspace() for letter in value) or is_placeholder(value):
        return False
    if mark is not Mark.WHOLE and _CODE.fullmatch(value):
        return False
    if name is Name.PASSWORD:
        return _is_password(value, mark)
    if _HEX.fullmatch(value):
        return True
    if _IDS.match(value) or not _LETTERS_AND_DIGITS.fullmatch(value) or _is_made_of_words(value):
        return False
    return len(value) >= _SHORT if name is Name.SECRET else _looks_random(value)


def _is_password(value: str, mark: Mark) -> bool:
    if _FOLDER.fullmatch(value):
        return False  # PWD=/home/ada
    if mark is Mark.WHOLE:
        return len(value) >= _SHORT // 2
    if re.search(r"[0-9!@#$%^*+~]", value):
        return len(value) >= _SHORT - 2
    return mark is Mark.TIGHT and len(value) >= _SHORT


def _looks_random(value: str) -> bool:
    is_named = _UUID.fullmatch(value) or _PATH.search(value)
    return not is_named and len(value) >= _LONG and _changes(value) >= _RANDOM


def is_placeholder(value: str) -> bool:
    """Whether a value is a placeholder, and no secret: `your_api_key`, `<token>`, `$TOKEN`, `***`, `redacted`."""
    lowered = value.lower()
    if any(mark in lowered for mark in _MARKS) or _STANDS_FOR_A_VALUE.match(value):
        return True
    words = re.findall(r"[a-z]+", lowered)
    return not re.search(r"[0-9]", value) and all(word in _PLACEHOLDERS for word in words)


def _is_made_of_words(value: str) -> bool:
    """Whether a value consists of words and numbers with separators: `my-key-2`, `a/b.c`, `2024-01-31`."""
    parts = re.split(r"[-_./:+~ ]+", value)
    return all(part.isdigit() or part.isalpha() for part in parts if part)


def _changes(value: str) -> int:
    """How often the kind of character (capital, small letter, digit) changes; in words rarely."""
    classes = ["0" if letter.isdigit() else "a" if letter.islower() else "A" for letter in value if letter.isalnum()]
    return sum(one != other for one, other in pairwise(classes))
