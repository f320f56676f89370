"""A run needs an assistant; everything else replaces or extends what the assistant has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from runmock.apis.assistants.requests.assistants import Temperature, TopP
from runmock.apis.assistants.requests.formats import ResponseFormat
from runmock.apis.assistants.requests.messages import Messages
from runmock.apis.assistants.requests.resources import ToolResources
from runmock.apis.assistants.requests.threads import CreateThread
from runmock.apis.assistants.requests.tools import ToolChoice, Tools
from runmock.apis.service.requests.model import OBJECTS, Metadata, Params

# The specification wants at least 256, the live service took 16 (docs/protocol/limits.md#tokens).
TokenBudget = Annotated[int, Field(ge=1)]


class TruncationStrategy(Params):
    """How much of the thread the model sees."""

    type: Literal["auto", "last_messages"]
    last_messages: Annotated[int, Field(ge=1)] | None = None


class RunParams(Params):
    """What both ways to create a run have in common."""

    assistant_id: str
    model: str | None = None
    instructions: str | None = None
    tools: Tools | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    stream: bool | None = None
    max_prompt_tokens: TokenBudget | None = None
    max_completion_tokens: TokenBudget | None = None
    truncation_strategy: TruncationStrategy | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None


class CreateRun(RunParams):
    """The body of create_run; `include` travels in the query."""

    additional_instructions: str | None = None
    additional_messages: Messages | None = None
    reasoning_effort: str | None = None


class CreateThreadAndRun(RunParams):
    """The body of create_thread_and_run, which lacks the three members that CreateRun adds."""

    thread: CreateThread | None = None
    tool_resources: ToolResources | None = None


class ModifyRun(Params):
    """What may change in a run."""

    metadata: Metadata | None = None


class ToolOutput(Params):
    """One answer to a tool call; the SDK's type has both members optional, the service needs both."""

    tool_call_id: str
    output: str


class SubmitToolOutputs(Params):
    """The body of submit_tool_outputs."""

    tool_outputs: Annotated[list[ToolOutput], OBJECTS]
    stream: bool | None = None


class LenientToolOutput(Params):
    """A tool output of which anything may be missing."""

    tool_call_id: str | None = None
    output: str | None = None


class LenientSubmitToolOutputs(Params):
    """The body of submit_tool_outputs for a lenient server."""

    tool_outputs: Annotated[list[LenientToolOutput], OBJECTS]
    stream: bool | None = None
