"""JSON as the service prints it, with two spaces (protocol.md, section 5): the text of `json.dumps(indent=2)`.

Python prints with an indent in Python and without one in C. Here C prints whatever has nothing to indent inside, which
is most of a Run: printing takes half as long.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from runmock.core.json_encoders import encoder

if TYPE_CHECKING:
    from collections.abc import Callable


def printed(value: Any, margin: str = "\n") -> str:
    """A JSON value; `margin` is the line break before what closes it, with the spaces that follow."""
    inner = f"{margin}  "
    if isinstance(value, dict) and value:
        return f"{{{inner}{f',{inner}'.join(_members(value, inner))}{margin}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{inner}{f',{inner}'.join([printed(item, inner) for item in value])}{margin}]"
    return _encoder(margin)(value)


def _members(value: dict[str, Any], margin: str) -> list[str]:
    """Keys and values; those that stand on one line each are printed together."""
    encode = _encoder(margin)
    told: list[str] = []
    flat: dict[str, Any] = {}
    for key, part in value.items():
        if part and isinstance(part, dict | list | tuple):
            if flat:
                told.append(encode(flat)[1:-1])
                flat = {}
            told.append(f"{encode(str(key))}: {printed(part, margin)}")
        else:
            flat[key] = part
    if flat:
        told.append(encode(flat)[1:-1])
    return told


@cache
def _encoder(margin: str) -> Callable[[Any], str]:
    return encoder(f",{margin}", ": ")
