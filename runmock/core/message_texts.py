"""A message's content for people: its texts as they are, of an image what it is, in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.inside import text_inside

if TYPE_CHECKING:
    from runmock.core.exchange import JSON


def texts_of(content: Any) -> str:
    """The text in a message's content, as a request or an answer has it."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "\n".join(text_of_part(part) for part in parts if isinstance(part, dict))


def text_of_part(part: JSON) -> str:
    """The text of a part; of an image what it is, in brackets."""
    kind = part.get("type")
    value = part.get("text") if kind != "refusal" else part.get("refusal")
    value = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, str):
        return value
    source = text_inside(part, str(kind), "file_id") or text_inside(part, str(kind), "url")
    return f"[{kind} {source}]" if source else f"[{kind}]"
