"""Finds the cassettes in a folder and in the folders below it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS = (".runmock.yaml", ".runmock.yml")
"""The endings by which a file is known as a cassette without reading it."""
YAML = (".yaml", ".yml")
_IS_CASSETTE = re.compile(rb"^runmock[ \t]*:", re.MULTILINE)
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})
"""Folders that are not searched; hidden folders and virtual environments are not searched either."""


def cassettes_below(folder: Path) -> Iterator[Path]:
    """Yield the cassettes in a folder and below: files with the ending of one, and YAML files with a `runmock:` key."""
    return filter(is_cassette, files_below(folder))


def is_cassette(path: Path) -> bool:
    """Whether a file is a cassette, by its name or its text."""
    return path.name.endswith(ENDINGS) or (path.name.endswith(YAML) and _has_format_key(path))


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file in a folder and below, except in folders of tools (hidden ones, caches, environments)."""
    for place, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith(".")]
        yield from (Path(place) / name for name in files)


def _has_format_key(path: Path) -> bool:
    try:
        return _IS_CASSETTE.search(path.read_bytes()) is not None
    except OSError:
        return False
