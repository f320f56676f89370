"""Writes cassettes so that the disk has the old file or the new one at every moment, never half of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.tape.files.long_texts import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.tape.files.long_texts import Text

_HALF = ".partial"
"""How the names of files end that are being written."""
PORTION = 1_000_000
"""Characters of a text that are encoded together."""


def write(path: Path, text: Text | bytes) -> bool:
    """Replace a file's content in one step; returns False when it has this content already. Raises OSError."""
    path = Path(os.path.realpath(path))  # a link stays one
    try:
        if _contains(path, text):
            return False
    except OSError:
        pass  # there is none yet, or it cannot be read
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_HALF, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(_encoded(text))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)
    return True


def _contains(path: Path, text: Text | bytes) -> bool:
    """Whether a file has this content and no other. Raises OSError."""
    with path.open("rb") as file:
        return all(file.read(len(part)) == part for part in _encoded(text)) and not file.read(1)


def _encoded(text: Text | bytes) -> Iterator[bytes]:
    """Yield the bytes of a content; those of a long text in portions, so that no second one is in memory."""
    if isinstance(text, bytes):
        yield text
        return
    for piece in pieces_of(text):
        for start in range(0, len(piece), PORTION):
            yield piece[start : start + PORTION].encode()


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the rename survive a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """An exclusive lock for a cassette among threads and processes; it ends with the block or with the process.

    The lock is a file in the folder for temporary files, so that none is left beside cassettes. Half-written files of
    writers that were killed are removed from the cassette's folder.
    """
    whole = Path(os.path.realpath(path))
    name = hashlib.blake2b(os.fsencode(whole), digest_size=16).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"runmock-locks-{_user()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / name).open("a+b") as file:
        _lock(file.fileno())
        _remove_halves(whole)
        yield


def _remove_halves(path: Path) -> None:
    """Remove what `write` has left of a file whose writer was killed."""
    begin, names = f".{path.name}.", list[str]()
    with contextlib.suppress(OSError):  # there is no folder yet
        names = os.listdir(path.parent)  # noqa: PTH208 - ten times as fast as to look for a pattern
    for name in names:
        if name.startswith(begin) and name.endswith(_HALF):
            path.with_name(name).unlink(missing_ok=True)


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "")


def _lock(handle: int) -> None:
    """Wait until the file is locked; closing it unlocks it."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            with contextlib.suppress(OSError):
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
                return
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
