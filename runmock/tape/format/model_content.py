"""What may happen in a run, as it is written: replies, refusals, calls, and the tools that the service runs itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from runmock.tape.format import forms, message_forms, shorthand
from runmock.tape.format.model import Model, errors_at
from runmock.tape.format.model_parts import ImageModel, PartModel, PartsForm
from runmock.tape.format.value_checks import pattern_errors
from runmock.tape.format.values import JSONObject, Pieces, Text, free_of


class ReplyModel(Model):
    """The assistant's message: one text, with images before it, or parts in their order."""

    noun: ClassVar[str] = "a reply"
    text: str | None = None
    chunks: Pieces | None = None
    json_: Any = Field(default=None, alias="json")
    annotations: list[JSONObject] | None = None
    images: (
        Annotated[
            list[Annotated[ImageModel, BeforeValidator(message_forms.image, json_schema_input_type=Text | ImageModel)]],
            Field(min_length=1),
        ]
        | None
    ) = None
    parts: Annotated[
        Annotated[list[PartModel], Field(min_length=1)] | None,
        BeforeValidator(message_forms.parts, json_schema_input_type=PartsForm),
    ] = None


class RefusalModel(Model):
    """The words with which the model refuses."""

    noun: ClassVar[str] = "a refusal"
    text: str = ""
    chunks: Pieces | None = None


class CallModel(Model):
    """A call of a function tool, in its long form."""

    noun: ClassVar[str] = "a call"
    name: str
    arguments: Annotated[str, BeforeValidator(shorthand.arguments, json_schema_input_type=str | JSONObject | None)] = (
        "{}"
    )
    id: Text | None = None


class CodeInterpreterModel(Model):
    """A step of the code interpreter."""

    noun: ClassVar[str] = "code_interpreter"
    input: str
    logs: str | None = None
    images: list[str] = Field(default_factory=list)


class FileSearchResultModel(Model):
    """What a file search found; the text may stand under `text` or `content`."""

    noun: ClassVar[str] = "a search result"
    file_id: Text | None = None
    file_name: str | None = None
    score: float | None = None
    attributes: JSONObject | None = None
    content: Annotated[
        list[JSONObject] | None,
        BeforeValidator(shorthand.content, json_schema_input_type=str | list[JSONObject] | None),
    ] = None
    text: str | None = None

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if self.text is not None and self.content is not None:
            raise errors_at([(("text",), "a search result has 'text' or 'content', not both")])
        return self


class FileSearchModel(Model):
    """A step of the file search."""

    noun: ClassVar[str] = "file_search"
    results: list[FileSearchResultModel] = Field(default_factory=list)


CallForm = str | forms.CallByNameForm | CallModel


class ContentModel(Model):
    """What may happen in a step, or directly in a run."""

    reply: Annotated[
        ReplyModel | None, BeforeValidator(message_forms.reply, json_schema_input_type=ReplyModel | str | PartsForm)
    ] = None
    refusal: Annotated[
        RefusalModel | None, BeforeValidator(message_forms.refusal, json_schema_input_type=str | Pieces)
    ] = None
    calls: Annotated[
        Annotated[list[CallModel], Field(min_length=1)] | None,
        BeforeValidator(
            shorthand.calls,
            json_schema_input_type=Annotated[list[CallForm], Field(min_length=1)]
            | str
            | forms.CallsByNameForm
            | CallModel,
        ),
    ] = None
    outputs: Annotated[
        Any,
        BeforeValidator(shorthand.outputs, json_schema_input_type=list[Any] | JSONObject),
        free_of(pattern_errors),
    ] = None
    unoffered: bool | None = None
    code_interpreter: Annotated[
        CodeInterpreterModel | None, BeforeValidator(shorthand.code, json_schema_input_type=CodeInterpreterModel | str)
    ] = None
    file_search: Annotated[
        FileSearchModel | None, BeforeValidator(shorthand.search, json_schema_input_type=FileSearchModel)
    ] = None
    reasoning: Annotated[
        list[str] | None, BeforeValidator(shorthand.reasoning, json_schema_input_type=str | list[str] | None)
    ] = None
