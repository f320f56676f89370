"""`use_cassette` as a decorator of functions, by kind; `begin` returns a context manager that yields the session.

What a function returns may run later: a coroutine, a generator, a context manager that a generator makes. Its
session stays open until that has ended, or is dropped without having run.
"""

from __future__ import annotations

import functools
import inspect
import types
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from runmock.core.errors import UsageError
from runmock.session.decorators.running_later import continued
from runmock.session.decorators.steps import async_generator_function, generator_function

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from runmock.session.session import Session

    Begin = Callable[[], AbstractContextManager[Session]]
    Function = Callable[..., Any]


def decorated(target: Any, begin: Begin) -> Any:
    """The function, or a wrapper as `staticmethod` around it, decorated: each call runs in a session of its own.

    Raises UsageError for what cannot be decorated.
    """
    for kind, rebuilt in _WRAPPERS.items():
        if isinstance(target, kind):
            return rebuilt(target, lambda function: function and decorated(function, begin))
    if is_fixture(target):
        raise UsageError(
            "use_cassette cannot decorate a fixture, which pytest has made of the function already; "
            "write @pytest.fixture above @use_cassette(...), not below it"
        )
    if any(all(hasattr(target.__class__, name) for name in names) for names in _CALLED_OTHERWISE):
        raise UsageError(
            f"use_cassette cannot decorate {target!r}, whose function runs without this decorator; "
            "write @use_cassette(...) directly above the function, below the decorator that made this object of it"
        )
    if not callable(target):
        raise UsageError(f"use_cassette decorates functions and classes, not {target!r}")
    playing = functools.wraps(target)(_playing(target, begin))
    for name in _OF_CACHES:
        if hasattr(target, name):
            setattr(playing, name, getattr(target, name))
    return playing


_WRAPPERS: dict[type, Callable[[Any, Callable[[Any], Any]], Any]] = {
    staticmethod: lambda target, play: type(target)(play(target.__func__)),
    classmethod: lambda target, play: type(target)(play(target.__func__)),
    property: lambda target, play: (
        target.getter(play(target.fget)).setter(play(target.fset)).deleter(play(target.fdel))
    ),
    functools.cached_property: lambda target, play: type(target)(play(target.func)),
    functools.partialmethod: lambda target, play: type(target)(play(target.func), *target.args, **target.keywords),
}
"""Wrappers of functions in a class: how each is made again around the decorated function."""


_CALLED_OTHERWISE = ("main", "invoke"), ("delay", "apply_async")
"""Attributes of click's commands, and of celery's tasks."""
_OF_CACHES = ("cache_info", "cache_clear", "cache_parameters")
"""Attributes that `functools.lru_cache` adds to a function, and that `functools.wraps` does not copy."""


def stands_in_class(target: object) -> bool:
    """Whether something wraps a function in a class: a static or class method, a property, a partial method, ..."""
    return isinstance(target, (*_WRAPPERS, functools.singledispatchmethod))


def is_fixture(target: object) -> bool:
    """Whether something is a fixture of pytest: an object of its own, or before pytest 8.4 a marked function."""
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


def _playing(function: Function, begin: Begin) -> Function:
    """The decorated function; it is of the same kind (coroutine function, generator function) as the original."""
    called = getattr(type(function), "__call__", None)  # noqa: B004 - of an object that can be called
    for is_of_kind, playing in _KINDS.items():
        if is_of_kind(function) or is_of_kind(called):
            return playing(function, begin)
    return _plain(function, begin)


def _coroutine(function: Function, begin: Begin) -> Function:
    async def playing(*args: Any, **keywords: Any) -> Any:
        with ExitStack() as use:
            session = use.enter_context(begin())
            result = await function(*args, **keywords)
            return continued(result, use, session, lambda later: decorated(later, begin))

    return playing


def _awaitable_generator(function: Function, begin: Begin) -> Function:
    return types.coroutine(generator_function(function, begin))


def _plain(function: Function, begin: Begin) -> Function:
    def playing(*args: Any, **keywords: Any) -> Any:
        with ExitStack() as use:
            session = use.enter_context(begin())
            result = function(*args, **keywords)
            return continued(result, use, session, lambda later: decorated(later, begin))

    return playing


def _is_awaitable_generator_function(function: Any) -> bool:
    """Whether a function was made by `types.coroutine`."""
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & inspect.CO_ITERABLE_COROUTINE)


_KINDS: dict[Callable[[Any], bool], Callable[[Function, Begin], Function]] = {
    inspect.iscoroutinefunction: _coroutine,
    _is_awaitable_generator_function: _awaitable_generator,
    inspect.isgeneratorfunction: generator_function,
    inspect.isasyncgenfunction: async_generator_function,
}
"""Kinds of functions whose calls do not run yet: how to recognise one, and what wraps it."""
