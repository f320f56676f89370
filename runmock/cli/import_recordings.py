"""`runmock import`: recordings of other tools as cassettes, each held against its original."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import examples
from runmock.core.errors import CassetteError
from runmock.core.report.plural import counted

if TYPE_CHECKING:
    from runmock.tape.importers.to_cassette import Import


@click.command(
    "import",
    short_help="Make cassettes of the recordings of other tools.",
    epilog=examples("runmock import tests/cassettes/test_weather.yaml", "runmock import *.har -o tests/cassettes"),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), help="Where to; beside each file if not given."
)
def import_recordings(files: tuple[Path, ...], folder: Path | None) -> None:
    """Convert recordings of vcrpy (pytest-recording), cassetter, HAR, test-proxy JSON and raw SSE logs.

    STEM.runmock.yaml is written for each, ids and times at rest, without anything secret, and only when every answer
    in it is the recorded one. Streams that are empty or cut off are refused by name; an event that is no JSON is kept
    as it came, and counted. A cassette that exists and says something else is never replaced. When a file cannot be
    imported the others still are; the exit code is 1 then.
    """
    taken: set[Path] = set()
    failed = 0
    for file in files:
        try:
            click.echo(_import(file, _target(file, folder, taken)))
        except CassetteError as error:
            failed += 1
            click.echo(error, err=True)
    if failed:
        raise click.ClickException(f"{failed} of {counted(len(files), 'file')} could not be imported")


def _import(file: Path, target: Path) -> str:
    """Write one cassette, and what there is to say of it. Raises CassetteError."""
    from runmock.tape.files.side_files import save
    from runmock.tape.importers.to_cassette import import_recording

    done = import_recording(file, target)
    try:
        if target.exists() and target.read_text(encoding="utf-8") != done.text:
            raise CassetteError(f"{target} exists and says something else; move it away first", str(file))
        state = "" if save(target, done.text, done.recorded) else ", unchanged"
    except OSError as error:
        raise CassetteError(f"{target} cannot be written: {error.strerror}", str(file)) from None
    events = f", {counted(done.events, 'event')}" if done.events else ""
    lines = f"{counted(done.lines_before, 'line')} {'is' if done.lines_before == 1 else 'are'} {done.lines}"
    line = f"{file} -> {target}: {counted(done.interactions, 'interaction')}{events}, {lines}{_odd(done)}{state}"
    return "\n".join([line, *(f"{file}: {warning}" for warning in done.warnings)])


def _odd(done: Import) -> str:
    """How many frames are no JSON, and where they stand."""
    if not done.odd_frames:
        return ""
    places = ", ".join(map(str, done.odd_lines))
    where = f" (line{'s' * (len(done.odd_lines) > 1)} {places})" if places else ""
    if done.odd_frames == 1:
        return f", 1 frame that is no JSON is kept as it came{where}"
    return f", {done.odd_frames} frames that are no JSON are kept as they came{where}"


def _target(file: Path, folder: Path | None, taken: set[Path]) -> Path:
    """The cassette of a file: its stem, numbered when another file had it."""
    stem = file.name.removesuffix(file.suffix).removesuffix(".runmock")
    place = file.parent if folder is None else folder
    target = place / f"{stem}.runmock.yaml"
    number = 2
    while target in taken:
        target = place / f"{stem}_{number}.runmock.yaml"
        number += 1
    taken.add(target)
    return target
