"""What a client's transport wraps.

A transport that wraps (retries, caches, logs, signs) belongs to the application, and runs. What it wraps is looked for
in its attributes, in what they contain, in partials, bound methods and closures, and in the names that its functions
use, since a transport or a pool may be made on first use.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import itertools
import queue
import sys
import threading
import weakref
from collections import deque
from contextvars import ContextVar
from types import (
    CodeType,
    FunctionType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from runmock.transports.kinds import CLIENTS, MAKERS, MAY_WRAP, NETWORK, SENDS_ABOVE, TRANSPORTS, kind_of, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CLOSED = frozenset(sys.stdlib_module_names) | NETWORK | {"_pytest", "pytest", "runmock", "openai", "pydantic", "respx"}
"""Packages in whose objects nothing is looked for."""
LARGEST = 500
"""So many objects are looked at, at most."""


class Reached(NamedTuple):
    """What a transport wraps: the innermost transports, and whether it may send in a way that is not seen from them."""

    transports: tuple[Any, ...] = ()
    sends_otherwise: bool = False

    def __bool__(self) -> bool:
        return bool(self.transports) or self.sends_otherwise


NOTHING = Reached()


def reached_from(transport: Any, method: str) -> Reached:
    """What a transport wraps, for sync or for async requests; falsy for one that wraps nothing."""
    kind = kind_of(type(transport), method)
    if method in getattr(transport, "__dict__", ()):
        kind = SENDS_ABOVE  # somebody has put a function in the place of its method, which may call that
    if kind not in MAY_WRAP:
        return NOTHING
    search = _Search(method)
    search.within(transport)
    return Reached(tuple(search.found), search.sends_otherwise or kind is SENDS_ABOVE)


class _Search:
    """Goes through what belongs to a transport; mutable."""

    def __init__(self, method: str) -> None:
        self.found: list[Any] = []
        self.sends_otherwise = False
        self._method = method
        self._seen: set[int] = set()

    def within(self, transport: Any) -> bool:
        """Whether a transport wraps another; the innermost ones are in `found`."""
        self._seen.add(id(transport))
        waiting, wraps = deque(_of_transport(transport, self._method)), False
        while waiting and len(self._seen) < LARGEST:
            thing = waiting.popleft()
            if id(thing) in self._seen:
                continue
            self._seen.add(id(thing))
            if _makes(thing):
                self.sends_otherwise = wraps = True
            elif not isinstance(thing, type) and callable(getattr(type(thing), self._method, None)):
                wraps = True
                self._take(thing)
            else:
                waiting.extend(_parts(thing))
        return wraps

    def _take(self, transport: Any) -> None:
        kind = kind_of(type(transport), self._method)
        if kind is SENDS_ABOVE:
            self.sends_otherwise = True
        wraps = kind in MAY_WRAP and self.within(transport)
        if not wraps and kind is not SENDS_ABOVE:
            self.found.append(transport)


def _makes(thing: Any) -> bool:
    """Whether a thing makes what sends: a class, a function that uses its name; or a client, intercepted itself."""
    if isinstance(thing, FunctionType):
        return _names_a_maker(thing)
    kind = thing if isinstance(thing, type) else type(thing)
    names = {base.__name__ for base in kind.__mro__ if root_of(base) in NETWORK}
    return not names.isdisjoint(MAKERS if kind is thing else CLIENTS)


def _names_a_maker(function: FunctionType) -> bool:
    names = _names(function.__code__)
    if names.isdisjoint(MAKERS) or not names.isdisjoint(TRANSPORTS):
        return not names.isdisjoint(TRANSPORTS)
    modules = [one for one in _values(function) if isinstance(one, ModuleType)]
    return not NETWORK.isdisjoint(names | {module.__name__ for module in modules})


def _names(code: CodeType) -> set[str]:
    """The names of globals and attributes that a function uses, those inside of it included."""
    return set(code.co_names).union(*(_names(one) for one in code.co_consts if isinstance(one, CodeType)))


def _values(function: FunctionType) -> Iterator[Any]:
    """What a function refers to: by its closure, its defaults, and its names of globals."""
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # a cell that nothing was put into yet
            yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    yield from (function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__)


def _parts(thing: Any) -> Iterable[Any]:
    """What belongs to a thing, one step away. Only its type is asked: a proxy may not like to be looked at."""
    kind = type(thing)
    for opened, parts in PARTS:
        if issubclass(kind, opened):
            return parts(thing)
    if issubclass(kind, type) or root_of(kind) in CLOSED:
        return ()
    return _of_instance(thing)


def _of_instance(thing: Any) -> Iterator[Any]:
    """The attributes of an object, and the functions of its class."""
    yield from _attributes(thing)
    yield from (value for _, value in _of_class(type(thing)))


def _of_transport(transport: Any, method: str) -> Iterator[Any]:
    """The attributes of a transport, and the functions of its class that the one which sends may call."""
    yield from _attributes(transport)
    members, called, waiting = list(_of_class(type(transport))), set[str](), {method}
    while waiting:
        name = waiting.pop()
        called.add(name)
        for function in (value for other, value in members if other == name):
            yield function
            for one in (function, *_parts(function)):
                waiting |= _names(one.__code__) - called if isinstance(one, FunctionType) else set()


def _attributes(thing: Any) -> Iterator[Any]:
    with contextlib.suppress(AttributeError):
        yield from list(object.__getattribute__(thing, "__dict__").values())
    for name, value in _of_class(type(thing)):
        if isinstance(value, MemberDescriptorType):
            yield getattr(thing, name, None)


def _of_class(kind: type) -> Iterator[tuple[str, Any]]:
    """What a class and its bases define, but for those of libraries."""
    for base in kind.__mro__:
        yield from () if root_of(base) in CLOSED else list(vars(base).items())


PARTS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Iterable[Any]]], ...] = (
    (FunctionType, _values),
    (MethodType, lambda method: (method.__self__, method.__func__)),
    (functools.partial, lambda partial: (partial.func, *partial.args, *partial.keywords.values())),
    ((dict, MappingProxyType, WeakValueDictionary), lambda mapping: list(mapping.values())),
    ((list, tuple, set, frozenset, deque), list),
    (property, lambda one: (one.fget,)),
    (functools.cached_property, lambda one: (one.func,)),
    ((staticmethod, classmethod), lambda one: (one.__func__,)),
    (weakref.ref, lambda reference: (reference(),)),
    (ContextVar, lambda variable: (variable.get(None),)),
    ((threading.local, SimpleNamespace, queue.Queue), lambda one: list(vars(one).values())),
    ((itertools.cycle, itertools.chain, itertools.repeat, type(iter([])), type(iter(()))), gc.get_referents),
)
"""How things that hold others are opened."""
