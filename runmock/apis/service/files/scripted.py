"""Files and vector stores that exist beforehand, as a cassette describes them, with all defaults filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.http.exchange import JSON


def _nothing() -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class ScriptedFile:
    """A file; without an id it gets a new one. `read` returns its bytes."""

    filename: str
    id: str | None = None
    purpose: str = "assistants"
    read: Callable[[], bytes] = field(default=_nothing, compare=False)


@dataclass(frozen=True, slots=True)
class ScriptedStore:
    """A vector store; `search`: what every search in it finds, None searches the files by words."""

    id: str | None = None
    name: str | None = None
    files: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    expires_after: JSON | None = None
    is_expired: bool = False
    search: tuple[JSON, ...] | None = None


@dataclass(frozen=True, slots=True)
class Processing:
    """What becomes of files in vector stores; of all files when `filename`, a text or `/pattern/`, is None."""

    filename: str | None = None
    poll: int = 0
    """How many looks find a file in progress."""
    fail: str | None = None
    """The code of `last_error`; None when the file is completed."""
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptedFiles:
    """What one cassette says of files and vector stores; it is among the `others` of a Script."""

    files: tuple[ScriptedFile, ...] = ()
    vector_stores: tuple[ScriptedStore, ...] = ()
    processing: tuple[Processing, ...] = ()
    gives_all: bool = False
    """Whether files of every purpose can be downloaded."""


def scripted_files(others: tuple[Any, ...]) -> list[ScriptedFiles]:
    """What is said of files and vector stores among the `others` of a Script."""
    return [value for value in others if isinstance(value, ScriptedFiles)]
