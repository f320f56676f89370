"""Reads a cassette from a file, a text or a mapping, and checks all of it: a script, a recording, or both."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError, CassetteNotFoundError
from runmock.core.script.script import DEFAULT_CLOCK
from runmock.tape.files.search import near_names
from runmock.tape.format.model_file import File
from runmock.tape.format.validation_errors import validated
from runmock.tape.reading import gc_paused
from runmock.tape.reading.recording import interactions_of
from runmock.tape.reading.script import script_of
from runmock.tape.reading.script_files import check_files
from runmock.tape.yaml.plain_values import plain
from runmock.tape.yaml.yaml12 import Document, read, read_quickly, read_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.core.script.script import Script

SCRIPT_KEYS = frozenset({"runs", "assistants", "threads", "files", "vector_stores", "processing"})
"""A cassette has a script when it has one of these keys."""

UNREADABLE = {
    IsADirectoryError: "this is a directory; name a cassette in it",
    PermissionError: "this file may not be read; change its permissions",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """When (seconds since the epoch), from which API root and with which SDK a recording was made."""

    at: int | None = None
    upstream: str | None = None
    sdk: str | None = None
    counted_from: int | None = None
    """The first time in upstream's answers: the value of the key `from`."""

    @property
    def base(self) -> int | None:
        """The time that `+0s` means, in seconds since the epoch; None when the cassette does not say."""
        return self.at if self.counted_from is None else self.counted_from


@dataclass(frozen=True, slots=True)
class Cassette:
    """The content of a cassette; `script` is None when it has none of SCRIPT_KEYS."""

    path: str
    script: Script | None = None
    interactions: tuple[Interaction, ...] = ()
    recorded: Recorded | None = None
    file: str | None = field(default=None, compare=False)
    """The absolute path of the cassette's file; None when it was read from a text or a mapping."""
    text: str | None = field(default=None, compare=False)
    """The text from which it was read; None when it was read from a file or a mapping."""

    @property
    def base(self) -> int:
        """The time that `+0s` means in the recording, in seconds since the epoch."""
        base = None if self.recorded is None else self.recorded.base
        return DEFAULT_CLOCK if base is None else base


def load_cassette(path: Path) -> Cassette:
    """The cassette at `path`. Raises CassetteNotFoundError, or CassetteError with line and column."""
    return replace(_loaded(path, str(path)), file=os.path.abspath(path))  # noqa: PTH100 - no name makes it raise


def _loaded(path: Path, name: str) -> Cassette:
    with gc_paused.gc_paused():
        document = _quickly_read(path, name)
        if document is not None:
            with contextlib.suppress(CassetteError):  # raised again below, with its place in the text
                return _cassette(document, name, None, os.fspath(path.parent))
        text = text_of(path)
        try:
            return _cassette(document or filled(read_whole(text, name), name), name, text, os.fspath(path.parent))
        except CassetteError as error:
            raise _of_another_tool(text, name) or error from None


def _of_another_tool(text: str, name: str) -> CassetteError | None:
    """An error that names the tool whose recording a file is, in the place of what is wrong with it; else None."""
    from runmock.tape.importers.kinds import foreign_recording

    message = foreign_recording(text, name)
    return CassetteError(message, name, 1, 1) if message else None


def cassette_and_text(path: Path) -> tuple[Cassette, str]:
    """A cassette with its text, as it is on the disk. Raises as `load_cassette` does."""
    return load_cassette(path), path.read_bytes().decode()


def _quickly_read(path: Path, name: str) -> Document | None:
    """A file's document, read without holding all of its text; None when it is empty or has an error."""
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            document = read_quickly(lines, name)
    except (OSError, ValueError):
        return None
    return None if document is None or document.value is None else document


def filled(document: Document, name: str) -> Document:
    """The document itself. Raises CassetteError when it is empty."""
    if document.value is None:
        raise CassetteError("this cassette is empty; it begins with 'runmock: 1'", name, 1, 1)
    return document


def cassette_from(source: str | Mapping[str, Any], name: str = "inline", folder: str | None = None) -> Cassette:
    """The cassette in a YAML text or a mapping; `runmock: 1` may be left out. Raises CassetteError.

    `folder`: where the paths of its `files` begin; None is the working directory.
    """
    if isinstance(source, str):
        document, text = read(source, name), source
    else:
        document, text = Document(plain(source, name), {}), None
    value = {} if document.value is None else document.value
    if isinstance(value, dict):
        value = {"runmock": 1, **value}
    return replace(_cassette(Document(value, document.lines), name, text, folder), text=text)


def _cassette(document: Document, name: str, text: str | None, folder: str | None) -> Cassette:
    file = validated(File, document.value, name, text)
    has_script = not SCRIPT_KEYS.isdisjoint(file.model_fields_set)
    recorded = file.recorded
    script = script_of(file, name, document.lines, folder) if has_script else None
    if script is not None and file.files:
        check_files(file, script, name, text)
    return Cassette(
        path=name,
        script=script,
        interactions=interactions_of(file, name, text, document.lines),
        recorded=None
        if recorded is None
        else Recorded(recorded.at, recorded.upstream, recorded.sdk, counted_from=recorded.from_),
    )


def text_of(path: Path) -> str:
    """The text of a file. Raises CassetteNotFoundError, or CassetteError for what cannot be read or is no text."""
    name = str(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        hint = near_names(path.name, [path.parent]) or "; write it"
        raise CassetteNotFoundError(f"there is no such cassette{hint}", name) from None
    except OSError as error:
        raise CassetteError(UNREADABLE.get(type(error), f"cannot be read: {error.strerror}"), name) from None
    except ValueError:
        raise CassetteNotFoundError("no file can have this name", name) from None
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = f"the byte 0x{content[error.start]:02x} is not UTF-8; save the cassette as a UTF-8 text"
        raise CassetteError(message, name, line, column) from None
