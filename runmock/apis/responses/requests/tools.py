"""Tools of a request, and which of them it chooses: functions are judged, any other kind passes whatever it holds.

Source: docs/protocol/responses.md#the-body-of-create.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from runmock.apis.service.function_names import LONGEST_NAME, NAME_LETTERS
from runmock.apis.service.requests.model import OBJECTS, OpenParams, by_kind, by_type

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=f"^{NAME_LETTERS}+$")]


class OtherTool(OpenParams):
    """A tool of another kind, whatever it holds."""

    type: str


class FunctionTool(OpenParams):
    """A function of the application; `parameters` is a JSON Schema and is not judged."""

    type: Literal["function"]
    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class CustomTool(OpenParams):
    """A function that takes a text."""

    type: Literal["custom"]
    name: Name
    description: str | None = None


Tool = Annotated[Any, by_type(FunctionTool, CustomTool, otherwise=OtherTool)]

# As for Assistants: live texts speak of 128 for every endpoint (docs/protocol/limits.md#tools).
Tools = Annotated[list[Tool], Field(max_length=128), OBJECTS]


class NamedChoice(OpenParams):
    """The function, or the custom tool, that has to be called."""

    type: Literal["function", "custom"]
    name: str


class AllowedTools(OpenParams):
    """The tools that may be called, of those that are offered."""

    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"]
    tools: Annotated[list[OtherTool], OBJECTS]


ToolChoice = Annotated[
    Any,
    by_kind(
        "one of one of 'none', 'auto', or 'required' or object",
        {
            str: Literal["none", "auto", "required"],
            dict: Annotated[Any, by_type(NamedChoice, AllowedTools, otherwise=OtherTool)],
        },
    ),
]
