"""Which cassettes are a test's: those that its marker names, else the one that has the test's name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import created, settings
from pytest_runmock.marks import cassettes_named, own_content
from pytest_runmock.names import file_name, names, note_old_names, own_folder, own_name, place_of, same_old_name
from pytest_runmock.orphans import suite

from runmock.core.errors import RunmockError
from runmock.core.replay.record_modes import RecordMode, can_record, needs_new_file
from runmock.deck.options import effective
from runmock.tape.files.file_names import other_spelling, printable
from runmock.tape.files.search import (
    FILE_ENDINGS,
    FOLDER,
    SUFFIXES,
    find_cassettes,
    is_file,
    is_text,
    near_names,
    nearest,
    recorded_into,
    upwards,
)
from runmock.tape.reading.cassette import Cassette, cassette_from, load_cassette

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_runmock.names import Names

LOADED = pytest.StashKey[dict[Path, tuple[tuple[int, int], Cassette]]]()


@dataclass(frozen=True)
class TestCassettes:
    """The cassettes of one test; `first` is the path of the first one, and `missing` says that no file is there."""

    cassettes: tuple[Cassette, ...] = ()
    first: Path | None = None
    missing: Path | None = None
    is_shared: bool = False
    """Whether other tests that were collected use the first one too."""
    from_outside: frozenset[str] = frozenset()
    """The paths of those that markers further out add, which the test need not play."""
    sharing: tuple[tuple[str, str], ...] = ()
    """Tests that share the first one because they had one name in 0.1.0: each with the name that it has now."""


def find(
    item: pytest.Item, said: Mapping[str, Any], mode: RecordMode, folder: Path | None = None, name: str | None = None
) -> TestCassettes:
    """The cassettes of a test; one that is recorded may be missing.

    Raises CassetteError for one that is wrong, UsageError for a name that is missing.
    """
    script = said.get("script")
    inline = () if script is None else (cassette_from(script, f"script of {item.nodeid}"),)
    named = cassettes_named(item)
    if not named:
        return _find_own(item, mode, Path(folder) if folder else own_folder(item), names(item, name), inline)
    first, new = _first(item, named[0], mode, folder, said)
    paths = [first, *(_named(item, one, folder, ONLY_THE_FIRST) for one in named[1:])]
    loaded = {name: _load(item, path) for name, path in zip(named, paths, strict=True) if path not in {None, new}}
    own, has_script = own_content(item)
    outside = [one for name, one in loaded.items() if name not in own] + [*(() if has_script else inline)]
    is_script_nearest = has_script and not own
    return TestCassettes(
        (*inline, *loaded.values()) if is_script_nearest else (*loaded.values(), *inline),
        new or first,
        new,
        is_shared=settings.tests_that_name(item.config, named[0]) > 1,
        from_outside=frozenset(one.path for one in outside),
    )


def _find_own(
    item: pytest.Item, mode: RecordMode, folder: Path, called: Names, inline: tuple[Cassette, ...]
) -> TestCassettes:
    """The cassette that has the test's name."""
    for candidate in called.all() if os.path.isdir(folder) else ():  # noqa: PTH112 - for each test
        for ending in SUFFIXES:
            path = folder / f"{candidate}{ending}"
            if is_file(path) and _is_for(item, mode, path, is_own=candidate == called.own):
                sharing = _sharing(item, folder, called) if candidate == called.old else ()
                is_shared = bool(sharing) or candidate not in {called.own, called.old}
                return TestCassettes((_load(item, path), *inline), path, is_shared=is_shared, sharing=sharing)
    own = folder / f"{called.own}{SUFFIXES[0]}"
    return TestCassettes(inline, own, None if inline else own)


def _is_for(item: pytest.Item, mode: RecordMode, path: Path, *, is_own: bool) -> bool:
    """Whether a file that is there is a test's; one that this run has created is only its own test's."""
    return not created.is_noted(item.config, path) or (is_own and not needs_new_file(mode))


def _sharing(item: pytest.Item, folder: Path, called: Names) -> tuple[tuple[str, str], ...]:
    """Who else finds the file under a test's old name, since it has none under its own; nothing when nobody does."""
    tests = same_old_name(item)
    if len(tests) == 1 or created.is_noted(item.config, folder / f"{called.old}{SUFFIXES[0]}"):
        return ()
    own = own_name(item)
    theirs = {test: called.own.replace(own, file_name(test), 1) for test in tests}
    sharing = [
        (test, name)
        for test, name in theirs.items()
        if name == called.old or not any(is_file(folder / f"{name}{ending}") for ending in SUFFIXES)
    ]
    return tuple(sharing) if len(sharing) > 1 else ()


def existed(config: pytest.Config, path: Path) -> bool:
    """Whether a cassette was there when pytest started, under just this name."""
    return os.path.exists(path) and not created.is_noted(config, path) and other_spelling(path) is None  # noqa: PTH110 - it never raises


def _first(
    item: pytest.Item, name: Any, mode: RecordMode, folder: Path | None, said: Mapping[str, Any]
) -> tuple[Path | None, Path | None]:
    """The file that a test's first name means, if any, and the new one that is recorded into, if any."""
    advice = (
        f"\n  to record it: pytest --runmock-record=new_episodes {suite.on_the_command_line(item.config, item.nodeid)}"
    )
    if not settings.value(item.config, "upstream", said):
        advice += "\n    with --runmock-upstream=URL where its host has switched the API off"
    if not can_record(mode, existed=False) or not isinstance(name, str | os.PathLike) or is_text(name):
        return _named(item, name, folder, advice), None
    own, places = _places(item, folder)
    files = find_cassettes(os.fspath(name), places, own)
    found = [path if path and _is_for(item, mode, path, is_own=True) else None for path in files]
    first = nearest(found)
    if recorded_into(found) is not None or (first is not None and not can_record(mode, existed=True)):
        return first, None
    text = os.fspath(name)
    whole = text if text.endswith(FILE_ENDINGS) else f"{text}{SUFFIXES[0]}"
    return first, (own[0] if own else places[0] / FOLDER) / whole


def _places(item: pytest.Item, folder: Path | None) -> tuple[list[Path], list[Path]]:
    """`runmock_cassette_dir` where that is overridden, and the folders around the test whose `cassettes/` come next."""
    own = [] if folder is None or Path(folder) == own_folder(item) else [Path(folder)]
    return own, upwards(item.path.parent, item.config.rootpath)


def _named(item: pytest.Item, name: Any, folder: Path | None, advice: str) -> Path | None:
    """The file that a name means: in `runmock_cassette_dir` where that is overridden, else in the usual places.

    None while tests are collected and that folder is not known yet. Raises UsageError when there is no such file.
    """
    if not isinstance(name, str | os.PathLike) or is_text(name):
        raise pytest.UsageError(
            f"{item.nodeid}: the marker takes the names of cassettes, not {name!r}; a script goes into script="
        )
    own, places = _places(item, folder)
    found = nearest(find_cassettes(os.fspath(name), places, own))
    if found is None and not (folder is None and _has_folder_of_its_own(item)):
        *others, last = (shorten(one, item.config) for one in (*own, *(place / FOLDER for place in places)))
        looked = f"{', '.join(others)} and {last}" if others else last
        raise pytest.UsageError(
            f"{item.nodeid}: there is no cassette {os.fspath(name)!r}{near_names(os.fspath(name), places)}\n"
            f"  looked for {printable(name)}.runmock.yaml and {printable(name)}.yaml in {looked}{advice}"
        )
    return found


ONLY_THE_FIRST = "\n  only the first cassette of a test is recorded; write this one by hand, or name it first"


def _has_folder_of_its_own(item: pytest.Item) -> bool:
    """Whether a fixture of the user's says where cassettes are."""
    return "runmock_cassette_dir" in place_of(item).overridden


def has_place_of_its_own(item: pytest.Item) -> bool:
    """Whether a fixture of the user's says where a test's cassette is, or how it is named."""
    return not place_of(item).overridden.isdisjoint(("runmock_cassette_dir", "runmock_cassette_name"))


def meant_by(item: pytest.Item) -> Iterator[Path]:
    """The files that a collected test means, by its marker or by its name; they need not be there."""
    places = upwards(item.path.parent, item.config.rootpath)
    named = cassettes_named(item)
    for one in named:
        found = nearest(find_cassettes(os.fspath(one), places)) if isinstance(one, str | os.PathLike) else None
        if found is not None:
            yield found
    if not named:
        folder, called = own_folder(item), names(item)
        yield from (folder / f"{name}{ending}" for name in called.all() for ending in SUFFIXES)


def _load(item: pytest.Item, path: Path) -> Cassette:
    """Read a cassette once in a run of pytest, again when the file has changed."""
    loaded = item.config.stash.setdefault(LOADED, {})
    found = path.stat()
    version = (found.st_mtime_ns, found.st_ino)
    if path not in loaded or loaded[path][0] != version:
        loaded[path] = (version, load_cassette(Path(shorten(path, item.config))))
    return loaded[path][1]


def shorten(path: Path, config: pytest.Config) -> str:
    """The path from where pytest was started, when that is shorter to read; it names the same file."""
    invoked = config.invocation_params.dir
    return str(path.relative_to(invoked)) if path.is_relative_to(invoked) and Path.cwd() == invoked else str(path)


def mode_of(item: pytest.Item, said: Mapping[str, Any]) -> RecordMode:
    """The record mode in force for a test, as far as it is known when tests are collected."""
    mode = RecordMode(settings.value(item.config, "record", said))
    return mode if settings.commands_recording(item.config) else effective(mode)


def note_collected(items: Sequence[pytest.Item]) -> None:
    """Tests were collected, and none has run yet: their cassettes are read; what is wrong is shown at set-up.

    A cassette is used when a test means it that was collected, also where that test is then left out (orphans.py).
    """
    note_old_names(items)
    created.begin(items[0].config)
    for item in items:
        fault_of(item)


def fault_of(item: pytest.Item) -> str | None:
    """What is wrong with the cassettes and markers of a test, as far as it is known when tests are collected."""
    try:
        said = settings.keywords(item)
        find(item, said, mode_of(item, said))
    except (RunmockError, pytest.UsageError) as fault:
        return str(fault)
    except OSError as fault:
        return f"{item.nodeid}: {fault}"
    return None
