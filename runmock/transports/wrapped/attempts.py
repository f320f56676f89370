"""Runs a client's own transport, and stops it where it reaches the network.

A transport that answers without the network (another mock, an application in this process) answers first. So it is
tried: where it would send the request it is stopped, at the innermost place, below other mocks, and runmock answers
instead. That place is the `trace` extension of httpcore, which is called before a connection is made and
before a request is written; and, for transports that have sockets of their own, the methods of sockets.

The present attempt is in a context variable, so that threads and tasks do not see each other's.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import re
import socket
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, Self

from runmock.apis.service.claims import GENERATED, is_among

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from contextvars import Token
    from types import TracebackType

    from runmock.deck.deck import Deck
    from runmock.transports.convert import HttpRequest
    from runmock.transports.patching.patches import Patches

SOCKETS: tuple[tuple[Any, str], ...] = (
    (socket.socket, "connect"),
    (socket.socket, "connect_ex"),
    (socket.socket, "sendto"),
    (socket, "getaddrinfo"),
    (asyncio.BaseEventLoop, "getaddrinfo"),
)
"""Where Python code begins to use the network: it looks up a name, or a socket gets a peer."""


class Layer(Protocol):
    """The session that claims a request."""

    deck: Deck


class ReachedNetwork(BaseException):
    """Raised where a request would reach the network; the attempt catches it."""


class Attempt:
    """One try of a client's transport, which ends where a request would leave it: then `has_reached` is true.

    In that case the transport's own answer, or its own exception, does not count.
    """

    __slots__ = ("_addresses", "_request", "_token", "_trace", "has_reached", "host", "layer", "replaced")

    def __init__(
        self, request: HttpRequest, *, is_async: bool, replaced: Sequence[Any] = (), layer: Layer | None = None
    ) -> None:
        """`replaced`: wrapped transports that runmock replaces while this one runs.

        `layer` is the session that claims the request. An unclaimed request is not watched, and may reach the network.
        """
        self._request, self.replaced, self.layer, self.has_reached = request, replaced, layer, False
        self.host: str | None = None
        """The host of the connection at which the transport was stopped, if it is known."""
        self._addresses: set[str] = set()
        """The addresses of allowed hosts."""
        before = request.extensions.get("trace")
        self._trace = (_AsyncTrace if is_async else _Trace)(before)
        self._token: Token[Attempt | Unwatched | None] | None = None

    @property
    def is_watched(self) -> bool:
        """Whether the transport is stopped where it reaches the network."""
        return self.layer is not None

    def __enter__(self) -> Self:
        if self.is_watched:
            self._request.extensions = {**self._request.extensions, "trace": self._trace}
        self._token = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        assert self._token is not None
        _current.reset(self._token)
        if not self.is_watched:
            return False
        if self._trace.before is None:
            self._request.extensions.pop("trace", None)
        else:
            self._request.extensions["trace"] = self._trace.before
        return self.has_reached

    def is_this(self, request: HttpRequest) -> bool:
        """Whether a request is the one that is tried, even if it has another address now."""
        is_same = request is self._request or request.extensions.get("trace") is self._trace
        return is_same or any(name.startswith(GENERATED) for name in request.headers)

    def allows(self, host: str | None) -> bool:
        """Whether a socket may be opened to a host: to one of `allow_hosts`, or to its address."""
        assert self.layer is not None
        return host is not None and (host in self._addresses or is_among(host, self.layer.deck.options.allow_hosts))

    def resolved(self, result: Any) -> Any:
        """Allow the addresses of an allowed host from now on; returns the result of the lookup."""
        if inspect.isawaitable(result):
            return self._resolved_later(result)
        if isinstance(result, list):
            self._addresses.update(address[0] for *_, address in result)
        return result

    async def _resolved_later(self, result: Awaitable[Any]) -> Any:
        return self.resolved(await result)


class Unwatched:
    """A block in which requests go to the network unwatched, and runmock replaces no transport."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _current.set(self)

    def __exit__(self, *error: object) -> None:
        _current.reset(self._token)


class Unclaimed(Unwatched):
    """A block in which a request goes on that no session claims and no route answers.

    A transport of the application may make another request of it, by requests or aiohttp, which a session may claim.
    """

    __slots__ = ()


_current: ContextVar[Attempt | Unwatched | None] = ContextVar("runmock_attempt", default=None)


def current_attempt() -> Attempt | Unwatched | None:
    """The attempt, or unwatched block, that the running code is in; None outside of both."""
    return _current.get()


def at_network(host: str | None = None) -> Attempt | None:
    """Called before the network is used. Raises ReachedNetwork in an attempt, unless the attempt allows the host.

    Returns the attempt that allows it, else None.
    """
    attempt = _current.get()
    if not isinstance(attempt, Attempt) or not attempt.is_watched:
        return None
    if attempt.allows(host):
        return attempt
    attempt.has_reached, attempt.host = True, host
    raise ReachedNetwork


SENDS = re.compile(r"\.(?:connect|send)_\w+\.started$")
"""The events of httpcore's `trace` that come before it connects or writes."""


class _Trace:
    """A `trace` extension that stops at the network, and calls the request's own extension, `before`."""

    __slots__ = ("before",)

    def __init__(self, before: Callable[[str, Any], Any] | None) -> None:
        self.before = before

    def __call__(self, event: str, facts: Any) -> Any:
        if SENDS.search(event):
            at_network()
        return None if self.before is None else self.before(event, facts)


class _AsyncTrace(_Trace):
    async def __call__(self, event: str, facts: Any) -> Any:
        result = super().__call__(event, facts)
        return None if result is None else await result


def watch_sockets(patches: Patches) -> None:
    """Patch the sockets of this process so that attempts stop there, too."""
    for place, name in SOCKETS:
        patches.put(place, name, _noticing)


def _noticing(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def noticed(*args: Any, **options: Any) -> Any:
        attempt = at_network(_host_of((*args, *options.values())))
        result = original(*args, **options)
        return result if attempt is None else attempt.resolved(result)

    return noticed


def _host_of(args: Iterable[Any]) -> str | None:
    """The host in the arguments of a socket function, by itself or in an address."""
    values = (value[0] if isinstance(value, tuple) and value else value for value in args)
    return next((value for value in values if isinstance(value, str)), None)
