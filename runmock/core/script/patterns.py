"""Patterns for JSON values in cassettes: literals, `/regular expressions/`, `any`, and mappings as subsets."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ANYTHING = "any"
_REGEX = re.compile(r"/(?P<pattern>.*)/(?P<flags>[ims]*)", re.DOTALL)


def as_regex(expected: Any) -> re.Pattern[str] | None:
    """The compiled pattern of `/.../` with its flags i, m, s; None for any other value. Raises re.error."""
    return _compiled(expected) if isinstance(expected, str) else None


@cache
def _compiled(text: str) -> re.Pattern[str] | None:
    if (found := _REGEX.fullmatch(text)) is None:
        return None
    flags = re.NOFLAG
    for letter in found["flags"]:
        flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[letter]
    return re.compile(found["pattern"], flags)


def is_between_slashes(text: str) -> bool:
    """Whether a text is written as a pattern is, whether it compiles or not."""
    return _REGEX.fullmatch(text) is not None


def as_pattern(text: str) -> str:
    """The regular expression that finds just this text; only special characters are escaped."""
    return _SPECIAL.sub(r"\\\g<0>", text)


_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")


def satisfies(actual: Any, expected: Any) -> bool:
    """Whether `actual` matches: a mapping may have more keys, a list must have the same items, a regex is searched."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            satisfies(actual[key], value) if key in actual else _means_left_out(key, value)
            for key, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(actual, list | tuple)
            and len(actual) == len(expected)
            and all(satisfies(one, other) for one, other in zip(actual, expected, strict=True))
        )
    if (pattern := as_regex(expected)) is not None:
        return isinstance(actual, str) and pattern.search(actual) is not None
    return (type(actual) is type(expected) and bool(actual == expected)) or _both_numbers(actual, expected)


def matcher_of(expected: Any) -> Callable[[Any], bool]:
    """What says of a value whether it matches, as `satisfies` does: quicker, where many values are asked."""
    if not isinstance(expected, str):
        return lambda actual: satisfies(actual, expected)
    if (pattern := as_regex(expected)) is not None:
        search = pattern.search
        return lambda actual: isinstance(actual, str) and search(actual) is not None
    return lambda actual: isinstance(actual, str) and actual == expected


def _means_left_out(key: str, value: Any) -> bool:
    """Whether a value means the same as leaving the key out: null, or `stream: false`."""
    return value is None or (key == "stream" and value is False)


def _both_numbers(actual: Any, expected: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (actual, expected))
    return numbers and bool(actual == expected)


def output_satisfies(actual: str, expected: Any) -> bool:
    """Whether a submitted output is what a script's `outputs:` expects.

    ANYTHING allows every output. Outputs are strings on the wire, so a mapping or list is compared with the output
    parsed as JSON, and a number, boolean or null is written as text, `true`, and compared with the output.
    """
    if expected == ANYTHING:
        return True
    if isinstance(expected, dict | list):
        try:
            return satisfies(json.loads(actual), expected)
        except ValueError:
            return False
    if isinstance(expected, str):
        return satisfies(actual, expected)
    return actual == _literal(expected)


def _literal(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else str(value)
