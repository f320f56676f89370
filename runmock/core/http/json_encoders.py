"""JSON encoders that are made once.

`JSONEncoder.encode` makes the C encoder anew for each value, which for a delta takes as long as the encoding. So the
private C encoder is used (`json.encoder.c_make_encoder`); where Python has none, or another one, the public one is.
"""

from __future__ import annotations

import json
from json import encoder as borrowed
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


quoted: Callable[[str], str] = getattr(borrowed, "encode_basestring", json.JSONEncoder(ensure_ascii=False).encode)
"""A text as JSON, with no letters escaped."""


def encoder(item_separator: str, key_separator: str, *, sort_keys: bool = False) -> Callable[[Any], str]:
    """A function that encodes values with these separators; it escapes no letters."""
    public = json.JSONEncoder(ensure_ascii=False, separators=(item_separator, key_separator), sort_keys=sort_keys)
    try:
        chunks = borrowed.c_make_encoder(  # type: ignore[attr-defined]  # borrowed
            None, public.default, quoted, None, key_separator, item_separator, sort_keys, False, True
        )
        "".join(chunks([0], 0))
    except (AttributeError, TypeError):
        return public.encode
    return lambda value: "".join(chunks(value, 0))
