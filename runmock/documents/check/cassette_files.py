"""Finds cassettes: a path is a file, or a folder that is searched with the folders in it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.tape.importers.kinds import foreign_recording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDINGS = (".runmock.yaml", ".runmock.yml")
"""The endings by which a file is known as a cassette without reading it."""
_YAML = (".yaml", ".yml")
_OTHERS = (*_YAML, ".json", ".har")
_IS_CASSETTE = re.compile(rb"^runmock[ \t]*:", re.MULTILINE)
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})
"""Folders that are not searched; hidden folders and virtual environments are not searched either."""


def cassettes_at(paths: Iterable[Path]) -> list[Path]:
    """Return the files among the paths, and the cassettes in the folders among them; each once, in order.

    For a folder without cassettes, the recordings of other tools in it, since somebody took them for cassettes. Raises
    CassetteError for a folder with neither.
    """
    cassettes: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            cassettes[path] = None
            continue
        inside = sorted(cassettes_below(path)) or sorted(_foreign_recordings_below(path))
        if not inside:
            raise CassetteError(
                "there are no cassettes in this folder: no *.runmock.yaml, no YAML with 'runmock: 1'", str(path)
            )
        cassettes |= dict.fromkeys(inside)
    return list(cassettes)


def cassettes_below(folder: Path) -> Iterator[Path]:
    """Yield the cassettes in a folder and below: files with the ending of one, and YAML files with a `runmock:` key."""
    for path in files_below(folder):
        if path.name.endswith(ENDINGS) or (path.name.endswith(_YAML) and _has_format_key(path)):
            yield path


def _foreign_recordings_below(folder: Path) -> Iterator[Path]:
    """Yield recordings of other tools, which `runmock import` can read."""
    for path in files_below(folder):
        if path.name.endswith(_OTHERS) and foreign_recording(_text_of(path), str(path)):
            yield path


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


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
