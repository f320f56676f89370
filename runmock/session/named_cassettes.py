"""How `use_cassette` and `transport` find a cassette: by a path, or by a name, as the marker does.

A text with a separator or a suffix is a path. Any other is a name, of `cassettes/NAME.runmock.yaml` or
`cassettes/NAME.yaml`: beside the running test and beside the calling file, in both cases then upwards to rootdir.
Outside pytest it is looked for beside the calling file, then in the working directory.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import CassetteNotFoundError
from runmock.core.replay.record_modes import can_record
from runmock.tape.files.file_names import printable
from runmock.tape.files.search import (
    FOLDER,
    SUFFIXES,
    find_cassettes,
    is_file,
    near_names,
    nearest,
    recorded_into,
    upwards,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.record_modes import RecordMode


class Named(NamedTuple):
    """The files of a name."""

    files: tuple[Path, ...]
    """The file, or where it would be; with a new file before it, when a recording may not go into the found one."""
    missing: CassetteNotFoundError | None = None
    """The error to raise when the file does not exist and nothing is recorded."""


def is_name(text: str) -> bool:
    """Whether a text is the name of a cassette, and not a path."""
    return bool(text) and Path(text).name == text != ".." and not Path(text).suffix


def places(file: str) -> list[Path]:
    """The folders in whose `cassettes/` names are looked for, for code in `file`."""
    whole = Path(os.path.abspath(file))  # noqa: PTH100 - it takes `..` out
    caller = [whole.parent] if is_file(whole) else []  # `<stdin>` is no file
    root = _rootdir()
    if root is None:
        return list(dict.fromkeys((*caller, Path.cwd())))
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
    starts = [(root / test).parent, *caller] if test else caller or [root]
    return list(dict.fromkeys(place for start in starts for place in upwards(start, root)))


def _rootdir() -> Path | None:
    """The folder up to which pytest looks for names, if the plugin is loaded; None outside pytest."""
    plugin = sys.modules.get("pytest_runmock.settings")
    found: Path | None = None if plugin is None else plugin.RunningPytest.rootdir
    return found


def locate(name: str, looked_in: Sequence[Path], mode: RecordMode, function: str, *, is_first: bool) -> Named:
    """Find the files of a name. `is_first`: in a mode that records, this cassette is recorded into."""
    found = find_cassettes(name, looked_in)
    file, new = nearest(found), looked_in[0] / FOLDER / f"{name}{SUFFIXES[0]}"
    if file is None and is_file(Path(name)):
        return Named((Path(name),))  # in 0.1.0 every text was a path
    if file is None:
        return Named((new,), _not_found(name, looked_in, new, function, is_first=is_first))
    is_written = is_first and can_record(mode, existed=True)
    return Named((new, file) if is_written and recorded_into(found) is None else (file,))


def no_such_file(path: Path, function: str, *, is_first: bool) -> CassetteNotFoundError:
    """The error for a path that does not exist. `is_first`: in a mode that records, it would be recorded into."""
    hint = near_names(path.name, [path.parent]) or "; write it"
    to_record = _to_record(function, printable(path)) if is_first else ""
    return CassetteNotFoundError(f"there is no such cassette{hint}{to_record}", printable(path))


def _not_found(
    name: str, looked_in: Sequence[Path], new: Path, function: str, *, is_first: bool
) -> CassetteNotFoundError:
    shown = printable(name)
    folders = ", ".join(str(folder / FOLDER) for folder in looked_in)
    text = (
        f"there is no cassette {name!r}{near_names(name, looked_in)}\n"
        f"  looked for {shown}.runmock.yaml and {shown}.yaml in {folders}"
    )
    return CassetteNotFoundError(text + (_to_record(function, shown) if is_first else ""), printable(new))


def _to_record(function: str, name: str) -> str:
    return f'\n  to record it: {function}("{name}", record_mode="once")'
