"""A text that a JSON schema's rules for strings allow: format, pattern, length."""

from __future__ import annotations

import re
import warnings
from re import _constants, _parser  # type: ignore[attr-defined]  # the only reader of patterns that Python has
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMATS: Mapping[str, str] = {
    "date": "2{:03}-01-15",
    "date-time": "2026-01-15T09:00:00.{:03}Z",
    "time": "09:00:00.{:03}Z",
    "duration": "P{}D",
    "email": "ada{}@example.com",
    "idn-email": "ada{}@example.com",
    "hostname": "host{}.example.com",
    "idn-hostname": "host{}.example.com",
    "ipv4": "192.0.2.{}",
    "ipv6": "2001:db8::{}",
    "uri": "https://example.com/{}",
    "uri-reference": "/{}",
    "iri": "https://example.com/{}",
    "url": "https://example.com/{}",
    "uuid": "00000000-0000-4000-8000-{:012}",
    "json-pointer": "/{}",
    "regex": "a{}",
}
"""An example of each format that JSON Schema names; the number, up to 250, makes several differ."""

LONGEST = 4_000
"""At most this many letters are made, whatever a schema requires."""


def sample_text(schema: Mapping[str, Any], name: str, nth: int) -> str:
    """The `nth` text for a schema; `name` where it has no format or pattern, made longer or shorter as required."""
    least, most = _length(schema, "minLength", 0), _length(schema, "maxLength", LONGEST)
    pattern, form = schema.get("pattern"), FORMATS.get(str(schema.get("format")), "")
    example = form.format(nth % 250 + 1)
    if isinstance(pattern, str) and (found := _matching(pattern, nth, example, least)) is not None:
        return found
    return example or _named(name, nth, least, most)


def _length(schema: Mapping[str, Any], key: str, default: int) -> int:
    found = schema.get(key)
    return min(found, LONGEST) if type(found) is int and found >= 0 else default


def _named(name: str, nth: int, least: int, most: int) -> str:
    """The name, from the second text on with a number; only the number when there is no room for both."""
    number = "" if nth == 0 else f" {nth + 1}"
    longer = name.ljust(least - len(number), (name[-1:] or "x"))
    return f"{longer[: max(most - len(number), 0)]}{number}"[-most:] if most else ""


def _matching(pattern: str, nth: int, example: str, least: int) -> str | None:
    """A text in which `pattern` is found; if repeating a part of it suffices, also as long as required.

    None when the pattern is not supported here, or is no pattern of Python's.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's warnings about brackets do not concern the user
            if example and re.search(pattern, example):
                return example
            text = _spelled(_parser.parse(pattern), nth)
            text.encode()  # half of a surrogate pair cannot be sent
            longer = (
                text.ljust(least, text[-1:] or "x"),
                text.rjust(least, text[:1] or "x"),
                text * -(-least // (len(text) or 1)),
            )
            texts = (text, *longer) if len(text) >= least else (*longer, text)
            return next((candidate for candidate in texts if re.search(pattern, candidate)), None)
    except (re.error, KeyError, RecursionError, OverflowError, ValueError):
        return None


def _spelled(parts: Iterable[tuple[Any, Any]], nth: int) -> str:
    return "".join(_SPELL[kind](value, nth) for kind, value in parts)


def _one_of(members: list[tuple[Any, Any]], nth: int) -> str:
    """A character of a class: the `nth` of its first range; of a negated class the first plain one not in it."""
    if members[0][0] is _constants.NEGATE:
        inside = {letter for member in members[1:] for letter in _letters(member)}
        return next((letter for letter in _PLAIN if letter not in inside), "")
    letters = _letters(members[0])
    return letters[nth % len(letters)]


_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789 _-ABCDEFGHIJKLMNOPQRSTUVWXYZ.,:;/!?éλж中"

_CATEGORIES: Mapping[Any, str] = {
    _constants.CATEGORY_DIGIT: "0123456789",
    _constants.CATEGORY_NOT_DIGIT: "abc",
    _constants.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyz0123456789_",
    _constants.CATEGORY_NOT_WORD: " -",
    _constants.CATEGORY_SPACE: " ",
    _constants.CATEGORY_NOT_SPACE: "abc",
}


def _letters(member: tuple[Any, Any]) -> str:
    kind, value = member
    if kind is _constants.RANGE:
        return "".join(map(chr, range(value[0], min(value[1], value[0] + 127) + 1)))
    return _CATEGORIES[value] if kind is _constants.CATEGORY else chr(value)


def _repeated(value: tuple[int, int, Any], nth: int) -> str:
    """A repeated part as often as required, but once where it is optional."""
    least, most, parts = value
    text, times = _spelled(parts, nth), max(least, min(1, most))
    if len(text) * times > LONGEST:
        raise KeyError("too long")
    return text * times


_SPELL: Mapping[Any, Any] = {
    _constants.LITERAL: lambda value, _: chr(value),
    _constants.NOT_LITERAL: lambda value, _: next(letter for letter in _PLAIN if letter != chr(value)),
    _constants.ANY: lambda _value, nth: _PLAIN[nth % 26],
    _constants.IN: _one_of,
    _constants.MAX_REPEAT: _repeated,
    _constants.MIN_REPEAT: _repeated,
    _constants.SUBPATTERN: lambda value, nth: _spelled(value[-1], nth),
    _constants.BRANCH: lambda value, nth: _spelled(value[1][nth % len(value[1])], nth),
    _constants.AT: lambda _value, _nth: "",
    _constants.ASSERT: lambda _value, _nth: "",
    _constants.ASSERT_NOT: lambda _value, _nth: "",
}
"""By the kind of a part of a pattern: a function that makes a text for it; other kinds are not supported."""
