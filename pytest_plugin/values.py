"""Checks the values of options, ini file and environment: a wrong one is a usage error before tests are collected."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import option_table, settings
from pytest_runmock.reports import wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def check(config: pytest.Config) -> None:
    """Raise pytest.UsageError for the first wrong value; defaults are not checked, nor anything when disabled."""
    with _naming_the_source(config, option_table.BY_NAME["disable"]):
        if settings.is_disabled(config):
            return
    for option in option_table.OPTIONS:
        with _naming_the_source(config, option):
            value = settings.value(config, option.name)
            if option.is_repeated:
                _check_value(config, option, config)
            elif option.is_flag:
                settings.is_on(config, option.name)
            elif value != option.default and option.name in CHECKS:
                _check_value(config, option, value)


@contextmanager
def _naming_the_source(config: pytest.Config, option: option_table.Option) -> Iterator[None]:
    """Within the block, a usage error names the environment variable when the wrong value comes from one."""
    try:
        yield
    except pytest.UsageError as error:
        if (place := origin(config, option)) != option_table.VARIABLES[option.name]:
            raise
        raise pytest.UsageError(str(error).replace(f"runmock_{option.name}", place, 1)) from None


def _check_value(config: pytest.Config, option: option_table.Option, value: Any) -> None:
    from runmock.core.errors import UsageError

    try:
        CHECKS[option.name](value)
    except (UsageError, ValueError) as error:
        raise pytest.UsageError(f"{origin(config, option)}: {error}") from None


def origin(config: pytest.Config, option: option_table.Option) -> str:
    """Return where a value comes from, for a message: the option, the environment variable, or the ini file."""
    if getattr(config.option, f"runmock_{option.name}") is not None:
        return f"--runmock-{option.name.replace('_', '-')}"
    variable = option_table.VARIABLES[option.name]
    return variable if os.environ.get(variable) else f"runmock_{option.name} in the ini file"


def _pace(value: Any) -> None:
    from runmock.core.engine.pace import Pace

    Pace.read(value)


def _upstream(value: Any) -> None:
    from runmock.core.replay.upstream import Upstream

    Upstream.read(value)


def _allow_hosts(value: Any) -> None:
    from runmock.deck.options import options

    options(allow_hosts=settings.names_in(value))


def _chaos(value: Any) -> None:
    from runmock.session.keywords import check_chaos

    check_chaos("chaos", value)


def _seed(value: Any) -> None:
    if not str(value).removeprefix("-").isdecimal():
        raise ValueError(f"the seed {value!r} is not a number")


def _report(config: Any) -> None:
    wanted.check(config)
    wanted.wants_table(config)


CHECKS: Mapping[str, Callable[[Any], None]] = {
    "pace": _pace,
    "upstream": _upstream,
    "allow_hosts": _allow_hosts,
    "chaos": _chaos,
    "chaos_seed": _seed,
    "report": _report,
}
