"""The cassettes that paths lead to: a file is one, a folder has those that are below it."""

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
"""Files that are cassettes by their name."""
_YAML = (".yaml", ".yml")
_OTHERS = (*_YAML, ".json", ".har")
_IS_CASSETTE = re.compile(rb"^runmock[ \t]*:", re.MULTILINE)
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})
"""Folders in which nobody keeps files of their own; hidden ones and virtual environments are skipped as well."""


def cassettes_at(paths: Iterable[Path]) -> list[Path]:
    """Every file that is named, and every cassette below every folder that is, each once, in order.

    Of a folder that has none, every recording of another tool: somebody took them for cassettes. Raises CassetteError
    for a folder without any of these.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        inside = sorted(below(path)) or sorted(_of_other_tools(path))
        if not inside:
            raise CassetteError(
                "there are no cassettes in this folder: no *.runmock.yaml, no YAML with 'runmock: 1'", str(path)
            )
        found |= dict.fromkeys(inside)
    return list(found)


def below(folder: Path) -> Iterator[Path]:
    """Every cassette in a folder and in those below it: by its name, or because it says so."""
    for path in files_below(folder):
        if path.name.endswith(ENDINGS) or (path.name.endswith(_YAML) and _says_so(path)):
            yield path


def _of_other_tools(folder: Path) -> Iterator[Path]:
    """Recordings that wait to be imported."""
    for path in files_below(folder):
        if path.name.endswith(_OTHERS) and foreign_recording(_text_of(path), str(path)):
            yield path


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def files_below(folder: Path) -> Iterator[Path]:
    """Every file in a folder and in those below it, but for those that no person writes."""
    for place, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith(".")]
        yield from (Path(place) / name for name in files)


def _says_so(path: Path) -> bool:
    try:
        return _IS_CASSETTE.search(path.read_bytes()) is not None
    except OSError:
        return False
