"""Written files and vector stores become values that a session can have; bytes are read when they are needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.apis.service.files.scripted import Processing, ScriptedFile, ScriptedFiles, ScriptedStore
from runmock.core.errors import CassetteError
from runmock.tape.files.binary_text import bytes_in
from runmock.tape.files.side_files import bytes_at
from runmock.tape.format.validation_errors import located_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.script.script import Script
    from runmock.tape.format.model_file import File
    from runmock.tape.format.model_files import FileEntryModel, FoundModel, ProcessingModel, VectorStoreModel


def files_of(file: File, path: str, folder: str | None) -> tuple[ScriptedFiles, ...]:
    """The files and vector stores of a cassette, if it says anything of them.

    `folder`: where `path:` begins, None is the working directory.
    """
    gives_all = file.defaults is not None and file.defaults.downloads == "all"
    if not (file.files or file.vector_stores or file.processing or gives_all):
        return ()
    # Links are resolved now, because the application may change its working directory later.
    place = Path(os.path.realpath(folder or os.curdir))
    scripted = ScriptedFiles(
        tuple(_file(entry, path, place) for entry in file.files or ()),
        tuple(_store(entry) for entry in file.vector_stores or ()),
        tuple(_processing(entry) for entry in file.processing or ()),
        gives_all=gives_all,
    )
    return (scripted,)


def _file(entry: FileEntryModel, cassette: str, folder: Path) -> ScriptedFile:
    return ScriptedFile(entry.filename, entry.id, entry.purpose, _reader(entry, cassette, folder))


def _reader(entry: FileEntryModel, cassette: str, folder: Path) -> Callable[[], bytes]:
    """What returns the bytes of a file. It raises CassetteError when they cannot be read."""
    if (path := entry.path) is not None:
        return lambda: bytes_at(folder, path, cassette)
    data = bytes_in(entry.base64) if entry.base64 is not None else (entry.text or "").encode()
    return lambda: data


def _store(entry: VectorStoreModel) -> ScriptedStore:
    expiry = None if entry.expires_after is None else entry.expires_after.model_dump()
    search = None if entry.search is None else tuple(_found(found) for found in entry.search)
    return ScriptedStore(
        entry.id, entry.name, tuple(entry.files), entry.metadata or {}, expiry, entry.status == "expired", search
    )


def _found(found: FoundModel) -> JSON:
    return {
        "file_id": found.file_id or FOUND_ID,
        "filename": found.filename,
        "score": found.score,
        "attributes": found.attributes or {},
        "content": [{"type": "text", "text": found.text}],
    }


FOUND_ID = "file-Jq8mVn2XcT5rLw9KdYb4Zs"
"""The id of the file in search results that name none."""


def _processing(entry: ProcessingModel) -> Processing:
    return Processing(entry.filename, entry.poll or 0, entry.fail, entry.message)


def unreadable_files(file: File, script: Script) -> Iterator[tuple[Keys, str]]:
    """The keys and the reason of each `path:` that cannot be read."""
    for scripted in script.others:
        for number, entry in enumerate(scripted.files if isinstance(scripted, ScriptedFiles) else ()):
            if file.files is not None and file.files[number].path is not None:
                try:
                    entry.read()
                except CassetteError as error:
                    yield ("files", number, "path"), error.message


def check_files(file: File, script: Script, path: str, text: str | None) -> None:
    """Raise CassetteError, with their places, when files that a cassette names cannot be read."""
    if errors := list(unreadable_files(file, script)):
        raise located_error(errors, path, text)
