"""`use_cassette` as a decorator of a class of tests, which is changed in place: each test has a session of its own.

The session of a test begins before its set-up and ends after its teardown: `setUp`, `asyncSetUp`, `tearDown` and
clean-ups of unittest, `setup_method` and `teardown_method` of pytest. `setUpClass` or `setup_class` has another one,
which stays open for the tests and for `tearDownClass` or `teardown_class`; in the tests their own is the inner one.
What the class fixtures have created is known there, not in the sessions of the tests.

Sessions of one class may record into one cassette: each writes its own part when its test has passed.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any
from unittest import TestCase

from runmock.core.errors import UsageError
from runmock.decorating import decorated, is_fixture
from runmock.decorating_test_cases import has_tests, play_test_case
from runmock.uses import SessionsOfTests, Use, call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.uses import Begin


def decorate_class(cls: type, begin: Begin) -> type:
    """The same class; its tests are played to. Raises UsageError where there are none."""
    if not _decorate(cls, begin):
        raise UsageError(
            f"use_cassette finds no test in the class {cls.__qualname__}: as a decorator of a class it plays to its "
            "methods test*; decorate the functions that are to be played to, or use `with` in them"
        )
    return cls


def _decorate(cls: type, begin: Begin) -> bool:
    """Whether there were any tests; classes of tests within the class are decorated too, as pytest collects them."""
    inner = [_decorate(one, begin) for one in vars(cls).values() if isinstance(one, type) and _is_test_class(one)]
    play = _play_test_case if issubclass(cls, TestCase) else _play_plain_class
    return play(cls, SessionsOfTests(begin)) or any(inner)


def _play_test_case(cls: type[TestCase], sessions: SessionsOfTests) -> bool:
    if not has_tests(cls):
        return False
    play_test_case(cls, sessions)
    _play_fixtures(cls, sessions, always=False)
    return True


def _play_plain_class(cls: type, sessions: SessionsOfTests) -> bool:
    tests = list(_tests_of(cls))
    for name, test in tests:
        setattr(cls, name, decorated(test, sessions.of_test))
    if tests:
        _play_fixtures(cls, sessions, always=True)
    return bool(tests)


def _is_test_class(cls: type) -> bool:
    return cls.__name__.startswith("Test") or issubclass(cls, TestCase)


def _tests_of(cls: type) -> Iterator[tuple[str, Any]]:
    """The methods that pytest collects, inherited ones too, as they stand in the class."""
    for name in dir(cls):
        test = inspect.getattr_static(cls, name)
        is_method = callable(test) or isinstance(test, staticmethod | classmethod)
        if name.startswith("test") and is_method and not isinstance(test, type) and not is_fixture(test):
            yield name, test


def _play_fixtures(cls: type, sessions: SessionsOfTests, *, always: bool) -> None:
    """Let pytest's set-up and teardown functions begin and end the sessions."""
    names = ("setup_method", "teardown_method"), ("setup_class", "teardown_class")
    (setup, teardown), (setup_class, teardown_class) = [[_fixture(cls, name) for name in pair] for pair in names]
    if always or setup or teardown:
        _play_method_fixtures(cls, sessions, setup, teardown)
    if setup_class or teardown_class:
        _play_class_fixtures(cls, sessions.begin, setup_class, teardown_class)


def _fixture(cls: type, name: str) -> Any:
    """The function as it stands in the class, None where there is none."""
    found = inspect.getattr_static(cls, name, None)
    return None if found is None or is_fixture(found) else found


def _play_method_fixtures(cls: Any, sessions: SessionsOfTests, setup: Any, teardown: Any) -> None:
    def setup_method(self: Any, method: Any = None) -> None:
        sessions.current = use = Use(sessions.begin).begin()
        if setup is not None:
            try:
                call(setup.__get__(self, type(self)), method)
            except BaseException:
                sessions.current = None
                use.end(passed=False)
                raise

    def teardown_method(self: Any, method: Any = None) -> None:
        use, sessions.current = sessions.current, None
        passed = use is not None and use.passed
        try:
            if teardown is not None:
                call(teardown.__get__(self, type(self)), method)
        except BaseException:
            passed = False
            raise
        finally:
            if use is not None:
                use.end(passed=passed)

    cls.setup_method, cls.teardown_method = setup_method, teardown_method


def _play_class_fixtures(cls: Any, begin: Begin, setup: Any, teardown: Any) -> None:
    uses: dict[type, Use] = {}

    def setup_class(test_class: type) -> None:
        uses[test_class] = Use(begin).begin()
        if setup is not None:
            try:
                call(setup.__get__(None, test_class), test_class)
            except BaseException:
                uses.pop(test_class).end(passed=False)
                raise

    def teardown_class(test_class: type) -> None:
        use = uses.pop(test_class)
        passed = False
        try:
            if teardown is not None:
                call(teardown.__get__(None, test_class), test_class)
            passed = True
        finally:
            use.end(passed=passed)

    cls.setup_class, cls.teardown_class = classmethod(setup_class), classmethod(teardown_class)
