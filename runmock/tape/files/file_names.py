"""Whether a cassette can be written under its name: the system may refuse it, or take it for another file's."""

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
"""So many bytes longer is the longest name that is written beside a cassette (store.py)."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def refuse_impossible(path: Path) -> None:
    """Raise CassetteError when no cassette can be written at `path`; nothing has been recorded for it yet."""
    if (why := _refused_by_system(path)) is not None:
        raise CassetteError(f"no cassette can be written here: {why}", printable(path))
    if (other := other_spelling(path)) is not None:
        raise CassetteError(
            f"this disk takes {path.name!r} for {other!r}, which is there: the names differ only in upper and lower "
            'case; spell it so, or give it another name (a test: another id, or @pytest.mark.runmock("NAME"))',
            printable(path),
        )


def _refused_by_system(path: Path) -> str | None:
    """What the system says against a file of this name; it is asked, since each disk has limits of its own."""
    if os.path.isdir(path):  # noqa: PTH112 - it never raises
        return "this is a directory"
    try:
        whole = Path(os.path.realpath(path))
        beside = whole.with_name(f"{whole.name}{'-' * BESIDE}")
        there = next(folder for folder in beside.parents if os.path.lexists(folder))
        for asked in (beside, *(there / part for part in beside.relative_to(there).parts)):
            with contextlib.suppress(FileNotFoundError):
                asked.lstat()
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
    """Which entry of its folder the disk takes for a name that it finds; None when that is the same name.

    A disk may write a character in another way (HFS+ takes é apart): the name is the same when it is composed again.
    """
    others = [entry for entry in entries if _folded(entry) == _folded(name)]
    return None if any(_composed(entry) == _composed(name) for entry in others) else next(iter(others), None)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    return _composed(name).casefold()


def printable(text: object) -> str:
    """A name or a path as messages show it: no terminal and no report can hold what stands escaped here."""
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], str(text))
