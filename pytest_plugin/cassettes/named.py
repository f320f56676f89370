"""Finds the files of cassettes that a marker or `runmock_session` names: the one to play, the one to record into."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from pytest_runmock import settings
from pytest_runmock.cassettes import created
from pytest_runmock.cassettes.loading import shorten

from runmock.core.replay.record_modes import can_record, needs_new_file
from runmock.tape.files.file_names import other_spelling, printable
from runmock.tape.files.search import (
    FILE_ENDINGS,
    FOLDER,
    SUFFIXES,
    find_cassettes,
    is_text,
    near_names,
    nearest,
    recorded_into,
    upwards,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from runmock.core.replay.record_modes import RecordMode

ONLY_THE_FIRST = "\n  only the first cassette of a test is recorded; write this one by hand, or name it first"


class Search(NamedTuple):
    """Who looks for the cassettes of names, and where."""

    config: pytest.Config
    user: str
    """The test or the fixture, for messages."""
    taker: str
    """What takes the names: the marker, or a function."""
    folder: Path
    """The folder beside whose file `cassettes/` is; then come the folders above it, up to rootdir."""
    test: str
    """The argument on pytest's command line that runs the user."""
    own: Sequence[Path] = ()
    """Folders that hold cassettes themselves, and come first."""
    is_final: bool = True
    """Whether `own` is known; else a name without a file is no error yet."""

    @property
    def places(self) -> list[Path]:
        """The folders whose `cassettes/` are searched."""
        return upwards(self.folder, self.config.rootpath)


def may_use(config: pytest.Config, mode: RecordMode, path: Path, *, is_own: bool) -> bool:
    """Whether a test uses a file that exists; one that this run of pytest created is used only by its own test.

    Not even by that one in a mode that records only new files (`once`), which records in every test of the run.
    """
    return not created.is_noted(config, path) or (is_own and not needs_new_file(mode))


def existed(config: pytest.Config, path: Path) -> bool:
    """Whether a cassette existed when pytest started, with exactly this name."""
    return os.path.exists(path) and not created.is_noted(config, path) and other_spelling(path) is None  # noqa: PTH110 - it never raises


def first_file(
    search: Search, name: Any, mode: RecordMode, keywords: Mapping[str, Any]
) -> tuple[Path | None, Path | None]:
    """Return the existing file for the first name, and the new file that is recorded; each may be None.

    Raises UsageError for a name without a file, where nothing is recorded.
    """
    advice = f"\n  to record it: pytest --runmock-record=new_episodes {search.test}"
    if not settings.value(search.config, "upstream", keywords):
        advice += "\n    with --runmock-upstream=URL where its host has switched the API off"
    if not can_record(mode, existed=False) or not isinstance(name, str | os.PathLike) or is_text(name):
        return file_of(search, name, advice), None
    files = find_cassettes(os.fspath(name), search.places, search.own)
    usable = [path if path and may_use(search.config, mode, path, is_own=True) else None for path in files]
    first = nearest(usable)
    if recorded_into(usable) is not None or (first is not None and not can_record(mode, existed=True)):
        return first, None
    text = os.fspath(name)
    whole = text if text.endswith(FILE_ENDINGS) else f"{text}{SUFFIXES[0]}"
    return first, (search.own[0] if search.own else search.folder / FOLDER) / whole


def file_of(search: Search, name: Any, advice: str) -> Path | None:
    """Return the file for a name; None where the search is not final. Raises UsageError when there is no such file."""
    if not isinstance(name, str | os.PathLike) or is_text(name):
        raise pytest.UsageError(
            f"{search.user}: {search.taker} takes the names of cassettes, not {name!r}; a script goes into script="
        )
    places = search.places
    path = nearest(find_cassettes(os.fspath(name), places, search.own))
    if path is None and search.is_final:
        *others, last = (
            shorten(folder_searched, search.config)
            for folder_searched in (*search.own, *(place / FOLDER for place in places))
        )
        looked = f"{', '.join(others)} and {last}" if others else last
        raise pytest.UsageError(
            f"{search.user}: there is no cassette {os.fspath(name)!r}{near_names(os.fspath(name), places)}\n"
            f"  looked for {printable(name)}.runmock.yaml and {printable(name)}.yaml in {looked}{advice}"
        )
    return path
