"""Finds the files of a project's tests, and the reasons why not all of them were collected."""

from __future__ import annotations

import os
import shlex
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_runmock import settings

from runmock.tape.files.below import files_below

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest


def on_the_command_line(config: pytest.Config, nodeid: str) -> str:
    """Return a test's id as an argument for pytest in the folder where it was started, quoted for a shell.

    A node id is relative to rootdir, which may be another folder.
    """
    file, colons, name = nodeid.partition("::")
    if config.invocation_params.dir != config.rootpath:
        file = os.path.relpath(config.rootpath / file, config.invocation_params.dir)
    return shlex.quote(f"{file}{colons}{name}")


def places(config: pytest.Config) -> tuple[Path, ...]:
    """Return the folders with tests: those of pytest's `testpaths`, else rootdir."""
    paths = [path for pattern in config.getini("testpaths") for path in sorted(config.rootpath.glob(pattern))]
    return tuple(path for path in paths if path.is_dir()) or (config.rootpath,)


def left_out(config: pytest.Config, collected: set[str]) -> Iterator[str]:
    """Yield the reasons why tests of the suite may not have been collected; `collected` are the collected files."""
    if settings.is_disabled(config):
        yield "runmock is disabled"
    if config.getoption("lf", default=False):
        yield "--lf leaves tests out"
    if in_part(config):
        yield "single tests of a file were named"
    missing = [path for path in files_of_tests(config) if os.path.realpath(path) not in collected]
    if missing:
        yield not_collected([os.path.relpath(path, config.rootpath) for path in missing])


def not_collected(names: Sequence[str]) -> str:
    """Return the sentence that these files or tests were not collected; it names the first and counts the others."""
    more = len(names) - 1
    return f"{names[0]} and {more} more were not collected" if more else f"{names[0]} was not collected"


def in_part(config: pytest.Config) -> set[str]:
    """Return the files of which the command line names single tests (`file::test`)."""
    named = (str(argument).partition("::") for argument in config.args)
    return {os.path.realpath(config.invocation_params.dir / file) for file, colons, _ in named if colons}


def is_filtered(config: pytest.Config) -> bool:
    """Whether no file counts as collected in full: runmock is off, `--lf` is set, or tests are named by module."""
    are_modules = config.getoption("pyargs", default=False) and bool(in_part(config))
    return settings.is_disabled(config) or bool(config.getoption("lf", default=False)) or are_modules


def files_of_tests(config: pytest.Config) -> Iterator[Path]:
    """Yield every file that pytest collects when it runs the whole suite without options."""
    skipped = config.getini("norecursedirs")
    patterns = [pattern if "/" not in pattern else f"*/{pattern}" for pattern in config.getini("python_files")]
    for place in places(config):
        for path in sorted(files_below(place)):
            folders = path.relative_to(place).parts[:-1]
            if path.suffix != ".py" or any(fnmatch(name, pattern) for name in folders for pattern in skipped):
                continue
            if any(fnmatch(str(path) if "/" in pattern else path.name, pattern) for pattern in patterns):
                yield path


def text_of(path: str) -> str:
    """Return the text of a source file; the empty text when it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
