"""Items of an `input`: the kinds that scripts know are judged, any other kind passes whatever it holds.

Source: docs/protocol/responses.md#the-body-of-create.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainValidator, ValidationInfo

from runmock.apis.service.requests.model import OBJECTS, Params, by_kind

LONGEST_OUTPUT = 10_485_760


class OtherItem(Params):
    """An item of another kind."""

    model_config = ConfigDict(extra="allow")

    type: str


class OtherPart(Params):
    """A part of a message, or of an output, whatever it holds."""

    model_config = ConfigDict(extra="allow")

    type: str


Parts = Annotated[list[OtherPart], OBJECTS]


class MessageItem(Params):
    """A message; `type` may be left out."""

    model_config = ConfigDict(extra="allow")

    role: Literal["user", "assistant", "system", "developer"]
    content: Annotated[str | Parts, by_kind("one of a string or array of objects", {str: str, list: Parts})]
    type: Literal["message"] | None = None


class FunctionCallItem(Params):
    """A function call of an earlier response, echoed."""

    model_config = ConfigDict(extra="allow")

    type: Literal["function_call"]
    call_id: Annotated[str, Field(min_length=1, max_length=64)]
    name: str
    arguments: str


class FunctionCallOutputItem(Params):
    """The output of a function call."""

    model_config = ConfigDict(extra="allow")

    type: Literal["function_call_output"]
    call_id: Annotated[str, Field(min_length=1, max_length=64)]
    output: Annotated[
        str | Parts,
        by_kind(
            "one of a string or array of objects",
            {str: Annotated[str, Field(max_length=LONGEST_OUTPUT)], list: Parts},
        ),
    ]


_MODELS: dict[str, type[Params]] = {
    "message": MessageItem,
    "function_call": FunctionCallItem,
    "function_call_output": FunctionCallOutputItem,
}


def _item(value: object, info: ValidationInfo) -> object:
    """An item without a type is a message."""
    kind = value.get("type", "message") if isinstance(value, dict) else "message"
    model = _MODELS.get(kind, OtherItem) if isinstance(kind, str) else OtherItem
    return model.model_validate(value, context=info.context)


Item = Annotated[Any, PlainValidator(_item)]
Items = Annotated[list[Item], OBJECTS]
Input = Annotated[str | Items, by_kind("one of a string or array of objects", {str: str, list: Items})]
