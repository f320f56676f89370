"""Values of options, ini file and environment that cannot be: one usage error, before a test is collected."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def check(config: pytest.Config) -> None:
    """Raises pytest.UsageError for the first value that cannot be; what is left out is not looked at."""
    with _named(config, settings.BY_NAME["disable"]):
        if settings.is_disabled(config):
            return
    for option in settings.OPTIONS:
        with _named(config, option):
            given = settings.value(config, option.name)
            if option.is_flag:
                settings.is_on(config, option.name)
            elif given != option.default and option.name in CHECKS:
                _check(config, option, given)


@contextmanager
def _named(config: pytest.Config, option: settings.Option) -> Iterator[None]:
    """What cannot be is called as it was given: a variable of the environment by its own name."""
    try:
        yield
    except pytest.UsageError as error:
        if (place := origin(config, option)) != settings.VARIABLES[option.name]:
            raise
        raise pytest.UsageError(str(error).replace(f"runmock_{option.name}", place, 1)) from None


def _check(config: pytest.Config, option: settings.Option, given: Any) -> None:
    from runmock.core.errors import UsageError

    try:
        CHECKS[option.name](given)
    except (UsageError, ValueError) as error:
        raise pytest.UsageError(f"{origin(config, option)}: {error}") from None


def origin(config: pytest.Config, option: settings.Option) -> str:
    """Where a value was given."""
    if getattr(config.option, f"runmock_{option.name}") is not None:
        return f"--runmock-{option.name.replace('_', '-')}"
    variable = settings.VARIABLES[option.name]
    return variable if os.environ.get(variable) else f"runmock_{option.name} in the ini file"


def _pace(given: Any) -> None:
    from runmock.core.engine.pace import Pace

    Pace.read(given)


def _upstream(given: Any) -> None:
    from runmock.core.replay.upstream import Upstream

    Upstream.read(given)


def _allow_hosts(given: Any) -> None:
    from runmock.deck.options import options

    options(allow_hosts=settings.names_in(given))


def _chaos(given: Any) -> None:
    from runmock.session.keywords import check_chaos

    check_chaos("chaos", given)


def _seed(given: Any) -> None:
    if not str(given).removeprefix("-").isdecimal():
        raise ValueError(f"the seed {given!r} is no number")


CHECKS: Mapping[str, Callable[[Any], None]] = {
    "pace": _pace,
    "upstream": _upstream,
    "allow_hosts": _allow_hosts,
    "chaos": _chaos,
    "chaos_seed": _seed,
}
