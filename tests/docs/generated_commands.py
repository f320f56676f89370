"""The part of docs/reference/commands.md that is made from the command's own help."""

import re

import click
from wrapped import wrapped

from runmock.cli import main


def markdown():
    """The generated part."""
    return "\n".join(_command(name, command) for name, command in main.commands.items())


def _command(name, command):
    context = click.Context(command, info_name=f"runmock {name}")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    paragraphs = [wrapped(paragraph) for paragraph in re.split(r"\n\s*\n", command.help.strip())]
    examples = re.findall(r"^  (runmock .*)$", command.epilog, re.MULTILINE)
    parts = [
        f"## `runmock {name}`",
        paragraphs[0],
        f"Usage: `{usage}`",
        *paragraphs[1:],
        _options(command),
        "\n".join(["Examples:", "", *(f"- `{example}`" for example in examples)]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _options(command):
    rows = [_option(option) for option in command.params if isinstance(option, click.Option)]
    return "\n".join(["| option | meaning | default |", "| --- | --- | --- |", *rows]) if rows else ""


def _option(option):
    value = "" if option.is_flag else f" {option.metavar or VALUES.get(option.type.name, option.type.name.upper())}"
    names = ", ".join(f"`{name}{value}`" for name in option.opts)
    default = f"`{option.default}`" if option.show_default else "required" if option.required else ""
    return f"| {names} | {option.help} | {default} |".replace("|  |", "| |")


VALUES = {"integer": "N"}
