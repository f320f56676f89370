"""A message of the assistant as an entry of a script: a reply of one text, a reply of several parts, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.citations import cite
from runmock.apis.service.script_entries.texts import literal, text_or_json
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.message_texts import text_of_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import MessageStory

IMAGES: dict[str, str] = {"image_file": "file_id", "image_url": "url"}
"""Kinds of images, and the key that says which image it is."""


def message_entry(message: MessageStory) -> JSON:
    """The entry of a step that writes this message."""
    parts = message.parts
    kinds = [text_inside(part, "type") for part in parts]
    if kinds == ["refusal"]:
        return _part(parts[0])
    if not set(kinds) & {*IMAGES, "refusal"} and len(parts) <= 1:
        return {"reply": _text(message.text, parts)}
    images = next((number for number, kind in enumerate(kinds) if kind not in IMAGES), len(kinds))
    if images and kinds[images:] in ([], ["text"]):
        return {"reply": _after_images(parts[:images], parts[images:])}
    return {"reply": [_part(part) for part in parts]}


def _text(text: str, parts: Sequence[JSON]) -> Any:
    citations = [annotation for part in parts for annotation in mappings_inside(part, "text", "annotations")]
    if not citations:
        return text_or_json(text)
    return {"text": literal(text), "annotations": [_annotation(text, annotation) for annotation in citations]}


def _after_images(images: Sequence[JSON], rest: Sequence[JSON]) -> JSON:
    entries = map(_part, images)
    shown = [entry["image_file"] if isinstance(entry.get("image_file"), str) else entry for entry in entries]
    text = _text(text_of_part(rest[0]), rest) if rest else {}
    return {"images": shown, **(text if isinstance(text, dict) else {"text": text})}


def _part(part: JSON) -> JSON:
    """The entry of a content part; a text stands under `text:`, because a plain text in a list would be one delta."""
    kind = str(part.get("type"))
    if kind in IMAGES:
        name = IMAGES[kind]
        image = part.get(kind)
        fields = {key: value for key, value in image.items() if value is not None} if isinstance(image, dict) else {}
        return {kind: fields[name] if list(fields) == [name] else fields}
    if kind == "refusal":
        return {"refusal": literal(text_inside(part, "refusal"))}
    text = _text(text_of_part(part), [part])
    return text if isinstance(text, dict) and "text" in text else {"text": literal(text_of_part(part))}


def _annotation(text: str, recorded: JSON) -> JSON:
    """A citation, without the keys that runmock works out from the text."""
    for without in (("type", "start_index", "end_index"), ("start_index", "end_index"), ("type",)):
        entry = {key: value for key, value in recorded.items() if key not in without}
        if cite(text, [entry]) == [recorded]:
            return entry
    return recorded
