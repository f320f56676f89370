"""Which sessions were opened for a class, a module or longer, and where the code of tests and fixtures stands.

A session that is opened while a fixture of a wider scope is set up, or before any test, is not the test's own: it is an
outer one, also where it is opened later. pytest sets sync fixtures up in the context in which its tests run, and
plugins run async ones in a task that may be the tests' too; so whatever a wider fixture opens is taken out of that
context again. What was started meanwhile keeps it.

As long as nobody imports runmock, all of this does nothing.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runmock.transports.patching.layers import Layer, SessionPlace


def open_layers() -> tuple[Layer, ...]:
    """The open sessions, innermost first; nobody has opened any as long as that module is not imported."""
    mocker = sys.modules.get("runmock.transports.patching.mocker")
    return () if mocker is None else mocker.Interception.layers


@contextmanager
def around_test() -> Iterator[None]:
    """The block is a test with its fixtures: what is open when it begins is not its own."""
    from runmock.transports.patching.layers import NARROWEST, standing
    from runmock.transports.patching.mocker import Interception

    ours = [layer for layer in open_layers() if layer.scope == NARROWEST]
    Interception.put(ours, 0)
    try:
        with standing(None):
            yield
    finally:
        Interception.put(ours, NARROWEST)


def innermost() -> SessionPlace | None:
    """Where a test stands: in its innermost session, not in one that a thread of it has opened for itself."""
    from runmock.transports.patching.layers import of_thread

    return of_thread(open_layers())


@contextmanager
def around_own_fixture(fixturedef: Any) -> Iterator[None]:
    """The block sets a fixture of the test up, which may run in a task that began elsewhere."""
    from runmock.transports.patching.layers import step_in

    function = fixturedef.func
    step_in(innermost())
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        fixturedef.func = _beginning(function, innermost)
    try:
        yield
    finally:
        fixturedef.func = function


def step_into_innermost() -> None:
    """A test is torn down: the running code stands in its innermost session from now on."""
    from runmock.transports.patching.layers import step_in

    step_in(innermost())


@contextmanager
def around_fixture(fixturedef: Any) -> Iterator[None]:
    """The block sets a fixture of a wider scope up."""
    before, function = open_layers(), fixturedef.func
    is_imported = "runmock" in sys.modules
    try:
        with _confining(fixturedef) if is_imported else nullcontext():
            yield
    finally:
        fixturedef.func = function
        if opened := [layer for layer in open_layers() if layer not in before]:
            from runmock.transports.patching.layers import SCOPES, step_in
            from runmock.transports.patching.mocker import Interception

            scope = SCOPES.index(fixturedef.scope)
            Interception.put([layer for layer in opened if layer.scope > scope], scope)
            if not is_imported:  # the fixture has imported it, so nobody has stood anywhere before
                step_in(None)


@contextmanager
def _confining(fixturedef: Any) -> Iterator[None]:
    """The fixture's code begins in the innermost session of its scope, and what it opens stays in its own code."""
    from runmock.transports.patching.layers import SCOPES, of_scope, standing

    place = of_scope(SCOPES.index(fixturedef.scope), open_layers())
    fixturedef.func = _beginning(fixturedef.func, lambda: place)  # as anyio does
    with standing(place):
        yield


@contextmanager
def around_body(item: Any) -> Iterator[None]:
    """The block is the test itself: it stands in the innermost session that is open, in whatever context it runs."""
    from runmock.transports.patching.layers import standing

    place, test, function = innermost(), item.instance, item.obj
    if hasattr(test, "setUp"):  # of unittest, which calls it first
        vars(test)["setUp"] = _entering(test.setUp, place)
    item.obj = _beginning(function, innermost)
    try:
        with standing(place):
            yield
    finally:
        item.obj = function
        if hasattr(test, "setUp"):
            vars(test).pop("setUp", None)


def _beginning(function: Callable[..., Any], place: Callable[[], SessionPlace | None]) -> Callable[..., Any]:
    """A function that begins in a place and leaves its context as it was; a plain one has its caller's, and stays.

    The place is asked for when it runs: pytest-trio runs a test's fixtures with the test, later than they are set up.
    """
    if inspect.ismethod(function):
        beginning = _beginning(function.__func__, place)
        return function if beginning is function.__func__ else types.MethodType(beginning, function.__self__)
    if inspect.iscoroutinefunction(function):
        from runmock.transports.patching.layers import standing

        @functools.wraps(function)
        async def running(*args: Any, **given: Any) -> Any:
            __tracebackhide__ = True
            with standing(place()):
                return await function(*args, **given)

        return running
    for is_of_kind, name in _STEPPING.items():
        if is_of_kind(function):
            from runmock.session.decorators import steps
            from runmock.transports.patching.layers import Footing

            stepping = getattr(steps, name)(function, nullcontext, lambda: Footing(place(), is_alone=True))
            return functools.wraps(function)(stepping)
    return function


_STEPPING = {
    inspect.isgeneratorfunction: "generator_function",
    inspect.isasyncgenfunction: "async_generator_function",
}
"""Fixtures with a teardown: it begins where the set-up has ended."""


def _entering(set_up: Callable[[], None], place: SessionPlace | None) -> Callable[[], None]:
    @functools.wraps(set_up)
    def entering() -> None:
        from runmock.transports.patching.layers import step_in_from_outside

        step_in_from_outside(place)
        set_up()

    return entering
