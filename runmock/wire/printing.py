"""JSON written by pydantic's core: the bytes that Python writes, with an indent in a sixth of the time.

It writes small floats otherwise, and refuses what is nested very deeply. Python writes those.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from runmock.core.json_text import BY_PYTHON, JsonText


def _indented(value: Any) -> bytes:
    try:
        text = to_json(value, indent=2)
    except PydanticSerializationError:
        return BY_PYTHON.indented(value)
    return BY_PYTHON.indented(value) if b"e-" in text or b"0.0000" in text else text


def _compact(value: Any) -> bytes:
    try:
        text = to_json(value)
    except PydanticSerializationError:
        return BY_PYTHON.compact(value)
    return BY_PYTHON.compact(value) if b"e-" in text or b"0.0000" in text else text


QUICKLY = JsonText(_indented, _compact)
