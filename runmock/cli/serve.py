"""`runmock serve`: an HTTP server that speaks the API from cassettes, or from stock replies when there are none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.apis.service.files.scripted import scripted_files
from runmock.cli.lines import count, examples, print_request, url_of
from runmock.core.engine.pace import Pace
from runmock.core.script.script import DEFAULT_REPLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.serve.rewinding import RewindableDeck

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command(
    short_help="Answer requests of Assistants and Responses over HTTP.",
    epilog=examples(
        "runmock serve", "runmock serve cassettes/weather.yaml --pace recorded", "runmock serve --port 0 --log"
    ),
)
@click.argument("cassettes", nargs=-1, type=click.Path(path_type=Path), metavar="[CASSETTE]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8765, show_default=True, help="0 takes a free one.")
@click.option("--pace", default="0", show_default=True, help="0 (at once), recorded, 2x (twice as fast), 20ms.")
@click.option("--watch", is_flag=True, help="Start over when a cassette changes on disk.")
@click.option("--log", "shows_log", is_flag=True, help="Print a line for each request, with its operation and status.")
@click.option("--api-key", metavar="KEY", help="Refuse requests without this key, with the service's 401.")
def serve(
    cassettes: tuple[Path, ...], host: str, port: int, pace: str, *, watch: bool, shows_log: bool, api_key: str | None
) -> None:
    """Answer requests of the Assistants and Responses APIs over HTTP, for any language, a demo, a colleague's browser.

    The cassettes answer. Without a cassette, every run gets a stock reply, and every endpoint of the API returns a
    valid object, with any ids. POST /_runmock/rewind starts over; the page at / shows the requests and what comes next,
    and loads other cassettes of the same folders. A folder plays nothing until one of its cassettes is loaded there.
    Ctrl-C ends it.
    """
    try:
        from runmock.deck.options import Options
        from runmock.serve.app import Server, application
        from runmock.serve.log import Log
        from runmock.serve.rewinding import RewindableDeck
        from runmock.serve.running import bound, run, signals_end_it
    except ImportError as error:
        raise click.ClickException(f"{error.name} is not installed: pip install 'runmock[serve]'") from None
    with signals_end_it():
        listening = bound(host, port)
        url = url_of(host, listening.getsockname()[1])
        ways_out = (("to start over", f"curl -X POST {url}/_runmock/rewind"),)
        options = Options(pace=Pace.read(pace), ways_out=ways_out, remembers=0)
        playing = RewindableDeck(cassettes, options)
        log = Log(print_request if shows_log else lambda _: None)
        server = Server(playing, log, api_key=api_key, news=click.echo, host=host)
        click.echo(f"OPENAI_BASE_URL={url}/v1")
        click.echo("\n".join([f"{url}/ shows what comes in; Ctrl-C ends it", *_loaded(playing)]))
        if host not in LOOPBACK and api_key is None:
            click.echo("anyone who can reach this machine can use it; --api-key KEY asks for a key", err=True)
        try:
            run(application(server), listening, server.close, server.watch() if watch else None)
        finally:
            click.echo("ended")


def _loaded(playing: RewindableDeck) -> Iterator[str]:
    """Yield a line for each cassette with the number of its runs, recorded interactions, files and vector stores."""
    if not playing.cassettes:
        on_shelf = count(len(playing.shelf.cassettes()), "cassette")
        until = f"; {on_shelf} can be loaded on the page" if on_shelf else ""
        yield f'  no cassette: every run gets a stock reply, "{DEFAULT_REPLY}"{until}'
    for cassette in playing.cassettes:
        script, recorded = cassette.script, len(cassette.interactions)
        files = [] if script is None else scripted_files(script.others)
        parts = (
            count(0 if script is None else len(script.runs), "run"),
            count(recorded, "recorded interaction"),
            count(sum(len(part.files) for part in files), "file"),
            count(sum(len(part.vector_stores) for part in files), "vector store"),
        )
        counts = [text for text in parts if text]
        yield f"  {cassette.path}: {', '.join(counts) or 'nothing to play'}"
