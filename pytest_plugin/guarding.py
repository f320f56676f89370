"""What pytest leaves undone where a miss comes up: in teardowns, and in tests that have no fixtures."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from pytest_runmock import settings, stash

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "TEST_OUTCOME"
"""What pytest's runner calls the exceptions after which it goes on; held by tests/edges/test_borrowed_names.py."""


@contextmanager
def teardown_to_its_end() -> Iterator[None]:
    """Within the block a miss in one teardown does not keep pytest from the others.

    A miss is a BaseException, and pytest would leave the rest undone for it: sessions would stay open, and the next
    test would be told that this one was not torn down. As long as nobody imports runmock, there are no misses.
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
    """Whether a test has a session only because every test has one, and takes no fixtures (a YAML file's, say)."""
    return not hasattr(item, "fixturenames") and settings.is_on(item.config, "every_test")


def begin(item: pytest.Item) -> None:
    """Open the session of such a test. It has no cassette, and records nothing."""
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
        said = settings.keywords(item)
        given = options(
            hosts=said.get("hosts"),
            allow_hosts=settings.allowed_hosts(item.config, said),
            test=on_the_command_line(item.config, item.nodeid),
            access=OF_FIXTURE,
        )
    except (RunmockError, pytest.UsageError) as error:
        pytest.fail(str(error), pytrace=False)
    item.stash[stash.PLAYED] = Played(Session(given).start(OUTERMOST))


def end(item: pytest.Item) -> None:
    """Close it, and fail the test for misses that the application swallowed."""
    played = item.stash.get(stash.PLAYED, None)
    if played is None:
        return
    from pytest_runmock.playing import judge

    played.session.stop()
    judge(item, played, "ignore")
