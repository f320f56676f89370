"""`runmock record`: a recording reverse proxy, for applications in any language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runmock.cli.lines import told, url_of
from runmock.core.upstream import Upstream

if TYPE_CHECKING:
    from runmock.serve.takes import Takes


@click.command(
    epilog="Example:  runmock record --upstream https://gateway.example/v1 -o cassettes/weather.runmock.yaml"
)
@click.option("--upstream", required=True, metavar="URL", help="The API root to record from, as https://host/v1.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="CASSETTE", help="What to write."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8766, show_default=True, help="0 takes a free one.")
def record(upstream: str, output: Path, host: str, port: int) -> None:
    """Record what an application and a live API say to each other: point the application here instead.

    Requests go on to the upstream with their keys, which are not kept; answers come back event by event. A line tells
    each request. Ctrl-C or SIGTERM writes the cassette, in one step; until then CASSETTE.partial holds what there is.
    A cassette that exists is replaced only by a recording that is not worse.
    """
    try:
        from runmock.serve.log import Log
        from runmock.serve.proxy import Proxy
        from runmock.serve.running import bound, run, signals_end_it
        from runmock.serve.takes import Takes
    except ImportError as error:
        raise click.ClickException(f"{error.name} is not installed: pip install 'runmock[serve]'") from None
    root = Upstream.read(upstream)
    takes = Takes(output, root.root)
    try:
        with signals_end_it():
            listening = bound(host, port)
            url = url_of(host, listening.getsockname()[1])
            click.echo(f"OPENAI_BASE_URL={url}/v1")
            click.echo(f"recording {upstream} into {output}; Ctrl-C writes it")
            proxy = Proxy(root, takes, Log(told))
            run(proxy.application(), listening, lambda: None, proxy.save_now_and_then())
    finally:
        _save(takes)


def _save(takes: Takes) -> None:
    has_changed, left_out = takes.save()
    for line in left_out:
        click.echo(f"left out: {line}", err=True)
    click.echo(f"{'wrote' if has_changed else 'unchanged:'} {takes.path}")
    if left_out:
        raise click.ClickException(f"{len(left_out)} interactions are not in the cassette")
