"""What a plain text means in YAML 1.2: `no`, `12:30`, `2026-12-01` and `+0s` are texts, `0123` is 123."""

from __future__ import annotations

import math
import re
from typing import Any

CONSTANTS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMERIC_START = frozenset("+-.0123456789")


def resolved(text: str) -> Any:
    """The value of a plain text. Raises OverflowError for a number that Python cannot hold."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in _NUMERIC_START:
        return text
    try:
        if _INT.fullmatch(text):
            return int(text)
        value = float(text) if _FLOAT.fullmatch(text) else text
    except ValueError as error:
        raise OverflowError(text) from error
    if value in {math.inf, -math.inf}:
        raise OverflowError(text)
    return value
