"""Decides which sessions belong to a class, a module or longer, and in which session the code of a test runs.

A session that is opened while a fixture of a wider scope is set up, or before any test, is not the test's own: it is an
outer session, even if it was opened after the test's own. pytest sets up sync fixtures in the context in which its
tests run, and plugins run async fixtures in a task that may be the tests' task; so the session that a wider fixture
opens is taken out of that context again. Threads and tasks that the fixture started keep it.

A fixture of a wider scope runs in the session of a fixture that it requests, if one has opened a session; else in the
innermost session of its scope. So it does not matter which other sessions the tests before have opened.

While runmock is not imported, all of this does nothing.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from runmock.transports.patching.layers import Layer, SessionPlace


def open_layers() -> tuple[Layer, ...]:
    """Return the open sessions, the innermost first; there are none while the module with them is not imported."""
    mocker = sys.modules.get("runmock.transports.patching.mocker")
    return () if mocker is None else mocker.Interception.layers


@contextmanager
def around_test() -> Iterator[None]:
    """The block runs a test with its fixtures; sessions that are open before it count as outer ones in the block."""
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
    """Return the place of a test's code: its innermost session, ignoring sessions that a thread opened for itself."""
    from runmock.transports.patching.layers import of_thread

    return of_thread(open_layers())


def around_any_fixture(fixturedef: Any, config: pytest.Config) -> AbstractContextManager[None]:
    """Return the context in which pytest sets up a fixture."""
    if fixturedef.scope != "function":
        return around_fixture(fixturedef, config)
    return around_own_fixture(fixturedef) if open_layers() else nullcontext()


@contextmanager
def around_own_fixture(fixturedef: Any) -> Iterator[None]:
    """The block sets up a fixture of the test, in the test's innermost session, whatever task it runs in."""
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
    """Move the running code into the test's innermost session, before its teardown."""
    from runmock.transports.patching.layers import step_in

    step_in(innermost())


@contextmanager
def around_fixture(fixturedef: Any, config: pytest.Config) -> Iterator[None]:
    """The block sets up a fixture of a wider scope; a session that it opens belongs to that scope afterwards."""
    before, function = open_layers(), fixturedef.func
    is_imported = "runmock" in sys.modules
    try:
        with _confining(fixturedef, config) if is_imported else nullcontext():
            yield
    finally:
        fixturedef.func = function
        if opened := [layer for layer in open_layers() if layer not in before]:
            from runmock.transports.patching.layers import SCOPES, step_in
            from runmock.transports.patching.mocker import Interception

            scope = SCOPES.index(fixturedef.scope)
            Interception.put([layer for layer in opened if layer.scope > scope], scope)
            _note_place(config, fixturedef, next(layer.place for layer in open_layers() if layer in opened))
            if not is_imported:  # the fixture has imported it, so no code was in a session before
                step_in(None)


@contextmanager
def _confining(fixturedef: Any, config: pytest.Config) -> Iterator[None]:
    """In the block a fixture's code begins in the session that it belongs to, and leaves the context unchanged."""
    from runmock.transports.patching.layers import SCOPES, of_scope, standing, step_in

    requested = _requested_place(config, fixturedef)
    place = requested or of_scope(SCOPES.index(fixturedef.scope), open_layers())
    fixturedef.func = _beginning(fixturedef.func, lambda: place)  # anyio replaces it in the same way
    if requested is not None:
        _note_place(config, fixturedef, requested)
        fixturedef.addfinalizer(step_into_innermost)  # after the finalizers of its code
    try:
        with standing(place):
            yield
    finally:
        if requested is not None:
            fixturedef.addfinalizer(functools.partial(step_in, requested))  # before them: the latest one runs first


PLACES: pytest.StashKey[dict[str, list[SessionPlace]]] = pytest.StashKey()
"""On the config: by a fixture's name, the places in which its set-ups ran or which they opened, the latest one last."""


def _note_place(config: pytest.Config, fixturedef: Any, place: SessionPlace | None) -> None:
    """Note the place of a fixture, for those that request it; places of closed sessions are dropped."""
    by_name = config.stash.setdefault(PLACES, {})
    by_name[fixturedef.argname] = _open([*by_name.get(fixturedef.argname, ()), place])


def _open(places: Iterable[SessionPlace | None]) -> list[SessionPlace]:
    return [place for place in places if place is not None and place.layer is not None]


def _requested_place(config: pytest.Config, fixturedef: Any) -> SessionPlace | None:
    """Return the place of the innermost open session of the fixtures that a fixture requests; None without one."""
    places = config.stash.get(PLACES, {})
    requested = [place for name in fixturedef.argnames for place in _open(places.get(name, ()))[-1:]]
    return next((layer.place for layer in open_layers() if any(place.layer is layer for place in requested)), None)


def around_body(item: Any) -> AbstractContextManager[None]:
    """Return the context in which the test's body runs: in its innermost session, whatever context the body has."""
    from runmock.transports.patching.layers import standing

    if _is_plain(item.obj) and not hasattr(item.instance, "setUp"):
        return standing(innermost())  # the body runs in the context of its caller
    return _around_body_elsewhere(item)


@contextmanager
def _around_body_elsewhere(item: Any) -> Iterator[None]:
    """The block runs a test's body that may begin in another context than the block's."""
    from runmock.transports.patching.layers import standing

    place, test, function = innermost(), item.instance, item.obj
    if hasattr(test, "setUp"):  # a unittest.TestCase: `setUp` is the first code that runs
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
    """Return a function that begins in a place and restores its context; a plain function is returned as it is.

    A plain function runs in the context of its caller, which is right already. `place` is called when the function
    runs, since pytest-trio runs fixtures together with the test, later than pytest sets them up.
    """
    if inspect.ismethod(function):
        beginning = _beginning(function.__func__, place)
        return function if beginning is function.__func__ else types.MethodType(beginning, function.__self__)
    if inspect.iscoroutinefunction(function):
        from runmock.transports.patching.layers import standing

        @functools.wraps(function)
        async def running(*args: Any, **keywords: Any) -> Any:
            __tracebackhide__ = True
            with standing(place()):
                return await function(*args, **keywords)

        return running
    for is_of_kind, name in _STEPPING.items():
        if is_of_kind(function):
            from runmock.session.decorators import steps
            from runmock.transports.patching.layers import Footing

            stepping = getattr(steps, name)(function, nullcontext, lambda: Footing(place(), is_alone=True))
            return functools.wraps(function)(stepping)
    return function


def _is_plain(function: Callable[..., Any]) -> bool:
    """Whether a function or method runs in one go, as far as a short look tells; most tests do, and `inspect` is slow.

    `inspect.markcoroutinefunction` leaves its mark among a function's attributes.
    """
    function = getattr(function, "__func__", function)
    return type(function) is types.FunctionType and not function.__code__.co_flags & _IN_STEPS and not vars(function)


_IN_STEPS = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
"""The flags of functions that do not run in one go."""
_STEPPING = {
    inspect.isgeneratorfunction: "generator_function",
    inspect.isasyncgenfunction: "async_generator_function",
}
"""The function of `steps` that wraps a fixture with a teardown, by kind of fixture; the teardown begins in the place
where the set-up ended."""


def _entering(set_up: Callable[[], None], place: SessionPlace | None) -> Callable[[], None]:
    @functools.wraps(set_up)
    def entering() -> None:
        from runmock.transports.patching.layers import step_in_from_outside

        step_in_from_outside(place)
        set_up()

    return entering
