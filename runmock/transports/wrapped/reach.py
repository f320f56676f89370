"""What a client's transport wraps.

A transport that wraps (retries, caches, logs, signs) belongs to the application, and runs. What it wraps is looked for
in its attributes, in what they contain, in partials, bound methods and closures, and in the names that its functions
use, since a transport or a pool may be made on first use.
"""

from __future__ import annotations

import operator
from collections import deque
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.transports.wrapped.kinds import (
    CLIENTS,
    KNOWN,
    MAKERS,
    MAY_WRAP,
    METHODS,
    NETWORK,
    SENDS_ABOVE,
    TRANSPORTS,
    TransportKind,
    kind_of,
    root_of,
)
from runmock.transports.wrapped.parts import CODE, PLAIN, names_in, of_transport, own, parts_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable

OBJECTS, FUNCTIONS = 10_000, 500
"""How many objects and functions are searched at most, as long as no transport is found."""
ENOUGH = 100
"""How many objects, and how many functions, are searched at most once a transport is found: others are near it."""


class Reached(NamedTuple):
    """What a transport wraps: the innermost transports, and whether it may also send past them."""

    transports: tuple[Any, ...] = ()
    sends_otherwise: bool = False

    def __bool__(self) -> bool:
        return bool(self.transports) or self.sends_otherwise


NOTHING = Reached()


class Reach:
    """Finds what transports wrap. Mutable: one that wraps nothing is searched again only if its attributes change."""

    def __init__(self) -> None:
        self._alone: dict[tuple[int, str], tuple[Any, list[Any]]] = {}

    def of(self, transport: Any, kind: TransportKind, method: str) -> Reached:
        """What a transport wraps, for sync or for async requests; falsy for one that wraps nothing."""
        attributes = own(transport)
        if method not in attributes and (kind is KNOWN or kind not in MAY_WRAP):
            return NOTHING
        present, key = list(attributes.values()), (id(transport), method)
        _, before = self._alone.get(key, (None, None))
        if before is not None and len(before) == len(present) and all(map(operator.is_, before, present)):
            return NOTHING
        search = _Search(method)
        if method in attributes:  # its method was replaced by a function, which may call the original
            search.from_things([attributes[method]])
            reached = Reached(tuple(search.found), search.sends_otherwise)
        else:
            search.within(transport)
            reached = Reached(tuple(search.found), search.sends_otherwise or kind is SENDS_ABOVE)
        if not reached:
            self._alone[key] = transport, present
        return reached

    def forget(self) -> None:
        """Drop all references to transports."""
        self._alone.clear()


class _Search:
    """A search through the parts of a transport; mutable."""

    def __init__(self, method: str) -> None:
        self.found: list[Any] = []
        self.sends_otherwise = False
        self._method = method
        self._visited: set[int] = set()
        self._objects = self._functions = 0

    def within(self, transport: Any) -> bool:
        """Whether a transport wraps another; the innermost ones are in `found`."""
        self._visited.add(id(transport))
        return self.from_things(of_transport(transport, self._method))

    def from_things(self, things: Iterable[Any]) -> bool:
        """Whether a transport can be reached from some things."""
        objects, functions, wraps = deque[Any](), deque[Any](), False
        while True:
            for thing in things:
                if type(thing) not in PLAIN:
                    (functions if type(thing) in CODE else objects).append(thing)
            thing, things = self._next(objects, functions), ()
            if thing is None:
                return wraps
            if id(thing) in self._visited:
                continue
            self._visited.add(id(thing))
            if _makes(thing):
                self.sends_otherwise = wraps = True
            elif (method := self._method_of(thing)) is not None:
                wraps = True
                self._take(thing, method)
            else:
                things = parts_of(thing)

    def _next(self, objects: deque[Any], functions: deque[Any]) -> Any | None:
        """The next object or function to search; None at the end."""
        is_found = self.found or self.sends_otherwise
        if objects and self._objects < (ENOUGH if is_found else OBJECTS):
            self._objects += 1
            return objects.popleft()
        if functions and self._functions < (ENOUGH if is_found else FUNCTIONS):
            self._functions += 1
            return functions.popleft()
        return None

    def _method_of(self, thing: Any) -> str | None:
        """The sending method of a transport, of the other kind (sync, async) if it has only that; None for another."""
        kind: Any = type(thing)
        if issubclass(kind, type):
            return None
        return self._method if callable(getattr(kind, self._method, None)) else _other_method(kind)

    def _take(self, transport: Any, method: str) -> None:
        kind = kind_of(type(transport), method)
        if kind is SENDS_ABOVE:
            self.sends_otherwise = True
        wraps = kind in MAY_WRAP and self.within(transport)
        if not wraps and kind is not SENDS_ABOVE:
            self.found.append(transport)


@lru_cache(maxsize=1024)
def _other_method(kind: Any) -> str | None:
    return next((method for method in METHODS if callable(getattr(kind, method, None))), None)


def _makes(thing: Any) -> bool:
    """Whether a thing makes senders: a class, or a function that uses its name; or is a client, intercepted itself."""
    kind: Any = type(thing)
    if kind is FunctionType:
        return _is_of_maker(thing) or _names_a_maker(thing)
    return _is_among(thing, MAKERS) if issubclass(kind, type) else _is_among(kind, CLIENTS)


@lru_cache(maxsize=1024)
def _is_among(kind: Any, names: frozenset[str]) -> bool:
    """Whether a class is one of these classes of the libraries, or a subclass."""
    return any(base.__name__ in names and root_of(base) in NETWORK for base in kind.__mro__)


def _is_of_maker(function: FunctionType) -> bool:
    """Whether a function is the sending method of a library's own transport."""
    kind, _, name = function.__qualname__.partition(".")
    return name in METHODS and kind in TRANSPORTS and root_of(function) in NETWORK


def _names_a_maker(function: FunctionType) -> bool:
    names = names_in(function.__code__)
    if names.isdisjoint(MAKERS) or not names.isdisjoint(TRANSPORTS):
        return not names.isdisjoint(TRANSPORTS)
    modules = [value for value in values_of(function) if issubclass(type(value), ModuleType)]
    return not NETWORK.isdisjoint(names | {module.__name__ for module in modules})
