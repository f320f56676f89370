"""Values on one line, read at JSON's speed: `{id: run_1, status: queued, usage: null}` is most of a recording.

libyaml makes an event of every scalar, which takes many times as long as `json.loads`. So the flow collection on a line
is taken out of the text before YAML's parser reads it, if this module reads it exactly as YAML would. Everything else
(anchors, tags, comments, folded lines, escapes that JSON lacks, keys that are there twice) is left to the parser, which
also has the better messages.
"""

from __future__ import annotations

import json
import re
from math import isinf
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json

from runmock.tape.yaml.resolving import resolved
from runmock.tape.yaml.yaml_text import LONGEST_KEY, depth_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MARK = "runmock-value-"
"""The text, with a number behind it, that is put in the place of a value."""
DEEPEST = 40
"""Values that are nested deeper are left to the parser."""
_LINE = re.compile(r"((?: *- +)* *[A-Za-z_][\w.]*: +|(?: *- +)+)([{\[].*[}\]])(\r?\n?)")
_TOKEN = re.compile(r"""("[^"\\]*(?:\\.[^"\\]*)*"|'[^']*(?:''[^']*)*'|[\w+./$~-][^{}\[\],:#?"]*|(?<!"):(?! )|["\\])""")
"""A text in double or single quotes, a plain text, or a stray sign; everything between them has to be JSON's syntax."""
_STRAY = frozenset(':"\\')
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that are white space or errors to YAML, and ordinary characters to JSON."""


class Value(NamedTuple):
    """A value that was taken out of a text, and the number of its characters there."""

    value: Any
    size: int


class _Texts(dict[str, str]):
    """The JSON of each token, a text or a number; a cache, because the same keys and words occur again and again."""

    def __missing__(self, word: str) -> str:
        """The JSON of a new token. Raises ValueError or OverflowError for one that is left to the parser."""
        if word in _STRAY or (word[0] == "-" and word[1:2] in {"", " "}):
            raise ValueError(word)
        if word[0] == '"':
            return word
        text = word[1:-1].replace("''", "'") if word[0] == "'" else resolved(word.rstrip(" "))
        self[word] = json_text = json.dumps(text)
        return json_text


def without_values(lines: Iterable[str]) -> tuple[str, dict[str, Value]]:
    """The text with marks in the place of values, and the values by their marks; the number of lines stays the same.

    Raises ValueError when a line contains the text of a mark already.
    """
    kept: list[str] = []
    values: dict[str, Value] = {}
    known = _Texts()
    for line in lines:
        if MARK in line:
            raise ValueError(line)
        if (match := _LINE.fullmatch(line)) is not None:
            before, text, end = match.groups()
            try:
                value = _value(text, known)
            except (ValueError, OverflowError, RecursionError):
                kept.append(line)
                continue
            mark = f"{MARK}{len(values)}"
            values[mark] = Value(value, len(text))
            kept.append(f"{before}{mark}{end}")
        else:
            kept.append(line)
    return "".join(kept), values


def _value(text: str, known: _Texts) -> Any:
    """The value of a flow collection on one line.

    Raises ValueError, OverflowError or RecursionError for one that is left to the parser.
    """
    if "\\" in text and "\\u" in text:  # one character is found much quicker than two
        raise ValueError(text)
    value = _json(text) if text[1] == '"' and _is_json_to_yaml(text) else None
    if value is None:
        if not (text.isascii() and text.isprintable()) and _ODD.search(text):
            raise ValueError(text)
        parts = _TOKEN.split(text)
        parts[1::2] = map(known.__getitem__, parts[1::2])
        value = _json("".join(parts))
    if value is None:
        raise ValueError(text)
    return value


def _is_json_to_yaml(text: str) -> bool:
    """Whether YAML reads each character of a text as JSON does; control characters that JSON refuses do not count."""
    if text.isascii():
        return not ("\t" in text or "\r" in text or "\x7f" in text)
    return not _ODD.search(text)


def _json(text: str) -> Any:
    """The value of a JSON text, None for any other. Raises ValueError or OverflowError for one that YAML refuses."""
    if len(text) <= LONGEST_KEY and (value := _quickly(text)) is not None:
        return value
    try:
        value, end = (_decode if len(text) <= LONGEST_KEY else _decode_long)(text)
    except json.JSONDecodeError:
        return None
    if text.count("{") + text.count("[") > DEEPEST and depth_of(value) > DEEPEST:
        raise ValueError(text)
    return value if end == len(text) else None


def _quickly(text: str) -> Any:
    """The value of a JSON text from the fastest reader; None for what is left to Python's reader, which sees each key.

    This one does not tell that a key is there twice. So the keys are counted, and compared with the colons in the text,
    or with those behind a quote: without escapes these belong to keys.
    """
    if "\\" in text:
        return None
    try:
        value = from_json(text, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return None
    number = _number_of_keys(value)
    if number == text.count(":") or (number == text.count('":') and _SPACE_BEHIND_KEY.search(text) is None):
        return value
    return None


def _number_of_keys(value: Any, depth: int = 1) -> int:
    """How many keys all mappings in a value have.

    Raises ValueError when it is nested too deeply, and OverflowError for a number that is too large for a float.
    """
    if depth > DEEPEST:
        raise ValueError(value)
    number, parts = (len(value), value.values()) if type(value) is dict else (0, value)
    for part in parts:
        if part and (kind := type(part)) in _LOOKED_INTO:
            if kind is not float:
                number += _number_of_keys(part, depth + 1)
            elif isinf(part):
                raise OverflowError(part)
    return number


_SPACE_BEHIND_KEY = re.compile('" +:')
_LOOKED_INTO = frozenset({dict, list, float})


def _refused(word: str) -> None:
    raise ValueError(word)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The mapping. Raises ValueError for a key that is there twice.

    Keys are interned, so that equal keys of all mappings are one object in memory, as they are within one JSON text.
    """
    made = {intern(key): value for key, value in pairs}
    if len(made) < len(pairs):
        raise ValueError(made)
    return made


def _mapping_of_long_line(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The mapping. Raises ValueError for a key that is there twice or too long for YAML."""
    if max([len(key) for key, _ in pairs], default=0) > LONGEST_KEY:
        raise ValueError(pairs)
    return _mapping(pairs)


def _number(text: str) -> float:
    """The number. Raises OverflowError for one that is too large for a float."""
    value = float(text)
    if isinf(value):
        raise OverflowError(text)
    return value


def _decoder(mapping: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> Callable[[str], tuple[Any, int]]:
    return json.JSONDecoder(object_pairs_hook=mapping, parse_float=_number, parse_constant=_refused).raw_decode


_decode, _decode_long = _decoder(_mapping), _decoder(_mapping_of_long_line)
