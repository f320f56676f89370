"""The base of all models of the format: unknown keys are errors, and no value is converted into another kind.

Shorthands are spelled out by the value's kind before pydantic validates them (`format/shorthand.py`). So no field is a
union, and one mistake of the writer is one error at the deepest key, not one for each member of the union.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Iterable

SENTENCE = "sentence"
"""Type of an error whose message is the whole sentence."""
WRONG_KIND = "wrong_kind"
"""Type of an error whose message is what the value should be."""


class KeyDoc(NamedTuple):
    """What a key means, and values that it may have."""

    text: str
    examples: list[Any]


class Model(BaseModel):
    """A mapping of the format; `noun`: what it is called in messages."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    noun: ClassVar[str] = "a cassette"

    @classmethod
    def key_types(cls) -> dict[str, Any]:
        """Every key as it is written in the file, and the type of its value."""
        return {field.alias or name: field.annotation for name, field in cls.model_fields.items()}

    def active_keys(self) -> frozenset[str]:
        """The keys that have an effect: those that are there and neither null nor false."""
        names = ((field.alias or name, name) for name, field in type(self).model_fields.items())
        values = ((key, getattr(self, name)) for key, name in names if name in self.model_fields_set)
        return frozenset(key for key, value in values if value is not None and value is not False)


def sentence_error(message: str) -> PydanticCustomError:
    """An error with the whole message, for a validator to raise."""
    return PydanticCustomError(SENTENCE, "{text}", {"text": message})


def wrong_kind(what: str) -> PydanticCustomError:
    """An error for a value of the wrong kind, for a validator to raise; its message says that it should be `what`."""
    return PydanticCustomError(WRONG_KIND, "{text}", {"text": what})


def errors_at(errors: Iterable[tuple[tuple[str | int, ...], str]]) -> ValidationError:
    """One pydantic error made of several, each with the keys that lead to it from the value that is being validated."""
    details = [InitErrorDetails(type=sentence_error(message), loc=keys, input=None) for keys, message in errors]
    return ValidationError.from_exception_data("cassette", details)
