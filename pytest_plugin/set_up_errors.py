"""What is wrong with the cassettes and markers of tests: it fails the tests that use them, at set-up, and no other.

A fault fails its test when the set-up ends, so that a fixture may skip the test first. Until then the test has a
session without cassettes. The first test that meets a fault shows its whole text, the others its beginning. With
`--collect-only` nothing is set up; there the end of the run shows the faults, and the exit status is 1.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from unittest import SkipTest

import pytest
from pytest_runmock import settings
from pytest_runmock.created import first_to_show
from pytest_runmock.orphans import suite

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from runmock.session.session import Session

FAULT = pytest.StashKey[str | None]()
"""On an item while it is set up: its fault, if one was found."""
COLLECTED = pytest.StashKey[list["SetUpError"]]()
"""On the config, with `--collect-only`."""
PASSES = (pytest.skip.Exception, SkipTest, pytest.exit.Exception, KeyboardInterrupt, SystemExit)
"""What ends a set-up and is no failure of it."""
FEW = 3


class SetUpError(NamedTuple):
    """What is wrong, and the tests that it fails."""

    text: str
    tests: list[str]


@contextmanager
def set_up(item: pytest.Item) -> Iterator[None]:
    """The block sets a test up; at its end a fault that was found fails the test, also instead of what came of it."""
    item.stash[FAULT] = parameter_fault(item)
    try:
        yield
    except PASSES:
        item.stash[FAULT] = None
        raise
    finally:
        fault = item.stash[FAULT]
        del item.stash[FAULT]
        if fault is not None and not _is_skipped_by_unittest(item):
            _fail(item, fault)


def note(item: pytest.Item, text: str) -> None:
    """A fault was found: it fails the test when its set-up ends, or at once where the set-up is over."""
    if FAULT not in item.stash:
        _fail(item, text)
    item.stash[FAULT] = item.stash[FAULT] or text


def play_nothing() -> Generator[Session]:
    """The session of a test that will fail when its set-up ends: it keeps requests of other fixtures in."""
    from runmock.session.session import Session

    session = Session()
    try:
        yield session.start()
    finally:
        session.stop()


def _fail(item: pytest.Item, text: str) -> NoReturn:
    first = first_to_show(item.config, _without_id(item, text), item.nodeid)
    if first != item.nodeid:
        text = f"{text.splitlines()[0].partition(';')[0]}\n  the set-up of {first} says more"
    failure = pytest.fail.Exception(text, pytrace=False)
    raise failure from None


def _without_id(item: pytest.Item, text: str) -> str:
    """The text without the test's id, by which the faults of several tests are the same one."""
    return text.replace(suite.on_the_command_line(item.config, item.nodeid), "").replace(item.nodeid, "")


def parameter_fault(item: pytest.Item) -> str | None:
    """What to say to a test that gives the fixture `runmock` a parameter, or puts one in its place."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or "runmock" not in callspec.params or settings.is_disabled(item.config):
        return None
    return (
        f"{item.nodeid}: the fixture runmock takes no parameter; mark each case with its cassette:\n"
        '  @pytest.mark.parametrize("city", [pytest.param("Paris", marks=pytest.mark.runmock("paris"))])\n'
        "  or name none: each case then has the one of its own name, cassettes/<module>/<test>[<id>].runmock.yaml"
    )


def refuse_parameter(request: pytest.FixtureRequest) -> None:
    """Raise UsageError where a fixture of ours was parametrised indirectly: nothing would come of the parameter."""
    if hasattr(request, "param"):
        name = request.fixturename
        raise pytest.UsageError(f"{request.node.nodeid}: {name} is what its parameter says: leave out indirect=True")


def find_collected(session: pytest.Session) -> None:
    """With `--collect-only`: look for the faults of what was collected and would not be skipped."""
    from pytest_runmock.cassettes import fault_of

    faults: dict[str, SetUpError] = {}
    for item in session.items:
        if isinstance(item, pytest.Function) and settings.is_played(item) and not _is_skipped(item):
            text = parameter_fault(item) or fault_of(item)
            if text is not None:
                faults.setdefault(_without_id(item, text), SetUpError(text, [])).tests.append(item.nodeid)
    session.config.stash[COLLECTED] = list(faults.values())


def _is_skipped_by_unittest(item: pytest.Item) -> bool:
    """Whether `@unittest.skip` stands above a test or its class: unittest skips it when its body is to run."""
    owners = (getattr(item, "obj", None), getattr(item, "cls", None))
    return any(getattr(owner, "__unittest_skip__", False) for owner in owners)


def _is_skipped(item: pytest.Item) -> bool:
    """Whether a test will be skipped, as far as that is known when it is collected.

    A condition that cannot be evaluated fails it, whatever its cassettes hold.
    """
    skipping = sys.modules.get("_pytest.skipping")  # gone with `-p no:skipping`
    if _is_skipped_by_unittest(item):
        return True
    try:
        return skipping is not None and vars(skipping)["evaluate_skip_marks"](item) is not None
    except pytest.fail.Exception:
        return False


def finish(session: pytest.Session) -> None:
    """Faults that were collected are an exit status of 1, unless it tells something worse."""
    if session.config.stash.get(COLLECTED, []) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def show(reporter: Any) -> None:
    """Show the faults that were collected, each with the tests that it fails."""
    if faults := reporter.config.stash.get(COLLECTED, []):
        reporter.section("runmock: what will fail tests at set-up", red=True, bold=True)
    for fault in faults:
        more = len(fault.tests) - FEW
        reporter.line(fault.text)
        reporter.line(f"  fails {', '.join(fault.tests[:FEW])}{f' and {more} more' if more > 0 else ''}")
