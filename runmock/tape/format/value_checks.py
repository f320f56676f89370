"""Checks of single values: patterns that do not compile, headers that HTTP cannot carry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.core.script.patterns import as_regex
from runmock.tape.format.run_keys import HEADER_NAME, HEADER_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys
    from runmock.tape.format.run_keys import KeyedErrors


def pattern_errors(value: Any) -> KeyedErrors:
    """Errors of texts of the form `/.../` that are no regular expressions."""
    for keys, text in texts(value):
        try:
            as_regex(text)
        except (re.error, OverflowError, RecursionError) as error:
            yield keys, f"{text} is not a regular expression: {error}"


def header_errors(headers: dict[str, str]) -> KeyedErrors:
    """Errors of headers whose name or value HTTP cannot carry."""
    for name, value in headers.items():
        if HEADER_NAME.fullmatch(name) is None:
            yield (name,), f"'{name}' is not a header's name"
        elif HEADER_VALUE.fullmatch(value) is None:
            yield (name,), f"the header '{name}' has a character that HTTP cannot carry"


def texts(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Every text in a value, with the keys that lead to it."""
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(part, (*keys, key))
