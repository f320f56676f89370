"""Finds the cassettes of a test: those that its markers name, else the one with the test's name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_runmock import settings
from pytest_runmock.cassettes import created, uncollected
from pytest_runmock.cassettes.loading import load
from pytest_runmock.cassettes.named import ONLY_THE_FIRST, Search, file_of, first_file, may_use
from pytest_runmock.cassettes.names import file_name, names, own_folder, own_name, place_of, same_old_name
from pytest_runmock.marks import cassettes_named, own_content
from pytest_runmock.orphans import suite

from runmock.core.replay.record_modes import RecordMode
from runmock.tape.files.search import SUFFIXES, find_cassettes, is_file, nearest, upwards
from runmock.tape.reading.cassette import cassette_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest
    from pytest_runmock.cassettes.names import Names

    from runmock.tape.reading.cassette import Cassette


class TestCassettes(NamedTuple):
    """The cassettes of one test; `first` is the path of the first one, `missing` the same path if no file is there."""

    cassettes: tuple[Cassette, ...] = ()
    first: Path | None = None
    missing: Path | None = None
    is_shared: bool = False
    """Whether other tests use the first one too."""
    other_user: str | None = None
    """In mode `rewrite`, the file of a test that was not collected and that may use the first one; None else."""
    from_outside: frozenset[str] = frozenset()
    """The paths of the cassettes of outer markers (of the class, the module), which the test need not play."""
    sharing: tuple[tuple[str, str], ...] = ()
    """The tests that share the first one because they had one name in 0.1.0, each with its name of today."""


def find(
    item: pytest.Item,
    keywords: Mapping[str, Any],
    mode: RecordMode,
    folder: Path | None = None,
    name: str | None = None,
) -> TestCassettes:
    """Return the cassettes of a test; the one that is recorded may not exist yet.

    Raises CassetteError for a wrong cassette, UsageError for a name without a file.
    """
    script = keywords.get("script")
    inline = () if script is None else (cassette_from(script, f"script of {item.nodeid}", str(item.path.parent)),)
    named_cassettes = cassettes_named(item)
    if not named_cassettes:
        return _find_own(item, mode, Path(folder) if folder else own_folder(item), names(item, name), inline)
    search = _search(item, folder)
    first, new = first_file(search, named_cassettes[0], mode, keywords)
    is_shared = settings.count_of_tests_naming(item.config, named_cassettes[0]) > 1
    other_user = uncollected.other_user(item, named_cassettes[0]) if mode is RecordMode.REWRITE else None
    paths = [first, *(file_of(search, other, ONLY_THE_FIRST) for other in named_cassettes[1:])]
    loaded = {
        name: load(item.config, path)
        for name, path in zip(named_cassettes, paths, strict=True)
        if path not in {None, new}
    }
    own, has_script = own_content(item)
    outside = [cassette for name, cassette in loaded.items() if name not in own] + [*(() if has_script else inline)]
    is_script_nearest = has_script and not own
    return TestCassettes(
        (*inline, *loaded.values()) if is_script_nearest else (*loaded.values(), *inline),
        new or first,
        new,
        is_shared=is_shared or other_user is not None,
        other_user=other_user,
        from_outside=frozenset(cassette.path for cassette in outside),
    )


def _find_own(
    item: pytest.Item, mode: RecordMode, folder: Path, called: Names, inline: tuple[Cassette, ...]
) -> TestCassettes:
    """Return the cassettes of a test without named ones: the one with the test's name, and the inline script."""
    for candidate in called.all() if os.path.isdir(folder) else ():  # noqa: PTH112 - for each test
        for ending in SUFFIXES:
            path = folder / f"{candidate}{ending}"
            if is_file(path) and may_use(item.config, mode, path, is_own=candidate == called.own):
                sharing = _sharing(item, folder, called) if candidate == called.old else ()
                is_shared = bool(sharing) or candidate not in {called.own, called.old}
                return TestCassettes((load(item.config, path), *inline), path, is_shared=is_shared, sharing=sharing)
    own = folder / f"{called.own}{SUFFIXES[0]}"
    return TestCassettes(inline, own, None if inline else own)


def _sharing(item: pytest.Item, folder: Path, called: Names) -> tuple[tuple[str, str], ...]:
    """Return all tests that use the file with a test's old name, this one included; empty when no other test does."""
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


def _search(item: pytest.Item, folder: Path | None) -> Search:
    """Return the search for the cassettes that a test's markers name: `runmock_cassette_dir` first if overridden."""
    own = [] if folder is None or Path(folder) == own_folder(item) else [Path(folder)]
    return Search(
        config=item.config,
        user=item.nodeid,
        taker="the marker",
        folder=item.path.parent,
        test=suite.on_the_command_line(item.config, item.nodeid),
        own=own,
        is_final=not (folder is None and _has_custom_folder(item)),
    )


def _has_custom_folder(item: pytest.Item) -> bool:
    """Whether a fixture of the user gives the folder of a test's cassettes."""
    return "runmock_cassette_dir" in place_of(item).overridden


def has_custom_place(item: pytest.Item) -> bool:
    """Whether a fixture of the user gives the folder or the name of a test's cassette."""
    return not place_of(item).overridden.isdisjoint(("runmock_cassette_dir", "runmock_cassette_name"))


def referenced_by(item: pytest.Item) -> Iterator[Path]:
    """Yield the paths that a collected test refers to by its markers or its name; the files may not exist."""
    places = upwards(item.path.parent, item.config.rootpath)
    named = cassettes_named(item)
    for name in named:
        path = nearest(find_cassettes(os.fspath(name), places)) if isinstance(name, str | os.PathLike) else None
        if path is not None:
            yield path
    if not named:
        folder, called = own_folder(item), names(item)
        yield from (folder / f"{name}{ending}" for name in called.all() for ending in SUFFIXES)
