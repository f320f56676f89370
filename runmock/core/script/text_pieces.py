"""A text in the pieces in which a stream sends it, where a script says nothing about them."""

from __future__ import annotations

import re

_WORD = re.compile(r"\s*\S+|\s+")


def split_text(text: str) -> list[str]:
    """A plain text in pieces, by a fixed rule: each word with the white space before it; '' is one empty piece."""
    return _WORD.findall(text) or [""]
