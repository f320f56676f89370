"""An assistant needs a model and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runmock.apis.assistants.requests.formats import ResponseFormat
from runmock.apis.assistants.requests.resources import NewToolResources, ToolResources
from runmock.apis.assistants.requests.tools import Tools
from runmock.apis.service.requests.model import Metadata, Params

Temperature = Annotated[float, Field(ge=0, le=2)]
TopP = Annotated[float, Field(ge=0, le=1)]


class AssistantParams(Params):
    """What creating and modifying an assistant have in common.

    Any reasoning_effort is taken (docs/protocol/limits.md#reasoning-effort).
    """

    name: Annotated[str, Field(max_length=256)] | None = None
    description: Annotated[str, Field(max_length=512)] | None = None
    instructions: Annotated[str, Field(max_length=256_000)] | None = None
    reasoning_effort: str | None = None
    tools: Tools | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    response_format: ResponseFormat | None = None


class CreateAssistant(AssistantParams):
    """The body of create_assistant."""

    model: str
    tool_resources: NewToolResources | None = None


class ModifyAssistant(AssistantParams):
    """The body of modify_assistant."""

    model: str | None = None
    tool_resources: ToolResources | None = None
