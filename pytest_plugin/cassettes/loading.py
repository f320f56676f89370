"""Reads the cassettes of tests, each once in a run of pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from runmock.tape.reading.cassette import Cassette, load_cassette

LOADED = pytest.StashKey[dict[Path, tuple[tuple[int, int], Cassette]]]()


def load(config: pytest.Config, path: Path) -> Cassette:
    """Return a cassette; it is read once in a run of pytest, and again when the file has changed."""
    loaded = config.stash.setdefault(LOADED, {})
    file_status = path.stat()
    version = (file_status.st_mtime_ns, file_status.st_ino)
    if path not in loaded or loaded[path][0] != version:
        loaded[path] = (version, load_cassette(Path(shorten(path, config))))
    return loaded[path][1]


def shorten(path: Path, config: pytest.Config) -> str:
    """Return the path relative to the folder where pytest was started, if the file is in it; else as it is."""
    invoked = config.invocation_params.dir
    return str(path.relative_to(invoked)) if path.is_relative_to(invoked) and Path.cwd() == invoked else str(path)
