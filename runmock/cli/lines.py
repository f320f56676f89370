"""Pieces of output that several commands share."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from runmock.serve.log import Entry


def examples(*commands: str) -> str:
    """Return the last paragraph of a command's help: each example on its own line, which click does not wrap."""
    head = "Example" if len(commands) == 1 else "Examples"
    return "\n".join(["\b", f"{head}:", *(f"  {command}" for command in commands)])


def url_of(host: str, port: int) -> str:
    """Return the URL by which a client on this machine reaches a server that listens on `host`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not listened on
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


UNFOLDED = 100_000
"""A width in columns that no line reaches, so that nothing is wrapped."""


def rendered(parts: Iterable[RenderableType]) -> str:
    """Return parts of rich as a text, wrapped at the width of the terminal or of COLUMNS, unwrapped for a pipe.

    The blanks with which tables fill their cells are taken from the ends of lines.
    """
    from rich.console import Console

    is_folded = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, width=None if is_folded else UNFOLDED)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return re.sub(r" +((?:\x1b\[[0-9;]*m)*)$", r"\1", capture.get(), flags=re.MULTILINE)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, as `3 runs` or `1 run`; the empty string for 0."""
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def print_request(entry: Entry) -> None:
    """Print a line for a request that has ended, and below it the note of the log on what went wrong."""
    clock = time.strftime("%H:%M:%S", time.localtime(entry.at))
    answer = f"{entry.status}, {count(entry.events, 'event') or 'no events'}" if entry.is_stream else f"{entry.status}"
    name = " ".join(filter(None, (entry.operation, entry.file))) or "(no operation)"
    click.echo(f"{clock}  {name:<22}  {answer:<15}  {entry.ms or 0:6.0f} ms  {entry.method} {entry.path}")
    for line in entry.note.splitlines():
        click.echo(f"          {line}")
