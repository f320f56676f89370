"""Params is what every object of a request is: known members only, JSON's own types, null only where left out is fine.

A union is never handed to pydantic, which would report the faults of every branch: `by_kind` and `by_type` choose one
branch, from the JSON type or the member `type`, and only that branch speaks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Mapping

WRONG_KIND = "wrong_kind"
"""The error of a value whose JSON type is wrong, with `expected` in its context, where pydantic has no such error."""
WRONG_ID = "wrong_id"
"""The error of an id of the wrong kind, with `prefix` in its context: how ids of the right kind begin."""
WRONG_LETTERS = "wrong_letters"
"""The error of an id with other letters than ids have."""
OPENAI = {"is_openai": True}
"""The context of a validation that accepts only OpenAI's own ids and types of tools."""


class Params(BaseModel):
    """An object of a request: unknown members are faults, `"1"` and `true` are no integers, an integer is a decimal."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class OpenParams(Params):
    """An object that may have members that are not known here."""

    model_config = ConfigDict(extra="allow")


def _wrong_kind(expected: str) -> PydanticCustomError:
    return PydanticCustomError(WRONG_KIND, "expected {expected}", {"expected": expected})


def _array_of(members: str) -> BeforeValidator:
    def require(value: object) -> object:
        if not isinstance(value, list):
            raise _wrong_kind(f"an array of {members}")
        return value

    return BeforeValidator(require)


# The service names the members of an array, pydantic does not. Last in an Annotated: limits are the list's own.
OBJECTS = _array_of("objects")
STRINGS = _array_of("strings")


def by_kind(expected: str, branches: Mapping[type, Any]) -> PlainValidator:
    """Choose a branch of a union by JSON type, as in `{str: str, list: list[Part]}`; `expected` names all of them."""
    adapters = {kind: TypeAdapter[Any](branch) for kind, branch in branches.items()}

    def choose(value: object, info: ValidationInfo) -> object:
        adapter = adapters.get(type(value))
        if adapter is None:
            raise _wrong_kind(expected)
        return adapter.validate_python(value, context=info.context)

    return PlainValidator(choose)


def by_type(
    *models: type[Params], otherwise: type[Params], otherwise_at_openai: type[Params] | None = None
) -> PlainValidator:
    """Choose a branch of a union by the member `type`; `otherwise` checks values without a known type."""
    tagged = {tag: model for model in models for tag in get_args(model.model_fields["type"].annotation)}

    def choose(value: object, info: ValidationInfo) -> object:
        tag = value.get("type") if isinstance(value, dict) else None
        rest = otherwise_at_openai if otherwise_at_openai is not None and _is_openai(info) else otherwise
        model = tagged.get(tag, rest) if isinstance(tag, str) else rest
        return model.model_validate(value, context=info.context)

    return PlainValidator(choose)


def _is_openai(info: ValidationInfo) -> bool:
    return info.context == OPENAI


def _id_beginning_with(prefix: str) -> AfterValidator:
    def require(value: str, info: ValidationInfo) -> str:
        if _is_openai(info) and not value.startswith(prefix):
            raise PydanticCustomError(WRONG_ID, "expected an id that begins with {prefix}", {"prefix": prefix})
        return value

    return AfterValidator(require)


FileId = Annotated[str, _id_beginning_with("file")]
"""Azure's begin with `assistant`; those of other servers with anything."""

_LETTERS = re.compile(r"[A-Za-z0-9_-]+")


def _with_letters_of_ids(value: str, info: ValidationInfo) -> str:
    if _is_openai(info) and _LETTERS.fullmatch(value) is None:
        raise PydanticCustomError(WRONG_LETTERS, "expected an id")
    return value


Identifier = Annotated[str, AfterValidator(_with_letters_of_ids)]
"""An id of any kind; those of other servers may have other letters."""


Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
