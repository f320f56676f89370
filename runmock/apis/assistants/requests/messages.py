"""A message is a string or at least one part; its text is a plain string here, unlike in the answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from runmock.apis.assistants.requests.tools import AttachmentTool
from runmock.apis.service.requests.model import OBJECTS, FileId, Metadata, Params, by_kind, by_type

Detail = Literal["auto", "low", "high"]


class TextPart(Params):
    """`{"type": "text", "text": "..."}`."""

    type: Literal["text"]
    text: str


class ImageFile(Params):
    """An image that was uploaded."""

    file_id: FileId
    detail: Detail | None = None


class ImageFilePart(Params):
    """`{"type": "image_file", "image_file": {...}}`."""

    type: Literal["image_file"]
    image_file: ImageFile


class ImageURL(Params):
    """An image somewhere else; the address is not judged."""

    url: str
    detail: Detail | None = None


class ImageURLPart(Params):
    """`{"type": "image_url", "image_url": {...}}`."""

    type: Literal["image_url"]
    image_url: ImageURL


class UnknownPart(Params):
    """A part of an unknown type: the service refuses it."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text", "image_url", "image_file"]


Part = Annotated[
    TextPart | ImageFilePart | ImageURLPart, by_type(TextPart, ImageFilePart, ImageURLPart, otherwise=UnknownPart)
]

Content = Annotated[
    str | list[Part],
    by_kind("one of a string or array of objects", {str: str, list: Annotated[list[Part], Field(min_length=1)]}),
]


class Attachment(Params):
    """A file and the tools that may read it."""

    file_id: FileId | None = None
    # Optional in the SDK's type; the service's refusal is quoted in openai-python#1335.
    tools: Annotated[list[AttachmentTool], OBJECTS]


class CreateMessage(Params):
    """A message for a thread, alone or among the messages of a new thread or run."""

    role: Literal["user", "assistant"]
    content: Content
    attachments: Annotated[list[Attachment], OBJECTS] | None = None
    metadata: Metadata | None = None


Messages = Annotated[list[CreateMessage], OBJECTS]


class ModifyMessage(Params):
    """What may change in a message."""

    metadata: Metadata | None = None
