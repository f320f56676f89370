"""A message's content as a text for people; images and refusals are marked in brackets: `[image_file file-1]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import text_inside

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON


def texts_of(content: Any) -> str:
    """The text in a message's content, as a request or an answer has it."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "\n".join(text_of_part(part) for part in parts if isinstance(part, dict))


def text_of_part(part: JSON) -> str:
    """The text of a part; of an image its kind and file in brackets, of a refusal its text after `[refusal]`."""
    kind = part.get("type")
    value = part.get("text")
    value = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, str):
        return value
    kind = str(kind)
    text = text_inside(part, kind) or text_inside(part, kind, "file_id") or text_inside(part, kind, "url")
    if kind == "refusal" and text:
        return f"[refusal] {text}"
    return f"[{kind} {text}]" if text else f"[{kind}]"
