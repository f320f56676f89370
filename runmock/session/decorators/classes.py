"""`use_cassette` as a decorator of a class of tests, which is changed in place: each test has a session of its own.

The session of a test begins before its set-up and ends after its teardown: `setUp`, `asyncSetUp`, `tearDown` and
clean-ups of unittest, `setup_method` and `teardown_method` of pytest. `setUpClass`, `setup_class` and fixtures of the
class have another one, which stays open for the tests and for the teardown of the class; in the tests their own is the
inner one. What the class fixtures have created is known there, not in the sessions of the tests.

Subclasses are decorated as well. Sessions of one class may record into one cassette: each writes its own part when its
test has passed.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any
from unittest import TestCase

from runmock.core.errors import UsageError
from runmock.session.decorators.collected_names import is_test, is_test_class, shown
from runmock.session.decorators.fixtures import OF_CLASS, OF_METHOD, fixture_of, play_fixtures
from runmock.session.decorators.functions import decorated, is_fixture
from runmock.session.decorators.replaced_attributes import is_open, is_replaced, original, replace
from runmock.session.decorators.test_cases import has_tests, method, play_class_fixtures, play_test_case
from runmock.session.decorators.uses import SessionsOfTests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.session.decorators.uses import Begin

_SESSIONS = "_runmock_sessions"


def decorate_class(cls: type, begin: Begin, begin_for_class: Begin) -> type:
    """Decorate the tests of a class, in place; returns the class. Raises UsageError where it has none."""
    if not _decorate(cls, begin, begin_for_class):
        raise UsageError(
            f"use_cassette finds no test in the class {cls.__qualname__}: as a decorator of a class it decorates its "
            f"methods {shown()}; decorate single functions instead, or use `with` in them"
        )
    return cls


def _decorate(cls: type, begin: Begin, begin_for_class: Begin) -> bool:
    """Decorate the tests of a class; returns whether there were any."""
    above = next((vars(base)[_SESSIONS] for base in cls.__mro__[1:] if _SESSIONS in vars(base)), None)
    sessions = SessionsOfTests(begin, begin_for_class, above)
    if not _play(cls, sessions):
        return False
    setattr(cls, _SESSIONS, sessions)
    before = method(cls, "__init_subclass__")

    def init_subclass(subclass: type, /, **keywords: Any) -> None:
        before(subclass, **keywords)
        _play(subclass, sessions, is_inherited=True)

    cls.__init_subclass__ = classmethod(init_subclass)  # type: ignore[assignment]  # as Python has it
    return True


def _play(cls: type, sessions: SessionsOfTests, *, is_inherited: bool = False) -> bool:
    """Decorate the tests, also in classes within the class, as pytest collects them; returns whether there were any.

    `is_inherited`: a base class is decorated, so inherited tests are decorated already.
    """
    inner = [
        _decorate(inner_class, sessions.begin, sessions.begin_for_class)
        for inner_class in vars(cls).values()
        if isinstance(inner_class, type) and _is_test_class(inner_class) and inner_class is not cls
    ]
    play = _play_test_case if issubclass(cls, TestCase) else _play_plain_class
    return play(cls, sessions, is_inherited=is_inherited) or any(inner)


def _play_test_case(cls: type[TestCase], sessions: SessionsOfTests, *, is_inherited: bool) -> bool:
    if not has_tests(cls):
        return False
    for name, test in _tests_of(cls):
        if name not in vars(cls) and is_replaced(cls, name):  # in a decorated class that is none of unittest
            replace(cls, name, test, is_inherited=True)
    if not is_inherited or not is_replaced(cls, "run"):
        play_test_case(cls, sessions, is_inherited=is_inherited)
    play_class_fixtures(cls, sessions, is_inherited=is_inherited)
    if any(fixture_of(cls, name) for name in OF_METHOD):
        play_fixtures(cls, sessions, OF_METHOD, is_inherited=is_inherited)
    if any(fixture_of(cls, name) for name in OF_CLASS) or _has_fixtures(cls):
        play_fixtures(cls, sessions, OF_CLASS, is_inherited=is_inherited)
    return True


def _play_plain_class(cls: type, sessions: SessionsOfTests, *, is_inherited: bool) -> bool:
    tests = list(_tests_of(cls))
    for name, test in tests:
        if not is_inherited or is_open(cls, name):
            replace(cls, name, decorated(test, sessions.of_test), is_inherited=is_inherited)
    if tests:
        play_fixtures(cls, sessions, (*OF_METHOD, *OF_CLASS), is_inherited=is_inherited)
    return bool(tests)


def _is_test_class(cls: type) -> bool:
    return is_test_class(cls.__name__) or issubclass(cls, TestCase)


def _tests_of(cls: type) -> Iterator[tuple[str, Any]]:
    """The methods that pytest collects, inherited ones too, as the class's own attributes."""
    for name in dir(cls):
        if is_test(name):
            test = original(cls, name)
            is_method = callable(test) or isinstance(test, staticmethod | classmethod)
            if is_method and not isinstance(test, type) and not is_fixture(test):
                yield name, test


def _has_fixtures(cls: type) -> bool:
    """Whether pytest sets up fixtures for a class of unittest: by `usefixtures`, or because the class defines some."""
    is_using = any(mark.name == "usefixtures" for mark in getattr(cls, "pytestmark", ()))
    return is_using or any(is_fixture(inspect.getattr_static(cls, name)) for name in dir(cls))
