"""The set-up and teardown functions that pytest calls for a class of tests: they begin and end the sessions.

Each works alone, because a subclass may replace only one of a pair. The first one that is called begins; those
that it calls of the classes above begin nothing. For a class within a class pytest calls `setup_method` and
`teardown_method` once more for each class around it that has them; because the decorator has added them there,
the second call does nothing.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from runmock.session.decorators.functions import is_fixture
from runmock.session.decorators.replaced_attributes import is_open, original, replace
from runmock.session.decorators.uses import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runmock.session.decorators.uses import SessionsOfTests

OF_METHOD = "setup_method", "teardown_method"
OF_CLASS = "setup_class", "teardown_class"


def fixture_of(cls: type, name: str) -> Any:
    """A class's set-up or teardown function, its own or inherited; None where there is none, or a pytest fixture."""
    function = original(cls, name)
    return None if function is None or is_fixture(function) else function


def play_fixtures(cls: type, sessions: SessionsOfTests, names: Iterable[str], *, is_inherited: bool) -> None:
    """Let the functions of these names begin and end the sessions."""
    for name in names:
        if not is_inherited or is_open(cls, name):
            replace(cls, name, _PLAYING[name](sessions, fixture_of(cls, name)), is_inherited=is_inherited)


def _setup_method(sessions: SessionsOfTests, setup: Any) -> Callable[..., None]:
    def setup_method(self: Any, method: Any = None) -> None:
        running, this_call = sessions.running, (setup_method, id(self))
        if running.test is not None:
            return None if this_call in running.called else _call(setup, self, method)
        running.called = {this_call}
        running.test = use = Use(sessions.begin).begin()
        try:
            return _call(setup, self, method)
        except BaseException:
            running.test = None
            use.end(passed=False)
            raise

    return setup_method


def _teardown_method(sessions: SessionsOfTests, teardown: Any) -> Callable[..., None]:
    def teardown_method(self: Any, method: Any = None) -> None:
        running, this_call = sessions.running, (teardown_method, id(self))
        if this_call in running.called:
            return
        running.called.add(this_call)
        use, running.test = running.test, None
        passed = use is not None and use.passed
        try:
            _call(teardown, self, method)
        except BaseException:
            passed = False
            raise
        finally:
            if use is not None:
                use.end(passed=passed)

    return teardown_method


def _setup_class(sessions: SessionsOfTests, setup: Any) -> Any:
    def setup_class(cls: type) -> None:
        key = "setup_class", cls
        if key in sessions.running.classes:
            return _call(setup, cls, cls)
        sessions.running.classes[key] = use = Use(sessions.begin_for_class).begin()
        try:
            return _call(setup, cls, cls)
        except BaseException:
            del sessions.running.classes[key]
            use.end(passed=False)
            raise

    return classmethod(setup_class)


def _teardown_class(sessions: SessionsOfTests, teardown: Any) -> Any:
    def teardown_class(cls: type) -> None:
        use = sessions.running.classes.pop(("setup_class", cls), None)
        passed = False
        try:
            _call(teardown, cls, cls)
            passed = True
        finally:
            if use is not None:
                use.end(passed=passed)

    return classmethod(teardown_class)


_PLAYING: dict[str, Callable[[SessionsOfTests, Any], Any]] = {
    "setup_method": _setup_method,
    "teardown_method": _teardown_method,
    "setup_class": _setup_class,
    "teardown_class": _teardown_class,
}
"""The function that makes the replacement, by the name of what it replaces."""


def _call(function: Any, owner: Any, argument: Any) -> None:
    """Call a set-up or teardown function of a class, which may or may not take an argument."""
    if function is None:
        return
    is_of_class = isinstance(owner, type)
    bound = function.__get__(None, owner) if is_of_class else function.__get__(owner, type(owner))
    if inspect.signature(bound).parameters:
        bound(argument)
    else:
        bound()
