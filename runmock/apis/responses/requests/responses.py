"""The bodies and queries of responses. Source: docs/protocol/responses.md#the-body-of-create."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from runmock.apis.responses.requests.items import Input
from runmock.apis.responses.requests.tools import OtherTool, ToolChoice, Tools
from runmock.apis.service.requests.model import (
    OBJECTS,
    STRINGS,
    Identifier,
    Metadata,
    OpenParams,
    Params,
    by_kind,
    by_type,
)
from runmock.apis.service.requests.queries import LenientListQuery, ListQuery, Query

INCLUDES = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]
Includes = Annotated[list[INCLUDES], STRINGS]


Retention = Literal["in_memory", "in-memory", "24h"]
Tier = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]


class ConversationId(Params):
    """`{"id": ...}`."""

    id: Identifier


Conversation = Annotated[
    str | ConversationId, by_kind("one of a string or object", {str: Identifier, dict: ConversationId})
]


class Prompt(Params):
    """A stored prompt."""

    id: str
    version: str | None = None
    variables: dict[str, Any] | None = None


Summary = Literal["auto", "concise", "detailed"]


class Reasoning(Params):
    """How a model thinks; which efforts and modes there are, the model decides."""

    context: Literal["auto", "current_turn", "all_turns"] | None = None
    effort: str | None = None
    generate_summary: Summary | None = None
    mode: str | None = None
    summary: Summary | None = None


class StreamOptions(Params):
    """What a stream has."""

    include_obfuscation: bool | None = None


class JsonSchemaFormat(Params):
    """A form of texts as a JSON Schema, which is not judged."""

    type: Literal["json_schema"]
    name: Annotated[str, Field(max_length=64)]
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    description: str | None = None
    strict: bool | None = None


class Text(Params):
    """The form of texts."""

    format: Annotated[Any, by_type(JsonSchemaFormat, otherwise=OtherTool)] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class ContextManagement(OpenParams):
    """When the service makes a context shorter."""

    type: str
    compact_threshold: int | None = None


class CreateResponse(Params):
    """The body of create_response. Nothing is required."""

    access_programs: OpenParams | None = None
    background: bool | None = None
    background_options: OpenParams | None = None
    context_management: Annotated[list[ContextManagement], Field(min_length=1), OBJECTS] | None = None
    conversation: Conversation | None = None
    image: OpenParams | None = None
    include: Includes | None = None
    input: Input | None = None
    instructions: str | None = None
    max_output_tokens: Annotated[int, Field(ge=16)] | None = None
    max_tool_calls: int | None = None
    metadata: Metadata | None = None
    model: str | None = None
    moderation: OpenParams | None = None
    multi_agent: OpenParams | None = None
    parallel_tool_calls: bool | None = None
    previous_response_id: Identifier | None = None
    prompt: Prompt | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: OpenParams | None = None
    prompt_cache_retention: Retention | None = None
    reasoning: Reasoning | None = None
    safety_identifier: Annotated[str, Field(max_length=64)] | None = None
    service_tier: Tier | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    text: Text | None = None
    tool_choice: ToolChoice | None = None
    tools: Tools | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    user: str | None = None


class LenientCreateResponse(CreateResponse):
    """The same, for a server without a cassette, which takes any limit."""

    max_output_tokens: int | None = None


class CountInputTokens(Params):
    """The body of count_input_tokens: what of create_response's is input."""

    conversation: Conversation | None = None
    input: Input | None = None
    instructions: str | None = None
    model: str | None = None
    parallel_tool_calls: bool | None = None
    personality: Annotated[str, Field(max_length=64)] | None = None
    previous_response_id: Identifier | None = None
    reasoning: Reasoning | None = None
    text: Text | None = None
    tool_choice: ToolChoice | None = None
    tools: Tools | None = None
    truncation: Literal["auto", "disabled"] | None = None


class CompactResponse(Params):
    """The body of compact_response."""

    model: str | None
    image: OpenParams | None = None
    input: Input | None = None
    instructions: str | None = None
    previous_response_id: Identifier | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: OpenParams | None = None
    prompt_cache_retention: Retention | None = None
    service_tier: Tier | None = None


class RetrieveQuery(Query):
    """The query of retrieve_response."""

    include: Includes | None = None
    starting_after: Annotated[int, Field(ge=0, strict=False)] | None = None


class InputItemsQuery(ListQuery):
    """The query of list_input_items."""

    include: Includes | None = None


class LenientInputItemsQuery(LenientListQuery):
    """The same, for a server without a cassette, which takes any `include`."""
