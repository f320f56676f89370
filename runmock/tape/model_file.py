"""A cassette as it is written: its top level, and everything but the runs."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from runmock.tape import forms, shorthand
from runmock.tape.forms import METHODS
from runmock.tape.model import Model, faults_at, wanted
from runmock.tape.model_run import Run, Usage
from runmock.tape.values import Headers, JSONObject, Metadata, Milliseconds, Polls, Text

Seconds = Annotated[int | None, BeforeValidator(shorthand.moment, json_schema_input_type=forms.MomentForm)]
_ANSWERS = {"json_": "json", "stream": "stream", "text": "text"}
ANSWERS = tuple(_ANSWERS.values())
_PATH = re.compile(r"/\S*")


def _request(value: str) -> str:
    method, _, path = value.partition(" ")
    if _PATH.fullmatch(path) is None:
        raise wanted("a method and a path such as 'POST /threads/thread_1/runs'")
    if method not in METHODS:
        raise wanted(f"one of the methods {', '.join(METHODS)} before the path")
    return value


class Defaults(Model):
    """What holds for every run that does not say otherwise."""

    noun: ClassVar[str] = "defaults"
    model: Text | None = None
    pace: Milliseconds = None
    poll: Polls = None
    shapes: Literal["live", "reference"] | None = None
    usage: Usage | None = None
    metadata: Metadata | None = None
    clock: Seconds = None


class Recorded(Model):
    """When, from where and with what a recording was made."""

    noun: ClassVar[str] = "recorded"
    at: Seconds = None
    from_: Seconds = Field(default=None, alias="from")
    upstream: str | None = None
    sdk: str | None = None


class Assistant(Model):
    """An assistant that exists beforehand."""

    noun: ClassVar[str] = "an assistant"
    id: Text
    name: str | None = None
    description: str | None = None
    model: Text | None = None
    instructions: str | None = None
    tools: list[Annotated[JSONObject, BeforeValidator(shorthand.tool, json_schema_input_type=forms.ToolForm)]] = Field(
        default_factory=list
    )
    tool_resources: JSONObject | None = None
    metadata: Metadata | None = None
    temperature: float | None = None
    top_p: float | None = None
    response_format: Any = None
    reasoning_effort: str | None = None
    created_at: int | None = None


class Message(Model):
    """A message that is on a thread beforehand."""

    noun: ClassVar[str] = "a message"
    role: Literal["user", "assistant"]
    content: Annotated[Any, BeforeValidator(shorthand.message_content, json_schema_input_type=str | list[JSONObject])]
    id: Text | None = None
    attachments: list[JSONObject] | None = None
    metadata: Metadata | None = None


class Thread(Model):
    """A thread that exists beforehand."""

    noun: ClassVar[str] = "a thread"
    id: Text
    metadata: Metadata | None = None
    tool_resources: JSONObject | None = None
    created_at: int | None = None
    messages: list[Message] = Field(default_factory=list)


class Pace(Model):
    """The tempo of a recorded stream."""

    noun: ClassVar[str] = "pace"
    first: Milliseconds = None
    gap: Milliseconds = None


class Interaction(Model):
    """A recorded request and its answer, with the recording's shorthands still in it."""

    noun: ClassVar[str] = "an interaction"
    request: Annotated[str, AfterValidator(_request), WithJsonSchema(forms.REQUEST)]
    body: Any = None
    status: Annotated[int, Field(ge=100, le=599)] = 200
    headers: Headers = None
    pace: Pace | None = None
    repeat: Annotated[int, Field(ge=1)] = 1
    truncated: bool = False
    json_: Any = Field(default=None, alias="json")
    stream: list[Any] | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        fields = self.model_fields_set & _ANSWERS.keys()
        if not fields:
            raise faults_at([((), "this interaction has no answer: one of json, stream and text")])
        if len(fields) > 1:
            one, other, *_ = [key for field, key in _ANSWERS.items() if field in fields]
            raise faults_at([((other,), f"an interaction has one answer: '{one}' or '{other}'")])
        return self


class File(Model):
    """A cassette."""

    runmock: Annotated[int, BeforeValidator(shorthand.version, json_schema_input_type=forms.VersionForm)]
    recorded: Recorded | None = None
    defaults: Defaults | None = None
    ids: Literal["lenient", "strict"] | None = None
    assistants: list[Assistant] | None = None
    threads: list[Thread] | None = None
    runs: list[Run] | None = None
    interactions: list[Interaction] | None = None
