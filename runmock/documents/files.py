"""The cassettes that paths lead to: a file is one, a folder has those that are below it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDINGS = (".runmock.yaml", ".runmock.yml")
"""Files that are cassettes by their name."""
_YAML = (".yaml", ".yml")
_IS_CASSETTE = re.compile(rb"^runmock[ \t]*:", re.MULTILINE)
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})
"""Folders in which nobody keeps files of their own; hidden ones and virtual environments are skipped as well."""


def cassettes_at(paths: Iterable[Path]) -> list[Path]:
    """Every file that is named, and every cassette below every folder that is, each once, in order.

    Raises CassetteError for a folder without any.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        inside = sorted(below(path))
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
