"""The parts of an object, one step away: attributes, contents, closures, and what functions refer to.

No code of the application is called for it: only the type of an object is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import itertools
import queue
import sys
import threading
import weakref
from collections import UserDict, UserList, deque
from contextvars import ContextVar
from functools import lru_cache
from types import (
    CodeType,
    FunctionType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from runmock.transports.wrapped.kinds import NETWORK, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CLOSED = frozenset(sys.stdlib_module_names) | NETWORK | {"_pytest", "pytest", "runmock", "openai", "pydantic", "respx"}
"""Packages whose objects are not searched."""
PLAIN = frozenset({str, bytes, int, float, bool, type(None), ModuleType})
"""Types whose objects contain no other objects of interest."""
CACHED = type(lru_cache(len))
CODE = frozenset({FunctionType, CACHED, property, functools.cached_property, staticmethod, classmethod})
"""Types whose objects run code when they are called or read."""


@lru_cache(maxsize=4096)
def names_in(code: CodeType) -> frozenset[str]:
    """The names of globals and attributes that a function uses, inner functions included."""
    return frozenset(code.co_names).union(
        *(names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    )


def values_of(function: FunctionType) -> Iterator[Any]:
    """The objects that a function refers to: in its closure, its defaults, and its globals."""
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # a cell that nothing was put into yet
            yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    names, known = names_in(function.__code__), function.__globals__
    yield from [known[name] for name in names if name in known]


def parts_of(thing: Any) -> Iterable[Any]:
    """The parts of an object, one step away. Only its type is looked at: a proxy might run code otherwise."""
    kind: Any = type(thing)
    try:
        return list(_opens(kind)(thing))
    except Exception:  # noqa: BLE001  # it is somebody else's object, and may raise anything: then it has no parts
        return ()


@lru_cache(maxsize=1024)
def _opens(kind: Any) -> Callable[[Any], Iterable[Any]]:
    """The function that returns the parts of objects of a type."""
    for opened, parts in PARTS:
        if issubclass(kind, opened):
            return parts
    return _nothing if issubclass(kind, type) or root_of(kind) in CLOSED else _of_instance


def _nothing(_: Any) -> Iterable[Any]:
    return ()


def _of_instance(thing: Any) -> Iterator[Any]:
    """The attributes of an object, and the functions of its class."""
    yield from _attributes(thing)
    yield from (value for _, value in _of_class(type(thing)))


def of_transport(transport: Any, method: str) -> Iterator[Any]:
    """The attributes of a transport, and the functions of its class that its sending method may call."""
    yield from _attributes(transport)
    members, called, waiting = list(_of_class(type(transport))), set[str](), {method}
    while waiting:
        name = waiting.pop()
        called.add(name)
        for function in (value for other, value in members if other == name):
            yield function
            for part in (function, *parts_of(function)):
                waiting |= names_in(part.__code__) - called if type(part) is FunctionType else set()


def own(thing: Any) -> dict[str, Any]:
    """An object's own attributes by name; of a proxy those of the object behind it."""
    try:
        return object.__getattribute__(thing, "__dict__")  # type: ignore[no-any-return]  # it is what it is named
    except AttributeError:
        return {}


def _attributes(thing: Any) -> Iterator[Any]:
    yield from list(own(thing).values())
    for name, value in _of_class(type(thing)):
        if type(value) is MemberDescriptorType or name == WRAPPED:
            with contextlib.suppress(AttributeError):  # one that nothing was put into yet
                yield object.__getattribute__(thing, name)


def _of_class(kind: type) -> Iterator[tuple[str, Any]]:
    """The attributes of a class and its bases, without bases in libraries."""
    for base in kind.__mro__:
        yield from () if root_of(base) in CLOSED else list(vars(base).items())


WRAPPED = "__wrapped__"
"""The attribute of a proxy with the object behind it."""
PARTS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Iterable[Any]]], ...] = (
    (FunctionType, values_of),
    (MethodType, lambda method: (method.__self__, method.__func__)),
    (CACHED, lambda function: (function.__wrapped__,)),
    (functools.partial, lambda partial: (partial.func, *partial.args, *partial.keywords.values())),
    ((dict, MappingProxyType, WeakValueDictionary), lambda mapping: list(mapping.values())),
    ((list, tuple, set, frozenset, deque), list),
    (property, lambda attribute: (attribute.fget,)),
    (functools.cached_property, lambda attribute: (attribute.func,)),
    ((staticmethod, classmethod), lambda method: (method.__func__,)),
    (weakref.ref, lambda reference: (reference(),)),
    (ContextVar, lambda variable: (variable.get(None),)),
    ((UserDict, UserList), lambda collection: (collection.data,)),
    ((threading.local, SimpleNamespace, queue.Queue, asyncio.Queue), lambda holder: list(vars(holder).values())),
    ((itertools.cycle, itertools.chain, itertools.repeat, type(iter([])), type(iter(()))), gc.get_referents),
)
"""By type: the function that returns the parts of its objects."""
