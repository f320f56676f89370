"""Cassettes that this run of pytest has created: for `once` they were not there when pytest started.

A note about each is a file in a folder for this run, which all workers of xdist know: those that start late, or take
the place of one that crashed, come to the same answer. A note is made before its cassette appears. Beside them stands
which test shows a text that many tests would show.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import pytest

FOLDER = pytest.StashKey[Path]()
SENT = "runmock_created"
"""Where a worker of xdist finds the folder's path."""


def send_folder(node: Any) -> None:
    """Tell a worker of xdist where the notes are."""
    node.workerinput[SENT] = str(begin(node.config))


def note(config: pytest.Config, path: Path) -> None:
    """A cassette is about to be created."""
    folder = begin(config)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _digest(path)).touch()


def is_noted(config: pytest.Config, path: Path) -> bool:
    """Whether a test of this run of pytest has created a cassette."""
    folder = begin(config)
    return os.path.isdir(folder) and (folder / _digest(path)).exists()  # noqa: PTH112 - for each test


def first_to_show(config: pytest.Config, text: str, test: str) -> str:
    """The test that shows a text, of all in this run of pytest that would: this one, if none has come before."""
    folder = begin(config)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / hashlib.blake2b(text.encode(errors="backslashreplace"), digest_size=16).hexdigest()
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(test)
    except FileExistsError:
        return file.read_text(encoding="utf-8") or test  # it may be empty still
    return test


def begin(config: pytest.Config) -> Path:
    """The folder of the notes, chosen before any test runs, so that tests in processes of their own have the same one.

    It is made with the first note; the controlling process takes it away in the end.
    """
    if FOLDER not in config.stash:
        sent = getattr(config, "workerinput", {}).get(SENT)
        config.stash[FOLDER] = Path(sent or f"{tempfile.gettempdir()}/runmock-run-{uuid.uuid4().hex}")
        if sent is None:
            config.add_cleanup(partial(shutil.rmtree, config.stash[FOLDER], ignore_errors=True))
    return config.stash[FOLDER]


def _digest(path: Path) -> str:
    return hashlib.blake2b(os.fsencode(os.path.realpath(path)), digest_size=16).hexdigest()
