"""The command `runmock`: the group of all commands, which prints errors in one line."""

from __future__ import annotations

import os
from typing import Any

import click

from runmock.cli.check import check
from runmock.cli.convert import distill, expand
from runmock.cli.demo import demo
from runmock.cli.diff import diff
from runmock.cli.import_recordings import import_recordings
from runmock.cli.lines import examples
from runmock.cli.record import record
from runmock.cli.schema import schema
from runmock.cli.serve import serve
from runmock.cli.show import show
from runmock.core.errors import RunmockError


class _Plain(click.Group):
    """Turns errors of runmock into those of click, which are one line and exit code 1; heeds NO_COLOR."""

    def invoke(self, ctx: click.Context) -> Any:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except RunmockError as error:
            raise click.ClickException(str(error)) from None


@click.group(
    cls=_Plain,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("runmock check cassettes", "runmock serve cassettes/weather.yaml"),
)
@click.version_option(package_name="runmock")
def main() -> None:
    """Stand in for OpenAI's Assistants and Responses APIs: play runs, streams and tool calls from cassettes."""


main.add_command(demo)
main.add_command(serve)
main.add_command(record)
main.add_command(import_recordings)
main.add_command(check)
main.add_command(show)
main.add_command(distill)
main.add_command(expand)
main.add_command(diff)
main.add_command(schema)
