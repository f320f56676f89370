"""What a client's transport is, by its class: the network, an application in this process, a mock, or unknown."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from runmock.transports.convert import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FunctionType

METHODS = ("handle_request", "handle_async_request")
"""The methods of a transport, sync and async; pools of httpcore have the same two."""
IN_PROCESS = frozenset({"ASGITransport", "WSGITransport", "_TestClientTransport"})
"""Transports that call an application in this process."""
NETWORK = frozenset({*LIBRARIES, "httpcore", "httpcore2", "httpx_aiohttp", "httpx_curl_cffi", "pyreqwest"})
"""Libraries whose transports use the network, except for mock transports and those in process."""
TRANSPORTS = frozenset({"HTTPTransport", "AsyncHTTPTransport", "AiohttpTransport"})
CLIENTS = frozenset({"Client", "AsyncClient"})
POOLS = frozenset({"ConnectionPool", "AsyncConnectionPool", "HTTPProxy", "AsyncHTTPProxy"})
MAKERS = TRANSPORTS | CLIENTS | POOLS
"""Names of classes in these libraries whose objects send requests."""
OTHERS = frozenset({"respx"})
"""Mocks that put a wrapping transport before a client's own."""


class TransportKind(StrEnum):
    """What a class of transports is."""

    OWN = "own"
    """A transport of runmock, which plays a cassette of its own."""
    APPLICATION = "application"
    """A transport that calls an application in this process."""
    NETWORK = "network"
    """A known transport, which sends."""
    MOCK = "mock"
    """A transport of another mock, or a class that cannot wrap."""
    SENDS_ABOVE = "sends above"
    """A subclass of a known transport, with its own method, which calls the method of its base class."""
    UNKNOWN = "unknown"
    """A class of the application; only the instance shows whether it wraps another transport."""


OWN, APPLICATION, KNOWN, MOCK, SENDS_ABOVE, UNKNOWN = TransportKind
"""The members as plain names, which are faster to look up; every request needs them."""
MAY_WRAP = frozenset({SENDS_ABOVE, UNKNOWN})


def _kind_of(transport: type, method: str) -> TransportKind:
    names = {base.__name__ for base in transport.__mro__}
    if any(root_of(base) == "runmock" for base in transport.__mro__):
        return TransportKind.OWN
    if names & IN_PROCESS:
        return TransportKind.APPLICATION
    if root_of(transport) in OTHERS:
        return TransportKind.MOCK
    defined = next((base for base in transport.__mro__ if method in vars(base)), transport)
    if root_of(defined) in NETWORK and defined.__name__ not in _ABSTRACT:
        return TransportKind.UNKNOWN if defined.__name__ == "MockTransport" else TransportKind.NETWORK
    is_network = any(root_of(base) in NETWORK and base.__name__ in MAKERS for base in transport.__mro__)
    return TransportKind.SENDS_ABOVE if is_network else TransportKind.UNKNOWN


kind_of: Callable[[type, str], TransportKind] = lru_cache(maxsize=256)(_kind_of)
"""The kind of a class of transports; the second argument is the name of the method that sends, one of `METHODS`."""
_ABSTRACT = frozenset({"BaseTransport", "AsyncBaseTransport"})


def root_of(kind: type | FunctionType) -> str:
    """The top-level package of a class or a function."""
    return kind.__module__.partition(".")[0]
