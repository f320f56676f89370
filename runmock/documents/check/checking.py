"""Checks a cassette: reads the file, applies all rules, and gives each finding its line and column."""

from __future__ import annotations

import itertools
import os
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.report.broken_rule import NOTE, BrokenRule
from runmock.documents.check.file_rules import broken_in_files
from runmock.documents.check.findings import Finding
from runmock.documents.check.recording_rules import RecordingRules
from runmock.documents.check.script_rules import broken_in_script
from runmock.documents.check.secret_rules import secrets_across_deltas, secrets_given_away_by_names
from runmock.documents.check.side_file_rules import broken_in_side_file
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

    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.yaml.yaml12 import Document


def check_text(text: str, name: str) -> Iterator[Finding]:
    """Return the findings in a cassette's text; `name` stands for its path."""
    return (finding for finding in _findings_and_notes_in(text, name) if finding.rule != NOTE)


def findings_and_notes(path: Path) -> list[Finding]:
    """Return the findings and the notes (their rule is NOTE) of a cassette, in the order of the file."""
    try:
        text = text_of(path)
    except CassetteError as error:
        return [*_format_findings(error, str(path))]
    return sorted({*_findings_and_notes_in(text, str(path))})


def _findings_and_notes_in(text: str, name: str) -> Iterator[Finding]:
    for secret in secrets_in(without_blocks(text), keys_of_environment()):
        yield Finding(name, secret.line, secret.column, "secret", f"{secret.kind} is here")
    try:
        document = filled(read(text, name), name)
        file = validated(File, document.value, name, text)
    except CassetteError as error:
        hint = foreign_recording(text, name)
        yield from [Finding(name, 1, 1, "format", hint)] if hint else _format_findings(error, name)
        return
    yield from _rule_findings(file, document, text, name)


def _format_findings(error: CassetteError, name: str) -> Iterator[Finding]:
    for line, column, message in error.faults:
        yield Finding(name, line, column, "format", message)


def _rule_findings(file: File, document: Document, text: str, name: str) -> Iterator[Finding]:
    """Yield the findings of all rules that need a file which can be read."""
    script = script_of(file, name, document.lines, os.fspath(Path(name).parent))
    broken: list[BrokenRule] = [
        *secrets_given_away_by_names(document.value),
        *broken_in_script(script),
        *broken_in_files(file, script),
    ]
    declared = [entry.id for entry in (*(file.assistants or ()), *(file.threads or ()))]
    rules, is_readable = RecordingRules(declared), True
    for number, interaction in enumerate(each_interaction(file, name, text, document.lines)):
        if isinstance(interaction, CassetteError):
            yield from _format_findings(interaction, name)
            is_readable = False  # later interactions may refer to ids in it
            continue
        keys = ("interactions", number)
        keys_of_event = _keys_of_events(file, number)
        broken += [
            *secrets_across_deltas(interaction, keys),
            *broken_in_side_file(interaction, keys),
            *_notes(interaction, keys_of_event),
        ]
        if is_readable:
            broken += rules.check(interaction, keys, _keys_of_events(file, number))
    broken += rules.check_end() if is_readable else ()
    if broken:
        places = Places(text)
        for rule in broken:
            line, column = places.of(rule.keys) or (1, 1)
            yield Finding(name, line, column, rule.rule, rule.message)


def _keys_of_events(file: File, number: int) -> Callable[[int], Keys]:
    """Return a function that returns the keys of an event by its number, also of one in a shorthand for several."""
    assert file.interactions is not None
    items = file.interactions[number].stream or []
    firsts = [0, *itertools.accumulate(_event_count(item) for item in items)]

    def keys(event: int) -> Keys:
        item = bisect_right(firsts, event) - 1
        head = ("interactions", number, "stream", item)
        name = _shorthand(items[item])
        is_list = name is not None and isinstance(items[item][name], list)
        return (*head, name, event - firsts[item]) if is_list and name is not None else head

    return keys


def _shorthand(item: Any) -> str | None:
    return next((name for name in PIECES if isinstance(item, dict) and name in item), None)


def _event_count(item: Any) -> int:
    name = _shorthand(item)
    return len(item[name]) if name is not None and isinstance(item[name], list) else 1


def _notes(interaction: Interaction, keys_of_event: Callable[[int], Keys]) -> Iterator[BrokenRule]:
    """Yield a note for each event whose data is not JSON: an application fails on it, as it did when recorded."""
    for number, event in enumerate(interaction.stream or ()):
        if (error := event_data_error(event)) is not None:
            place = f" (line {error.line}, column {error.column} of the data)" if error.cause != IS_EMPTY else ""
            message = f"the data of the event {event.name} is not JSON, and is played unchanged: {error.cause}{place}"
            yield BrokenRule(NOTE, keys_of_event(number), message)
