"""Tracebacks of failures without the frames of runmock, of its plugin, and of `contextlib` between them.

What runmock raises may come through the SDK and its HTTP library; their frames say nothing about it, so they are left
out too. A defect of runmock itself keeps all its frames, and so does everything with `--full-trace`.
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
    """Leave the frames out of what a phase of a test has raised, its causes included."""
    if call.excinfo is None or config.getoption("fulltrace"):
        return
    raised: BaseException = call.excinfo.value
    before = raised.__traceback__
    for error in chain(raised):
        _shorten(error)
    if raised.__traceback__ is not before:
        call.excinfo = pytest.ExceptionInfo.from_exception(raised)


def tell_without(report: pytest.TestReport, call: pytest.CallInfo[None], item: pytest.Item) -> None:
    """Tell an error of runmock's by its text alone where no frame of the user's is left, as in a decorated test."""
    if call.excinfo is None or not report.failed or item.config.getoption("fulltrace"):
        return
    if not _is_of_ours(call.excinfo.value) or any(map(_is_of_users, _entries(call.excinfo.value))):
        return
    shown: Any = call.excinfo.getrepr(style="value")
    if shown.reprcrash is not None:
        path, line, _ = item.reportinfo()
        shown.reprcrash.path, shown.reprcrash.lineno = str(path), (line or 0) + 1
    report.longrepr = shown


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that a report shows with it: its cause or its context, the members of a group.

    What a doctest's line raises is in its failure, or in one of several.
    """
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting.append(one.__cause__ if one.__suppress_context__ else one.__context__)
        waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        failures = (one, *getattr(one, "failures", ()))
        waiting += [failure.exc_info[1] for failure in failures if hasattr(failure, "exc_info")]


def _shorten(error: BaseException) -> None:
    """Leave frames out of the traceback of one exception."""
    entries = _entries(error)
    if not entries:
        return
    left_out = _folders(OURS)
    if _is_miss(error) or _file(entries[-1]).startswith(left_out):
        if not _is_of_ours(error):
            return
        left_out += _folders(BETWEEN)
    kept = _kept(entries, left_out)
    if kept and len(kept) < len(entries):
        shorter: TracebackType | None = None
        for entry in reversed(kept):
            shorter = TracebackType(shorter, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
        error.__traceback__ = shorter


def _kept(entries: Sequence[TracebackType], left_out: tuple[str, ...]) -> list[TracebackType]:
    """The entries that are not left out; those of `contextlib` are where they stand beside one that is."""

    def kind(entry: TracebackType) -> str:
        return "ours" if _file(entry).startswith(left_out) else "with" if _file(entry) == contextlib.__file__ else ""

    groups = [(key, list(several)) for key, several in groupby(entries, kind)]
    beside = [key for key, _ in groups]
    kept: list[TracebackType] = []
    for number, (key, several) in enumerate(groups):
        if key == "" or (key == "with" and "ours" not in beside[max(number - 1, 0) : number + 2]):
            kept += several
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


def _is_of_users(entry: TracebackType) -> bool:
    """Whether a frame is of a file that is neither Python's nor installed."""
    return not _file(entry).startswith(_installed())


@functools.cache
def _installed() -> tuple[str, ...]:
    """The folders of Python's own modules and of what is installed; to look for them costs an import."""
    paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return tuple(f"{one}{os.sep}" for path in paths for one in (path, os.path.realpath(path)))


def _is_miss(error: BaseException) -> bool:
    """Whether an exception is one of those that runmock raises in the application's call."""
    errors: Any = sys.modules.get("runmock.core.errors")
    return errors is not None and isinstance(error, errors.RunmockFailure)


def _is_of_ours(error: BaseException) -> bool:
    """Whether runmock raises such an exception for what somebody else has done; leftovers are an AssertionError."""
    errors: Any = sys.modules.get("runmock.core.errors")
    return _is_miss(error) or (errors is not None and isinstance(error, errors.RunmockError | AssertionError))


def _folders(names: Sequence[str]) -> tuple[str, ...]:
    """The folder of each library that is a package, the file of one that is a module."""
    files = [Path(file) for name in names if (file := getattr(sys.modules.get(name), "__file__", None)) is not None]
    return tuple(f"{file.parent}{os.sep}" if file.stem == "__init__" else str(file) for file in files)
