"""JSON encoded by pydantic's core: the same bytes as the standard library's, in a sixth of the time with an indent.

pydantic writes small floats differently (before 2.13 large ones too), and refuses very deep nesting. The standard
library encodes those.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError, to_json

from runmock.core.http import sse
from runmock.core.http.json_text import STDLIB_JSON, JsonText

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGE = None if to_json(1e16) == b"1e+16" else re.compile(rb"[0-9]e[0-9]")
"""Finds a possible large float; None where pydantic writes them as Python does."""
_SMALL = re.compile(rb"e-(?<=[0-9]e-)[0-9]")
"""Finds a possible small float; words as `e-mail` are none. It begins with the text that is searched for quickly."""


def _indented(value: Any) -> bytes:
    try:
        text = to_json(value, indent=2)
    except PydanticSerializationError:
        return STDLIB_JSON.indented(value)
    return STDLIB_JSON.indented(value) if _may_be_odd(text) else text


def _compact(value: Any) -> bytes:
    try:
        text = to_json(value)
    except PydanticSerializationError:
        return STDLIB_JSON.compact(value)
    return STDLIB_JSON.compact(value) if _may_be_odd(text) else text


def _each_compact(values: Sequence[Any]) -> list[bytes]:
    try:
        texts = [to_json(value) for value in values]
    except PydanticSerializationError:
        return STDLIB_JSON.each_compact(values)
    return STDLIB_JSON.each_compact(values) if _may_be_odd(b"\n".join(texts)) else texts


def _may_be_odd(text: bytes) -> bool:
    """Whether a text may contain a float that Python writes differently."""
    if b"e-" in text and _SMALL.search(text) is not None:
        return True
    return b"0.0000" in text or (_LARGE is not None and _LARGE.search(text) is not None)


FAST_JSON = JsonText(_indented, _compact, _each_compact)


def encoded_event(name: str, data: Any) -> bytes:
    """The same bytes as `sse.encode`."""
    if data is None or name == sse.NAMELESS:
        return sse.encode(name, data, FAST_JSON)
    try:
        text = to_json(data)
    except PydanticSerializationError:
        return sse.encode(name, data)
    return sse.encode(name, data) if _may_be_odd(text) else b"event: %b\ndata: %b\n\n" % (name.encode(), text)
