"""The help texts of the command and its parts, in a terminal of 80 columns."""

import re

import click
import pytest

from runmock.cli import main

COMMANDS = sorted(main.commands)


@pytest.fixture(autouse=True)
def _narrow(runmock_command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def test_every_summary_is_a_whole_sentence(runmock_command):
    ran = runmock_command("--help")
    rows = dict(re.findall(r"^  ([a-z]+)  +(.+)$", ran.out.partition("Commands:\n")[2], re.MULTILINE))
    assert sorted(rows) == COMMANDS
    assert [summary for summary in rows.values() if not re.fullmatch(r"[A-Z].*[^.]\.", summary)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_stands_on_a_line_of_its_own(runmock_command, name):
    ran = runmock_command(name, "--help")
    examples = ran.out.rpartition("Example")[2].splitlines()[1:]
    assert ran.code == 0
    assert examples
    assert [line for line in examples if not line.startswith(f"    runmock {name}")] == []
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_an_example_is_one_of_the_command(name):
    command = main.commands[name]
    known = {one for option in command.params if isinstance(option, click.Option) for one in option.opts}
    assert set(re.findall(r"(?<= )--?[a-z-]+", command.epilog)) <= known
