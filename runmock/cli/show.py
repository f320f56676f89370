"""`runmock show`: shows a cassette to people, in the terminal or as an HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import examples, rendered
from runmock.cli.progress import ProgressLine
from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from runmock.documents.show.summary import Summary


@click.command(
    short_help="Show the conversation, and what each run did and when.",
    epilog=examples(
        "runmock show cassettes/weather.yaml",
        "runmock show --full cassettes/weather.yaml | less",
        "runmock show cassettes/weather.yaml --html weather.html",
    ),
)
@click.argument("cassette", type=click.Path(path_type=Path, readable=False))
@click.option("--full", is_flag=True, help="Print the cassette with nothing shortened: every event whole, on its line.")
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write a page for a browser.")
def show(cassette: Path, *, full: bool, page: Path | None) -> None:
    """Show the conversation, what each run did and when, the tokens, and errors in the file.

    A script is shown as it plays to an application that streams. --html writes a page that is one file: you can open
    it, mail it, or attach it to a bug report.
    """
    from runmock.documents.show.summary import summary_of
    from runmock.tape.reading.gc_paused import gc_paused
    from runmock.tape.secrets.in_interactions import without_secrets

    with gc_paused(), ProgressLine(f"reading {cassette}") as progress:
        summary = summary_of(cassette, without_secrets if page is not None and not full else None, progress)
        if not summary.interactions:
            raise CassetteError("there is nothing to show: no run is scripted, and nothing is recorded", str(cassette))
        if full or page is None:
            text = _text(summary, progress, is_full=full)
            with progress.hidden():
                click.echo(text, nl=False, color=None if full else True)
        if page is not None:
            from runmock.viewer.cassette_page import cassette_page, page_of_summary

            progress.doing(f"writing {page}")
            _write(page, cassette_page(cassette) if full else page_of_summary(summary))
    if page is not None:
        click.echo(f"wrote {page}", err=full)


def _text(summary: Summary, progress: ProgressLine, *, is_full: bool) -> str:
    """Return what is printed, with the ANSI codes of its colours."""
    if is_full:
        from runmock.documents.show.plain_events import plain_text

        return plain_text(summary.header, progress.each("interactions", summary.interactions))
    from runmock.cli.story_lines import story_lines

    return rendered(story_lines(summary, progress))


def _write(page: Path, html: str) -> None:
    """Write the page. Raises CassetteError when it cannot be written."""
    from runmock.tape.files.store import write

    try:
        write(page, html)
    except OSError as error:
        raise CassetteError(f"cannot be written: {error.strerror}", str(page)) from None
