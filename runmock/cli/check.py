"""`runmock check`: cassettes held against the format, the service's rules, and what is secret."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import busy, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.documents.findings import Finding

MANY = 64
"""So many files are worth a second process."""
CHUNK = 16


@click.command(epilog="Examples:  runmock check cassettes tests  |  runmock check --json cassettes/weather.yaml")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option("--json", "is_json", is_flag=True, help="Print the findings as a JSON list.")
def check(paths: tuple[Path, ...], *, is_json: bool) -> None:
    """Find what is wrong with cassettes; PATH is a file, or a folder to look through.

    Looked for: keys and values that the format does not have, a run's statuses and a stream's events in an order that
    the service never sends, ids that refer to nothing, tool calls that nobody answers, streams and runs without an end,
    deltas that do not add up to the text, keys and tokens. The exit code is 1 when there is a finding.
    """
    from runmock.documents.files import cassettes_at

    files = cassettes_at(paths)
    found: list[Finding] = []
    for findings in _checked(files):
        found += findings
        if not is_json:
            click.echo("".join(f"{one}\n" for one in findings), nl=False)
    if is_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        bad = len({one.path for one in found})
        told = f"{count(len(found), 'finding')} in {bad} of " if found else ""
        click.echo(f"{told}{count(len(files), 'cassette')}{'' if found else ', nothing found'}", err=bool(found))
    if found:
        raise SystemExit(1)


def _checked(files: Sequence[Path]) -> Iterator[list[Finding]]:
    """The findings of each file, in order; many files are shared among the processors, and progress is shown."""
    from runmock.documents.checking import check_file

    if len(files) < MANY:
        for file in files:
            with busy(f"checking {file}"):
                findings = check_file(file)
            yield findings
        return
    from concurrent.futures import ProcessPoolExecutor

    from rich.console import Console
    from rich.progress import track

    with ProcessPoolExecutor() as pool:
        results = pool.map(check_file, files, chunksize=CHUNK)
        console = Console(stderr=True)
        yield from track(results, "checking", total=len(files), console=console, transient=True)
