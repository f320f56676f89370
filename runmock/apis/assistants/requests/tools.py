"""Tools as a request names them: the three of the API reference are judged; any other type is not OpenAI's own.

OpenAI refuses it, `retrieval` of the retired v1 among them; Azure and compatible servers have tools of their own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from runmock.apis.service.function_names import LONGEST_NAME, NAME_LETTERS
from runmock.apis.service.requests.model import OBJECTS, Params, by_kind, by_type

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=f"^{NAME_LETTERS}+$")]


class OtherTool(Params):
    """A tool of a compatible service (Azure: bing_grounding, azure_ai_search, mcp, openapi ...), whatever it holds."""

    model_config = ConfigDict(extra="allow")

    type: str


class UnknownTool(Params):
    """A tool of an unknown type: OpenAI refuses it, and its refusal names the known types, in this order."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["code_interpreter", "function", "file_search"]


class CodeInterpreterTool(Params):
    """`{"type": "code_interpreter"}`."""

    type: Literal["code_interpreter"]


class RankingOptions(Params):
    """How file search ranks. Any ranker is taken: the service spells its own in two ways.

    Source: docs/protocol/limits.md#rankers.
    """

    score_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    ranker: str | None = None
    hybrid_search: Any = None


class FileSearchOptions(Params):
    """The overrides of a file search tool."""

    max_num_results: Annotated[int, Field(ge=1, le=50)] | None = None
    ranking_options: RankingOptions | None = None


class FileSearchTool(Params):
    """`{"type": "file_search", "file_search": {...}}`."""

    type: Literal["file_search"]
    file_search: FileSearchOptions | None = None


class FunctionDefinition(Params):
    """A function the application offers; `parameters` is a JSON Schema and is not judged."""

    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class FunctionTool(Params):
    """`{"type": "function", "function": {...}}`."""

    type: Literal["function"]
    function: FunctionDefinition


Tool = Annotated[
    CodeInterpreterTool | FileSearchTool | FunctionTool | OtherTool,
    by_type(CodeInterpreterTool, FileSearchTool, FunctionTool, otherwise=OtherTool, otherwise_at_openai=UnknownTool),
]

# The specification allows a run 20 tools; live texts speak of 128 for every endpoint (docs/protocol/limits.md#tools).
Tools = Annotated[list[Tool], Field(max_length=128), OBJECTS]


class BareFileSearchTool(Params):
    """File search as an attachment names it: without options."""

    type: Literal["file_search"]


class UnknownAttachmentTool(Params):
    """A tool that cannot read attachments: OpenAI refuses it, and its refusal names the two types that can."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["code_interpreter", "file_search"]


AttachmentTool = Annotated[
    CodeInterpreterTool | BareFileSearchTool | OtherTool,
    by_type(CodeInterpreterTool, BareFileSearchTool, otherwise=OtherTool, otherwise_at_openai=UnknownAttachmentTool),
]


class ChosenFunction(Params):
    """The function that a tool choice forces."""

    name: str


class NamedToolChoice(Params):
    """`{"type": "function", "function": {"name": ...}}`, or the type of a built-in tool alone."""

    type: Literal["function", "code_interpreter", "file_search"]
    function: ChosenFunction | None = None


ToolChoice = Annotated[
    Literal["none", "auto", "required"] | NamedToolChoice | OtherTool,
    by_kind(
        "one of one of 'none', 'auto', or 'required' or object",
        {
            str: Literal["none", "auto", "required"],
            dict: Annotated[
                NamedToolChoice | OtherTool,
                by_type(NamedToolChoice, otherwise=OtherTool, otherwise_at_openai=UnknownTool),
            ],
        },
    ),
]
