"""How JSON values are encoded as bytes: by the standard library, or by a faster encoder with the same result.

And which numbers JSON has.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.http.json_encoders import encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_encode = encoder(",", ":")


class JsonText(NamedTuple):
    """How JSON values are encoded as UTF-8, without escaping letters.

    All raise ValueError for half of a surrogate pair, which UTF-8 cannot encode.
    """

    indented: Callable[[Any], bytes]
    """With an indent of two spaces, as the service sends answers (docs/protocol/streams.md#framing)."""
    compact: Callable[[Any], bytes]
    """On one line without spaces, as the service sends the data of events."""
    each_compact: Callable[[Sequence[Any]], list[bytes]]
    """The same for each of some values."""


def _indented(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _compact(value: Any) -> bytes:
    return _encode(value).encode()


def _each_compact(values: Sequence[Any]) -> list[bytes]:
    return [_compact(value) for value in values]


def compact_json(value: Any) -> str:
    """JSON as the service writes it inside of strings and events: without spaces, letters beyond ASCII as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


STDLIB_JSON = JsonText(_indented, _compact, _each_compact)


def finite(text: str) -> float:
    """The number. Raises ValueError for one that no JSON can repeat: NaN, Infinity, or too large for a float."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
