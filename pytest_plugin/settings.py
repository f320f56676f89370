"""Settings as tables: command line, marker, `runmock_config`, environment, ini, default, in this order."""

from __future__ import annotations

import copy
import os
import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import pytest
from pytest_runmock import marks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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

    @property
    def ini(self) -> Literal["string", "bool", "linelist"]:
        """The type of the ini setting; in a TOML file, pytest accepts only values of this type."""
        return "linelist" if self.is_list else "bool" if self.is_flag else "string"


OPTIONS = (
    Option(
        "record",
        "record_mode",
        "none",
        "what is recorded: none, once (a cassette that does not exist), new_episodes (what it has no answer for), all "
        "(everything again), rewrite (the same, and what was not used goes); verify compares with upstream",
        RecordModes(),
    ),
    Option("pace", "pace", "0", "how fast streams are played: 0 (at once), recorded, 2x, 20ms"),
    Option(
        "unused",
        None,
        "fail",
        "what runs, requests and outputs of a cassette that were not played do to the test",
        ("ignore", "warn", "fail"),
    ),
    Option("upstream", "upstream", "", "the API root to record from, as https://gateway.example/v1"),
    Option(
        "allow_hosts",
        "allow_hosts",
        "",
        "hosts that requests of OpenAI clients are let through to, but for what runmock answers: litellm,*.internal",
        is_list=True,
    ),
    Option(
        "every_test", None, "", "give each test a session, so that none reaches a provider by accident", is_flag=True
    ),
    Option(
        "orphans",
        None,
        "",
        "list cassettes that no test uses, below DIR or where the tests are; the exit status is 1 when there are some",
        metavar="DIR",
    ),
    Option("report", None, "", "show what each test played, from which cassette, and how long it took", is_flag=True),
    Option(
        "chaos",
        "chaos",
        "",
        "run each scripted test once more for everything that can go wrong, or for the faults that are named",
        metavar="FAULT,...",
    ),
    Option("chaos_seed", "chaos_seed", "0", "where faults strike; another number is other places"),
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

CHAOS = "runmock_chaos"
"""The attribute of a report with the result of an experiment; xdist sends it to the controlling process."""
NAMED = pytest.StashKey[Counter[str]]()
"""On the config: how many collected tests name a cassette, by its name."""
GUARDED = pytest.StashKey[bool]()
"""On an item: whether it has a session only because every test has one."""
DEPRECATIONS = pytest.StashKey[int]()
"""On the config: how many of the SDK's deprecation warnings became one line."""


class RunningPytest:
    """What runmock needs to know of pytest; runmock/session/named_cassettes.py reads it from `sys.modules`."""

    rootdir: ClassVar[Path | None] = None


def declare(parser: pytest.Parser) -> None:
    """Add the options and ini names to pytest's."""
    group = parser.getgroup("runmock", "runmock: the OpenAI Assistants API from cassettes")
    for option in OPTIONS:
        flag = f"--runmock-{option.name.replace('_', '-')}"
        help_text = f"{option.help}; ini runmock_{option.name}, environment {VARIABLES[option.name]}"
        if option.is_flag:
            group.addoption(flag, action="store_const", const="1", default=None, help=option.help)
        elif option.metavar is not None:
            group.addoption(flag, nargs="?", const="1", default=None, metavar=option.metavar, help=help_text)
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


def note_rootdir(config: pytest.Config) -> None:
    """Set the folder where the search of `use_cassette` for names ends, until pytest is done."""
    config.add_cleanup(partial(setattr, RunningPytest, "rootdir", RunningPytest.rootdir))
    RunningPytest.rootdir = config.rootpath


def note_names_of_tests(config: pytest.Config) -> None:
    """Tell the class decorator `use_cassette` the ini file's patterns for names of tests, until pytest is done."""
    functions, classes = (tuple(config.getini(name)) for name in ("python_functions", "python_classes"))
    if (functions, classes) != (("test",), ("Test",)):
        from runmock.session.decorators.collected_names import Collected

        before = Collected.functions, Collected.classes
        Collected.functions, Collected.classes = functions, classes
        config.add_cleanup(lambda: setattr(Collected, "functions", before[0]))
        config.add_cleanup(lambda: setattr(Collected, "classes", before[1]))


def is_played(item: pytest.Item) -> bool:
    """Whether a test is marked or requests the fixture; no if it has a session only because every test has one."""
    if item.stash.get(GUARDED, False):
        return False
    return item.get_closest_marker("runmock") is not None or "runmock" in getattr(item, "fixturenames", ())


def is_guarded(item: pytest.Item) -> bool:
    """Whether a test has a session only because every test has one; decided once, before it gets the fixture."""
    if GUARDED not in item.stash:
        item.stash[GUARDED] = not is_played(item) and is_on(item.config, "every_test")
    return item.stash[GUARDED]


def count_cassette_names(item: pytest.Item) -> None:
    """Count a collected test for each cassette that its markers name."""
    item.config.stash.setdefault(NAMED, Counter()).update(str(name) for name in marks.cassettes_named(item))


def count_of_tests_naming(config: pytest.Config, name: Any) -> int:
    """Return how many collected tests name a cassette, deselected tests included."""
    return config.stash.get(NAMED, Counter[str]())[str(name)]


def keywords(item: pytest.Item, runmock_config: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the keywords of `runmock_config` and of the markers: markers win, and a nearer one wins over the others.

    Raises pytest.UsageError for a wrong one.
    """
    from runmock.core.errors import UsageError
    from runmock.session.keywords import refuse_wrong

    if runmock_config is not None and not isinstance(runmock_config, Mapping):
        raise pytest.UsageError(f"{item.nodeid}: runmock_config is a mapping of keywords, not {runmock_config!r}")
    merged = dict(runmock_config or {})
    if "chaos" in merged:
        why = "chaos is a keyword of the marker only; runmock_config is read too late for it"
        raise pytest.UsageError(f"{item.nodeid}: {why}")
    try:
        refuse_wrong("runmock_config", merged)
        for mark in reversed(marks.of_test(item)):
            refuse_wrong("@pytest.mark.runmock", mark.kwargs)
            merged |= mark.kwargs
    except UsageError as error:
        raise pytest.UsageError(f"{item.nodeid}: {error}") from None
    return merged


def value(config: pytest.Config, name: str, keywords: Mapping[str, Any] | None = None) -> Any:
    """Return a setting's value; `keywords` are those of markers and `runmock_config`. Raises pytest.UsageError."""
    option = BY_NAME[name]
    chosen = getattr(config.option, f"runmock_{name}")
    if chosen is None and option.keyword is not None:
        chosen = (keywords or {}).get(option.keyword)
    if chosen is None:
        chosen = os.environ.get(VARIABLES[name]) or _ini_value(config, name) or option.default
    if option.choices and chosen not in option.choices:
        from runmock.core.errors import did_you_mean

        hint = did_you_mean(str(chosen), option.choices)
        raise pytest.UsageError(
            f"{_setting_name(name)} cannot be {chosen!r}; it is one of {', '.join(option.choices)}{hint}"
        )
    return chosen


def _setting_name(name: str) -> str:
    """Return the name of a setting for a message: its environment variable when that is set, else its ini name."""
    return VARIABLES[name] if os.environ.get(VARIABLES[name]) else f"runmock_{name}"


def _ini_value(config: pytest.Config, name: str) -> Any:
    """Return the value in the ini file, None without one. Raises pytest.UsageError for a wrong word for yes or no."""
    try:
        return config.getini(f"runmock_{name}")
    except (ValueError, pytest.UsageError) as error:
        _, is_word, word = str(error).partition("invalid truth value ")
        if not is_word:
            raise
        if word == repr(""):
            return None
        raise pytest.UsageError(f"runmock_{name} cannot be {word}; it is one of {_WORDS}") from None


def is_mode_on_command_line(config: pytest.Config) -> bool:
    """Whether the record mode was typed, or is in PYTEST_ADDOPTS; the ini file's `addopts` does not count."""
    if config.getoption("--runmock-record") is None:
        return False
    flag = "--runmock-record"
    typed = getattr(config, "workerinput", {}).get(TYPED, config.invocation_params.args)
    return any(str(argument).startswith(flag) for argument in typed) or flag in os.environ.get("PYTEST_ADDOPTS", "")


TYPED = "runmock_typed"
"""The key of `workerinput` under which a worker of xdist gets the arguments of the controlling process."""


def allowed_hosts(config: pytest.Config, keywords: Mapping[str, Any]) -> Any:
    """Return the hosts of `allow_hosts`: the keyword's value as it is, else the names in the option's text."""
    hosts = value(config, "allow_hosts", keywords)
    if hosts is keywords.get("allow_hosts"):
        return hosts
    return names_in(hosts)


def names_in(value: Any) -> list[str]:
    """Return the names in a text, or in several; commas or blanks separate them."""
    texts = [value] if isinstance(value, str) else value
    return [name for text in texts for name in re.split(r"[,\s]+", text) if name]


def unused(config: pytest.Config, keywords: Mapping[str, Any]) -> str:
    """Return what leftovers do to a test: `ignore`, `warn` or `fail`.

    The option on the command line wins, then the keyword `allow_unplayed`, then the other sources of the setting.
    """
    is_allowed = keywords.get("allow_unplayed")
    if is_allowed is not None and config.getoption("--runmock-unused") is None:
        return "ignore" if is_allowed else "fail"
    return str(value(config, "unused"))


def is_disabled(config: pytest.Config) -> bool:
    """Whether runmock is switched off for this run of pytest."""
    return is_on(config, "disable")


def is_on(config: pytest.Config, name: str) -> bool:
    """Whether a flag is set. Raises pytest.UsageError for a word that is neither yes nor no."""
    word = str(value(config, name)).lower()
    if word not in SWITCH:
        raise pytest.UsageError(f"{_setting_name(name)} cannot be {word!r}; it is one of {_WORDS}")
    return SWITCH[word]


SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off", ""), False),
}
_WORDS = ", ".join(filter(None, SWITCH))
