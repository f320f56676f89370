"""Spells out the shorthands of messages: texts, lists of texts and other parts, images by their ids.

A text in a list is a piece, spelled out as `chunks` with one item. Neighbouring pieces become one text later, when the
script is made: until then every part keeps its number, so that an error names the right place.
"""

from __future__ import annotations

from typing import Any

from runmock.tape.format.model import wrong_kind


def reply(value: Any) -> Any:
    """The long form of a reply, from a text, a list of pieces, or a list of parts."""
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):
        return {"parts" if any(isinstance(part, dict) for part in value) else "chunks": value}
    if isinstance(value, dict):
        return value
    raise wrong_kind("a text")


def refusal(value: Any) -> Any:
    """The long form of a refusal, from a text or a list of pieces."""
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):
        return {"chunks": value}
    raise wrong_kind("a text")


def message_content(value: Any) -> Any:
    """The content of a message as a list of parts, from a text or a list of texts and parts."""
    if isinstance(value, str):
        return [{"chunks": [value]}]
    if isinstance(value, list):
        return parts(value)
    raise wrong_kind("a text, or a list of parts")


def parts(value: Any) -> Any:
    """The long form of each part in a list."""
    return [_part(part) for part in value] if isinstance(value, list) else value


def _part(value: Any) -> Any:
    """A text becomes a piece; the API's own form of a text becomes `text` and `annotations` beside each other."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return {"chunks": [value]}
    text = value.get("text")
    if isinstance(text, dict) and "value" in text:
        own = {"text" if key == "value" else key: part for key, part in text.items()}
        return {**value, **{key: part for key, part in own.items() if key != "annotations" or part}}
    return value


def image(value: Any) -> Any:
    """The long form of an image, from the id of a file."""
    return _by_name(value, "image_file", "the id of a file, or a mapping with 'image_file' or 'image_url'")


def image_file(value: Any) -> Any:
    """The long form of `image_file`, from the id of a file."""
    return _by_name(value, "file_id", "the id of a file, or a mapping with 'file_id'")


def image_url(value: Any) -> Any:
    """The long form of `image_url`, from the address of an image."""
    return _by_name(value, "url", "the address of an image, or a mapping with 'url'")


def _by_name(value: Any, key: str, what: str) -> Any:
    if isinstance(value, str):
        return {key: value}
    if value is None or isinstance(value, dict):
        return value
    raise wrong_kind(what)
