"""`runmock schema`: the JSON Schema of cassettes, for editors."""

from __future__ import annotations

from importlib.resources import files

import click

from runmock.cli.lines import examples


@click.command(
    short_help="Print the JSON Schema of cassettes, for your editor.",
    epilog=examples("runmock schema > cassette.schema.json", "runmock schema --path"),
)
@click.option(
    "--path", "is_path", is_flag=True, help="Print where the schema's file is installed, instead of its text."
)
def schema(*, is_path: bool) -> None:
    """Print the JSON Schema of cassettes, with which an editor completes keys, describes them, and marks errors."""
    if is_path:
        click.echo(files("runmock.tape.schema") / "cassette.schema.json")
        return
    from runmock.tape.schema.schema import schema_text

    click.echo(schema_text(), nl=False)
