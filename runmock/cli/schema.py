"""`runmock schema`: the JSON Schema of the format, for editors."""

from __future__ import annotations

import click


@click.command(
    epilog="Examples:  runmock schema > .cassette.schema.json  |  "
    'echo "# yaml-language-server: $schema=$(runmock schema --path)"'
)
@click.option("--path", "is_path", is_flag=True, help="Print where the installed file is, not what is in it.")
def schema(*, is_path: bool) -> None:
    """Print the JSON Schema of cassettes; editors complete and check YAML with it."""
    from importlib.resources import files

    from runmock.tape.schema import FILE, schema_text

    click.echo(str(files("runmock.tape") / FILE) if is_path else schema_text().rstrip("\n"))
