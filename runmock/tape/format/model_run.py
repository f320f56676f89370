"""A scripted run as it is written: the keys of the format's table, and their kinds."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from runmock.tape.format import forms, shorthand
from runmock.tape.format.model import Model, errors_at
from runmock.tape.format.model_content import ContentModel
from runmock.tape.format.model_faults import FaultsModel
from runmock.tape.format.run_checks import run_errors, step_errors
from runmock.tape.format.values import (
    JSONObject,
    Metadata,
    Milliseconds,
    Pattern,
    Patterns,
    Polls,
    Text,
    event_name,
    free_of,
    run_field_errors,
)


class StepModel(FaultsModel, ContentModel):
    """One thing that happens in a run."""

    noun: ClassVar[str] = "a step"

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if errors := list(step_errors(self)):
            raise errors_at(errors)
        return self


ApiKey: TypeAlias = Literal["assistants", "responses"]


class MatchModel(Model):
    """The conditions that a request has to meet to get this run."""

    noun: ClassVar[str] = "match"
    api: ApiKey | None = None
    assistant_id: Pattern = None
    model: Pattern = None
    last_message: Pattern = None
    instructions: Pattern = None
    metadata: Patterns = None
    stream: bool | None = None
    body: Patterns = None


class UsageModel(Model):
    """Tokens; other keys are kept."""

    model_config = ConfigDict(extra="allow")
    noun: ClassVar[str] = "usage"
    prompt_tokens: Annotated[int, Field(ge=0)] = 0
    completion_tokens: Annotated[int, Field(ge=0)] = 0
    total_tokens: Annotated[int, Field(ge=0)] | None = None


class EventModel(Model):
    """A server-sent event that is served verbatim."""

    noun: ClassVar[str] = "an event"
    name: Annotated[str, AfterValidator(event_name)]
    data: Any = None


class RunModel(FaultsModel, ContentModel):
    """A scripted run: what the assistant does after a request that creates a run."""

    noun: ClassVar[str] = "a run"
    steps: Annotated[list[StepModel], Field(min_length=1)] | None = None
    match: MatchModel | None = None
    poll: Polls = None
    pace: Milliseconds = None
    usage: UsageModel | None = None
    model: Text | None = None
    metadata: Metadata | None = None
    run: Annotated[JSONObject | None, free_of(run_field_errors), WithJsonSchema(forms.RUN_FIELDS)] = None
    response: JSONObject | None = None
    sunset: bool | None = None
    json_: JSONObject | None = Field(default=None, alias="json")
    events: (
        Annotated[
            list[Annotated[EventModel, BeforeValidator(shorthand.event, json_schema_input_type=forms.EventForm)]],
            Field(min_length=1),
        ]
        | None
    ) = None

    @property
    def canned_api(self) -> str | None:
        """The key of the API whose answers the run has as they are; None where it has none."""
        if self.json_ is not None:
            return "responses" if self.json_.get("object") == "response" else "assistants"
        names = [event.name for event in self.events or () if event.name != "error"]
        return None if not names else "responses" if names[0].startswith("response.") else "assistants"

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        errors = list(run_errors(self, self.steps))
        wanted, canned = None if self.match is None else self.match.api, self.canned_api
        if wanted is not None and canned not in {None, wanted}:
            key = "json" if self.json_ is not None else "events"
            errors.append((("match", "api"), f"'{key}' has an answer of {canned}, so no request of {wanted} gets it"))
        if errors:
            raise errors_at(errors)
        return self
