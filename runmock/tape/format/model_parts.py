"""What a message consists of, as it is written: texts, images and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from runmock.tape.format import message_forms
from runmock.tape.format.forms import PART_TEXT
from runmock.tape.format.model import Model, errors_at
from runmock.tape.format.values import JSONObject, Pieces, Text

if TYPE_CHECKING:
    from runmock.tape.format.run_keys import KeyedErrors

Detail = Literal["auto", "low", "high"]
IMAGES = ("image_file", "image_url")
TEXTS = ("text", "chunks")
KINDS = (*TEXTS, *IMAGES, "refusal")
NO_IMAGE = "an image is one of image_file and image_url"
NO_PART = "a part is one of text, chunks, image_file, image_url and refusal"
NO_TEXT = "'annotations' go with 'text' or 'chunks'"


class ImageFileModel(Model):
    """An image that is a file of the API's."""

    noun: ClassVar[str] = "image_file"
    file_id: Text
    detail: Detail | None = None


class ImageURLModel(Model):
    """An image somewhere else."""

    noun: ClassVar[str] = "image_url"
    url: Text
    detail: Detail | None = None


class ImageModel(Model):
    """An image of either kind."""

    noun: ClassVar[str] = "an image"
    image_file: Annotated[
        ImageFileModel | None, BeforeValidator(message_forms.image_file, json_schema_input_type=Text | ImageFileModel)
    ] = None
    image_url: Annotated[
        ImageURLModel | None, BeforeValidator(message_forms.image_url, json_schema_input_type=Text | ImageURLModel)
    ] = None
    type: Literal["text", "image_file", "image_url", "refusal"] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if errors := list(self.key_errors()):
            raise errors_at(errors)
        return self

    def key_errors(self) -> KeyedErrors:
        """Errors between the keys: no kind of content or more than one, or a `type` that is another kind."""
        yield from _kind_errors(self, IMAGES, NO_IMAGE)


class PartModel(ImageModel):
    """One part of a message."""

    noun: ClassVar[str] = "a part of a message"
    text: Annotated[str | None, WithJsonSchema(PART_TEXT)] = None
    chunks: Pieces | None = None
    annotations: list[JSONObject] | None = None
    refusal: str | None = None

    def key_errors(self) -> KeyedErrors:
        """Errors between the keys: no kind of content or more than one, or a `type` that is another kind."""
        yield from _kind_errors(self, KINDS, NO_PART)
        if self.annotations is not None and self.text is None and self.chunks is None:
            yield ("annotations",), NO_TEXT


def _kind_errors(image: ImageModel, kinds: tuple[str, ...], sentence: str) -> KeyedErrors:
    active = [key for key in kinds if key in image.active_keys()]
    if len(active) != 1:
        yield (active[1],) if active else (), sentence
        return
    kind = "text" if active[0] in TEXTS else active[0]
    if image.type not in {None, kind}:
        yield ("type",), f"the type is '{image.type}', and the part is '{active[0]}'"


PartsForm = Annotated[list[str | PartModel], Field(min_length=1)]
"""Texts and other parts, as they are written."""
