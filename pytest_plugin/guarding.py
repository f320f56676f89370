"""Two gaps of pytest: a miss in a teardown stops the other teardowns, and a test without fixtures has no session."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from pytest_runmock import settings, stash

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "TEST_OUTCOME"
"""Pytest's name for the exceptions after which its runner goes on; tests/transports/test_borrowed_names.py holds it."""


@contextmanager
def teardown_to_its_end() -> Iterator[None]:
    """Within the block, a miss in one teardown does not stop the other teardowns.

    A miss is a BaseException, after which pytest runs no more teardowns: sessions would stay open, and the next test
    would fail because this one was not torn down. While runmock is not imported, there are no misses.
    """
    errors = sys.modules.get("runmock.core.errors")
    if errors is None:
        yield
        return
    names = vars(sys.modules["_pytest.runner"])
    before = names[NAME]
    names[NAME] = (*before, errors.RunmockFailure)
    try:
        yield
    finally:
        names[NAME] = before


def is_bare(item: pytest.Item) -> bool:
    """Whether a test gets a session because every test has one, but has no fixtures (a test in a YAML file, say)."""
    return not hasattr(item, "fixturenames") and settings.is_on(item.config, "every_test")


def begin(item: pytest.Item) -> None:
    """Open the session of a test without fixtures. It has no cassette, and records nothing."""
    if settings.is_disabled(item.config):
        return
    from pytest_runmock.orphans.suite import on_the_command_line
    from pytest_runmock.played import Played
    from pytest_runmock.playing import OF_FIXTURE

    from runmock.core.errors import RunmockError
    from runmock.deck.options import options
    from runmock.session.session import Session
    from runmock.transports.patching.layers import OUTERMOST

    try:
        keywords = settings.keywords(item)
        session_options = options(
            hosts=keywords.get("hosts"),
            allow_hosts=settings.allowed_hosts(item.config, keywords),
            test=on_the_command_line(item.config, item.nodeid),
            access=OF_FIXTURE,
        )
    except (RunmockError, pytest.UsageError) as error:
        pytest.fail(str(error), pytrace=False)
    item.stash[stash.PLAYED] = Played(Session(session_options).start(OUTERMOST))


def end(item: pytest.Item) -> None:
    """Close the session of a test without fixtures, and fail the test for misses that the application caught."""
    played = item.stash.get(stash.PLAYED, None)
    if played is None:
        return
    from pytest_runmock.playing import judge

    played.session.stop()
    judge(item, played, "ignore")
