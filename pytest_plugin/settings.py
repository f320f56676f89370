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
    from pathlib import Path


class Option(NamedTuple):
    """One setting: `--runmock-NAME`, `runmock_NAME` in the ini file, `RUNMOCK_NAME` in the environment."""

    name: str
    keyword: str | None
    """The keyword of the marker and of `runmock_config` that says the same."""
    default: str
    help: str
    choices: tuple[str, ...] = ()
    is_flag: bool = False
    metavar: str | None = None
    """What the option may be given; without it, it says yes."""
    is_list: bool = False

    @property
    def ini(self) -> Literal["string", "bool", "linelist"]:
        """What it is in the ini file: of TOML's own values, pytest takes those of the declared kind."""
        return "linelist" if self.is_list else "bool" if self.is_flag else "string"


OPTIONS = (
    Option(
        "record",
        "record_mode",
        "none",
        "what is recorded: none, once (a cassette that does not exist), new_episodes (what it has no answer for), all "
        "(everything again), rewrite (the same, and what was not used goes); verify compares with upstream",
        ("none", "once", "new_episodes", "all", "rewrite", "verify"),
    ),
    Option("pace", "pace", "0", "how fast streams are played: 0 (at once), recorded, 2x, 20ms"),
    Option(
        "unused", None, "fail", "what scripted runs that were never created do to the test", ("ignore", "warn", "fail")
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
        "tell cassettes that no test uses, below DIR or where the tests are; the exit status is 1 when there are some",
        metavar="DIR",
    ),
    Option("report", None, "", "tell what each test played, from which cassette, and how long it took", is_flag=True),
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
"""The attribute of a report that says what came of an experiment; xdist takes it to the controlling process."""
NAMED = pytest.StashKey[Counter[str]]()
GUARDED = pytest.StashKey[bool]()
DEPRECATIONS = pytest.StashKey[int]()
"""On the config: how many of the SDK's deprecation warnings became one line."""


class RunningPytest:
    """What runmock may ask of the plugin, which does not import it to say so (runmock/session/named_cassettes.py)."""

    rootdir: ClassVar[Path | None] = None


def declare(parser: pytest.Parser) -> None:
    """Add the options and ini names to pytest's."""
    group = parser.getgroup("runmock", "runmock: the OpenAI Assistants API from cassettes")
    for option in OPTIONS:
        flag = f"--runmock-{option.name.replace('_', '-')}"
        said = f"{option.help}; ini runmock_{option.name}, environment {VARIABLES[option.name]}"
        if option.is_flag:
            group.addoption(flag, action="store_const", const="1", default=None, help=option.help)
        elif option.metavar is not None:
            group.addoption(flag, nargs="?", const="1", default=None, metavar=option.metavar, help=said)
        else:
            group.addoption(flag, default=None, choices=option.choices or None, help=said)
        parser.addini(f"runmock_{option.name}", option.help, type=option.ini, default=None)


def close(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Say yes behind `=` for an option that stands bare, wherever it was written, before its neighbour is taken."""
    bare = [f"--runmock-{option.name}" for option in OPTIONS if option.metavar is not None]
    if any(one in args for one in bare):
        args[:] = [f"{one}=1" if one in bare else one for one in args]
        # pytest has parsed them once already, to know which conftest.py comes first.
        config.known_args_namespace = parser.parse_known_args(args, namespace=copy.copy(config.option))


def note_rootdir(config: pytest.Config) -> None:
    """Let `use_cassette` know up to where names are looked for."""
    config.add_cleanup(partial(setattr, RunningPytest, "rootdir", RunningPytest.rootdir))
    RunningPytest.rootdir = config.rootpath


def note_names_of_tests(config: pytest.Config) -> None:
    """Let `use_cassette` know which methods of a class are tests, where the ini file says so."""
    functions, classes = (tuple(config.getini(name)) for name in ("python_functions", "python_classes"))
    if (functions, classes) != (("test",), ("Test",)):
        from runmock.session.decorators.collected_names import Collected

        before = Collected.functions, Collected.classes
        Collected.functions, Collected.classes = functions, classes
        config.add_cleanup(lambda: setattr(Collected, "functions", before[0]))
        config.add_cleanup(lambda: setattr(Collected, "classes", before[1]))


def is_played(item: pytest.Item) -> bool:
    """Whether a test is marked, or asks for the fixture; one that has a session as every test has is not."""
    if item.stash.get(GUARDED, False):
        return False
    return item.get_closest_marker("runmock") is not None or "runmock" in getattr(item, "fixturenames", ())


def is_guarded(item: pytest.Item) -> bool:
    """Whether a test has a session only because every test has one; noted once, before it is given the fixture."""
    if GUARDED not in item.stash:
        item.stash[GUARDED] = not is_played(item) and is_on(item.config, "every_test")
    return item.stash[GUARDED]


def note_name(item: pytest.Item) -> None:
    """A test was collected: count it among those that name its cassettes."""
    item.config.stash.setdefault(NAMED, Counter()).update(str(name) for name in marks.cassettes_named(item))


def tests_that_name(config: pytest.Config, name: Any) -> int:
    """How many of the collected tests name a cassette, those that were deselected included."""
    return config.stash.get(NAMED, Counter[str]())[str(name)]


def keywords(item: pytest.Item, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The marker's keywords over those of `runmock_config`; a nearer marker wins. Raises pytest.UsageError."""
    from runmock.core.errors import UsageError
    from runmock.session.keywords import refuse_wrong

    if config is not None and not isinstance(config, Mapping):
        raise pytest.UsageError(f"{item.nodeid}: runmock_config is a mapping of keywords, not {config!r}")
    said = dict(config or {})
    if "chaos" in said:
        raise pytest.UsageError(f"{item.nodeid}: chaos is said by the marker; runmock_config comes too late for it")
    try:
        refuse_wrong("runmock_config", said)
        for mark in reversed(marks.of_test(item)):
            refuse_wrong("@pytest.mark.runmock", mark.kwargs)
            said |= mark.kwargs
    except UsageError as error:
        raise pytest.UsageError(f"{item.nodeid}: {error}") from None
    return said


def value(config: pytest.Config, name: str, said: Mapping[str, Any] | None = None) -> Any:
    """A setting's value; `said` are the marker's keywords and those of `runmock_config`. Raises pytest.UsageError."""
    option = BY_NAME[name]
    given = getattr(config.option, f"runmock_{name}")
    if given is None and option.keyword is not None:
        given = (said or {}).get(option.keyword)
    if given is None:
        given = os.environ.get(VARIABLES[name]) or _in_file(config, name) or option.default
    if option.choices and given not in option.choices:
        from runmock.core.errors import did_you_mean

        hint = did_you_mean(str(given), option.choices)
        raise pytest.UsageError(f"{_place(name)} cannot be {given!r}; it is one of {', '.join(option.choices)}{hint}")
    return given


def _place(name: str) -> str:
    """The environment variable that says a setting, else the setting of the ini file."""
    return VARIABLES[name] if os.environ.get(VARIABLES[name]) else f"runmock_{name}"


def _in_file(config: pytest.Config, name: str) -> Any:
    """What the ini file says, if anything. Raises pytest.UsageError for a word that is neither yes nor no."""
    try:
        return config.getini(f"runmock_{name}")
    except (ValueError, pytest.UsageError) as error:
        _, is_word, word = str(error).partition("invalid truth value ")
        if not is_word:
            raise
        if word == repr(""):
            return None
        raise pytest.UsageError(f"runmock_{name} cannot be {word}; it is one of {_WORDS}") from None


def commands_recording(config: pytest.Config) -> bool:
    """Whether the command line itself says the record mode: what stands in the ini file's `addopts` does not count."""
    if config.getoption("--runmock-record") is None:
        return False
    flag = "--runmock-record"
    typed = getattr(config, "workerinput", {}).get(TYPED, config.invocation_params.args)
    return any(str(one).startswith(flag) for one in typed) or flag in os.environ.get("PYTEST_ADDOPTS", "")


TYPED = "runmock_typed"
"""Where xdist's workers are told what was typed for the controlling process."""


def allowed_hosts(config: pytest.Config, said: Mapping[str, Any]) -> Any:
    """The hosts that requests are let through to: a list as the marker says it, or texts with commas."""
    given = value(config, "allow_hosts", said)
    if given is said.get("allow_hosts"):
        return given
    return names_in(given)


def names_in(given: Any) -> list[str]:
    """The names in a text with commas, or in several of them."""
    texts = [given] if isinstance(given, str) else given
    return [name for text in texts for name in re.split(r"[,\s]+", text) if name]


def unused(config: pytest.Config, said: Mapping[str, Any]) -> str:
    """What leftovers do to a test: the marker's `allow_unplayed` says it too, below the command line."""
    is_allowed = said.get("allow_unplayed")
    if is_allowed is not None and config.getoption("--runmock-unused") is None:
        return "ignore" if is_allowed else "fail"
    return str(value(config, "unused"))


def is_disabled(config: pytest.Config) -> bool:
    """Whether runmock is switched off for this run of pytest."""
    return is_on(config, "disable")


def is_on(config: pytest.Config, name: str) -> bool:
    """Whether a flag is set. Raises pytest.UsageError for a word that is neither yes nor no."""
    said = str(value(config, name)).lower()
    if said not in SWITCH:
        raise pytest.UsageError(f"{_place(name)} cannot be {said!r}; it is one of {_WORDS}")
    return SWITCH[said]


SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off", ""), False),
}
_WORDS = ", ".join(filter(None, SWITCH))
