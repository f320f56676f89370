"""Writes the files of `--runmock-report=FILE` when all tests are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_runmock.reports import wanted

if TYPE_CHECKING:
    import pytest


def write(reporter: pytest.TerminalReporter) -> None:
    """Write each file, and a line that says so; a file that cannot be written is told in red, and fails nothing."""
    from pytest_runmock.reports.markdown import markdown_text
    from pytest_runmock.reports.page import page_text
    from pytest_runmock.reports.results import results

    from runmock.tape.files import store

    found = results(reporter)
    name = reporter.config.rootpath.name
    for path in wanted.files(reporter.config):
        text = (page_text if path.suffix.lower() in wanted.PAGE else markdown_text)(found, name)
        try:
            store.write(path, text)
        except OSError as error:
            reporter.write_line(f"runmock: the report was not written to {path}: {error.strerror}", red=True)
        else:
            reporter.write_line(f"runmock: the report is {path}")
