"""The cassettes of a fixture that `runmock_session` has made: beside the file that calls it, then in folders above."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_runmock.cassettes.loading import load
from pytest_runmock.cassettes.named import ONLY_THE_FIRST, Search, file_of, first_file, may_use
from pytest_runmock.cassettes.names import file_name
from pytest_runmock.shared.definition import NAME

from runmock.tape.files.search import FOLDER, SUFFIXES, find_cassettes, is_file, nearest, upwards
from runmock.tape.reading.cassette import cassette_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest
    from pytest_runmock.shared.definition import Definition

    from runmock.core.replay.record_modes import RecordMode
    from runmock.tape.reading.cassette import Cassette


class SharedCassettes(NamedTuple):
    """What a session plays, and the file that it records into; this one may not exist yet."""

    cassettes: tuple[Cassette, ...]
    first: Path | None


def find(  # noqa: PLR0913 - what a message names
    config: pytest.Config,
    definition: Definition,
    fixture: str,
    mode: RecordMode,
    keywords: Mapping[str, Any],
    *,
    test: str,
) -> SharedCassettes:
    """Return the cassettes of a fixture; `test` is the argument for pytest that runs the tests of its scope.

    Raises CassetteError for a wrong cassette, pytest.UsageError for a name without a file.
    """
    label, folder = definition.label(config, fixture), Path(definition.file).parent
    script = keywords.get("script")
    inline = () if script is None else (cassette_from(script, f"script of {label}", str(folder)),)
    if not definition.cassettes:
        own = own_paths(definition, fixture)
        path = next((path for path in own if is_file(path) and may_use(config, mode, path, is_own=True)), None)
        return SharedCassettes((*(() if path is None else (load(config, path),)), *inline), path or own[0])
    search = Search(config, label, NAME, folder, test)
    first, new = first_file(search, definition.cassettes[0], mode, keywords)
    paths = [first, *(file_of(search, name, ONLY_THE_FIRST) for name in definition.cassettes[1:])]
    loaded = [load(config, path) for path in dict.fromkeys(paths) if path is not None and path != new]
    return SharedCassettes((*loaded, *inline), new or first)


def own_paths(definition: Definition, fixture: str) -> list[Path]:
    """Return the files that may be the cassette of a fixture without names: `cassettes/<file>/<Class>.<fixture>`."""
    file = Path(definition.file)
    name = file_name(f"{definition.of_class}{fixture}")
    return [file.parent / FOLDER / file.stem / f"{name}{ending}" for ending in SUFFIXES]


def referenced_by(config: pytest.Config, definition: Definition, fixture: str) -> Iterator[Path]:
    """Yield the paths that a fixture refers to; the files may not exist."""
    if not definition.cassettes:
        yield from own_paths(definition, fixture)
    places = upwards(Path(definition.file).parent, config.rootpath)
    for name in definition.cassettes:
        path = nearest(find_cassettes(os.fspath(name), places))
        if path is not None:
            yield path
