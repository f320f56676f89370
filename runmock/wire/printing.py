"""JSON as the service prints it, with two spaces (protocol.md, section 5): the bytes of `json.dumps(indent=2)`.

Python prints with an indent in Python; pydantic's core does it in a sixth of the time, and writes small floats
otherwise. Those, and what it refuses, are printed by Python.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from runmock.core.exchange import printed as printed_by_python


def printed(value: Any) -> bytes:
    """A JSON value as UTF-8. Raises ValueError for what UTF-8 cannot say: half of a surrogate pair."""
    try:
        text = to_json(value, indent=2)
    except PydanticSerializationError:  # nested too deeply, or half of a surrogate pair
        return printed_by_python(value)
    return printed_by_python(value) if b"e-" in text or b"0.0000" in text else text
