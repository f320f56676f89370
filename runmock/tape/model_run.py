"""A scripted run as it is written: the keys of the format's table, and their kinds."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from runmock.tape import forms, message_forms, shorthand
from runmock.tape.model import Model, faults_at
from runmock.tape.model_faults import Faults
from runmock.tape.model_parts import Image, Part, PartsForm
from runmock.tape.run_checks import pattern_faults, run_faults, step_faults
from runmock.tape.values import (
    JSONObject,
    Metadata,
    Milliseconds,
    Pattern,
    Patterns,
    Pieces,
    Polls,
    Text,
    event_name,
    free_of,
    run_field_faults,
)


class Reply(Model):
    """The assistant's message: one text, with images before it, or parts in their order."""

    noun: ClassVar[str] = "a reply"
    text: str | None = None
    chunks: Pieces | None = None
    json_: Any = Field(default=None, alias="json")
    annotations: list[JSONObject] | None = None
    images: (
        Annotated[
            list[Annotated[Image, BeforeValidator(message_forms.image, json_schema_input_type=Text | Image)]],
            Field(min_length=1),
        ]
        | None
    ) = None
    parts: Annotated[
        Annotated[list[Part], Field(min_length=1)] | None,
        BeforeValidator(message_forms.parts, json_schema_input_type=PartsForm),
    ] = None


class Refusal(Model):
    """The words with which the model refuses."""

    noun: ClassVar[str] = "a refusal"
    text: str = ""
    chunks: Pieces | None = None


class Call(Model):
    """A call of a function tool, in its long form."""

    noun: ClassVar[str] = "a call"
    name: str
    arguments: Annotated[str, BeforeValidator(shorthand.arguments, json_schema_input_type=str | JSONObject | None)] = (
        "{}"
    )
    id: Text | None = None


class CodeInterpreter(Model):
    """A step of the code interpreter."""

    noun: ClassVar[str] = "code_interpreter"
    input: str
    logs: str | None = None
    images: list[str] = Field(default_factory=list)


class FileSearchResult(Model):
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
            raise faults_at([(("text",), "a search result has 'text' or 'content', not both")])
        return self


class FileSearch(Model):
    """A step of the file search."""

    noun: ClassVar[str] = "file_search"
    results: list[FileSearchResult] = Field(default_factory=list)


CallForm = str | forms.CallByNameForm | Call


class Content(Model):
    """What may happen in a step, or directly in a run."""

    reply: Annotated[
        Reply | None, BeforeValidator(message_forms.reply, json_schema_input_type=Reply | str | PartsForm)
    ] = None
    refusal: Annotated[Refusal | None, BeforeValidator(message_forms.refusal, json_schema_input_type=str | Pieces)] = (
        None
    )
    calls: Annotated[
        Annotated[list[Call], Field(min_length=1)] | None,
        BeforeValidator(
            shorthand.calls,
            json_schema_input_type=Annotated[list[CallForm], Field(min_length=1)] | str | forms.CallsByNameForm | Call,
        ),
    ] = None
    outputs: Annotated[
        Any,
        BeforeValidator(shorthand.outputs, json_schema_input_type=list[Any] | JSONObject),
        free_of(pattern_faults),
    ] = None
    unoffered: bool | None = None
    code_interpreter: Annotated[
        CodeInterpreter | None, BeforeValidator(shorthand.code, json_schema_input_type=CodeInterpreter | str)
    ] = None
    file_search: Annotated[FileSearch | None, BeforeValidator(shorthand.search, json_schema_input_type=FileSearch)] = (
        None
    )


class Step(Faults, Content):
    """One thing that happens in a run."""

    noun: ClassVar[str] = "a step"

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if found := list(step_faults(self)):
            raise faults_at(found)
        return self


class Match(Model):
    """Conditions on the request."""

    noun: ClassVar[str] = "match"
    assistant_id: Pattern = None
    model: Pattern = None
    last_message: Pattern = None
    instructions: Pattern = None
    metadata: Patterns = None
    stream: bool | None = None
    body: Patterns = None


class Usage(Model):
    """Tokens; other keys are kept."""

    model_config = ConfigDict(extra="allow")
    noun: ClassVar[str] = "usage"
    prompt_tokens: Annotated[int, Field(ge=0)] = 0
    completion_tokens: Annotated[int, Field(ge=0)] = 0
    total_tokens: Annotated[int, Field(ge=0)] | None = None


class Event(Model):
    """A server-sent event that is served verbatim."""

    noun: ClassVar[str] = "an event"
    name: Annotated[str, AfterValidator(event_name)]
    data: Any = None


class Run(Faults, Content):
    """What one request that creates a run sets off."""

    noun: ClassVar[str] = "a run"
    steps: Annotated[list[Step], Field(min_length=1)] | None = None
    match: Match | None = None
    poll: Polls = None
    pace: Milliseconds = None
    usage: Usage | None = None
    model: Text | None = None
    metadata: Metadata | None = None
    run: Annotated[JSONObject | None, free_of(run_field_faults)] = None
    sunset: bool | None = None
    json_: JSONObject | None = Field(default=None, alias="json")
    events: (
        Annotated[
            list[Annotated[Event, BeforeValidator(shorthand.event, json_schema_input_type=forms.EventForm)]],
            Field(min_length=1),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if found := list(run_faults(self)):
            raise faults_at(found)
        return self
