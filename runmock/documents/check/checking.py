"""Cassettes checked: everything that is wrong with a file, each finding with its place."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.documents.check.findings import NOTE, Broken, Finding
from runmock.documents.check.recording_rules import RecordingRules
from runmock.documents.check.script_rules import script_broken
from runmock.documents.check.secret_rules import added_up, named
from runmock.documents.check.side_file_rules import side_file_broken
from runmock.tape.files.binary_text import without_blocks
from runmock.tape.format.model_file import File
from runmock.tape.format.validation_errors import validated
from runmock.tape.importers.kinds import foreign_recording
from runmock.tape.reading.cassette import filled, text_of
from runmock.tape.reading.event_data_errors import IS_EMPTY, event_data_error
from runmock.tape.reading.recording import each_interaction
from runmock.tape.reading.script import script_of
from runmock.tape.reading.stream import PIECES
from runmock.tape.secrets.redaction import keys_of_environment, secrets_in
from runmock.tape.yaml.places import Places
from runmock.tape.yaml.yaml12 import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.format.run_keys import Keys
    from runmock.tape.yaml.yaml12 import Document


def check_file(path: Path) -> list[Finding]:
    """What is wrong with a cassette, in the order of the file; nothing when it is good."""
    return [one for one in look_at(path) if one.rule != NOTE]


def check_text(text: str, name: str) -> Iterator[Finding]:
    """What is wrong with a cassette's text."""
    return (one for one in _looked_at(text, name) if one.rule != NOTE)


def look_at(path: Path) -> list[Finding]:
    """What is wrong with a cassette, and what is noteworthy (its rule is NOTE), in the order of the file."""
    try:
        text = text_of(path)
    except CassetteError as error:
        return [*_told(error, str(path))]
    return sorted({*_looked_at(text, str(path))})


def _looked_at(text: str, name: str) -> Iterator[Finding]:
    for found in secrets_in(without_blocks(text), keys_of_environment()):
        yield Finding(name, found.line, found.column, "secret", f"{found.kind} stands here")
    try:
        document = filled(read(text, name), name)
        file = validated(File, document.value, name, text)
    except CassetteError as error:
        told = foreign_recording(text, name)
        yield from [Finding(name, 1, 1, "format", told)] if told else _told(error, name)
        return
    yield from _checked(file, document, text, name)


def _told(error: CassetteError, name: str) -> Iterator[Finding]:
    for line, column, message in error.faults:
        yield Finding(name, line, column, "format", message)


def _checked(file: File, document: Document, text: str, name: str) -> Iterator[Finding]:
    """The rules of a file that can be read."""
    broken: list[Broken] = [*named(document.value), *script_broken(script_of(file, name, document.lines))]
    declared = [one.id for one in (*(file.assistants or ()), *(file.threads or ()))]
    rules, is_readable = RecordingRules(declared), True
    for number, one in enumerate(each_interaction(file, name, text, document.lines)):
        if isinstance(one, CassetteError):
            yield from _told(one, name)
            is_readable = False  # what comes after it may refer to what is in it
            continue
        keys = ("interactions", number)
        at = _events_of(file, number)
        broken += [*added_up(one, keys), *side_file_broken(one, keys), *_notes(one, at)]
        if is_readable:
            broken += rules.broken(one, keys, _events_of(file, number))
    broken += rules.at_end() if is_readable else ()
    if broken:
        places = Places(text)
        for fault in broken:
            line, column = places.of(fault.keys) or (1, 1)
            yield Finding(name, line, column, fault.rule, fault.message)


def _events_of(file: File, number: int) -> Callable[[int], Keys]:
    """The keys that lead to an event of a recorded stream: to its piece, where a shorthand gathers several."""
    assert file.interactions is not None
    items = file.interactions[number].stream or []
    firsts = [0, *itertools.accumulate(_size(item) for item in items)]

    def keys(event: int) -> Keys:
        item = bisect_right(firsts, event) - 1
        head = ("interactions", number, "stream", item)
        name = _shorthand(items[item])
        is_list = name is not None and isinstance(items[item][name], list)
        return (*head, name, event - firsts[item]) if is_list and name is not None else head

    return keys


def _shorthand(item: Any) -> str | None:
    return next((name for name in PIECES if isinstance(item, dict) and name in item), None)


def _size(item: Any) -> int:
    name = _shorthand(item)
    return len(item[name]) if name is not None and isinstance(item[name], list) else 1


def _notes(one: Interaction, at: Callable[[int], Keys]) -> Iterator[Broken]:
    """Events that are no JSON: an application that reads them stumbles, as it did when they were recorded."""
    for number, event in enumerate(one.stream or ()):
        if (fault := event_data_error(event)) is not None:
            place = f" (line {fault.line}, column {fault.column} of the data)" if fault.cause != IS_EMPTY else ""
            message = f"the data of the event {event.name} is no JSON, and is played as it came: {fault.cause}{place}"
            yield Broken(NOTE, at(number), message)
