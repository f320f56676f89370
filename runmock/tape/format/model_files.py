"""Files and vector stores that exist beforehand, as they are written, and what becomes of files in vector stores."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from runmock.tape.files.binary_text import bytes_in
from runmock.tape.format.model import Model, errors_at, wrong_kind
from runmock.tape.format.value_checks import pattern_errors
from runmock.tape.format.values import JSONObject, Metadata, Text, free_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.tape.format.run_keys import KeyedErrors

_OUTSIDE = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|[\\\x00]")
CONTENTS = ("text", "path", "base64")
Purpose = Literal[
    "assistants",
    "assistants_output",
    "batch",
    "batch_output",
    "evals",
    "fine-tune",
    "fine-tune-results",
    "user_data",
    "vision",
]


def _base64(value: str) -> str:
    try:
        bytes_in(value)
    except ValueError:
        raise wrong_kind("base64, in as many lines as you like") from None
    return value


def _beside(value: str) -> str:
    if _OUTSIDE.search(value):
        raise wrong_kind("the path of a file from the cassette's folder on, inside of it, with slashes")
    return value


Base64 = Annotated[str, AfterValidator(_base64)]
Beside = Annotated[Text, AfterValidator(_beside)]


class FileEntryModel(Model):
    """A file that exists beforehand."""

    noun: ClassVar[str] = "a file"
    id: Text | None = None
    filename: Text
    purpose: Purpose = "assistants"
    text: str | None = None
    path: Beside | None = None
    base64: Base64 | None = None

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        written = [key for key in CONTENTS if getattr(self, key) is not None]
        if len(written) > 1:
            first, second, *_ = written
            raise errors_at([((second,), f"a file has '{first}' or '{second}', not both")])
        return self


class ExpiresAfterModel(Model):
    """When a vector store expires."""

    noun: ClassVar[str] = "expires_after"
    anchor: Literal["last_active_at"] = "last_active_at"
    days: Annotated[int, Field(ge=1, le=365)]


class FoundModel(Model):
    """What a search in a vector store finds."""

    noun: ClassVar[str] = "a search result"
    filename: Text
    text: str
    score: Annotated[float, Field(ge=0, le=1)] = 1.0
    file_id: Text | None = None
    attributes: JSONObject | None = None


class VectorStoreModel(Model):
    """A vector store that exists beforehand."""

    noun: ClassVar[str] = "a vector store"
    id: Text | None = None
    name: str | None = None
    files: list[Text] = Field(default_factory=list)
    metadata: Metadata | None = None
    expires_after: ExpiresAfterModel | None = None
    status: Literal["completed", "expired"] | None = None
    search: list[FoundModel] | None = None


class ProcessingModel(Model):
    """What becomes of files in vector stores."""

    noun: ClassVar[str] = "an entry of processing"
    filename: Annotated[Text, free_of(pattern_errors)] | None = None
    poll: Annotated[int, Field(ge=0)] | None = None
    fail: Literal["server_error", "unsupported_file", "invalid_file"] | None = None
    message: str | None = None

    @model_validator(mode="after")
    def _message_of_failure(self) -> Self:
        if self.message is not None and self.fail is None:
            raise errors_at([(("message",), "'message' goes with 'fail'")])
        return self


def doubled_ids(key: str, entries: Sequence[Any]) -> KeyedErrors:
    """Errors of entries of a key whose id an earlier one has."""
    known: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.id in known:
            yield (key, number, "id"), f"two entries of '{key}' have the id '{entry.id}'"
        if entry.id is not None:
            known.add(entry.id)
