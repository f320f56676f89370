"""Notes the cassettes that this run of pytest has created: for the mode `once` they did not exist when it started.

Each note is a file in a folder for this run, which all workers of xdist know, so that a worker that starts late, or
replaces a crashed one, knows the same. A note is made before its cassette is written. The folder also holds which test
shows a text that many tests would show, and why nothing is written.
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
"""The key of `workerinput` under which a worker of xdist gets the folder's path."""

REFUSAL = "refusal"
"""The file in the folder with the reason why this run of pytest writes nothing."""


def send_folder(node: Any) -> None:
    """Send a worker of xdist the path of the folder with the notes."""
    node.workerinput[SENT] = str(begin(node.config))


def note(config: pytest.Config, path: Path) -> None:
    """Note that a cassette is about to be created."""
    folder = begin(config)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _digest(path)).touch()


def is_noted(config: pytest.Config, path: Path) -> bool:
    """Whether a test of this run of pytest has created a cassette."""
    folder = begin(config)
    return os.path.isdir(folder) and (folder / _digest(path)).exists()  # noqa: PTH112 - for each test


def first_to_show(config: pytest.Config, text: str, test: str) -> str:
    """Return the id of the test that shows a text in this run of pytest: the first test that called with this text."""
    folder = begin(config)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / hashlib.blake2b(text.encode(errors="backslashreplace"), digest_size=16).hexdigest()
    own = folder / f"shown-{uuid.uuid4().hex}"
    own.write_text(test, encoding="utf-8")
    try:
        file.hardlink_to(own)  # it is there with its text, or not at all
    except FileExistsError:
        return file.read_text(encoding="utf-8")
    except OSError:  # a file system without links: the text is shown once in each worker
        return test
    finally:
        own.unlink()
    return test


def refuse_to_write(config: pytest.Config, reason: str) -> None:
    """Let no test of this run of pytest write a cassette from now on, in no worker."""
    folder = begin(config)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = folder / f"{REFUSAL}-{uuid.uuid4().hex}"
    own.write_text(reason, encoding="utf-8")
    own.replace(folder / REFUSAL)


def refusal(config: pytest.Config) -> str | None:
    """Return why this run of pytest writes no cassettes; None when it does."""
    try:
        return (begin(config) / REFUSAL).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def begin(config: pytest.Config) -> Path:
    """Return the folder of the notes; called before any test runs, so that forked tests have the same one.

    The first note creates it; the controlling process removes it at the end.
    """
    if FOLDER not in config.stash:
        sent = getattr(config, "workerinput", {}).get(SENT)
        config.stash[FOLDER] = Path(sent or f"{tempfile.gettempdir()}/runmock-run-{uuid.uuid4().hex}")
        if sent is None:
            config.add_cleanup(partial(shutil.rmtree, config.stash[FOLDER], ignore_errors=True))
    return config.stash[FOLDER]


def _digest(path: Path) -> str:
    return hashlib.blake2b(os.fsencode(os.path.realpath(path)), digest_size=16).hexdigest()
