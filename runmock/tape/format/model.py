"""The models of the format refuse what they do not know, and never convert one kind of value into another.

Shorthands are spelled out by the value's kind before pydantic looks at them (`format/shorthand.py`), so no field is a
union, and one mistake of the writer is one error at the deepest key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Iterable

SAID = "said"
"""Type of an error whose message is the whole sentence."""
WANTED = "wanted"
"""Type of an error whose message says what the value should be."""


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
        """Every key as it is written, and the type of its value."""
        return {field.alias or name: field.annotation for name, field in cls.model_fields.items()}

    def said(self) -> frozenset[str]:
        """Tell which keys say something: those that are there and neither null nor false."""
        given = ((field.alias or name, name) for name, field in type(self).model_fields.items())
        values = ((key, getattr(self, name)) for key, name in given if name in self.model_fields_set)
        return frozenset(key for key, value in values if value is not None and value is not False)


def said(message: str) -> PydanticCustomError:
    """Make an error that says `message`, about the value itself."""
    return PydanticCustomError(SAID, "{text}", {"text": message})


def wanted(what: str) -> PydanticCustomError:
    """Make an error of a value of the wrong kind: it should be `what`."""
    return PydanticCustomError(WANTED, "{text}", {"text": what})


def faults_at(faults: Iterable[tuple[tuple[str | int, ...], str]]) -> ValidationError:
    """Make the error of several faults, each at the keys that lead to it from the value that is being validated."""
    details = [InitErrorDetails(type=said(message), loc=keys, input=None) for keys, message in faults]
    return ValidationError.from_exception_data("cassette", details)
