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
    texts: list[str] = []
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict):
            texts.append(text_of_part(part))
    return "\n".join(texts)


def text_of_part(part: JSON) -> str:
    """The text of a part; of an image what it is, in brackets."""
    kind = part.get("type")
    value = part.get("text") if kind != "refusal" else part.get("refusal")
    value = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, str):
        return value
    source = text_inside(part, str(kind), "file_id") or text_inside(part, str(kind), "url")
    return f"[{kind} {source}]" if source else f"[{kind}]"
