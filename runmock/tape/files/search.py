"""Finds the file of a cassette by its name: in `cassettes/` beside the test first, then in the folders above it.

Other tests may use a cassette in a folder above, so a recording goes into one only if it is the only file of the name.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.core.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER = "cassettes"
SUFFIXES = (".runmock.yaml", ".yaml")
FILE_ENDINGS = (".yaml", ".yml")


def is_text(name: object) -> bool:
    """Whether a value that should be a cassette's name is the text of a cassette."""
    return isinstance(name, str) and _IS_TEXT.search(name) is not None


_IS_TEXT = re.compile(r"\n|^\s*(runmock|runs|interactions|threads|assistants|defaults|ids)\s*:(\s|$)|^\s*\{")


def upwards(folder: Path, root: Path) -> list[Path]:
    """A folder and its parents up to `root`; for a folder outside of `root`, itself and `root`."""
    around = [place for place in folder.parents if place.is_relative_to(root)]
    return list(dict.fromkeys((folder, *around, root)))


def find_cassettes(name: str, places: Sequence[Path], folders: Sequence[Path] = ()) -> list[Path | None]:
    """For each of `folders` and `places`, the file that `name` means there, or None; an absolute path is a file itself.

    `folders` hold cassettes themselves, and come before the `cassettes/` of `places`.
    """
    if Path(name).is_absolute():
        return [Path(name) if is_file(Path(name)) else None]
    in_folders = ([folder / f"{name}{suffix}" for suffix in (*SUFFIXES, "")] for folder in folders)
    in_places = (_candidates(name, place) for place in places)
    return [next(filter(is_file, candidates), None) for candidates in (*in_folders, *in_places)]


def nearest(files: Sequence[Path | None]) -> Path | None:
    """The file to play: the first that exists of those that `find_cassettes` returned."""
    return next(filter(None, files), None)


def recorded_into(per_place: Sequence[Path | None]) -> Path | None:
    """The file to record into: the one in the first place, else the only one; None when a new one is needed."""
    files = [path for path in per_place if path is not None]
    return files[0] if files and (per_place[0] is not None or len(files) == 1) else None


def _candidates(name: str, place: Path) -> Iterator[Path]:
    for suffix in SUFFIXES:
        yield place / FOLDER / f"{name}{suffix}"
    if name.endswith(FILE_ENDINGS):
        yield place / FOLDER / name
        yield place / name


def is_file(path: Path) -> bool:
    """Whether a file exists; false for a path that the system refuses, for instance because it is too long."""
    return os.path.isfile(path)  # noqa: PTH113 - `path.is_file()` raises for such a name


def near_names(name: str, places: Sequence[Path]) -> str:
    """`; did you mean 'weather'?` for the nearest name of a cassette in `places`, else the empty string."""
    files = [file for place in places for folder in (place / FOLDER, place) for file in _yaml_files(folder)]
    known = {file if name.endswith(FILE_ENDINGS) else _stem(file): file for file in files}
    if name in known:  # the name is right, and the path to it is not
        folder = next(
            folder for place in places for folder in (place / FOLDER, place) if known[name] in _yaml_files(folder)
        )
        return f"; did you mean {str(folder / known[name])!r}?"
    return did_you_mean(name, sorted(known))


def _yaml_files(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.name.endswith(FILE_ENDINGS)]
    except OSError:
        return []


def _stem(file: str) -> str:
    return next((file.removesuffix(suffix) for suffix in (*SUFFIXES, ".yml") if file.endswith(suffix)), file)
