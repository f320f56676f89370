"""`runmock check`: cassettes held against the format, the service's rules, and what is secret."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import busy, count, examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.documents.check.findings import Finding

MANY = 64
"""So many files are worth a second process."""
CHUNK = 16


@click.command(
    short_help="Find what is wrong with cassettes.",
    epilog=examples("runmock check cassettes tests", "runmock check --json cassettes/weather.yaml"),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option("--json", "is_json", is_flag=True, help="Print the findings as a JSON list.")
def check(paths: tuple[Path, ...], *, is_json: bool) -> None:
    """Find what is wrong with cassettes; PATH is a file, or a folder to look through.

    Looked for: keys and values that the format does not have, a run's statuses and a stream's events in an order that
    the service never sends, ids that refer to nothing, tool calls that nobody answers, streams and runs without an end,
    deltas that do not add up to the text, keys and tokens. The exit code is 1 when there is a finding. A recorded event
    that is no JSON is no finding: a note on stderr tells it.
    """
    from runmock.documents.check.cassette_files import cassettes_at

    files = cassettes_at(paths)
    found: list[Finding] = []
    for noteworthy in _checked(files):
        notes, findings = _parted(noteworthy)
        found += findings
        if not is_json:
            click.echo("".join(f"{_coloured(one, 'red')}\n" for one in findings), nl=False)
        click.echo("".join(f"{_coloured(one, 'yellow')}\n" for one in notes), nl=False, err=True)
    if is_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        bad = len({one.path for one in found})
        told = f"{count(len(found), 'finding')} in {bad} of " if found else ""
        line = f"{told}{count(len(files), 'cassette')}{'' if found else ', nothing found'}"
        click.echo(click.style(line, fg="red" if found else "green", bold=True), err=bool(found))
    if found:
        raise SystemExit(1)


def _coloured(one: Finding, colour: str) -> str:
    """A finding with its place and its rule set off; piped it is the finding as it is."""
    place, rule = f"{one.path}:{one.line}:{one.column}:", f"{one.rule}:"
    return f"{click.style(place, bold=True)} {click.style(rule, fg=colour)} {one.message}"


def _parted(noteworthy: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The notes, and the findings."""
    from runmock.documents.check.findings import NOTE

    return [one for one in noteworthy if one.rule == NOTE], [one for one in noteworthy if one.rule != NOTE]


def _checked(files: Sequence[Path]) -> Iterator[list[Finding]]:
    """What is noteworthy in each file, in order; many are shared among the processors, and progress is shown."""
    from runmock.documents.check.checking import look_at

    if len(files) < MANY:
        for file in files:
            with busy(f"checking {file}"):
                noteworthy = look_at(file)
            yield noteworthy
        return
    from concurrent.futures import ProcessPoolExecutor

    from rich.console import Console
    from rich.progress import track

    with ProcessPoolExecutor() as pool:
        results = pool.map(look_at, files, chunksize=CHUNK)
        console = Console(stderr=True)
        yield from track(results, "checking", total=len(files), console=console, transient=True)
