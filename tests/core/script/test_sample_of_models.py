"""Schemas as frameworks write them. Those from pydantic models are held against the models, too."""

import enum
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import jsonschema
import openai
import pytest
from pydantic import AnyUrl, BaseModel, ConfigDict, Field

from runmock.core.script.sample_arguments import sample


class Unit(enum.Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


class Weather(BaseModel):
    """What most function tools look like."""

    city: str = Field(min_length=1, max_length=80, description="City and country")
    unit: Unit = Unit.CELSIUS
    days: Annotated[int, Field(ge=1, le=14)] = 3
    hours: list[Annotated[int, Field(ge=0, lt=24)]] | None = None


class Address(BaseModel):
    model_config = ConfigDict(extra="forbid")

    street: str
    postcode: Annotated[str, Field(pattern=r"^\d{5}(-\d{4})?$")]
    country: Literal["DE", "FR"]
    lines: tuple[str, int] = ("a", 1)


class Customer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    address: Address
    others: list[Address] = Field(min_length=2)
    by_name: dict[str, Address]
    tags: set[str] = Field(min_length=2)
    born: date
    seen: datetime
    waits: timedelta
    site: AnyUrl
    score: Annotated[float, Field(gt=0, lt=1)]
    credit: Decimal
    steps: Annotated[int, Field(multiple_of=5, gt=5)]
    nickname: str | None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str]


class Zoo(BaseModel):
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = Field(min_length=1)
    favourite: Cat | Dog


class Tree(BaseModel):
    name: str
    parent: "Tree | None"
    children: "list[Tree]"


class Number(BaseModel):
    value: float


class Operation(BaseModel):
    operator: Literal["+", "*"]
    left: "Operation | Number"
    right: "Operation | Number"
    rest: "list[Operation | Number]" = Field(min_length=1)


class Formula(BaseModel):
    formula: Operation


MODELS = [Weather, Address, Customer, Zoo, Tree, Operation, Formula]


def check(schema):
    value = sample(schema)
    jsonschema.validate(value, schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    assert len(json.dumps(value)) < 5_000
    return value


@pytest.mark.parametrize("model", MODELS)
def test_a_model_accepts_the_sample_of_its_schema(model):
    model.model_validate_json(json.dumps(check(model.model_json_schema())))


@pytest.mark.parametrize("model", MODELS)
def test_a_model_accepts_the_sample_of_the_sdks_strict_schema(model):
    tool = openai.pydantic_function_tool(model)
    model.model_validate_json(json.dumps(check(tool["function"]["parameters"])))


def test_a_model_with_defaults_is_filled_with_them():
    tool = openai.pydantic_function_tool(Weather)
    assert check(tool["function"]["parameters"]) == {"city": "city", "unit": "c", "days": 3, "hours": [0]}


ZOD = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$ref": "#/definitions/Search",
    "definitions": {
        "Search": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1},
                "limit": {"type": "integer", "exclusiveMinimum": 0, "maximum": 50, "default": 10},
                "range": {"type": "array", "minItems": 2, "maxItems": 2, "items": [{"type": "number"}, {"type": "number"}]},
                "filter": {
                    "anyOf": [
                        {"type": "object", "properties": {"not": {"$ref": "#/definitions/Search/properties/filter"}}, "required": ["not"], "additionalProperties": False},
                        {"type": "string", "enum": ["new", "used"]},
                    ]
                },
                "again": {"$ref": "#/definitions/Search/properties/filter/anyOf/1"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "when": {"type": ["string", "null"], "format": "date-time"},
            },
            "required": ["query", "limit", "range", "filter", "again", "labels", "when"],
            "additionalProperties": False,
        }
    },
}  # fmt: skip

ZOD_4 = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "mail": {
            "type": "string",
            "format": "email",
            "pattern": r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$",
        },
        "count": {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991},
        "node": {"$ref": "#/$defs/__schema0"},
    },
    "required": ["mail", "count", "node"],
    "additionalProperties": False,
    "$defs": {
        "__schema0": {
            "type": "object",
            "properties": {
                "value": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/__schema0"}, {"type": "null"}]},
            },
            "required": ["value", "next"],
            "additionalProperties": False,
        }
    },
}

ALL_OF = {
    "type": "object",
    "allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"id": {"minLength": 12}, "size": {"type": "integer"}}}],
    "required": ["size"],
    "$defs": {"Base": {"properties": {"id": {"type": "string", "maxLength": 12}}, "required": ["id"]}},
}

OLD_MINIMUM = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {"price": {"type": "number", "minimum": 0, "exclusiveMinimum": True}},
    "required": ["price"],
}

SDK_EXAMPLE = {
    "type": "object",
    "properties": {"location": {"type": "string"}, "unit": {"type": "string", "enum": ["c", "f"]}},
    "required": ["location"],
}

EITHER = {
    "type": "object",
    "properties": {"email": {"type": "string", "format": "email"}, "phone": {"type": "string"}},
    "oneOf": [{"required": ["email"]}, {"required": ["phone"]}],
}


@pytest.mark.parametrize(
    "schema",
    [ZOD, ZOD_4, ALL_OF, OLD_MINIMUM, SDK_EXAMPLE, EITHER, {"type": "object"}],
    ids=["zod 3", "zod 4", "allOf", "draft 4", "reference", "either", "none"],
)
def test_a_schema_allows_what_it_gave(schema):
    check(schema)


def test_a_schema_that_contains_itself_comes_to_an_end_soon():
    value = sample(Formula.model_json_schema())
    depth = json.dumps(value).count('{"operator"')
    assert 1 < depth < 40
