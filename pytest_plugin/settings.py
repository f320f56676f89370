"""The values of settings: from the command line, marker, `runmock_config`, environment, ini, default, in this order."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from pytest_runmock import marks, option_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


CHAOS = "runmock_chaos"
"""The attribute of a report with the result of an experiment; xdist sends it to the controlling process."""
NAMED = pytest.StashKey[Counter[str]]()
"""On the config: how many collected tests name a cassette, by its name."""
FILES: pytest.StashKey[set[Path]] = pytest.StashKey()
"""On the config: the files of collected tests with a session, deselected tests included."""
GUARDED = pytest.StashKey[bool]()
"""On an item: whether it has a session only because every test has one."""
INI_VALUES = pytest.StashKey[dict[str, Any]]()
"""On the config: the values in the ini file that were read already, by the name of the setting."""
DEPRECATIONS = pytest.StashKey[int]()
"""On the config: how many of the SDK's deprecation warnings became one line."""


class RunningPytest:
    """What runmock needs to know of pytest; runmock/session/named_cassettes.py reads it from `sys.modules`."""

    rootdir: ClassVar[Path | None] = None


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
    return "runmock" in getattr(item, "fixturenames", ()) or item.get_closest_marker("runmock") is not None


def is_guarded(item: pytest.Item) -> bool:
    """Whether a test has a session only because every test has one; decided once, before it gets the fixture."""
    if GUARDED not in item.stash:
        item.stash[GUARDED] = not is_played(item) and is_on(item.config, "every_test")
    return item.stash[GUARDED]


def count_cassette_names(item: pytest.Item) -> None:
    """Count a collected test for each cassette that its markers name, and note its file."""
    if cassettes := marks.cassettes_named(item):
        item.config.stash.setdefault(NAMED, Counter()).update(map(str, cassettes))
    item.config.stash.setdefault(FILES, set()).add(item.path)


def count_of_tests_naming(config: pytest.Config, name: Any) -> int:
    """Return how many collected tests name a cassette, deselected tests included."""
    return config.stash.get(NAMED, Counter[str]())[str(name)]


def keywords(item: pytest.Item, runmock_config: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the keywords of `runmock_config` and of the markers: markers win, and a nearer one wins over the others.

    Raises pytest.UsageError for a wrong one.
    """
    given = [mark.kwargs for mark in reversed(marks.of_test(item))]
    return merged_keywords(item.nodeid, runmock_config, given, "@pytest.mark.runmock")


def merged_keywords(
    user: str, runmock_config: Mapping[str, Any] | None, given: Iterable[Mapping[str, Any]], taker: str
) -> dict[str, Any]:
    """Return the keywords of `runmock_config` and of `taker`, of which later ones win.

    `user` is the test or the fixture, for messages. Raises pytest.UsageError for a wrong keyword.
    """
    given = [keywords for keywords in given if keywords]
    if not given and (runmock_config is None or runmock_config == {}):
        return {}  # as of most tests
    from runmock.core.errors import UsageError
    from runmock.session.keywords import refuse_wrong

    if runmock_config is not None and not isinstance(runmock_config, Mapping):
        raise pytest.UsageError(f"{user}: runmock_config is a mapping of keywords, not {runmock_config!r}")
    merged = dict(runmock_config or {})
    if "chaos" in merged:
        why = "chaos is a keyword of the marker only; runmock_config is read too late for it"
        raise pytest.UsageError(f"{user}: {why}")
    try:
        refuse_wrong("runmock_config", merged)
        for keywords in given:
            refuse_wrong(taker, keywords)
            merged |= keywords
    except UsageError as error:
        raise pytest.UsageError(f"{user}: {error}") from None
    return merged


def value(config: pytest.Config, name: str, keywords: Mapping[str, Any] | None = None) -> Any:
    """Return a setting's value; `keywords` are those of markers and `runmock_config`. Raises pytest.UsageError."""
    option = option_table.BY_NAME[name]
    chosen = getattr(config.option, f"runmock_{name}")
    if chosen is None and option.keyword is not None:
        chosen = (keywords or {}).get(option.keyword)
    if chosen is None:
        chosen = os.environ.get(option_table.VARIABLES[name]) or _ini_value(config, name) or option.default
    if option.choices and chosen != option.default and chosen not in option.choices:
        from runmock.core.errors import did_you_mean

        hint = did_you_mean(str(chosen), option.choices)
        raise pytest.UsageError(
            f"{_setting_name(name)} cannot be {chosen!r}; it is one of {', '.join(option.choices)}{hint}"
        )
    return chosen


def _setting_name(name: str) -> str:
    """Return the name of a setting for a message: its environment variable when that is set, else its ini name."""
    return option_table.VARIABLES[name] if os.environ.get(option_table.VARIABLES[name]) else f"runmock_{name}"


def _ini_value(config: pytest.Config, name: str) -> Any:
    """Return the value in the ini file, None without one. Raises pytest.UsageError for a wrong word for yes or no."""
    known = config.stash.setdefault(INI_VALUES, {})
    if name in known:
        return known[name]
    try:
        return known.setdefault(name, config.getini(f"runmock_{name}"))
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
    return names_in(hosts) if hosts else ()


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
        raise pytest.UsageError(f"{_setting_name(name)} {not_a_word(word)}")
    return SWITCH[word]


SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off", ""), False),
}
_WORDS = ", ".join(filter(None, SWITCH))


def not_a_word(word: str) -> str:
    """Return the rest of a message about a word that is neither yes nor no."""
    return f"cannot be {word!r}; it is one of {_WORDS}"
