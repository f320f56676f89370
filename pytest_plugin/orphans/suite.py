"""Where a project's tests are, and why not all of them were collected."""

from __future__ import annotations

import os
import shlex
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from pytest_runmock import settings

from runmock.documents.check.cassette_files import files_below

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pytest


def on_the_command_line(config: pytest.Config, nodeid: str) -> str:
    """How pytest is told a test where it was started, ready to paste; ids begin at rootdir, wherever that is."""
    file, colons, name = nodeid.partition("::")
    if config.invocation_params.dir != config.rootpath:
        file = os.path.relpath(config.rootpath / file, config.invocation_params.dir)
    return shlex.quote(f"{file}{colons}{name}")


def places(config: pytest.Config) -> tuple[Path, ...]:
    """Where tests are: pytest's testpaths, else everything below rootdir."""
    told = [found for one in config.getini("testpaths") for found in sorted(config.rootpath.glob(one))]
    return tuple(one for one in told if one.is_dir()) or (config.rootpath,)


def left_out(config: pytest.Config, collected: set[str]) -> Iterator[str]:
    """Why tests of the suite may not have been collected, a sentence each; `collected` are files."""
    if settings.is_disabled(config):
        yield "runmock is disabled"
    if config.getoption("lf", default=False):
        yield "--lf leaves tests out"
    if in_part(config):
        yield "single tests of a file were named"
    missing = [path for path in _files_of_tests(config) if os.path.realpath(path) not in collected]
    if missing:
        yield not_collected([os.path.relpath(path, config.rootpath) for path in missing])


def not_collected(names: Sequence[str]) -> str:
    """The sentence that says so, with one of them by name."""
    more = len(names) - 1
    return f"{names[0]} and {more} more were not collected" if more else f"{names[0]} was not collected"


def in_part(config: pytest.Config) -> set[str]:
    """The files of which the command line names single tests."""
    named = (str(one).partition("::") for one in config.args)
    return {os.path.realpath(config.invocation_params.dir / file) for file, colons, _ in named if colons}


def is_filtered(config: pytest.Config) -> bool:
    """Whether no file can be said to have been collected whole, and played."""
    are_modules = config.getoption("pyargs", default=False) and bool(in_part(config))
    return settings.is_disabled(config) or bool(config.getoption("lf", default=False)) or are_modules


def _files_of_tests(config: pytest.Config) -> Iterator[Path]:
    """Every file that pytest would collect if nobody held it back."""
    skipped = config.getini("norecursedirs")
    patterns = [pattern if "/" not in pattern else f"*/{pattern}" for pattern in config.getini("python_files")]
    for place in places(config):
        for path in sorted(files_below(place)):
            folders = path.relative_to(place).parts[:-1]
            if path.suffix != ".py" or any(fnmatch(name, one) for name in folders for one in skipped):
                continue
            if any(fnmatch(str(path) if "/" in one else path.name, one) for one in patterns):
                yield path
