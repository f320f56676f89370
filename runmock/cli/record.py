"""`runmock record`: a recording reverse proxy, for applications in any language."""

from __future__ import annotations

import contextlib
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runmock.cli.lines import examples, print_request, url_of
from runmock.core.errors import CassetteNotFoundError, RunmockError, UsageError, notes_of
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.upstream import Upstream, is_retired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runmock.recording.recording import Recording


@click.command(
    short_help="Record an application's requests and the answers of a live API.",
    epilog=examples("runmock record --upstream https://gateway.example/v1 -o weather.runmock.yaml"),
)
@click.option("--upstream", required=True, metavar="URL", help="The API root to record from, as https://host/v1.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="CASSETTE", help="What to write."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8766, show_default=True, help="0 takes a free one.")
@click.option(
    "--before-record",
    "hook",
    metavar="FILE.py:FUNCTION",
    help="A function that changes each interaction before it is written, or drops it by returning None.",
)
def record(upstream: str, output: Path, host: str, port: int, hook: str | None) -> None:
    """Record an application's requests and the answers of a live API, as a proxy between the two.

    Give your application the printed address. Its requests go on to the upstream with their keys, which are not
    kept; the answers come back event by event. A line is printed for each request. Ctrl-C or SIGTERM writes the
    cassette, in one step; until then, CASSETTE.partial has what was recorded.

    Every API can be recorded at every host, except Assistants at api.openai.com and *.openai.azure.com: it was switched
    off there.

    In an existing CASSETTE, a new conversation replaces the one with the same requests, unless the new one is worse.
    Scripts, comments and everything else stay.
    """
    from runmock.recording import partial

    try:
        from runmock.serve.log import Log
        from runmock.serve.proxy import Proxy
        from runmock.serve.running import bound, run, signals_end_it
    except ImportError as error:
        raise click.ClickException(f"{error.name} is not installed: pip install 'runmock[serve]'") from None
    root = Upstream.read(upstream)
    recording = _recording(output, root, hook)
    try:
        with signals_end_it():
            listening = bound(host, port)
            url = url_of(host, listening.getsockname()[1])
            click.echo(f"OPENAI_BASE_URL={url}/v1")
            click.echo(f"recording {upstream} into {output}; Ctrl-C writes it")
            for line in _switched_off(root.host):
                click.echo(line)
            if (aside := partial.set_aside(output)) is not None:
                click.echo(f"what an earlier recording left is in {aside}")
            proxy = Proxy(root, recording, Log(print_request), click.echo)
            run(proxy.application(), listening, lambda: None, proxy.save_now_and_then())
    finally:
        _save(recording)


def _switched_off(host: str) -> Iterator[str]:
    """A line for each API that was switched off at a host, while others are recorded there."""
    from runmock.apis.registry import APIS

    for api in APIS:
        if api.retirement is not None and is_retired(api, host):
            yield f"the {api.name} API was switched off there on {api.retirement.on}: its requests are refused"


def _recording(output: Path, root: Upstream, hook: str | None) -> Recording:
    """Return the recording that writes `output`.

    Raises CassetteError when the path cannot be a file, or when the file there is no cassette.
    """
    from runmock.recording.recording import Recording
    from runmock.tape.files.file_names import refuse_impossible
    from runmock.tape.reading.cassette import load_cassette

    refuse_impossible(output)
    with contextlib.suppress(CassetteNotFoundError):
        load_cassette(output)
    return Recording(
        output,
        RecordMode.ALL,
        output.exists(),
        root,
        None if hook is None else function_at(hook),
        way_out="--before-record FILE.py:FUNCTION",
    )


def _save(recording: Recording) -> None:
    from runmock.recording.before_record import failure_of

    try:
        has_changed = recording.write()
    except (RunmockError, OSError) as error:
        raise click.ClickException("\n".join([str(error), *notes_of(error)])) from None
    except Exception as error:  # noqa: BLE001 - the user's function may raise anything
        assert recording.before_record is not None, "nothing else runs the user's code"
        failure = failure_of(recording.before_record, error)
        notes = notes_of(error)[1:]  # the first one is the place, which `failure` names
        raise click.ClickException("\n".join([failure, *notes])) from None
    for line in recording.warnings:
        if line not in recording.unended:  # it was printed already, below the line of its request
            click.echo(f"warning: {line}", err=True)
    if has_changed or recording.path.exists():
        click.echo(f"{'wrote' if has_changed else 'unchanged:'} {recording.path}")
    else:
        click.echo("nothing was recorded")


def function_at(place: str) -> Callable[[Any], Any]:
    """Return the function that `FILE.py:FUNCTION` names. Raises UsageError when there is none."""
    file, _, name = place.rpartition(":")
    if not file.endswith(".py") or not name:
        raise UsageError(f"--before-record {place!r} names no function; write it as conftest.py:clean")
    try:
        function = runpy.run_path(file).get(name)
    except OSError as error:
        raise UsageError(f"--before-record: {file} cannot be read: {error.strerror}") from None
    except Exception as error:
        raise UsageError(f"--before-record: {file} cannot be run: {type(error).__name__}: {error}") from error
    if not callable(function):
        raise UsageError(f"--before-record: {file} has no function {name!r}")
    return function  # type: ignore[no-any-return]  # its signature is not known
