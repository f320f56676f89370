"""A text that was recorded as a script has it."""

from __future__ import annotations

import json
import re
from typing import Any

from runmock.core.http.json_text import compact_json


def literal(text: str) -> str:
    """The text with each `$` doubled where a script would put a value in its place."""
    return re.sub(r"\$(?=[$A-Za-z])", "$$", text)


def text_or_json(text: str) -> Any:
    """The text, or `{json: ...}` where that gives exactly the same."""
    written, value = literal(text), parsed_json(text)
    is_same = isinstance(value, dict) and "$" not in written and compact_json(value) == written
    return {"json": value} if is_same else written


def parsed_json(text: str) -> Any:
    """The value of a JSON text; None when the text is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
