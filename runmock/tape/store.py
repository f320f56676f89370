"""Cassettes onto the disk: the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write(path: Path, text: str) -> bool:
    """Put a text in the place of a file, in one step; False when the file says just that already. Raises OSError."""
    content = text.encode()
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
