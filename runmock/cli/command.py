"""The command itself: its group, and errors in one line."""

from __future__ import annotations

import click

from runmock.cli.demo import demo


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog="Example: runmock demo")
@click.version_option(package_name="runmock")
def main() -> None:
    """Stand in for the OpenAI Assistants API: play runs, streams and tool calls from cassettes."""


main.add_command(demo)
