"""Rules for the files and vector stores that a cassette's script has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import did_you_mean
from runmock.core.report.broken_rule import NOTE, BrokenRule
from runmock.core.script.script import CodeInterpreter, Image, Message, Text
from runmock.tape.reading.script_files import unreadable_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys
    from runmock.core.script.script import Script
    from runmock.tape.format.model_file import File


def broken_in_files(file: File, script: Script) -> Iterator[BrokenRule]:
    """Yield a broken rule for each file that cannot be read, and a note for each file id that nothing knows."""
    for keys, message in unreadable_files(file, script):
        yield BrokenRule("file", keys, message)
    known = {entry.id for entry in file.files or () if entry.id is not None} | set(_made_by_runs(script))
    for keys, file_id in _named(file):
        if file_id not in known:
            hint = did_you_mean(file_id, sorted(known)) or ": it is taken, and has no content"
            yield BrokenRule(NOTE, keys, f"neither 'files' nor a step has a file {file_id}{hint}")


def _made_by_runs(script: Script) -> Iterator[str]:
    """The ids of files that runs make."""
    for step in (step for run in script.runs for step in run.steps):
        if isinstance(step, CodeInterpreter):
            yield from step.images
        for part in step.content if isinstance(step, Message) else ():
            if isinstance(part, Image):
                yield str(part.image.get("file_id"))
            annotations = part.annotations if isinstance(part, Text) else ()
            for annotation in annotations:
                named = annotation.get("file_path") or annotation.get("file_citation") or {}
                yield str(named.get("file_id"))


def _named(file: File) -> Iterator[tuple[Keys, str]]:
    """The ids of files in vector stores, with the keys that lead to each."""
    for number, store in enumerate(file.vector_stores or ()):
        for place, file_id in enumerate(store.files):
            yield ("vector_stores", number, "files", place), file_id
        for place, found in enumerate(store.search or ()):
            if found.file_id is not None:
                yield ("vector_stores", number, "search", place, "file_id"), found.file_id
