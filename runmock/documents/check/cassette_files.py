"""Finds cassettes: a path is a file, or a folder that is searched with the folders in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.tape.files.below import YAML, cassettes_below, files_below
from runmock.tape.importers.kinds import foreign_recording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_OTHERS = (*YAML, ".json", ".har")


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
