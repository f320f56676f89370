"""What kind of body a content type names: JSON, another text, or a file with any bytes."""

from __future__ import annotations

import re

_TEXT = re.compile(r"text/.*|.*[/+](?:json|xml|javascript|x-ndjson|jsonl)|application/x-www-form-urlencoded")
_PARAMETER = re.compile(r';\s*(?P<name>[^\s=;"]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^;]*))')
_ESCAPED = re.compile(r'\\(["\\])')


def media_type(content_type: str) -> str:
    """The type without its parameters, in lower case; the empty string when there is none."""
    return content_type.partition(";")[0].strip().lower()


def is_json(content_type: str) -> bool:
    """Whether a body of this type is one JSON value; lines of JSON are not."""
    return media_type(content_type).endswith(("/json", "+json"))


def is_text(content_type: str) -> bool:
    """Whether a content type says that the body is text: plain text, JSON, XML, a form. The body may still be bytes."""
    return _TEXT.fullmatch(media_type(content_type)) is not None


def parameters(value: str) -> dict[str, str]:
    r"""The parameters of a header's value by their names in lower case: `boundary`, `name`, `filename`.

    Values may stand in quotes, with `\"` and `\\` in them, or be bare words; the first of a name counts.
    """
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(value):
        quoted = match["quoted"]
        text = match["bare"].strip() if quoted is None else _ESCAPED.sub(r"\1", quoted)
        found.setdefault(match["name"].lower(), text)
    return found
