"""Which reports the user wants: `--runmock-report` is the table, `--runmock-report=FILE` a file; both may be given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from pytest_runmock import option_table, settings

if TYPE_CHECKING:
    from pathlib import Path

PAGE, MARKDOWN = (".html", ".htm"), (".md", ".markdown")
"""How the name of a file ends, by what it contains."""


def wants_table(config: pytest.Config) -> bool:
    """Whether the table is shown. Raises pytest.UsageError for a word in the ini file that is neither yes nor no."""
    given = _given(config)
    if any(_is_word(value) for value in given):
        return any(settings.SWITCH.get(value.lower(), False) for value in given)
    return not given and settings.is_on(config, "report")


def files(config: pytest.Config) -> list[Path]:
    """The files that are written, each once; relative ones are below the folder where pytest was started."""
    given, folder = _given(config), config.invocation_params.dir
    return list(dict.fromkeys(folder / value for value in given if not _is_word(value))) if given else []


def check(config: pytest.Config) -> None:
    """Raise ValueError for a file that has no form of its own, and pytest.UsageError for a wrong word."""
    for path in files(config):
        if not path.suffix:
            name = "--runmock-report" if config.getoption("--runmock-report") else option_table.VARIABLES["report"]
            raise pytest.UsageError(f"{name} {settings.not_a_word(path.name)}")
        if path.suffix.lower() not in (*PAGE, *MARKDOWN):
            raise ValueError(f"a report is a page, FILE.html, or a text, FILE.md; {str(path.name)!r} is neither")
        if path.is_dir():
            raise ValueError(f"{path} is a folder, not a file")


def _given(config: pytest.Config) -> list[str]:
    """The values of the option, else the one of the environment."""
    typed: list[str] | None = config.getoption("--runmock-report")
    variable = os.environ.get(option_table.VARIABLES["report"])
    return typed or ([variable] if variable else [])


def _is_word(value: str) -> bool:
    return value.lower() in settings.SWITCH
