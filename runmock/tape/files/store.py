"""Cassettes onto the disk: the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(path: Path, text: str | bytes) -> bool:
    """Put a text in the place of a file, in one step; False when the file says just that already. Raises OSError."""
    content = text.encode() if isinstance(text, str) else text
    path = Path(os.path.realpath(path))  # a link stays one
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass  # there is none yet, or it cannot be read
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    coming = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        coming.chmod(0o666 & ~_umask())
        coming.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            coming.unlink()
        raise
    _sync_folder(path.parent)
    return True


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Let the rename survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a cassette for yourself, among threads and processes; a process that dies lets go of it.

    The lock is a file in the folder for temporary ones, so that nothing is left beside cassettes. What a killed writer
    left there half written is taken away.
    """
    whole = Path(os.path.realpath(path))
    name = hashlib.blake2b(os.fsencode(whole), digest_size=16).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"runmock-locks-{_user()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / name).open("a+b") as file:
        _lock(file.fileno())
        for half in whole.parent.glob(f".{glob.escape(whole.name)}.*.partial"):
            half.unlink(missing_ok=True)
        yield


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "")


def _lock(handle: int) -> None:
    """Wait until the file is locked for us; closing it lets go."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            with contextlib.suppress(OSError):
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
                return
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
