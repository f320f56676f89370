"""Which cassettes are a test's: those that its marker names, else the one that has the test's name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings
from pytest_runmock.chaos import name_without

from runmock.core.errors import RunmockError
from runmock.core.modes import RecordMode, can_record
from runmock.options import effective
from runmock.tape.cassette import Cassette, cassette_from, load_cassette
from runmock.tape.search import FILE_ENDINGS, FOLDER, SUFFIXES, find_cassette, near_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LOADED = pytest.StashKey[dict[Path, tuple[tuple[int, int], Cassette]]]()
FIXTURES = ("runmock_config", "runmock_cassette_dir", "runmock_cassette_name")
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class Found:
    """The cassettes of one test; `first` is the path of the first one, and `missing` says that no file is there."""

    cassettes: tuple[Cassette, ...] = ()
    first: Path | None = None
    missing: Path | None = None
    is_shared: bool = False
    """Whether other tests that were collected use the first one too."""


@dataclass(frozen=True)
class Place:
    """What the tests of one module or class have in common."""

    folder: Path
    """`cassettes/<module>` beside it."""
    classes: str
    """The names of its classes, each with a dot behind it."""
    overridden: frozenset[str]
    """Our fixtures in whose place the user has put others."""


PLACES = pytest.StashKey[dict[Any, Place]]()


def place_of(item: pytest.Item) -> Place:
    """Where a test is; found once for each module and class."""
    places = item.config.stash.setdefault(PLACES, {})
    if item.parent not in places:
        overridden = frozenset(name for name in FIXTURES if _is_overridden(item, name))
        classes = "".join([f"{node.name}." for node in item.listchain() if isinstance(node, pytest.Class)])
        places[item.parent] = Place(item.path.parent / FOLDER / item.path.stem, classes, overridden)
    return places[item.parent]


def own_folder(item: pytest.Item) -> Path:
    """`cassettes/<module>` beside the test."""
    return place_of(item).folder


def own_name(item: pytest.Item) -> str:
    """`<Class>.<test>[<id>]`, with what no file name may have replaced by a dash."""
    return _NOT_IN_FILE_NAMES.sub("-", f"{place_of(item).classes}{name_without(item)}")


def names_of(item: pytest.Item) -> tuple[str, ...]:
    """The cassettes that the nearest marker with names names."""
    return next((marker.args for marker in item.iter_markers("runmock") if marker.args), ())


def find(
    item: pytest.Item, said: Mapping[str, Any], folder: Path | None = None, name: str | None = None, *, records: bool
) -> Found:
    """The cassettes of a test; one that is recorded may be missing.

    Raises CassetteError for one that is wrong, UsageError for a name that is missing.
    """
    script = said.get("script")
    inline = () if script is None else (cassette_from(script, f"script of {item.nodeid}"),)
    named = names_of(item)
    if named:
        new = _new(item, named[0], folder) if records else None
        paths = [new if number == 0 and new else _named(item, one, folder) for number, one in enumerate(named)]
        loaded = (_load(item, path) for path in paths if path is not None and path != new)
        return Found((*loaded, *inline), paths[0], new, settings.tests_that_name(item.config, named[0]) > 1)
    folder, name = Path(folder) if folder else own_folder(item), name or own_name(item)
    candidates = dict.fromkeys((name, name.partition("[")[0])) if os.path.isdir(folder) else ()  # noqa: PTH112 - for each test
    for candidate in candidates:
        for ending in SUFFIXES:
            path = folder / f"{candidate}{ending}"
            if path.is_file():
                return Found((_load(item, path), *inline), path, is_shared=candidate != name)
    own = folder / f"{name}{SUFFIXES[0]}"
    return Found(inline, own, None if inline else own)


def _new(item: pytest.Item, name: Any, folder: Path | None) -> Path | None:
    """Where a named cassette is written when there is none yet; None when there is one, or the name is none."""
    if not isinstance(name, str | os.PathLike):
        return None
    text = os.fspath(name)
    is_own = folder is not None and Path(folder) != own_folder(item)
    places = list(dict.fromkeys((item.path.parent, item.config.rootpath)))
    if find_cassette(text, places, [Path(folder)] if is_own and folder is not None else []) is not None:
        return None
    whole = text if text.endswith(FILE_ENDINGS) else f"{text}{SUFFIXES[0]}"
    return (Path(folder) if is_own and folder is not None else item.path.parent / FOLDER) / whole


def _named(item: pytest.Item, name: Any, folder: Path | None) -> Path | None:
    """The file that a name means: in `runmock_cassette_dir` where that is overridden, else in the usual places.

    None while tests are collected and that folder is not known yet. Raises UsageError when there is no such file.
    """
    own = [] if folder is None or Path(folder) == own_folder(item) else [Path(folder)]
    places = list(dict.fromkeys((item.path.parent, item.config.rootpath)))
    if not isinstance(name, str | os.PathLike):
        raise pytest.UsageError(f"{item.nodeid}: a cassette's name is a text, not {name!r}; a script goes into script=")
    found = find_cassette(os.fspath(name), places, own)
    if found is None and folder is None and _has_folder_of_its_own(item):
        return None
    if found is None:
        looked = " and ".join(shorten(one, item.config) for one in (*own, *(place / FOLDER for place in places)))
        raise pytest.UsageError(
            f"{item.nodeid}: there is no cassette {os.fspath(name)!r}{near_names(os.fspath(name), places)}\n"
            f"  looked for {name}.runmock.yaml and {name}.yaml in {looked}"
        )
    return found


def _has_folder_of_its_own(item: pytest.Item) -> bool:
    """Whether a fixture of the user's says where cassettes are."""
    return "runmock_cassette_dir" in place_of(item).overridden


def has_place_of_its_own(item: pytest.Item) -> bool:
    """Whether a fixture of the user's says where a test's cassette is, or how it is named."""
    return not place_of(item).overridden.isdisjoint(("runmock_cassette_dir", "runmock_cassette_name"))


def _is_overridden(item: pytest.Item, fixture: str) -> bool:
    manager = item.session._fixturemanager  # noqa: SLF001 - pytest has no other way to ask
    node: Any = item if pytest.version_tuple >= (8, 1) else item.nodeid  # 8.0 asks for the id
    defined = manager.getfixturedefs(fixture, node)
    return defined is not None and len(defined) > 1


def meant_by(item: pytest.Item) -> Iterator[Path]:
    """The files that a collected test means, by its marker or by its name; they need not be there."""
    places = list(dict.fromkeys((item.path.parent, item.config.rootpath)))
    named: tuple[Any, ...] = names_of(item)
    for one in named:
        found = find_cassette(os.fspath(one), places) if isinstance(one, str | os.PathLike) else None
        if found is not None:
            yield found
    if not named:
        folder, name = own_folder(item), own_name(item)
        yield from (folder / f"{own}{ending}" for own in (name, name.partition("[")[0]) for ending in SUFFIXES)


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


def may_record(item: pytest.Item, said: Mapping[str, Any]) -> bool:
    """Whether a cassette that does not exist would be recorded."""
    mode = RecordMode(settings.value(item.config, "record", said))
    is_commanded = settings.commands_recording(item.config)
    return can_record(mode if is_commanded else effective(mode), existed=False)


def faults_of(items: Sequence[pytest.Item]) -> list[str]:
    """What is wrong with the cassettes and markers of collected tests, each fault once."""
    faults: dict[str, None] = {}
    for item in items:
        try:
            said = settings.keywords(item)
            find(item, said, records=may_record(item, said))
        except (RunmockError, pytest.UsageError) as fault:
            faults[str(fault)] = None
    return list(faults)
