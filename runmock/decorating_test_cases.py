"""`use_cassette` as a decorator of a TestCase class of unittest.

A session begins in `setUp`, which unittest calls first in the context of the test, and ends with the last clean-up, so
that what it raises there is an error of the test. Both are put on the test object while it runs: they are called also
where a subclass has a `setUp` of its own that calls no other.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import TestCase, TestLoader

from runmock.uses import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runmock.uses import Begin, SessionsOfTests


def has_tests(cls: type[TestCase]) -> bool:
    """Whether unittest finds tests in a class."""
    return bool(TestLoader().getTestCaseNames(cls)) or hasattr(cls, "runTest")


def play_test_case(cls: type[TestCase], sessions: SessionsOfTests) -> None:
    """Let each test, and the class's fixtures, begin and end sessions."""
    for name in ("run", "debug"):
        setattr(cls, name, _running(_method(cls, name), sessions))
    names = ("setUpClass", "tearDownClass")
    if any(getattr(cls, name).__func__ is not getattr(TestCase, name).__func__ for name in names):
        _play_class_fixtures(cls, sessions.begin)


def _method(cls: type, name: str) -> Callable[..., Any]:
    """A class's own method, as a function, or one that calls the inherited one."""
    own = vars(cls).get(name)
    if own is not None:
        return own.__func__ if isinstance(own, classmethod) else own

    @functools.wraps(getattr(cls, name))
    def inherited(this: Any, *args: Any, **given: Any) -> Any:
        return getattr(super(cls, this), name)(*args, **given)

    return inherited


def _running(run: Callable[..., Any], sessions: SessionsOfTests) -> Callable[..., Any]:
    @functools.wraps(run)
    def running(test: TestCase, *args: Any, **given: Any) -> Any:
        with _session_of(test, sessions):
            return run(test, *args, **given)

    return running


@contextmanager
def _session_of(test: TestCase, sessions: SessionsOfTests) -> Iterator[None]:
    """The test begins a session and ends it, or takes the one that pytest's `setup_method` has begun."""
    begun = sessions.current
    use = Use(sessions.begin) if begun is None else begun
    own = {name: getattr(test, name) for name in ("setUp", "doCleanups")}
    before = {name: vars(test)[name] for name in own if name in vars(test)}

    def set_up() -> None:
        if begun is None:
            use.begin()
        else:
            use.session.step_in()
        own["setUp"]()

    def do_cleanups() -> bool:
        use.passed = own["doCleanups"]() and not _is_expected_to_fail(test)
        if begun is None:
            test.addCleanup(use.end, passed=use.passed)
        return bool(own["doCleanups"]())

    vars(test).update(setUp=set_up, doCleanups=do_cleanups)
    try:
        yield
    finally:
        for name in own:
            del vars(test)[name]
        vars(test).update(before)
        if begun is None:
            use.end(passed=False)  # where the clean-ups were left out


def _is_expected_to_fail(test: TestCase) -> bool:
    method = getattr(test, test.id().rpartition(".")[2], None)
    return any(getattr(one, "__unittest_expecting_failure__", False) for one in (test, method))


def _play_class_fixtures(cls: Any, begin: Begin) -> None:
    uses: dict[type, Use] = {}
    set_up, tear_down = _method(cls, "setUpClass"), _method(cls, "tearDownClass")

    def end(test_class: type) -> None:
        use = uses.pop(test_class)
        use.end(passed=use.passed)

    @functools.wraps(set_up)
    def set_up_class(test_class: type[TestCase]) -> None:
        uses[test_class] = use = Use(begin).begin()
        test_class.addClassCleanup(end, test_class)
        with use.running():
            set_up(test_class)

    @functools.wraps(tear_down)
    def tear_down_class(test_class: type[TestCase]) -> None:
        with uses[test_class].running():
            tear_down(test_class)

    cls.setUpClass, cls.tearDownClass = classmethod(set_up_class), classmethod(tear_down_class)
