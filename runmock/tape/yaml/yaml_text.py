"""Writes JSON values as YAML on one line, as a cassette has them: `{id: run_1, status: queued, usage: null}`.

A text is written without quotes only if every YAML reader, of 1.1 and of 1.2, reads it as that text. Else it is quoted,
and characters that a reader might change or refuse (U+0085, U+2028, control characters) are escaped.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from runmock.core.http.json_encoders import quoted

_PLAIN = re.compile(r"(?:[A-Za-z_$][\w$/.!()'+=;-]*+(?: [\w$/.!()'+=;-]++)*+|[+-][0-9]+(?:\.[0-9]+)?s)", re.ASCII)
_WORDS_OF_YAML = frozenset("true false null yes no on off y n".split())  # noqa: SIM905 - a list of words
_NOT_VERBATIM = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
LONGEST_KEY = 1_000
"""Longer keys need YAML's explicit form, `? key : value`."""
DEEPEST = 80
"""Values that are nested deeper are not written as YAML, because readers have limits."""


def flow(value: Any) -> str:
    """A JSON value on one line."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, dict):
        return f"{{{', '.join(_member(key, part) for key, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(flow(part) for part in value)}]"
    if isinstance(value, float):
        return _float(value)
    return _WORDS[value] if value is None or isinstance(value, bool) else str(value)


_WORDS = {None: "null", True: "true", False: "false"}


def scalar(text: str) -> str:
    """A text, plain or in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    as_json = quoted(text)
    if as_json.isascii() and "\x7f" not in as_json:
        return as_json
    return _NOT_VERBATIM.sub(lambda match: f"\\u{ord(match[0]):04x}", as_json)


def can_write(value: Any) -> bool:
    """Whether a value is JSON that YAML can hold: not too deep, no NaN, no half of a surrogate pair."""
    if depth_of(value) > DEEPEST:
        return False
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return True


def depth_of(value: Any) -> int:
    """How deep lists and mappings are nested; without recursion, which could exceed Python's limit."""
    depth, level = 0, [value]
    while level := [
        part
        for nested in level
        if isinstance(nested, dict | list)
        for part in (nested.values() if isinstance(nested, dict) else nested)
    ]:
        depth += 1
    return depth


def _member(key: str, value: Any) -> str:
    name = scalar(key) if len(key) > _SHORT_KEY else _short_key(key)
    return f"{name}: {flow(value)}" if len(name) <= LONGEST_KEY else f"? {name} : {flow(value)}"


_SHORT_KEY = 40
_short_key = lru_cache(maxsize=1_000)(scalar)
"""The same keys come again and again."""


def _float(value: float) -> str:
    """A float that YAML 1.1 reads as one too: with a point, and a sign in the exponent."""
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    sign = "" if exponent[0] in "+-" else "+"
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}e{sign}{exponent}"
