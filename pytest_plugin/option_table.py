"""The plugin's options and the marker's keywords, as tables; and how pytest learns of them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class RecordModes:
    """The names of the record modes. Nothing of runmock is imported before somebody looks at them."""

    def __iter__(self) -> Iterator[str]:
        from runmock.core.replay.record_modes import RecordMode

        return map(str, RecordMode)


class Option(NamedTuple):
    """One setting: `--runmock-NAME`, `runmock_NAME` in the ini file, `RUNMOCK_NAME` in the environment."""

    name: str
    keyword: str | None
    """The keyword of the marker and of `runmock_config` for the same setting."""
    default: str
    help: str
    choices: tuple[str, ...] | RecordModes = ()
    is_flag: bool = False
    metavar: str | None = None
    """The name of the option's optional value in the help; without a value the option means yes."""
    is_list: bool = False
    is_repeated: bool = False
    """Whether the option may be given several times."""

    @property
    def ini(self) -> Literal["string", "bool", "linelist"]:
        """The type of the ini setting; in a TOML file, pytest accepts only values of this type."""
        return "linelist" if self.is_list else "bool" if self.is_flag else "string"


OPTIONS = (
    Option(
        "record",
        "record_mode",
        "none",
        "what runmock records: none; once (a cassette that does not exist); new_episodes (requests without an answer); "
        "all (everything again); rewrite (the same, and removes the unused part); verify compares with the server",
        RecordModes(),
    ),
    Option("pace", "pace", "0", "how fast streams are played: 0 (at once), recorded, 2x, 20ms"),
    Option(
        "unused",
        None,
        "fail",
        "what happens to a test that did not play its whole cassette",
        ("ignore", "warn", "fail"),
    ),
    Option("upstream", "upstream", "", "the API root to record from, as https://gateway.example/v1"),
    Option(
        "allow_hosts",
        "allow_hosts",
        "",
        "hosts that OpenAI clients may reach when runmock has no answer: litellm,*.internal",
        is_list=True,
    ),
    Option(
        "every_test", None, "", "give each test a session, so that no test reaches a provider by accident", is_flag=True
    ),
    Option(
        "orphans",
        None,
        "",
        "list the cassettes below DIR, or beside the tests, that no test uses; the exit status is 1 if there are any",
        metavar="DIR",
    ),
    Option(
        "report",
        None,
        "",
        "show what each test played, from which cassette, and how long it took; with =FILE.html as a page, with "
        "=FILE.md as a text for a CI job's summary; may be given several times",
        is_flag=True,
        metavar="FILE",
        is_repeated=True,
    ),
    Option(
        "chaos",
        "chaos",
        "",
        "run each scripted test once more for each fault, or only for the faults that you name",
        metavar="FAULT,...",
    ),
    Option(
        "chaos_seed",
        "chaos_seed",
        "0",
        "a number that chooses the places of the faults; the same number gives the same places each time",
    ),
    Option("disable", None, "", "let every request through, as if runmock were not installed", is_flag=True),
)

BY_NAME = {option.name: option for option in OPTIONS}
VARIABLES = {option.name: f"RUNMOCK_{option.name.upper()}" for option in OPTIONS}

MARKER_KEYWORDS = (
    "record_mode",
    "match_on",
    "allow_unplayed",
    "allow_truncated",
    "pace",
    "upstream",
    "before_record",
    "hosts",
    "allow_hosts",
    "script",
    "chaos",
)
"""Keywords of the marker and keys of `runmock_config`."""


def declare(parser: pytest.Parser) -> None:
    """Add the options and ini names to pytest's."""
    group = parser.getgroup("runmock", "runmock: OpenAI's Assistants and Responses APIs from cassettes")
    for option in OPTIONS:
        flag = f"--runmock-{option.name.replace('_', '-')}"
        help_text = f"{option.help}; ini runmock_{option.name}, environment {VARIABLES[option.name]}"
        if option.metavar is not None:
            action = "append" if option.is_repeated else "store"
            group.addoption(
                flag, action=action, nargs="?", const="1", default=None, metavar=option.metavar, help=help_text
            )
        elif option.is_flag:
            group.addoption(flag, action="store_const", const="1", default=None, help=option.help)
        else:
            # Without a metavar argparse would list the choices now.
            metavar = None if isinstance(option.choices, tuple) else VARIABLES[option.name]
            group.addoption(flag, default=None, choices=option.choices or None, metavar=metavar, help=help_text)
        parser.addini(f"runmock_{option.name}", option.help, type=option.ini, default=None)


def give_bare_options_a_value(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Write `=1` behind each option without its optional value, so that argparse does not take the next argument."""
    bare = [f"--runmock-{option.name}" for option in OPTIONS if option.metavar is not None]
    if any(argument in args for argument in bare):
        args[:] = [f"{argument}=1" if argument in bare else argument for argument in args]
        # pytest has parsed them once already, to know which conftest.py comes first.
        config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(config.option))
