"""Whether a cassette can be written under its name: the system may refuse the name, or take it for another file's."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Collection

BESIDE = len(".") + len(".12345678.partial")
"""How many bytes the longest name of a temporary file has more than the cassette's name (store.py)."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def refuse_impossible(path: Path) -> None:
    """Raise CassetteError when no cassette can be written at `path`; to be called before anything is recorded."""
    if (why := _refused_by_system(path)) is not None:
        raise CassetteError(f"no cassette can be written here: {why}", printable(path))
    if (other := other_spelling(path)) is not None:
        raise CassetteError(
            f"on this disk {path.name!r} is the same file as {other!r}: the names differ only in upper and lower "
            'case; spell it so, or give it another name (a test: another id, or @pytest.mark.runmock("NAME"))',
            printable(path),
        )


def _refused_by_system(path: Path) -> str | None:
    """Why the system refuses a file of this name, None if it does not; found by trying, as each disk has own limits."""
    if os.path.isdir(path):  # noqa: PTH112 - it never raises
        return "this is a directory"
    try:
        whole = Path(os.path.realpath(path))
        beside = whole.with_name(f"{whole.name}{'-' * BESIDE}")
        there = next(folder for folder in beside.parents if os.path.lexists(folder))
        for probed in (beside, *(there / part for part in beside.relative_to(there).parts)):
            with contextlib.suppress(FileNotFoundError):
                probed.lstat()
    except OSError as error:
        hint = "; choose a shorter name, or another folder" if error.errno == errno.ENAMETOOLONG else ""
        return f"{error.strerror}{hint}"
    except ValueError:
        return "no file can have this name"
    return None


def other_spelling(path: Path) -> str | None:
    """The name of the file that the disk takes for `path`, when it differs from it in upper and lower case."""
    return taken_for(path.name, [entry.name for entry in path.parent.iterdir()]) if os.path.lexists(path) else None


def taken_for(name: str, entries: Collection[str]) -> str | None:
    """The entry of the folder that the disk opens for a name, when the two differ; None when they are the same.

    A disk may write a character in another way (HFS+ stores é as e and an accent): names that are equal when they are
    composed (NFC) are the same.
    """
    others = [entry for entry in entries if _folded(entry) == _folded(name)]
    return None if any(_composed(entry) == _composed(name) for entry in others) else next(iter(others), None)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    return _composed(name).casefold()


def printable(text: object) -> str:
    """A name or a path as messages show it: characters that terminals and reports cannot show are escaped."""
    return _UNPRINTABLE.sub(lambda match: repr(match[0])[1:-1], str(text))
