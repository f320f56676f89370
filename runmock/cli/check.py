"""`runmock check`: finds in cassettes what breaks the format or the service's rules, and what is secret."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import count, examples
from runmock.cli.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.documents.check.findings import Finding

MANY = 64
"""From this many files on, several processes check them."""
CHUNK = 16
"""Files that a process takes at once."""


@click.command(
    short_help="Find errors in cassettes.",
    epilog=examples("runmock check cassettes tests", "runmock check --json cassettes/weather.yaml"),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option("--json", "is_json", is_flag=True, help="Print the findings as a JSON list.")
def check(paths: tuple[Path, ...], *, is_json: bool) -> None:
    """Find errors in cassettes; PATH is a file, or a folder with cassettes.

    It finds keys and values that the format does not have, statuses of runs and responses and events of streams in an
    order that the service never sends, numbers of events that leave one out, ids that refer to nothing or change, tool
    calls without an output, streams, runs and responses without an end, deltas that do not add up to the text, keys and
    tokens. The exit code is 1 when there is a finding. A recorded event that is not JSON is not a finding, nor is the
    call of a response after which the recording ends: notes on stderr name them.
    """
    from runmock.documents.check.cassette_files import cassettes_at

    files = cassettes_at(paths)
    all_findings: list[Finding] = []
    what = "checking" if len(files) > 1 else f"checking {files[0]}"
    with _findings_by_file(files) as found_in_files, ProgressLine(what) as progress:
        for _, found_in_file in zip(progress.each("cassettes", files), found_in_files, strict=True):
            notes, findings = _notes_and_findings(found_in_file)
            all_findings += findings
            with progress.hidden():
                if not is_json:
                    click.echo("".join(f"{_coloured(finding, 'red')}\n" for finding in findings), nl=False)
                click.echo("".join(f"{_coloured(finding, 'yellow')}\n" for finding in notes), nl=False, err=True)
    if is_json:
        click.echo(json.dumps([asdict(finding) for finding in all_findings], indent=2, ensure_ascii=False))
    else:
        bad = len({finding.path for finding in all_findings})
        findings_text = f"{count(len(all_findings), 'finding')} in {bad} of " if all_findings else ""
        line = f"{findings_text}{count(len(files), 'cassette')}{'' if all_findings else ', nothing found'}"
        click.echo(click.style(line, fg="red" if all_findings else "green", bold=True), err=bool(all_findings))
    if all_findings:
        raise SystemExit(1)


def _coloured(finding: Finding, colour: str) -> str:
    """Return a finding as a line, its place bold and its rule coloured; click takes the colours out of a pipe."""
    place, rule = f"{finding.path}:{finding.line}:{finding.column}:", f"{finding.rule}:"
    return f"{click.style(place, bold=True)} {click.style(rule, fg=colour)} {finding.message}"


def _notes_and_findings(found_in_file: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Split what was found in a file into notes and findings."""
    from runmock.core.report.broken_rule import NOTE

    notes = [finding for finding in found_in_file if finding.rule == NOTE]
    return notes, [finding for finding in found_in_file if finding.rule != NOTE]


@contextlib.contextmanager
def _findings_by_file(files: Sequence[Path]) -> Iterator[Iterable[list[Finding]]]:
    """The findings and notes of each file, in order; many files are checked in several processes."""
    from runmock.documents.check.checking import findings_and_notes

    if len(files) < MANY:
        yield map(findings_and_notes, files)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor() as pool:
        yield pool.map(findings_and_notes, files, chunksize=CHUNK)
