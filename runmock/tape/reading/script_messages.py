"""Written messages become values of core: the assistant's as `Message`, those of threads as the JSON of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service.citations import cite
from runmock.core.script.script import Image, Message, Part, Refusal, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.tape.format import model_file as file
    from runmock.tape.format import model_parts as written
    from runmock.tape.format.model_content import ReplyModel


def message_of(reply: ReplyModel | None) -> Message:
    """The assistant's message; neighbouring pieces are one text."""
    assert reply is not None
    images = [_image(image) for image in reply.images or ()]
    has_text = reply.text is not None or reply.chunks is not None
    if reply.parts is not None:
        return Message(parts=tuple(_parts(reply.parts)))
    text = Text(reply.text, tuple(reply.chunks or ()), reply.json_, tuple(reply.annotations or ()))
    if not has_text and reply.json_ is None:
        text = Text("null")
    if not images:
        return Message(text.text, text.chunks, text.json, text.annotations)
    has_more = has_text or "json_" in reply.model_fields_set
    return Message(parts=(*images, text) if has_more else tuple(images))


def _parts(parts: Sequence[written.PartModel]) -> Iterator[Part]:
    pieces: list[str] = []
    for part in parts:
        if part.chunks is not None and part.annotations is None:
            pieces += part.chunks
            continue
        if pieces:
            yield Text(chunks=tuple(pieces))
            pieces = []
        yield _part(part)
    if pieces:
        yield Text(chunks=tuple(pieces))


def _part(part: written.PartModel) -> Part:
    if part.refusal is not None:
        return Refusal(part.refusal)
    if part.text is not None or part.chunks is not None:
        return Text(part.text, tuple(part.chunks or ()), annotations=tuple(part.annotations or ()))
    return _image(part)


def _image(image: written.ImageModel) -> Image:
    kind = "image_url" if image.image_file is None else "image_file"
    value = image.image_url if image.image_file is None else image.image_file
    assert value is not None
    return Image(kind, value.model_dump(exclude_unset=True))


def thread_of(thread: file.ThreadModel) -> JSON:
    """The JSON of a thread that exists beforehand, its messages as a request or an answer has them."""
    thread_json: JSON = thread.model_dump(by_alias=True, exclude_unset=True)
    if "messages" in thread_json:
        pairs = zip(thread_json["messages"], thread.messages, strict=True)
        thread_json["messages"] = [message | {"content": _content(model.content)} for message, model in pairs]
    return thread_json


def _content(parts: Sequence[written.PartModel]) -> str | list[JSON]:
    content = [_part_of_request(part) for part in _parts(parts)]
    is_text = all(part.chunks is not None and part.annotations is None for part in parts)
    return str(content[0]["text"]) if content and is_text else content


def _part_of_request(part: Part) -> JSON:
    """A part as a request has it; a text with citations, and a refusal, as an answer has them."""
    if isinstance(part, Image):
        return {"type": part.kind, part.kind: part.image}
    text = part.text or "".join(part.chunks)
    if isinstance(part, Refusal):
        return {"type": "refusal", "refusal": text}
    if part.annotations:
        return {"type": "text", "text": {"value": text, "annotations": cite(text, part.annotations)}}
    return {"type": "text", "text": text}
