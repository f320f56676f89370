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

from runmock.session.decorators.replaced_attributes import is_open, original, replace
from runmock.session.decorators.uses import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runmock.session.decorators.uses import SessionsOfTests


def has_tests(cls: type[TestCase]) -> bool:
    """Whether unittest finds tests in a class."""
    return bool(TestLoader().getTestCaseNames(cls)) or hasattr(cls, "runTest")


def play_test_case(cls: type[TestCase], sessions: SessionsOfTests, *, is_inherited: bool) -> None:
    """Give each test of the class a session of its own."""
    for name in ("run", "debug"):
        replace(cls, name, _running(method(cls, name), sessions), is_inherited=is_inherited)


def method(cls: type, name: str) -> Callable[..., Any]:
    """A class's own method, as a function, or a function that calls the inherited one."""
    own = vars(cls).get(name)
    if own is not None:
        return own.__func__ if isinstance(own, classmethod) else own

    @functools.wraps(getattr(cls, name))
    def inherited(this: Any, *args: Any, **keywords: Any) -> Any:
        return getattr(super(cls, this), name)(*args, **keywords)

    return inherited


def _running(run: Callable[..., Any], sessions: SessionsOfTests) -> Callable[..., Any]:
    @functools.wraps(run)
    def run_in_session(test: TestCase, *args: Any, **keywords: Any) -> Any:
        running, before = sessions.running, sessions.running.case
        if before is test:  # the method of a decorated subclass calls the one of its base
            return run(test, *args, **keywords)
        running.case = test
        try:
            with _session_of(test, sessions):
                return run(test, *args, **keywords)
        finally:
            running.case = before

    return run_in_session


@contextmanager
def _session_of(test: TestCase, sessions: SessionsOfTests) -> Iterator[None]:
    """Begin and end a session for the test, or use the one that pytest's `setup_method` has begun."""
    begun = sessions.running.test
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
    return any(getattr(target, "__unittest_expecting_failure__", False) for target in (test, method))


def play_class_fixtures(cls: type[TestCase], sessions: SessionsOfTests, *, is_inherited: bool) -> None:
    """Let `setUpClass` begin a session, which ends after the class's last clean-up."""
    before = {name: original(cls, name) for name in ("setUpClass", "tearDownClass")}
    if all(fixture is vars(TestCase)[name] for name, fixture in before.items()):
        return
    for name, playing in (("setUpClass", _set_up_class), ("tearDownClass", _tear_down_class)):
        if not is_inherited or is_open(cls, name):
            function = playing(sessions, before[name])
            replace(cls, name, classmethod(functools.wraps(before[name].__func__)(function)), is_inherited=is_inherited)


def _set_up_class(sessions: SessionsOfTests, before: Any) -> Callable[..., None]:
    classes = sessions.running.classes

    def end(cls: type) -> None:
        use = classes.pop(("setUpClass", cls))
        use.end(passed=use.passed)

    def set_up_class(cls: type[TestCase]) -> None:
        if ("setUpClass", cls) not in classes:
            classes["setUpClass", cls] = Use(sessions.begin_for_class).begin()
            cls.addClassCleanup(end, cls)
        with classes["setUpClass", cls].running():
            before.__get__(None, cls)()

    return set_up_class


def _tear_down_class(sessions: SessionsOfTests, before: Any) -> Callable[..., None]:
    def tear_down_class(cls: type[TestCase]) -> None:
        use = sessions.running.classes.get(("setUpClass", cls))
        with sessions.begin_for_class() if use is None else use.running():
            before.__get__(None, cls)()

    return tear_down_class
