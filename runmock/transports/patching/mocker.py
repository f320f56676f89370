"""Puts runmock between every httpx and httpx2 client and its transport, and before sessions of requests and aiohttp.

It depends on one private name, which is used only in this file: `_transport_for_url` of the clients of httpx and
httpx2, which returns every transport (default, custom, mounted, aiohttp-backed), also for clients made earlier.
`tests/transports/test_borrowed_names.py` fails first when a library changes it. requests and aiohttp are patched when
the application has imported them, or when it imports them while a session is open.

respx's `Mocker` patches the same method, and so do others: a patch may have been put above ours, or taken away below
it, by the time a session ends. So the original method is put back only where our patch is still on top; a patch of ours
under another one does nothing while no session is open, and is removed at the end of the next session. (`Mocker`
itself, through `mock.patch`, would put back an outdated method; and it keeps a registry of names, in which a second
import of this module, as by pytest's `pytester`, is an error.)
"""

from __future__ import annotations

import functools
import importlib
import itertools
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from runmock.apis.service.claims import CLIENT
from runmock.transports.convert import LIBRARIES
from runmock.transports.patching import contexts, layers, threads
from runmock.transports.patching.late_imports import OF_AIOHTTP, OF_REQUESTS, LateImports
from runmock.transports.patching.layers import NARROWEST, Layer
from runmock.transports.sending import answered, answered_async, claimed_request
from runmock.transports.wrapped.exits import ASYNC, SYNC, Exits

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType
    from typing import TypeAlias

    from runmock.transports.convert import HttpRequest, HttpResponse
    from runmock.transports.patching.layers import SessionPlace

    Place: TypeAlias = tuple[Any, str, Callable[[Any], Any]]
    """What is patched: the class or module, the name there, and the function that makes our version of it."""

CLIENTS = ("Client", "AsyncClient")
METHOD = "_transport_for_url"
_DEFAULTS = tuple(f"{library}.{contexts.MODULE}" for library in LIBRARIES)
_PATCHED_MODULES = (*LIBRARIES, *_DEFAULTS, *OF_REQUESTS, *OF_AIOHTTP)


class Interception:
    """Patches the clients once, however many sessions are open; `layers` are the open ones, the innermost first."""

    layers: ClassVar[tuple[Layer, ...]] = ()
    _originals: ClassVar[dict[int, tuple[Any, Any]]] = {}
    """By the id of our function (others' wrappers compare equal to it): the function, and the one that it replaces."""
    _made: ClassVar[dict[tuple[Any, str], tuple[Any, Any]]] = {}
    """By class or module, and the name there: the function that was there last, and ours for it; kept, because sessions
    are opened often."""
    _contexts: ClassVar[dict[Any, ssl.SSLContext]] = {}
    """The libraries' default TLS contexts."""
    _places_of: ClassVar[tuple[tuple[ModuleType | None, ...], tuple[Place, ...]]] = ((), ())
    """The modules that are imported, and the places in them."""
    _numbers: ClassVar[Iterator[int]] = itertools.count()
    _lock: ClassVar[threading.RLock] = threading.RLock()
    _late_imports: ClassVar[LateImports]

    @classmethod
    def open(cls, layer: Layer, scope: int = NARROWEST) -> None:
        """Intercept for one more session, which has this scope."""
        with cls._lock:
            if layer in cls.layers:
                return
            cls._put_all(cls._known_places())
            cls._late_imports.watch()
            layer.number, layer.scope = next(cls._numbers), scope
            layers.enter(layer)
            cls.layers = layers.sorted_layers((layer, *cls.layers))  # last: half a start leaves patches that do nothing

    @classmethod
    def shut(cls, layer: Layer) -> None:
        """End the interception for a session; the last one takes the patches away."""
        with cls._lock:
            if layer not in cls.layers:
                return
            cls.layers = tuple([other for other in cls.layers if other is not layer])
            layers.leave(layer)
            if cls.layers:
                return
            for place, name in cls._made:
                patch = cls._originals.pop(id(vars(place).get(name)), None)  # others may have taken the name away
                if patch is not None:
                    setattr(place, name, patch[1])
            cls._late_imports.end()
            Exits.shut()

    @classmethod
    def _put_all(cls, places: Iterable[Place]) -> None:
        """Put our functions at places, unless they are there already. The caller holds the lock."""
        for place, name, in_place_of in places:
            found = vars(place)[name]
            if id(found) in cls._originals:
                continue
            before, ours = cls._made.get((place, name), (None, None))
            if before is not found:
                ours = in_place_of(getattr(place, name))  # as a caller gets it: a wrapper may be a descriptor
                cls._made[place, name] = found, ours
            cls._originals[id(ours)] = ours, found
            setattr(place, name, ours)

    @classmethod
    def _put(cls, place: Any, name: str, in_place_of: Callable[[Any], Any]) -> None:
        """Put our function at a place, unless it is there already."""
        with cls._lock:
            cls._put_all([(place, name, in_place_of)])

    @classmethod
    def _put_where_defined(cls, kind: type, name: str, in_place_of: Callable[[Any], Any]) -> None:
        """Put our function where a class, or the nearest of its bases, defines a method."""
        place = next((base for base in kind.__mro__ if name in vars(base)), None)
        if place is not None and id(vars(place)[name]) not in cls._originals:
            cls._put(place, name, in_place_of)

    @classmethod
    def _put_late(cls) -> None:
        """Patch the classes of a library that was imported while a session is open."""
        with cls._lock:
            if cls.layers:
                cls._put_all(tuple(cls._other_places()))

    @classmethod
    def _known_places(cls) -> tuple[Place, ...]:
        """The places, which are the same while the same modules are imported: sessions are opened often."""
        modules = tuple(map(sys.modules.get, _PATCHED_MODULES))
        if cls._places_of[0] != modules:
            places = tuple(cls._places())  # it imports modules
            cls._places_of = tuple(map(sys.modules.get, _PATCHED_MODULES)), places
        return cls._places_of[1]

    @classmethod
    def _places(cls) -> Iterator[Place]:
        """What is patched: the class or module, the name, and the function that makes our version of it."""
        for client in client_classes():
            yield client, METHOD, cls._in_place_of
        for module in _modules(_DEFAULTS):
            yield module, contexts.FUNCTION, cls._context_in_place_of
        yield threading.Thread, "start", cls._start_in_place_of
        yield ThreadPoolExecutor, "submit", cls._submit_in_place_of
        yield from cls._other_places()

    @classmethod
    def _other_places(cls) -> Iterator[Place]:
        """What is patched of requests and aiohttp, where the application has imported them."""
        if not sys.modules.keys().isdisjoint(OF_REQUESTS):
            from runmock.transports import requests_sessions

            yield from requests_sessions.places(cls.in_order, cls._put_where_defined)
        if not sys.modules.keys().isdisjoint(OF_AIOHTTP):
            from runmock.transports import aiohttp_sessions

            yield from aiohttp_sessions.places(cls.in_order, cls._put_where_defined)

    @classmethod
    def _context_in_place_of(cls, original: Callable[..., Any]) -> Callable[..., Any]:
        def replays() -> bool:
            return bool(cls.layers) and all(layer.deck.upstream_calls is None for layer in cls.layers)

        return contexts.shared(original, cls._contexts, replays)

    @classmethod
    def _start_in_place_of(cls, original: Callable[..., Any]) -> Callable[..., Any]:
        return threads.starting(original, cls.here)

    @classmethod
    def _submit_in_place_of(cls, original: Callable[..., Any]) -> Callable[..., Any]:
        return threads.submitting(original, cls.here)

    @classmethod
    def in_order(cls) -> tuple[Layer, ...]:
        """The open layers; the one that the running code belongs to is the first."""
        return layers.in_order(cls.layers) if len(cls.layers) > 1 else cls.layers

    @classmethod
    def here(cls) -> SessionPlace | None:
        """The place for threads and work that the running code starts; None while no session is open."""
        return layers.here(cls.layers)

    @classmethod
    def put(cls, some: Iterable[Layer], scope: int) -> None:
        """Set the scope of some layers, and sort all layers again."""
        with cls._lock:
            for layer in some:
                layer.scope = scope
            cls.layers = layers.sorted_layers(cls.layers)

    @classmethod
    def _in_place_of(cls, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def _transport_for_url(client: Any, *args: Any, **options: Any) -> Any:
            inner = original(client, *args, **options)
            found = cls.layers if len(cls.layers) <= 1 else layers.in_order(cls.layers)
            return InterceptingTransport(found, inner) if found else inner

        return _transport_for_url


class InterceptingTransport:
    """Put before a client's own transport for one request: a session answers it, or it goes on to that transport."""

    __slots__ = ("_inner", "_layers")

    def __init__(self, layers: Sequence[Layer], inner: Any) -> None:
        self._layers, self._inner = layers, inner

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to a sync client's request, as `answered` gives it."""
        inner, trial = self._inner, None
        claimed = claimed_request(request, self._layers, inner)
        if claimed.claim is CLIENT or not _wraps_nothing(inner, SYNC):
            trial = Exits.trial(claimed, inner, SYNC)
        return answered(claimed, request, inner.handle_request, trial)

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to an async client's request, as `answered_async` gives it."""
        inner, trial = self._inner, None
        claimed = claimed_request(request, self._layers, inner)
        if claimed.claim is CLIENT or not _wraps_nothing(inner, ASYNC):
            trial = Exits.trial(claimed, inner, ASYNC)
        return await answered_async(claimed, request, inner.handle_async_request, trial)


def _wraps_nothing(transport: Any, method: str) -> bool:
    """Whether a transport's method is its class's own, and was found to wrap nothing; most are."""
    kind = type(transport)
    plain = Exits.plain.get((kind, method))
    return plain is not None and getattr(kind, method) is plain and method not in vars(transport)


Exits.layers = Interception.in_order
Interception._late_imports = LateImports((*OF_REQUESTS, *OF_AIOHTTP), Interception._put_late)  # noqa: SLF001 - its own


def client_classes() -> list[type]:
    """The client classes of the libraries that are installed, each once: `alias_httpx()` makes two names one."""
    return list(dict.fromkeys([getattr(module, client) for module in _modules(LIBRARIES) for client in CLIENTS]))


def _modules(names: Iterable[str]) -> Iterable[ModuleType]:
    """Modules of the libraries that are installed, each once."""
    found = [sys.modules.get(name) or _imported(name) for name in names]
    return dict.fromkeys([module for module in found if module is not None])


def _imported(name: str) -> ModuleType | None:
    """A module of a library; None if the library is not installed."""
    return importlib.import_module(name) if _is_installed(name.partition(".")[0]) else None


@cache
def _is_installed(library: str) -> bool:
    """Whether a library is installed. Cached: looking for a missing one is the slowest part of opening a session."""
    return find_spec(library) is not None
