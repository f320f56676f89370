"""Redacts values: what is written and what is compared go through the same function, so that both stay equal.

Redacted are values of queries by their names, secrets that are known by a name (`named_secrets`), and texts that name
the caller's account (`account_traces`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from runmock.core.secrets.account_traces import account_traces
from runmock.core.secrets.every_text import Walk
from runmock.core.secrets.hits import REDACTED, SecretSpan
from runmock.core.secrets.named_secrets import named_secrets
from runmock.core.secrets.secret_names import strength
from runmock.core.secrets.windows import SIZE, windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECRET_QUERY = re.compile(
    r"(?i)(^|[-_.])(key|apikey|api-key|token|sig|signature|secret|code|password|credential|auth)($|[-_.])|^se$|^x-amz-"
)
"""Names of query parameters whose values are not kept."""
_ASSIGNED = r"s?[0-9_-]*(?:(?:[\\\"'` \t]|\\t)*[:=]|[\"'][,}])"
"""`password=`, `'password': `, and the last word in `'name': 'password', 'value': `."""
_TAILS = {
    **dict.fromkeys(("req_", "org-", "proj_", "sk-", "provided: ", "basic "), ""),
    **dict.fromkeys(("pwd", "secret", "credential", "authorization", "token", "key"), _ASSIGNED),
    "pass": f"(?:word|wd|phrase){_ASSIGNED}",
    "request": "[ _-]?id",
    "://": r"[^/\s@]*:[^/\s@]*@",
}
"""By a word in small letters: the pattern after it where a hit is possible."""
HINTING_WORDS = tuple(_TAILS)
"""A text that contains none of them has no hit."""
_HITS = {word: re.compile(word + tail) for word, tail in _TAILS.items()}


def may_hold(text: str) -> bool:
    """Whether a text, or the `repr` of a JSON value, may contain a hit; a quick check, because most contain none."""
    for part in (text,) if len(text) <= SIZE else windows(text):
        lowered = part.lower()
        for word in HINTING_WORDS:
            if word in lowered and _HITS[word].search(lowered):
                return True
    return False


def in_place(text: str, key: str = "", is_error: bool = False) -> Sequence[SecretSpan]:
    """The parts of a text that are redacted; `key` is the key that it stands under."""
    if not (is_error or strength(key)[0] or may_hold(text)):
        return ()
    return [*account_traces(text, key, is_error), *named_secrets(text, key)]


def redacted(value: Any, key: str = "") -> Any:
    """A JSON value, or a text, redacted."""
    if value is None or not (strength(key)[0] or may_hold(value if isinstance(value, str) else repr(value))):
        return value
    return Walk(in_place).value(value, key)


redacted_path = lru_cache(maxsize=256)(redacted)
"""The same for a path; cached, because the same paths come again and again."""


def redacted_query(query: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """A query without secrets."""
    return {
        redacted(name): tuple(REDACTED if SECRET_QUERY.search(name) else redacted(value, name) for value in values)
        for name, values in query.items()
    }
