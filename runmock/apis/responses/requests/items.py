"""Items of an `input`: the kinds that scripts know are judged, any other kind passes whatever it holds.

Source: docs/protocol/responses.md#the-body-of-create.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PlainValidator, ValidationInfo

from runmock.apis.service.requests.model import OBJECTS, Identifier, OpenParams, by_kind, by_type

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_OUTPUT = 10_485_760


class OtherItem(OpenParams):
    """An item of another kind, or a part of another kind, whatever it holds."""

    type: str


class TextPart(OpenParams):
    """A part with a text."""

    type: Literal["input_text", "output_text"]
    text: str


class RefusalPart(OpenParams):
    """A part in which a model refuses."""

    type: Literal["refusal"]
    refusal: str


Part = Annotated[Any, by_type(TextPart, RefusalPart, otherwise=OtherItem)]
Parts = Annotated[list[Part], OBJECTS]
TEXT_OR_PARTS = "one of a string or array of objects"


class MessageItem(OpenParams):
    """A message; `type` may be left out."""

    role: Literal["user", "assistant", "system", "developer"]
    content: Annotated[str | Parts, by_kind(TEXT_OR_PARTS, {str: str, list: Parts})]
    type: Literal["message"] | None = None
    id: Identifier | None = None


CallId = Annotated[str, Field(min_length=1, max_length=64)]


class FunctionCallItem(OpenParams):
    """A function call of an earlier response, echoed."""

    type: Literal["function_call"]
    call_id: CallId
    name: str
    arguments: str
    id: Identifier | None = None


class FunctionCallOutputItem(OpenParams):
    """The output of a function call; of a tool that a program called it may have no call."""

    type: Literal["function_call_output"]
    call_id: CallId | None
    output: Annotated[
        str | Parts,
        by_kind(TEXT_OR_PARTS, {str: Annotated[str, Field(max_length=LONGEST_OUTPUT)], list: Parts}),
    ]
    id: Identifier | None = None


class ReasoningItem(OpenParams):
    """What a model has thought, echoed."""

    type: Literal["reasoning"]
    summary: Parts | None = None
    encrypted_content: str | None = None
    id: Identifier | None = None


class ItemReference(OpenParams):
    """An item that the service knows; `type` may be left out."""

    type: Literal["item_reference"] | None = None
    id: Identifier


_MODELS: dict[str, type[OpenParams]] = {
    "message": MessageItem,
    "function_call": FunctionCallItem,
    "function_call_output": FunctionCallOutputItem,
    "reasoning": ReasoningItem,
    "item_reference": ItemReference,
}


def kind_of(item: Mapping[str, Any]) -> Any:
    """The kind of an item: where it names none it is a message, or a reference when it has nothing but an id."""
    kind = item.get("type")
    if kind is not None:
        return kind
    return "item_reference" if "id" in item and "role" not in item and "content" not in item else "message"


def _item(value: object, info: ValidationInfo) -> object:
    kind = kind_of(value) if isinstance(value, dict) else "message"
    model = _MODELS.get(kind, OtherItem) if isinstance(kind, str) else OtherItem
    return model.model_validate(value, context=info.context)


Item = Annotated[Any, PlainValidator(_item)]
Items = Annotated[list[Item], OBJECTS]
Input = Annotated[str | Items, by_kind(TEXT_OR_PARTS, {str: str, list: Items})]
