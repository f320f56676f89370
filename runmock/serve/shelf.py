"""The cassettes that a page may load: those below the folders that were named when the server started."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.core.errors import RunmockError
from runmock.tape.files.below import files_below, is_cassette
from runmock.tape.files.search import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_FILES = 20_000
"""At most so many files are looked at: somebody may have named a cassette in a folder that holds everything."""
MOST = 500
"""At most so many cassettes are listed; others can be loaded, too."""


class NotOnShelf(RunmockError):  # noqa: N818 - a refusal, which is worded where it is raised
    """A path that must not be loaded."""


class Shelf:
    """The folders that were named, and the folders of the cassettes that were named."""

    def __init__(self, named: Sequence[Path]) -> None:
        self._folders = tuple(dict.fromkeys(path if path.is_dir() else path.parent for path in named))

    def cassettes(self) -> list[str]:
        """The paths of the cassettes, as they can be loaded, in order."""
        return sorted({str(path) for path in islice(self._cassettes(), MOST)})

    def _cassettes(self) -> Iterator[Path]:
        for path in islice((file for folder in self._folders for file in files_below(folder)), MOST_FILES):
            if self._is_below(path) and is_file(path) and is_cassette(path):
                yield path

    def find(self, name: str) -> Path:
        """The path of a cassette that may be loaded, by its name. Raises NotOnShelf."""
        path = Path(name)
        if not self._is_below(path):
            folders = ", ".join(f"{folder}/" for folder in self._folders) or "none"
            raise NotOnShelf(f"{name!r} is not below the folders that were named at the start ({folders})")
        if not is_file(path):
            raise NotOnShelf(f"{name!r} does not exist")
        if not is_cassette(path):
            raise NotOnShelf(f"{name!r} is no cassette: a cassette is a YAML file with 'runmock: 1'")
        return path

    def _is_below(self, path: Path) -> bool:
        """Whether a file really is below one of the folders, wherever links lead."""
        try:
            real = path.resolve()
            return any(real.is_relative_to(folder.resolve()) for folder in self._folders)
        except (OSError, RuntimeError, ValueError):  # no name of a file, or links lead round and round
            return False
