"""Finds out whether a test that was not collected may use a cassette that a marker names.

`rewrite` drops what the tests of this run did not use. That would cost the others their conversations, so it drops
nothing of a cassette that such a test may use. A file counts as collected in part when single tests of it were named.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings
from pytest_runmock.orphans import suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCES: pytest.StashKey[dict[str, str]] = pytest.StashKey()
"""The files that hold tests which were not collected, each with its text; read once."""


def other_user(item: pytest.Item, name: Any) -> str | None:
    """The file of a test that was not collected and that may use a cassette; None when no file names the cassette."""
    own = os.path.realpath(item.path)
    for path, found in naming(item.config, name):
        if not (path == own and found == 1 and _is_alone(item)):
            return os.path.relpath(path, item.config.rootpath)
    return None


def naming(config: pytest.Config, name: Any) -> Iterator[tuple[str, int]]:
    """Yield each file of tests that were not collected in which a cassette's name stands, and how often."""
    word = re.compile(
        rf"""["'/]{re.escape(Path(str(name)).name.partition(".")[0])}(?:\.runmock)?(?:\.ya?ml|\.json)?["']"""
    )
    for path, text in _sources(config).items():
        if found := len(word.findall(text)):
            yield path, found


def _is_alone(item: pytest.Item) -> bool:
    """Whether the marker that names the cassette is the test's own, and the test has no other cases."""
    return getattr(item, "callspec", None) is None and any(
        mark.name == "runmock" and mark.args for mark in item.own_markers
    )


def _sources(config: pytest.Config) -> dict[str, str]:
    if SOURCES not in config.stash:
        collected = config.stash.get(settings.FILES, set[Path]())
        paths = dict.fromkeys(files_with_others(config, collected))
        config.stash[SOURCES] = {path: suite.text_of(path) for path in paths}
    return config.stash[SOURCES]


def files_with_others(config: pytest.Config, files: Iterable[Path]) -> Iterator[str]:
    """The files that hold tests which were not collected; `files` are those of collected tests."""
    collected = {os.path.realpath(path) for path in files}
    in_part = collected if suite.is_filtered(config) else suite.in_part(config)
    for path in map(os.path.realpath, suite.files_of_tests(config)):
        if path not in collected or path in in_part:
            yield path
    yield from in_part
