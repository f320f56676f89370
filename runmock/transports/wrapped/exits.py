"""Where requests leave a transport that runs: runmock answers there, in the place of what the transport wraps.

What is replaced are methods of classes: of the libraries' own transports, of the pools below them (a transport may hold
a method of one that was bound before the session), and of other transports that one of the client's wraps. They are put
there when a session first runs a client's transport, on top of the patches of others, and go with the last session.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from runmock.core.assistants.claims import CLIENT
from runmock.transports.convert import LIBRARIES
from runmock.transports.patching.patches import Patches, is_wrapper
from runmock.transports.sending import Trial, answered, answered_async, sort
from runmock.transports.wrapped import pools
from runmock.transports.wrapped.attempts import LetOn, present, watch_sockets
from runmock.transports.wrapped.kinds import KNOWN, MAY_WRAP, METHODS, SENDS_ABOVE, TransportKind, kind_of, root_of
from runmock.transports.wrapped.reach import Reach, Reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runmock.transports.convert import HttpRequest, HttpResponse
    from runmock.transports.sending import Layer, Sorted

SYNC, ASYNC = METHODS
INSTRUMENTED = Reached(sends_otherwise=True)
"""What a wrapper of a library's own method calls is answered at the pools below."""
TRANSPORTS = (
    ("httpx", "HTTPTransport", SYNC),
    ("httpx", "AsyncHTTPTransport", ASYNC),
    ("httpx2", "HTTPTransport", SYNC),
    ("httpx2", "AsyncHTTPTransport", ASYNC),
    ("httpx_aiohttp", "AiohttpTransport", ASYNC),
)
"""The libraries' own transports that are the network."""
BELOW: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "httpx": pools.places("httpcore"),
    "httpx2": pools.places("httpcore2"),
    "httpx_aiohttp": (("aiohttp", "ClientSession", "_request"),),
}
"""By library: where mocks of others stand below its transports."""


class Exits:
    """Where runmock stands; `layers` tells the open sessions, innermost first."""

    layers: ClassVar[Callable[[], Sequence[Layer]]] = tuple
    _patches: ClassVar[Patches] = Patches()
    _reach: ClassVar[Reach] = Reach()

    @classmethod
    def trial(cls, found: Sorted, transport: Any, method: str) -> Trial | None:
        """How a client's own transport is tried with a request; None when runmock answers in its place, or nobody."""
        of, kind = type(transport), kind_of(type(transport), method)
        if found.layer is None and not found.has_routes:
            if kind not in MAY_WRAP:
                return None
            cls._open(())
            return Trial("", wraps=True)  # nobody's yet: it is sorted again where it is sent, which may be elsewhere
        reached = INSTRUMENTED if cls._is_instrumented(of, method, kind) else cls._reach.of(transport, kind, method)
        is_mocked = found.claim is CLIENT and not cls._is_network(of, method)
        if not reached and not is_mocked:
            return None
        cls._open(reached.transports)
        return Trial(f"{of.__module__}.{of.__qualname__}", reached.transports, bool(reached))

    @classmethod
    def shut(cls) -> None:
        """The last session has ended."""
        cls._patches.take_away()
        cls._reach.forget()

    @classmethod
    def _open(cls, replaced: Sequence[Any]) -> None:
        for kind, method in _loaded(TRANSPORTS):
            cls._patches.put(kind, method, functools.partial(cls._in_place_of_transport, method))
        for library in LIBRARIES:
            for kind, method in _loaded(BELOW[library]):
                if method in vars(kind):
                    cls._patches.put(kind, method, functools.partial(cls._in_place_of_pool, method))
        for kind in {type(transport) for transport in replaced}:
            for method in METHODS:
                if (place := next((base for base in kind.__mro__ if method in vars(base)), None)) is not None:
                    cls._patches.put(place, method, functools.partial(cls._in_place_of_transport, method))
        watch_sockets(cls._patches)

    @classmethod
    def _is_network(cls, kind: type, method: str) -> bool:
        """Whether a transport is the network, and no mock of others stands in its place or below it."""
        if kind_of(kind, method) is not KNOWN:
            return False
        below = BELOW.get(root_of(kind), ())
        places = [(kind, method), *((place, name) for place, name in _loaded(below) if name in {method, "_request"})]
        return all(cls._is_own(place, name) for place, name in places)

    @classmethod
    def _is_instrumented(cls, of: type, method: str, kind: TransportKind) -> bool:
        """Whether a wrapper stands in the place of a library's own method, as those of OpenTelemetry do: it runs."""
        return kind is KNOWN and is_wrapper(cls._patches.beneath(of, method))

    @classmethod
    def _is_own(cls, place: type, name: str) -> bool:
        """Whether a function is its library's own, when ours is not counted."""
        function = cls._patches.beneath(place, name)
        name_of_module: str = getattr(function, "__globals__", {}).get("__name__", "")
        return name_of_module.partition(".")[0] == root_of(place)

    @classmethod
    def _trial_at_exit(cls, found: Sorted, transport: Any, method: str) -> Trial | None:
        """Here runmock answers, after mocks of others and what has no network where only the client is known."""
        if found.claim is not CLIENT or cls._is_network(type(transport), method):
            return None
        return Trial(type(transport).__qualname__)

    @classmethod
    def _is_passed(cls, transport: Any, method: str) -> bool:
        """Whether a transport's own method goes on: the request is let on, or the transport is nobody's network."""
        way, kind = present(), kind_of(type(transport), method)
        if isinstance(way, LetOn) or not cls.layers() or cls._is_instrumented(type(transport), method, kind):
            return True
        if way is not None and any(transport is one for one in way.replaced):
            return False
        return kind not in {KNOWN, SENDS_ABOVE}

    @classmethod
    def _in_place_of_transport(cls, method: str, original: Callable[..., Any]) -> Callable[..., Any]:
        if method == ASYNC:

            @functools.wraps(original)
            async def handle_async_request(transport: Any, request: HttpRequest) -> HttpResponse:
                send = functools.partial(original, transport)
                if cls._is_passed(transport, ASYNC):
                    return await send(request)  # type: ignore[no-any-return]  # the library's own
                found = sort(request, cls.layers(), transport)
                return await answered_async(found, request, send, cls._trial_at_exit(found, transport, ASYNC))

            return handle_async_request

        @functools.wraps(original)
        def handle_request(transport: Any, request: HttpRequest) -> HttpResponse:
            send = functools.partial(original, transport)
            if cls._is_passed(transport, SYNC):
                return send(request)  # type: ignore[no-any-return]  # the library's own
            found = sort(request, cls.layers(), transport)
            return answered(found, request, send, cls._trial_at_exit(found, transport, SYNC))

        return handle_request

    @classmethod
    def _in_place_of_pool(cls, method: str, original: Callable[..., Any]) -> Callable[..., Any]:
        if method == ASYNC:

            @functools.wraps(original)
            async def handle_async_request(pool: Any, request: Any) -> Any:
                if isinstance(present(), LetOn) or not cls.layers():
                    return await original(pool, request)
                asked = pools.request_of(request)
                found = sort(asked, cls.layers(), pool)
                if not (found.is_ours or found.has_routes):
                    return await original(pool, request)
                send = pools.sends_async(pool, original)
                answer = await answered_async(found, asked, send, cls._trial_at_exit(found, pool, ASYNC))
                return pools.response_of(pool, answer)

            return handle_async_request

        @functools.wraps(original)
        def handle_request(pool: Any, request: Any) -> Any:
            if isinstance(present(), LetOn) or not cls.layers():
                return original(pool, request)
            asked = pools.request_of(request)
            found = sort(asked, cls.layers(), pool)
            if not (found.is_ours or found.has_routes):
                return original(pool, request)
            answer = answered(found, asked, pools.sends(pool, original), cls._trial_at_exit(found, pool, SYNC))
            return pools.response_of(pool, answer)

        return handle_request


def _loaded(places: Iterable[tuple[str, str, str]]) -> Iterator[tuple[type, str]]:
    """The classes of modules that are loaded; without its library there is no transport of it."""
    for module, name, method in places:
        if (kind := getattr(sys.modules.get(module), name, None)) is not None:
            yield kind, method
