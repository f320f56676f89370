"""A response format is `"auto"` or an object whose `type` is text, json_object or json_schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from runmock.apis.assistants.requests.tools import Name
from runmock.apis.service.requests.model import Params, by_kind, by_type


class PlainFormat(Params):
    """A format without options."""

    type: Literal["text", "json_object"]


class JSONSchema(Params):
    """The schema an answer must have; the schema itself is not judged."""

    name: Name
    description: str | None = None
    # `schema` is a method of BaseModel.
    schema_: dict[str, Any] | None = Field(None, alias="schema")
    strict: bool | None = None


class JSONSchemaFormat(Params):
    """`{"type": "json_schema", "json_schema": {...}}`."""

    type: Literal["json_schema"]
    json_schema: JSONSchema


class UnknownFormat(Params):
    """A format of an unknown type: the service refuses it, and its refusal names the known types, in this order."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["json_object", "json_schema", "text"]


ResponseFormat = Annotated[
    Literal["auto"] | PlainFormat | JSONSchemaFormat,
    by_kind(
        "one of 'auto' or object",
        {
            str: Literal["auto"],
            dict: Annotated[
                PlainFormat | JSONSchemaFormat, by_type(PlainFormat, JSONSchemaFormat, otherwise=UnknownFormat)
            ],
        },
    ),
]
