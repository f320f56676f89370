"""A transport that runs while runmock watches whether it reaches the network.

Whoever answers without the network (a mock of others, an application in this process) has the first word. So such a
transport is tried: what would send its request stops it, at the innermost place, below the mocks of others, and runmock
is asked instead. That place is the `trace` extension of httpcore, which is called before a connection is made and
before a request is written; and, for transports that have sockets of their own, the methods of sockets.

Which way a request goes is told by a context variable: threads and tasks do not see each other's.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import re
import socket
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, Self

from runmock.core.assistants.claims import GENERATED, is_among

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
"""Where the network begins for what is written in Python: a name is looked up, or a socket gets a peer."""


class Layer(Protocol):
    """The session that claims a request."""

    deck: Deck


class ReachedNetwork(BaseException):
    """Raised where a request would reach the network; nobody but the attempt hears of it."""


class Attempt:
    """One try of a transport; `has_reached` says afterwards that it was stopped, and its answer does not count.

    What a transport makes of being stopped (another exception, an answer of its own) does not count either.
    """

    __slots__ = ("_addresses", "_request", "_token", "_trace", "has_reached", "host", "layer", "replaced")

    def __init__(
        self, request: HttpRequest, *, is_async: bool, replaced: Sequence[Any] = (), layer: Layer | None = None
    ) -> None:
        """`replaced`: transports in whose place runmock answers while this one runs.

        `layer` is the session that claims the request. A request of nobody's is not watched, and may reach the network.
        """
        self._request, self.replaced, self.layer, self.has_reached = request, replaced, layer, False
        self.host: str | None = None
        """The host that a socket was stopped on its way to."""
        self._addresses: set[str] = set()
        """Those of hosts that are allowed."""
        before = request.extensions.get("trace")
        self._trace = (_AsyncTrace if is_async else _Trace)(before)
        self._token: Token[Attempt | LetOn | None] | None = None

    @property
    def is_watched(self) -> bool:
        """Whether it is stopped where it reaches the network."""
        return self.layer is not None

    def __enter__(self) -> Self:
        if self.is_watched:
            self._request.extensions = {**self._request.extensions, "trace": self._trace}
        self._token = _present.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        assert self._token is not None
        _present.reset(self._token)
        if not self.is_watched:
            return False
        if self._trace.before is None:
            self._request.extensions.pop("trace", None)
        else:
            self._request.extensions["trace"] = self._trace.before
        return self.has_reached

    def is_this(self, request: HttpRequest) -> bool:
        """Whether a request is the one that is tried, though it may be sent to another address now."""
        is_same = request is self._request or request.extensions.get("trace") is self._trace
        return is_same or any(name.startswith(GENERATED) for name in request.headers)

    def allows(self, host: str | None) -> bool:
        """Whether a socket may be opened to a host: to one of `allow_hosts`, or to its address."""
        assert self.layer is not None
        return host is not None and (host in self._addresses or is_among(host, self.layer.deck.options.allow_hosts))

    def resolved(self, found: Any) -> Any:
        """The addresses of a host that is allowed are allowed from now on."""
        if inspect.isawaitable(found):
            return self._resolved_later(found)
        if isinstance(found, list):
            self._addresses.update(address[0] for *_, address in found)
        return found

    async def _resolved_later(self, found: Awaitable[Any]) -> Any:
        return self.resolved(await found)


class LetOn:
    """Within it nothing is watched, and runmock answers in nobody's place."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _present.set(self)

    def __exit__(self, *error: object) -> None:
        _present.reset(self._token)


_present: ContextVar[Attempt | LetOn | None] = ContextVar("runmock_attempt", default=None)


def present() -> Attempt | LetOn | None:
    """The way of the request that is sent here and now; None where no client of ours began it."""
    return _present.get()


def at_network(host: str | None = None) -> Attempt | None:
    """The network is next. Raises ReachedNetwork while a transport is tried, unless the attempt allows the host.

    Then that attempt is returned.
    """
    attempt = _present.get()
    if not isinstance(attempt, Attempt) or not attempt.is_watched:
        return None
    if attempt.allows(host):
        return attempt
    attempt.has_reached, attempt.host = True, host
    raise ReachedNetwork


SENDS = re.compile(r"\.(?:connect|send)_\w+\.started$")
"""The events of httpcore's `trace` that come before it connects or writes."""


class _Trace:
    """A `trace` extension that notices the network, before the one that the request had."""

    __slots__ = ("before",)

    def __init__(self, before: Callable[[str, Any], Any] | None) -> None:
        self.before = before

    def __call__(self, event: str, facts: Any) -> Any:
        if SENDS.search(event):
            at_network()
        return None if self.before is None else self.before(event, facts)


class _AsyncTrace(_Trace):
    async def __call__(self, event: str, facts: Any) -> Any:
        found = super().__call__(event, facts)
        return None if found is None else await found


def watch_sockets(patches: Patches) -> None:
    """Let the sockets of this process notice, too."""
    for place, name in SOCKETS:
        patches.put(place, name, _noticing)


def _noticing(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def noticed(*args: Any, **options: Any) -> Any:
        attempt = at_network(_host_of((*args, *options.values())))
        found = original(*args, **options)
        return found if attempt is None else attempt.resolved(found)

    return noticed


def _host_of(args: Iterable[Any]) -> str | None:
    """The host that a function of sockets is given, by itself or in an address."""
    values = (value[0] if isinstance(value, tuple) and value else value for value in args)
    return next((value for value in values if isinstance(value, str)), None)
