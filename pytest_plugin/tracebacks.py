"""Removes the frames of runmock, of its plugin, and of `contextlib` between them from tracebacks of failures.

An exception of runmock may pass through the SDK and its HTTP library; their frames do not help either, and are removed
too. A defect of runmock itself keeps all its frames, and with `--full-trace` every traceback is whole.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import sysconfig
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OURS = ("pytest_runmock", "runmock")
BETWEEN = ("openai", "httpx", "httpx2", "httpx_aiohttp", "anyio", "typing_extensions")
"""Libraries between the application and runmock."""


def shorten(call: pytest.CallInfo[None], config: pytest.Config) -> None:
    """Remove the frames of runmock from the exception of a phase of a test, and from its causes."""
    if call.excinfo is None or config.getoption("fulltrace"):
        return
    raised: BaseException = call.excinfo.value
    before = raised.__traceback__
    for error in chain(raised):
        _shorten(error)
    if raised.__traceback__ is not before:
        call.excinfo = pytest.ExceptionInfo.from_exception(raised)


def show_text_only(report: pytest.TestReport, call: pytest.CallInfo[None], item: pytest.Item) -> None:
    """Report an error of runmock by its text alone when no frame of the user is left, as in a decorated test."""
    if call.excinfo is None or not report.failed or item.config.getoption("fulltrace"):
        return
    if not _is_raised_on_purpose(call.excinfo.value) or any(map(_is_in_users_code, _entries(call.excinfo.value))):
        return
    shown: Any = call.excinfo.getrepr(style="value")
    if shown.reprcrash is not None:
        path, line, _ = item.reportinfo()
        shown.reprcrash.path, shown.reprcrash.lineno = str(path), (line or 0) + 1
    report.longrepr = shown


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and all that a report shows with it: its cause or its context, the members of a group.

    The exception of a doctest's line is in the doctest's failure, or in one of several failures.
    """
    known_ids: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in known_ids:
            continue
        known_ids.add(id(current))
        yield current
        waiting.append(current.__cause__ if current.__suppress_context__ else current.__context__)
        waiting += current.exceptions if isinstance(current, BaseExceptionGroup) else ()
        failures = (current, *getattr(current, "failures", ()))
        waiting += [failure.exc_info[1] for failure in failures if hasattr(failure, "exc_info")]


def _shorten(error: BaseException) -> None:
    """Remove frames from the traceback of one exception."""
    entries = _entries(error)
    if not entries:
        return
    left_out = _folders(OURS)
    if _is_miss(error) or _file(entries[-1]).startswith(left_out):
        if not _is_raised_on_purpose(error):
            return
        left_out += _folders(BETWEEN)
    kept = _kept(entries, left_out)
    # An exception that a signal raises may be at an instruction that has no line, and pytest ends where one has none.
    if kept and (len(kept) < len(entries) or any(entry.tb_lineno is None for entry in kept)):
        shorter: TracebackType | None = None
        for entry in reversed(kept):
            line = entry.tb_lineno or entry.tb_frame.f_code.co_firstlineno
            shorter = TracebackType(shorter, entry.tb_frame, entry.tb_lasti, line)
        error.__traceback__ = shorter


def _kept(entries: Sequence[TracebackType], left_out: tuple[str, ...]) -> list[TracebackType]:
    """Return the entries that stay; those of `contextlib` are removed only beside an entry that is removed."""

    def kind(entry: TracebackType) -> str:
        return "ours" if _file(entry).startswith(left_out) else "with" if _file(entry) == contextlib.__file__ else ""

    groups = [(key, list(members)) for key, members in groupby(entries, kind)]
    beside = [key for key, _ in groups]
    kept: list[TracebackType] = []
    for number, (key, members) in enumerate(groups):
        if key == "" or (key == "with" and "ours" not in beside[max(number - 1, 0) : number + 2]):
            kept += members
    return kept


def _entries(error: BaseException) -> list[TracebackType]:
    entries: list[TracebackType] = []
    entry = error.__traceback__
    while entry is not None:
        entries.append(entry)
        entry = entry.tb_next
    return entries


def _file(entry: TracebackType) -> str:
    return entry.tb_frame.f_code.co_filename


def _is_in_users_code(entry: TracebackType) -> bool:
    """Whether a frame is in code of the user: in a file that is neither Python's nor installed."""
    return not _file(entry).startswith(_installed())


@functools.cache
def _installed() -> tuple[str, ...]:
    """Return the folders of Python's own modules and of installed packages."""
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return tuple(f"{folder}{os.sep}" for path in paths for folder in (path, os.path.realpath(path)))


def _is_miss(error: BaseException) -> bool:
    """Whether an exception is one of those that runmock raises in the application's call."""
    errors: Any = sys.modules.get("runmock.core.errors")
    return errors is not None and isinstance(error, errors.RunmockFailure)


def _is_raised_on_purpose(error: BaseException) -> bool:
    """Whether runmock raised an exception because of a test or application, not by a defect of its own.

    AssertionError is among them, since `assert_all_played` raises it for leftovers.
    """
    errors: Any = sys.modules.get("runmock.core.errors")
    return _is_miss(error) or (errors is not None and isinstance(error, errors.RunmockError | AssertionError))


def _folders(names: Sequence[str]) -> tuple[str, ...]:
    """Return the folder of each imported library that is a package, and the file of each that is a module."""
    files = [Path(file) for name in names if (file := getattr(sys.modules.get(name), "__file__", None)) is not None]
    return tuple(f"{file.parent}{os.sep}" if file.stem == "__init__" else str(file) for file in files)
