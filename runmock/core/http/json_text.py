"""How JSON becomes bytes: Python's way, in whose place a quicker one with the same result may be given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.http.json_encoders import encoder

if TYPE_CHECKING:
    from collections.abc import Callable

_encode = encoder(",", ":")


class JsonText(NamedTuple):
    """Two ways to write a JSON value as UTF-8, with letters as they are.

    Both raise ValueError for what UTF-8 cannot say: half of a surrogate pair.
    """

    indented: Callable[[Any], bytes]
    """With two spaces, as the service prints answers (docs/protocol/streams.md#framing)."""
    compact: Callable[[Any], bytes]
    """On one line without spaces, as it prints the data of events."""


def _indented(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _compact(value: Any) -> bytes:
    return _encode(value).encode()


STDLIB_JSON = JsonText(_indented, _compact)
