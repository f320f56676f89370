"""A text in the pieces in which a stream sends it, where a script says nothing about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

split_text: Callable[[str], list[str]] = re.compile(r"\s*\S+|\s+|\A\Z").findall
"""A plain text in pieces, by a fixed rule: each word with the white space before it; '' is one empty piece."""
