"""`--runmock-report`: a table of what each test played, from which cassette, and how long it took.

A cassette has a line of its own above its tests, and a test's name is last in its line, so that names are not broken in
a narrow terminal.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_runmock.summary import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

COLUMNS = {"mode": "<", "runs": ">", "requests": ">", "answered": "<", "ms": ">"}
"""The columns and their alignment; the test's name comes after them."""


def write(reporter: pytest.TerminalReporter) -> None:
    """Write the table, sorted by cassette."""
    played = sorted(
        (_shown(count), _name(test, count), _cells(count), count["verdicts"]) for test, count in counts(reporter)
    )
    if not played:
        return
    widths = [max(map(len, column)) for column in zip(COLUMNS, *(cells for _, _, cells, _ in played), strict=True)]
    reporter.ensure_newline()
    reporter.section("runmock", sep="-")
    reporter.write_line(_line([*COLUMNS], widths, "test"))
    for cassette, tests in itertools.groupby(played, key=lambda row: row[0]):
        reporter.write_line(cassette)
        for _, nodeid, cells, verdicts in tests:
            reporter.write_line(_line(cells, widths, nodeid))
            for verdict in verdicts:
                reporter.write_line(f"    looks like a defect: {verdict}", yellow=True)


def _line(cells: Sequence[str], widths: Sequence[int], test: str) -> str:
    aligned = (f"{cell:{side}{width}}" for cell, side, width in zip(cells, COLUMNS.values(), widths, strict=True))
    return "  ".join(["", *aligned, test])


def _name(test: str, count: dict[str, Any]) -> str:
    """Return the test's id; for a session of `runmock_session` with the name of its fixture."""
    return f"{test} ({count['fixture']})" if "fixture" in count else test


def _shown(count: dict[str, Any]) -> str:
    return ", ".join(_short(path) for path in count["cassettes"]) or "(no cassette)"


def _cells(count: dict[str, Any]) -> list[str]:
    answered = ", ".join(f"{number} {kind}" for kind, number in count["answers"].items()) or "nothing"
    return [count["mode"], str(count["runs"]), str(count["requests"]), answered, f"{count['seconds'] * 1000:.0f}"]


def _short(path: str) -> str:
    """Return the path relative to the current folder when that is shorter, else as it is."""
    here = os.path.relpath(path) if Path(path).is_absolute() else path
    return min(path, here, key=len)
