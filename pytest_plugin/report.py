"""`--runmock-report`: a table of what each test played, from which cassette, and how long it took."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_runmock.summary import counts

if TYPE_CHECKING:
    import pytest

LEAST_WIDTH = 60


def tell(reporter: pytest.TerminalReporter) -> None:
    """Write the table, sorted by cassette, as wide as the terminal."""
    rows = sorted(_row(nodeid, count) for nodeid, count in counts(reporter))
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("cassette", overflow="fold", ratio=3)
    table.add_column("test", overflow="fold", ratio=4)
    table.add_column("mode")
    for name in ("runs", "requests"):
        table.add_column(name, justify="right")
    table.add_column("answered")
    table.add_column("ms", justify="right")
    for row in rows:
        table.add_row(*row)
    width = max(reporter._tw.fullwidth, LEAST_WIDTH)  # noqa: SLF001 - what pytest itself writes by
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, markup=False, emoji=False).print(table)
    reporter.ensure_newline()
    reporter.section("runmock", sep="-")
    for line in text.getvalue().strip().splitlines():
        reporter.write_line(line.rstrip())


def _row(nodeid: str, count: dict[str, Any]) -> tuple[str, ...]:
    shown = ", ".join(_short(one) for one in count["cassettes"]) or "(none)"
    answered = ", ".join(f"{number} {kind}" for kind, number in count["answers"].items()) or "nothing"
    numbers = (str(count["runs"]), str(count["requests"]))
    return shown, nodeid, count["mode"], *numbers, answered, f"{count['seconds'] * 1000:.0f}"


def _short(path: str) -> str:
    """A path from here, where that is shorter."""
    here = os.path.relpath(path) if Path(path).is_absolute() else path
    return min(path, here, key=len)
