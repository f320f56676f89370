"""Answers requests where they leave a client's own transport, in place of the transport that it wraps.

Methods of classes are replaced: of the libraries' own transports, of the pools below them (a transport may have bound
a method before the session), and of other transports that a client's transport wraps. They are replaced when a session
first tries a client's transport, on top of other patches, and put back when the last session ends.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from runmock.apis.service.claims import CLIENT
from runmock.transports.convert import LIBRARIES
from runmock.transports.patching.patches import Patches, is_wrapper
from runmock.transports.sending import Trial, answered, answered_async, claimed_request
from runmock.transports.wrapped import pools
from runmock.transports.wrapped.attempts import Unwatched, current_attempt, watch_sockets
from runmock.transports.wrapped.kinds import KNOWN, MAY_WRAP, METHODS, SENDS_ABOVE, TransportKind, kind_of, root_of
from runmock.transports.wrapped.parts import own
from runmock.transports.wrapped.reach import Reach, Reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runmock.transports.convert import HttpRequest, HttpResponse
    from runmock.transports.sending import ClaimedRequest, Layer

SYNC, ASYNC = METHODS
INSTRUMENTED = Reached(sends_otherwise=True)
"""For a wrapped method of a library's transport: runmock answers at the pools below."""
TRANSPORTS = (
    ("httpx", "HTTPTransport", SYNC),
    ("httpx", "AsyncHTTPTransport", ASYNC),
    ("httpx2", "HTTPTransport", SYNC),
    ("httpx2", "AsyncHTTPTransport", ASYNC),
    ("httpx_aiohttp", "AiohttpTransport", ASYNC),
)
"""The libraries' own transports that use the network."""
BELOW: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "httpx": pools.places("httpcore"),
    "httpx2": pools.places("httpcore2"),
    "httpx_aiohttp": (("aiohttp", "ClientSession", "_request"),),
}
"""By library: the places below its transports that other mocks patch."""


class Exits:
    """The replaced methods; `layers` returns the open sessions, innermost first."""

    layers: ClassVar[Callable[[], Sequence[Layer]]] = tuple
    plain: ClassVar[dict[tuple[type, str], Any]] = {}
    """Methods of the libraries' transports that were found to wrap nothing, so that it is not found out each time."""
    _patches: ClassVar[Patches] = Patches()
    _reach: ClassVar[Reach] = Reach()

    @classmethod
    def trial(cls, claimed: ClaimedRequest, transport: Any, method: str) -> Trial | None:
        """How a client's own transport is tried with a request; None when it is not tried."""
        of, kind = type(transport), kind_of(type(transport), method)
        if claimed.layer is None and not claimed.has_routes:
            if kind not in MAY_WRAP:
                return None
            cls.watch()
            return Trial("", wraps=True)  # unclaimed so far: claimed again where it is sent, which may be another host
        reached = INSTRUMENTED if cls._is_instrumented(of, method, kind) else cls._reach.of(transport, kind, method)
        if kind is KNOWN and not reached and method not in own(transport):
            cls.plain[of, method] = getattr(of, method)
        is_mocked = claimed.claim is CLIENT and not cls._is_network(of, method)
        if not reached and not is_mocked:
            return None
        cls._open(reached.transports)
        return Trial(f"{of.__module__}.{of.__qualname__}", reached.transports, bool(reached))

    @classmethod
    def shut(cls) -> None:
        """Put the original methods back; the last session has ended."""
        cls._patches.take_away()
        cls._reach.forget()
        cls.plain.clear()

    @classmethod
    def watch(cls) -> None:
        """Stop attempts where they reach the network, from now on until the last session ends."""
        cls._open(())

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
        """Whether a transport is the network, with no other mock in its place or below it."""
        if kind_of(kind, method) is not KNOWN:
            return False
        below = BELOW.get(root_of(kind), ())
        places = [(kind, method), *((place, name) for place, name in _loaded(below) if name in {method, "_request"})]
        return all(cls._is_own(place, name) for place, name in places)

    @classmethod
    def _is_instrumented(cls, of: type, method: str, kind: TransportKind) -> bool:
        """Whether a library's own method is wrapped, as OpenTelemetry does: then the wrapper runs."""
        return kind is KNOWN and is_wrapper(cls._patches.beneath(of, method))

    @classmethod
    def _is_own(cls, place: type, name: str) -> bool:
        """Whether a function, without our patches, is its library's own."""
        function = cls._patches.beneath(place, name)
        name_of_module: str = getattr(function, "__globals__", {}).get("__name__", "")
        return name_of_module.partition(".")[0] == root_of(place)

    @classmethod
    def _trial_at_exit(cls, claimed: ClaimedRequest, transport: Any, method: str) -> Trial | None:
        """How the transport at an exit is tried; None when runmock answers in its place at once."""
        if claimed.claim is not CLIENT or cls._is_network(type(transport), method):
            return None
        return Trial(type(transport).__qualname__)

    @classmethod
    def _is_passed(cls, transport: Any, method: str) -> bool:
        """Whether a transport's own method runs: nothing is watched, or the transport is not the network."""
        attempt, kind = current_attempt(), kind_of(type(transport), method)
        if isinstance(attempt, Unwatched) or not cls.layers() or cls._is_instrumented(type(transport), method, kind):
            return True
        if attempt is not None and any(transport is replaced for replaced in attempt.replaced):
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
                claimed = claimed_request(request, cls.layers(), transport)
                return await answered_async(claimed, request, send, cls._trial_at_exit(claimed, transport, ASYNC))

            return handle_async_request

        @functools.wraps(original)
        def handle_request(transport: Any, request: HttpRequest) -> HttpResponse:
            send = functools.partial(original, transport)
            if cls._is_passed(transport, SYNC):
                return send(request)  # type: ignore[no-any-return]  # the library's own
            claimed = claimed_request(request, cls.layers(), transport)
            return answered(claimed, request, send, cls._trial_at_exit(claimed, transport, SYNC))

        return handle_request

    @classmethod
    def _in_place_of_pool(cls, method: str, original: Callable[..., Any]) -> Callable[..., Any]:
        if method == ASYNC:

            @functools.wraps(original)
            async def handle_async_request(pool: Any, request: Any) -> Any:
                if isinstance(current_attempt(), Unwatched) or not cls.layers():
                    return await original(pool, request)
                http_request = pools.request_of(request)
                claimed = claimed_request(http_request, cls.layers(), pool)
                if not (claimed.is_ours or claimed.has_routes):
                    return await original(pool, request)
                send = pools.sends_async(pool, original)
                answer = await answered_async(claimed, http_request, send, cls._trial_at_exit(claimed, pool, ASYNC))
                return pools.response_of(pool, answer)

            return handle_async_request

        @functools.wraps(original)
        def handle_request(pool: Any, request: Any) -> Any:
            if isinstance(current_attempt(), Unwatched) or not cls.layers():
                return original(pool, request)
            http_request = pools.request_of(request)
            claimed = claimed_request(http_request, cls.layers(), pool)
            if not (claimed.is_ours or claimed.has_routes):
                return original(pool, request)
            answer = answered(
                claimed, http_request, pools.sends(pool, original), cls._trial_at_exit(claimed, pool, SYNC)
            )
            return pools.response_of(pool, answer)

        return handle_request


def _loaded(places: Iterable[tuple[str, str, str]]) -> Iterator[tuple[type, str]]:
    """The classes whose modules are loaded, with the method's name."""
    for module, name, method in places:
        if (kind := getattr(sys.modules.get(module), name, None)) is not None:
            yield kind, method
