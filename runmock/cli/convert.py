"""`runmock distill` and `runmock expand`: a recording becomes a script, a script becomes a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import examples
from runmock.cli.progress import ProgressLine
from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.documents.convert.distilling import Deviation

output = click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write; else the text is printed.",
)


@click.command(
    short_help="Write the shortest script that plays what CASSETTE has recorded.",
    epilog=examples("runmock distill cassettes/recorded_weather.yaml -o cassettes/weather.yaml"),
)
@click.argument("cassette", type=click.Path(path_type=Path, readable=False))
@output
def distill(cassette: Path, target: Path | None) -> None:
    """Write the shortest script that plays what CASSETTE has recorded.

    The script is compared with the recording: the recorded requests are sent to it, and where its answer differs, the
    difference is printed with the reason. Ids, times, how often a run of Assistants was polled and where a text was
    split into deltas do not count. What was not recorded, for example the end of a run, is made up and listed. Requests
    that no script answers, for example the upload of a file, stay a recording.
    """
    from runmock.documents.convert.distilling import distilled
    from runmock.tape.reading.cassette import load_cassette
    from runmock.tape.reading.gc_paused import gc_paused

    with gc_paused(), ProgressLine(f"distilling {cassette}") as progress:
        recording = load_cassette(cassette)
        result = distilled(recording, progress)
    _put(result.text, target, recording.interactions)
    if not result.has_runs and not result.verbatim:
        click.echo("no run is recorded here, so the script has no run; it answers the other requests", err=True)
    for line in [
        *_deviation_lines(result.verbatim, "as it was recorded"),
        *_deviation_lines([*result.made_up, *result.deviations]),
    ]:
        click.echo(line, err=True)


def _deviation_lines(deviations: Sequence[Deviation], head: str = "not in the script") -> list[str]:
    """Return the lines on what is not in the script: for each reason the first place, and the number of others."""
    by_reason: dict[str, list[Deviation]] = {}
    for item in deviations:
        by_reason.setdefault(item.why, []).append(item)
    lines = []
    for why, items in by_reason.items():
        first = items[0]
        more = f", and {len(items) - 1} more" if len(items) > 1 else ""
        place = "" if first.line is None else f"line {first.line}: "
        lines.append(f"{head}: {place}{first.request}  {first.where or 'the answer'}{more}\n  {why}")
    return lines


@click.command(
    short_help="Write the recording that the script in CASSETTE gives.",
    epilog=examples(
        "runmock expand cassettes/weather.yaml",
        "runmock expand --api responses cassettes/weather.yaml",
        "runmock expand weather.yaml --like recorded.yaml -o played.runmock.yaml",
    ),
)
@click.argument("cassette", type=click.Path(path_type=Path, readable=False))
@click.option("--poll", "is_polled", is_flag=True, help="Let the made-up application poll; else it streams.")
@click.option(
    "--api",
    type=click.Choice(["assistants", "responses"]),
    default="assistants",
    show_default=True,
    help="The API that is asked for runs that both can play.",
)
@click.option(
    "--like",
    type=click.Path(path_type=Path, readable=False),
    metavar="RECORDING",
    help="Send the requests of this recording.",
)
@output
def expand(cassette: Path, target: Path | None, like: Path | None, api: str, *, is_polled: bool) -> None:
    """Write the recording that the script in CASSETTE gives: every event, every object.

    A made-up application creates each scripted run, with a question, tools and outputs that the script expects; with
    --like the requests are those of a recording.
    """
    from runmock.documents.convert.expanding import each_expanded, expanded_text, header_like, with_clock_of
    from runmock.documents.convert.replay_against_script import replayed
    from runmock.tape.reading.cassette import load_cassette
    from runmock.tape.reading.gc_paused import gc_paused
    from runmock.tape.writing.cassette_text import cassette_text

    with gc_paused(), ProgressLine(f"expanding {cassette}") as progress:
        script = load_cassette(cassette)
        if like is None:
            interactions = each_expanded(script, is_streamed=not is_polled, api=api, progress=progress)
            text = expanded_text(script, interactions)
        else:
            recording = load_cassette(like)
            header = header_like(script, recording)
            replayed_interactions = replayed(with_clock_of(script, header), recording, progress)
            unanswered = next((item for item in replayed_interactions if item.played is None), None)
            if unanswered is not None:
                raise CassetteError(unanswered.why_unanswered, str(cassette))
            text = cassette_text(header, [item.played for item in replayed_interactions if item.played is not None])
    _put(text, target, script.interactions)


def _put(text: str, target: Path | None, recorded: Sequence[Interaction]) -> None:
    """Print a cassette, or write it with its side files in one step; `recorded` are the interactions that have them.

    Raises CassetteError when the file cannot be written.
    """
    from runmock.tape.files.side_files import save

    if target is None:
        click.echo(text, nl=False)
        return
    try:
        has_changed = save(target, text, recorded)
    except OSError as error:
        raise CassetteError(f"cannot be written: {error.strerror}", str(target)) from None
    click.echo(f"{'wrote' if has_changed else 'unchanged:'} {target}", err=True)
