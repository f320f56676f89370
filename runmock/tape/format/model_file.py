"""A cassette as it is written: its top level, and everything but the runs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from runmock.tape.format import forms, message_forms, shorthand
from runmock.tape.format.forms import METHODS
from runmock.tape.format.model import Model, errors_at, wrong_kind
from runmock.tape.format.model_files import (
    Base64,
    Beside,
    FileEntryModel,
    ProcessingModel,
    VectorStoreModel,
    doubled_ids,
)
from runmock.tape.format.model_parts import PartModel
from runmock.tape.format.model_run import RunModel, UsageModel
from runmock.tape.format.values import Headers, JSONObject, Metadata, Milliseconds, Polls, Text

Seconds = Annotated[int | None, BeforeValidator(shorthand.moment, json_schema_input_type=forms.MomentForm)]
_ANSWERS = {"json_": "json", "stream": "stream", "text": "text", "base64": "base64", "path": "path"}
ANSWERS = tuple(_ANSWERS.values())
OF_BYTES = ("size", "sha256")
"""The keys that describe bytes in a file of their own. Without `path`, the bytes were too many and are not kept."""
OWN = "x-"
"""Top-level keys that begin so belong to the cassette's writer; runmock ignores them."""
NO_ANSWER = "this interaction has no answer: one of json, stream, text, base64 and path"
_PATH = re.compile(r"/\S*")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _request(value: str) -> str:
    method, _, path = value.partition(" ")
    if _PATH.fullmatch(path) is None:
        raise wrong_kind("a method and a path such as 'POST /threads/thread_1/runs'")
    if method not in METHODS:
        raise wrong_kind(f"one of the methods {', '.join(METHODS)} before the path")
    return value


def _digest(value: str) -> str:
    if _DIGEST.fullmatch(value) is None:
        raise wrong_kind("64 hexadecimal digits")
    return value


class Defaults(Model):
    """Values for every run that has none of its own."""

    noun: ClassVar[str] = "defaults"
    model: Text | None = None
    pace: Milliseconds = None
    poll: Polls = None
    advance: Literal["polls"] | None = None
    shapes: Literal["live", "reference"] | None = None
    usage: UsageModel | None = None
    metadata: Metadata | None = None
    clock: Seconds = None
    downloads: Literal["all"] | None = None


class RecordedModel(Model):
    """When, from where and with what a recording was made."""

    noun: ClassVar[str] = "recorded"
    at: Seconds = None
    from_: Seconds = Field(default=None, alias="from")
    upstream: str | None = None
    sdk: str | None = None


class AssistantModel(Model):
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


class MessageModel(Model):
    """A message that is on a thread beforehand."""

    noun: ClassVar[str] = "a message"
    role: Literal["user", "assistant"]
    content: Annotated[
        list[PartModel],
        BeforeValidator(message_forms.message_content, json_schema_input_type=str | list[str | PartModel]),
    ]
    id: Text | None = None
    attachments: list[JSONObject] | None = None
    metadata: Metadata | None = None


class ThreadModel(Model):
    """A thread that exists beforehand."""

    noun: ClassVar[str] = "a thread"
    id: Text
    metadata: Metadata | None = None
    tool_resources: JSONObject | None = None
    created_at: int | None = None
    messages: list[MessageModel] = Field(default_factory=list)


class PaceModel(Model):
    """The tempo of a recorded stream."""

    noun: ClassVar[str] = "pace"
    first: Milliseconds = None
    gap: Milliseconds = None


class InteractionModel(Model):
    """A recorded request and its answer, with the recording's shorthands still in it."""

    noun: ClassVar[str] = "an interaction"
    request: Annotated[str, AfterValidator(_request), WithJsonSchema(forms.REQUEST)]
    body: Any = None
    status: Annotated[int, Field(ge=100, le=599)] = 200
    headers: Headers = None
    pace: PaceModel | None = None
    repeat: Annotated[int, Field(ge=1)] = 1
    truncated: bool = False
    numbered: bool = True
    json_: Any = Field(default=None, alias="json")
    stream: list[Any] | None = None
    text: str | None = None
    base64: Base64 = ""
    path: Beside = ""
    size: Annotated[int, Field(ge=0)] = 0
    sha256: Annotated[str, AfterValidator(_digest)] = ""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if (error := _answer_error(frozenset(self.model_fields_set))) is not None:
            raise errors_at([error])
        return self

    @property
    def has_base64(self) -> bool:
        """Whether the cassette itself has the bytes; they may be none."""
        return "base64" in self.model_fields_set


@lru_cache  # the same few sets of fields come again and again
def _answer_error(fields: frozenset[str]) -> tuple[tuple[str, ...], str] | None:
    """The place and the message of what is wrong with the keys of an answer; None when nothing is."""
    keys = {_ANSWERS.get(field, field) for field in fields}
    answers = [key for key in ANSWERS if key in keys]
    of_bytes = [key for key in OF_BYTES if key in keys]
    if not answers and not of_bytes:
        return (), NO_ANSWER
    if len(answers) > 1:
        first, second, *_ = answers
        return (second,), f"an interaction has one answer: '{first}' or '{second}'"
    if of_bytes and answers not in ([], ["path"]):
        return (of_bytes[0],), f"'{of_bytes[0]}' goes with 'path', not with '{answers[0]}'"
    written = [*answers, *of_bytes]
    missing = [key for key in OF_BYTES if key not in of_bytes]
    if missing and (of_bytes or answers == ["path"]):
        return (written[0],), f"'{written[0]}' needs '{missing[0]}' beside it"
    return None


class File(Model):
    """A cassette."""

    runmock: Annotated[int, BeforeValidator(shorthand.version, json_schema_input_type=forms.VersionForm)]
    recorded: RecordedModel | None = None
    defaults: Defaults | None = None
    ids: Literal["lenient", "strict"] | None = None
    assistants: list[AssistantModel] | None = None
    threads: list[ThreadModel] | None = None
    files: list[FileEntryModel] | None = None
    vector_stores: list[VectorStoreModel] | None = None
    processing: list[ProcessingModel] | None = None
    runs: list[RunModel] | None = None
    interactions: list[InteractionModel] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_own_keys(cls, value: Any) -> Any:
        """The mapping without keys that begin with `x-`, which are the writer's own: a place for anchors."""
        if not isinstance(value, dict):
            return value
        return {key: part for key, part in value.items() if not (isinstance(key, str) and key.startswith(OWN))}

    @model_validator(mode="after")
    def _one_of_each_id(self) -> Self:
        errors = [
            *doubled_ids("files", self.files or ()),
            *doubled_ids("vector_stores", self.vector_stores or ()),
        ]
        if errors:
            raise errors_at(errors)
        return self
