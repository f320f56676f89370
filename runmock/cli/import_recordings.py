"""`runmock import`: makes cassettes of the recordings of other tools, and compares each with its original."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import examples
from runmock.cli.progress import ProgressLine
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
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    help="The folder for the cassettes; if not given, each is written beside its recording.",
)
def import_recordings(files: tuple[Path, ...], folder: Path | None) -> None:
    """Convert recordings of vcrpy (pytest-recording), VCR for Ruby, cassetter, HAR, test-proxy JSON and raw SSE logs.

    Of vcrpy also its older form for httpx (status_code, content) and bodies under parsed_body, as pydantic-ai's
    serializer writes them.

    STEM.runmock.yaml is written for each, with stable ids and times and nothing secret, and only when it plays every
    answer as it was recorded. Streams that are empty or cut off are refused by name; an event that is not JSON is kept
    as it came, and counted. An existing cassette with other content is never replaced. When a file cannot be imported,
    the others still are; the exit code is 1 then.
    """
    used_targets: set[Path] = set()
    failed = 0
    with ProgressLine("importing" if len(files) > 1 else f"importing {files[0]}") as progress:
        for file in progress.each("files", files):
            try:
                line, is_error = _import(file, _target(file, folder, used_targets)), False
            except CassetteError as error:
                line, is_error = str(error), True
            failed += is_error
            with progress.hidden():
                click.echo(line, err=is_error)
    if failed:
        raise click.ClickException(f"{failed} of {counted(len(files), 'file')} could not be imported")


def _import(file: Path, target: Path) -> str:
    """Write the cassette of one file, and return the line about it. Raises CassetteError."""
    from runmock.tape.files.side_files import save
    from runmock.tape.importers.to_cassette import import_recording

    result = import_recording(file, target)
    try:
        if target.exists() and target.read_text(encoding="utf-8") != result.text:
            raise CassetteError(f"{target} exists with other content; move it away first", str(file))
        state = "" if save(target, result.text, result.recorded) else ", unchanged"
    except OSError as error:
        raise CassetteError(f"{target} cannot be written: {error.strerror}", str(file)) from None
    events = f", {counted(result.events, 'event')}" if result.events else ""
    lines = f"{counted(result.lines_before, 'line')} became {result.lines}"
    facts = f"{counted(result.interactions, 'interaction')}{events}, {lines}{_frames_without_json(result)}{state}"
    line = f"{file} -> {target}: {facts}"
    return "\n".join([line, *(f"{file}: {warning}" for warning in result.warnings)])


def _frames_without_json(imported: Import) -> str:
    """Return how many frames are not JSON, and their lines; the empty string when there are none."""
    if not imported.odd_frames:
        return ""
    places = ", ".join(map(str, imported.odd_lines))
    where = f" (line{'s' * (len(imported.odd_lines) > 1)} {places})" if places else ""
    if imported.odd_frames == 1:
        return f", 1 frame that is not JSON is kept as it came{where}"
    return f", {imported.odd_frames} frames that are no JSON are kept as they came{where}"


def _target(file: Path, folder: Path | None, used_targets: set[Path]) -> Path:
    """Return the path of a file's cassette: its stem, with a number when the stem is taken by another file."""
    stem = file.name.removesuffix(file.suffix).removesuffix(".runmock")
    place = file.parent if folder is None else folder
    target = place / f"{stem}.runmock.yaml"
    number = 2
    while target in used_targets:
        target = place / f"{stem}_{number}.runmock.yaml"
        number += 1
    used_targets.add(target)
    return target
