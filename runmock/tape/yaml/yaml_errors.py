"""Every error of a YAML text becomes a CassetteError with line and column, whichever parser found it.

Events, not nodes: libyaml's composer recurses in C and would end the process on a document nested deeply enough.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterator

PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, else the same grammar in Python."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")

HINTS = {
    "mapping values are not allowed": "; a text with ': ' in it needs quotes",
    "cannot start any token": "; indent with spaces, and put quotes around a text that begins with %, @ or `",
    "did not find expected key": "; is the line indented as its neighbours are?",
    "expected <block end>": "; is the line indented as its neighbours are?",
    "unexpected end of stream": "; a quote or a bracket is not closed",
    "did not find expected ',' or": "; a bracket is not closed, or a comma is missing",
    "expected ',' or": "; a bracket is not closed, or a comma is missing",
}
"""What usually mends an error, by a part of the parser's message."""


def events(text: str, path: str) -> Iterator[Any]:
    """The YAML events of `text`, one by one. Raises CassetteError."""
    text = text.removeprefix("\ufeff")
    if (odd := _UNPRINTABLE.search(text)) is not None:
        line = text.count("\n", 0, odd.start()) + 1
        column = odd.start() - text.rfind("\n", 0, odd.start())
        how = f'in double quotes, write it as "\\u{ord(odd[0]):04x}"'
        raise CassetteError(f"the character U+{ord(odd[0]):04X} is not allowed in YAML; {how}", path, line, column)
    parser = PARSER(text)
    try:
        while True:
            event = parser.get_event()
            yield event
            if type(event) is yaml.StreamEndEvent:
                return
    except yaml.MarkedYAMLError as error:
        raise _located(error, path) from None
    except ValueError as error:
        mark = parser.get_mark()
        raise CassetteError(f"not valid YAML: {error}", path, mark.line + 1, mark.column + 1) from None
    finally:
        parser.dispose()


def _located(error: yaml.MarkedYAMLError, path: str) -> CassetteError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "cannot be read"
    hint = next((hint for words, hint in HINTS.items() if words in problem), "")
    line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    return CassetteError(f"not valid YAML: {problem}{hint}", path, line, column)


def position(event: Any) -> tuple[int, int]:
    """Line and column of an event, both from 1."""
    return event.start_mark.line + 1, event.start_mark.column + 1
