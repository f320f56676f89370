"""Errors in the cassettes and markers of tests: each fails the tests that use them, at set-up, and no others.

An error fails its test at the end of the set-up, so that a fixture may skip the test first. Until then the test has a
session without cassettes. The first test with an error shows its whole text, the others only its first line. With
`--collect-only` nothing is set up; then the errors are shown at the end of the run, and the exit status is 1.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from unittest import SkipTest

import pytest
from pytest_runmock import settings, stash
from pytest_runmock.cassettes.created import first_to_show
from pytest_runmock.orphans import suite

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from runmock.session.session import Session

SET_UP_ERROR = pytest.StashKey[str | None]()
"""On an item while it is set up: the text of its error, None without one."""
COLLECTED = pytest.StashKey[list["SetUpError"]]()
"""On the config, with `--collect-only`: the errors of all collected tests."""
PASSES = (pytest.skip.Exception, SkipTest, pytest.exit.Exception, KeyboardInterrupt, SystemExit)
"""Exceptions that end a set-up without failing it."""
FEW = 3
"""The number of tests that are named for one error."""


class SetUpError(NamedTuple):
    """The text of an error, and the ids of the tests that it fails."""

    text: str
    tests: list[str]


@contextmanager
def set_up(item: pytest.Item) -> Iterator[None]:
    """The block sets up a test; at its end a noted error fails the test, also in place of another exception."""
    item.stash[SET_UP_ERROR] = parameter_error(item)
    try:
        yield
    except PASSES:
        item.stash[SET_UP_ERROR] = None
        raise
    finally:
        error = item.stash[SET_UP_ERROR]
        del item.stash[SET_UP_ERROR]
        if error is not None and not _is_skipped_by_unittest(item):
            _fail(item, error)


def note(item: pytest.Item, text: str) -> None:
    """Note an error, which fails the test at the end of its set-up, or at once when the set-up is over."""
    if SET_UP_ERROR not in item.stash:
        _fail(item, text)
    item.stash[SET_UP_ERROR] = item.stash[SET_UP_ERROR] or text


def play_nothing() -> Generator[Session]:
    """Yield a session without cassettes for a test that will fail: requests of other fixtures reach no real service."""
    from runmock.session.session import Session

    session = Session()
    try:
        yield session.start()
    finally:
        session.stop()


def _fail(item: pytest.Item, text: str) -> NoReturn:
    failure = pytest.fail.Exception(_short_after_first(item, text), pytrace=False)
    raise failure from None


def _short_after_first(item: pytest.Item, text: str) -> str:
    """Return the whole text for the first test with an error, and for the others its first line."""
    first = first_to_show(item.config, _without_id(item, text), item.nodeid)
    if first == item.nodeid:
        return text
    return f"{text.splitlines()[0].partition(';')[0]}\n  the error of {first} has the details"


def show_once(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Shorten the report of an error in a fixture of a wider scope, which pytest raises for each of its tests."""
    text = None if call.excinfo is None else getattr(call.excinfo.value, stash.ONCE, None)
    if text is not None and report.failed:
        report.longrepr = _short_after_first(item, text)


def _without_id(item: pytest.Item, text: str) -> str:
    """Return the text without the test's id, so that the same error of several tests has one text."""
    return text.replace(suite.on_the_command_line(item.config, item.nodeid), "").replace(item.nodeid, "")


def parameter_error(item: pytest.Item) -> str | None:
    """Return the error of a test that parametrises the fixture `runmock`; None for all others."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or "runmock" not in callspec.params or settings.is_disabled(item.config):
        return None
    return (
        f"{item.nodeid}: the fixture runmock takes no parameter; mark each case with its cassette:\n"
        '  @pytest.mark.parametrize("city", [pytest.param("Paris", marks=pytest.mark.runmock("paris"))])\n'
        "  or name none: each case then has the one of its own name, cassettes/<module>/<test>[<id>].runmock.yaml"
    )


def refuse_parameter(request: pytest.FixtureRequest) -> None:
    """Raise pytest.UsageError when a fixture of runmock is parametrised indirectly: it would ignore the parameter."""
    if hasattr(request, "param"):
        name = request.fixturename
        raise pytest.UsageError(f"{request.node.nodeid}: {name} takes no indirect parameter: leave out indirect=True")


def find_collected(session: pytest.Session) -> None:
    """With `--collect-only`: find the errors of all collected tests that would not be skipped."""
    from pytest_runmock.cassettes.collected import error_in
    from pytest_runmock.shared.collected import first_error

    errors: dict[str, SetUpError] = {}
    for item in session.items:
        if isinstance(item, pytest.Function) and not _is_skipped(item):
            own = (parameter_error(item) or error_in(item)) if settings.is_played(item) else None
            text = own or first_error(item)
            if text is not None:
                errors.setdefault(_without_id(item, text), SetUpError(text, [])).tests.append(item.nodeid)
    session.config.stash[COLLECTED] = list(errors.values())


def _is_skipped_by_unittest(item: pytest.Item) -> bool:
    """Whether a test or its class has `@unittest.skip`: unittest skips it only after the set-up."""
    owners = (getattr(item, "obj", None), getattr(item, "cls", None))
    return any(getattr(owner, "__unittest_skip__", False) for owner in owners)


def _is_skipped(item: pytest.Item) -> bool:
    """Whether a test will be skipped, as far as that is known at collection.

    No for a condition that cannot be evaluated: pytest fails that test.
    """
    skipping = sys.modules.get("_pytest.skipping")  # gone with `-p no:skipping`
    if _is_skipped_by_unittest(item):
        return True
    try:
        return skipping is not None and vars(skipping)["evaluate_skip_marks"](item) is not None
    except pytest.fail.Exception:
        return False


def finish(session: pytest.Session) -> None:
    """Set the exit status to 1 when there are errors and it is 0."""
    if session.config.stash.get(COLLECTED, []) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def show(reporter: Any) -> None:
    """Show the errors of collected tests, each with the tests that it fails."""
    if errors := reporter.config.stash.get(COLLECTED, []):
        reporter.section("runmock: what will fail tests at set-up", red=True, bold=True)
    for error in errors:
        more = len(error.tests) - FEW
        reporter.line(error.text)
        reporter.line(f"  fails {', '.join(error.tests[:FEW])}{f' and {more} more' if more > 0 else ''}")
