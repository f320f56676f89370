"""Values on one line, read at JSON's speed: `{id: run_1, status: queued, usage: null}` is most of a recording.

libyaml makes an event of every scalar, which takes many times as long as `json.loads`. So a line's flow collection is
taken out before the parser sees it, when it means to YAML just what it means here. Of all else (anchors, tags,
comments, folded lines, escapes that JSON lacks, keys given twice) the parser decides, and tells.
"""

from __future__ import annotations

import json
import re
from math import isinf
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.tape.yaml.resolving import resolved
from runmock.tape.yaml.yaml_text import LONGEST_KEY, depth_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MARK = "runmock-value-"
"""What stands in the place of a value, with a number behind it."""
DEEPEST = 40
"""Values that are nested deeper are the parser's."""
_LINE = re.compile(r"((?: *- +)* *[A-Za-z_][\w.]*: +|(?: *- +)+)([{\[].*[}\]])(\r?\n?)")
_TOKEN = re.compile(r"""(\"(?:[^"\\]|\\.)*\"|'(?:[^']|'')*'|[\w+./$~-][^{}\[\],:#?"]*|(?<!"):(?! )|["\\])""")
"""A text in double or single quotes, or a plain one, or a stray sign; the rest is to be JSON's."""
_STRAY = frozenset(':"\\')
_ODD = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML takes for white space or refuses, and JSON takes for letters."""


class Value(NamedTuple):
    """A value that was taken out, and how many characters it took."""

    value: Any
    size: int


class _Texts(dict[str, str]):
    """The JSON of a token, a text or a number; mutable, for the same keys and words come again and again."""

    def __missing__(self, word: str) -> str:
        """Read one that is new. Raises ValueError and OverflowError for one that is the parser's."""
        if word in _STRAY or (word[0] == "-" and word[1:2] in {"", " "}):
            raise ValueError(word)
        if word[0] == '"':
            return word
        text = word[1:-1].replace("''", "'") if word[0] == "'" else resolved(word.rstrip(" "))
        self[word] = told = json.dumps(text)
        return told


def without_values(lines: Iterable[str]) -> tuple[str, dict[str, Value]]:
    """The text with marks in the place of values, and the values by their marks; all lines stay where they are.

    Raises ValueError when a line says what a mark says.
    """
    told: list[str] = []
    values: dict[str, Value] = {}
    known = _Texts()
    for line in lines:
        if MARK in line:
            raise ValueError(line)
        if (found := _LINE.fullmatch(line)) is not None:
            before, text, end = found.groups()
            try:
                value = _value(text, known)
            except (ValueError, OverflowError, RecursionError):
                told.append(line)
                continue
            mark = f"{MARK}{len(values)}"
            values[mark] = Value(value, len(text))
            told.append(f"{before}{mark}{end}")
        else:
            told.append(line)
    return "".join(told), values


def _value(text: str, known: _Texts) -> Any:
    """The value of a flow collection on one line. Raises ValueError and others for one that is the parser's."""
    if "\\u" in text:
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
    if text.count("{") + text.count("[") > DEEPEST and depth_of(value) > DEEPEST:
        raise ValueError(text)
    return value


def _is_json_to_yaml(text: str) -> bool:
    """Whether every character that JSON takes means the same to YAML; all other control characters JSON refuses."""
    if text.isascii():
        return not ("\t" in text or "\r" in text or "\x7f" in text)
    return not _ODD.search(text)


def _json(text: str) -> Any:
    """The value of a JSON text, None for another. Raises ValueError and OverflowError for one that YAML refuses."""
    try:
        value, end = (_decode if len(text) <= LONGEST_KEY else _decode_long)(text)
    except json.JSONDecodeError:
        return None
    return value if end == len(text) else None


def _refused(word: str) -> None:
    raise ValueError(word)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a key that is there twice.

    Mappings share their keys, as they would within one text: so the memory that is read to print one stays warm.
    """
    made = {intern(key): value for key, value in pairs}
    if len(made) < len(pairs):
        raise ValueError(made)
    return made


def _mapping_of_long_line(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a key that is too long for YAML, too."""
    if max([len(key) for key, _ in pairs], default=0) > LONGEST_KEY:
        raise ValueError(pairs)
    return _mapping(pairs)


def _number(text: str) -> float:
    """Raises OverflowError for one that Python cannot hold."""
    value = float(text)
    if isinf(value):
        raise OverflowError(text)
    return value


def _decoder(mapping: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> Callable[[str], tuple[Any, int]]:
    return json.JSONDecoder(object_pairs_hook=mapping, parse_float=_number, parse_constant=_refused).raw_decode


_decode, _decode_long = _decoder(_mapping), _decoder(_mapping_of_long_line)
