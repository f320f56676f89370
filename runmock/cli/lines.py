"""Lines that several commands print."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from runmock.serve.log import Entry


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show people at a terminal that something goes on, while it does."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


def examples(*commands: str) -> str:
    """The end of a command's help: each example on a line of its own, which nothing wraps."""
    head = "Example" if len(commands) == 1 else "Examples"
    return "\n".join(["\b", f"{head}:", *(f"  {command}" for command in commands)])


def url_of(host: str, port: int) -> str:
    """The address that a client on this machine uses."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not listened on
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


UNFOLDED = 100_000
"""Columns in which every line finds room."""


def print_rich(renderable: RenderableType) -> None:
    """Print for people: as wide as their terminal; piped as wide as it is, unless COLUMNS says otherwise.

    No line ends with blanks, which tables fill their cells with.
    """
    from rich.console import Console

    is_folded = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, width=None if is_folded else UNFOLDED)
    with console.capture() as capture:
        console.print(renderable)
    click.echo(re.sub(r" +((?:\x1b\[[0-9;]*m)*)$", r"\1", capture.get(), flags=re.MULTILINE), nl=False, color=True)


def count(number: int, noun: str) -> str:
    """`3 runs`, `1 run`, nothing for none."""
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def told(entry: Entry) -> None:
    """One line for a request that has ended; what went wrong under it."""
    clock = time.strftime("%H:%M:%S", time.localtime(entry.at))
    answer = f"{entry.status}, {count(entry.events, 'event') or 'no events'}" if entry.is_stream else f"{entry.status}"
    name = entry.operation or "(no operation)"
    click.echo(f"{clock}  {name:<22}  {answer:<15}  {entry.ms or 0:6.0f} ms  {entry.method} {entry.path}")
    for line in entry.note.splitlines():
        click.echo(f"          {line}")
