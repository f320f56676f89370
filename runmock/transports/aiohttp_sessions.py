"""Answers sessions of aiohttp: runmock is the server of a connection in this process.

Patched is `BaseConnector.connect`, also where a connector of the application has its own. aiohttp writes its request
into that connection, and reads the answer from it, with its own code. `ClientSession._request` is patched, because
aioresponses replaces it: it is made to let runmock's requests through, and so are those connectors found.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

from runmock.apis.service.claims import CLIENT, FAMILY, HOST
from runmock.transports.aiohttp_messages import request_of
from runmock.transports.aiohttp_server import Server
from runmock.transports.patching.late_imports import OF_AIOHTTP
from runmock.transports.sending import claimed_request
from runmock.transports.wire import http_request
from runmock.transports.wrapped.attempts import Attempt, Unwatched, current_attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import httpx

    from runmock.transports.patching.layers import Layer

MODULE, MOCK = OF_AIOHTTP


def places(
    layers: Callable[[], Sequence[Layer]], put: Callable[[type, str, Callable[[Any], Any]], None]
) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is patched: the class, the name, and the function that makes our version of it.

    `layers` returns the open sessions of runmock, innermost first; `put` patches a method where a
    class or the nearest of its bases defines it, unless it is patched.
    """
    if hasattr(sys.modules.get(MODULE), "ClientSession"):
        connecting = functools.partial(_connecting, layers)
        yield sys.modules[MODULE].BaseConnector, "connect", connecting
        yield sys.modules[MODULE].ClientSession, "_request", functools.partial(_requesting, layers, put)
    if hasattr(sys.modules.get(MOCK), "aioresponses"):
        yield sys.modules[MOCK].aioresponses, "_request_mock", functools.partial(_mocking, layers)


def _connecting(layers: Callable[[], Sequence[Layer]], original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def connect(connector: Any, req: Any, *args: Any, **options: Any) -> Any:
        attempt, found = current_attempt(), layers()
        is_tried = type(attempt) is Unwatched or (isinstance(attempt, Attempt) and attempt.is_watched)
        if is_tried or not found or (asked := request_of(req)) is None:
            return await original(connector, req, *args, **options)
        claimed = claimed_request(asked, found, connector)
        if not claimed.may_be_answered(asked):
            return await original(connector, req, *args, **options)
        timeout = options.get("timeout", args[1] if len(args) > 1 else None)
        is_plain = getattr(original, "__module__", "") == "aiohttp.connector"
        return Server(connector, req, claimed, timeout, is_plain=is_plain).connection()

    return connect


def _requesting(
    layers: Callable[[], Sequence[Layer]],
    put: Callable[[type, str, Callable[[Any], Any]], None],
    original: Callable[..., Any],
) -> Callable[..., Any]:
    @functools.wraps(original)
    async def _request(session: Any, method: str, url: Any, *args: Any, **options: Any) -> Any:
        if layers():
            put(type(session.connector), "connect", functools.partial(_connecting, layers))
            mock = getattr(getattr(original, "side_effect", None), "__self__", None)
            if hasattr(mock, "passthrough_unmatched"):
                _let_pass(mock, layers(), session.connector, _announced(session, method, url, options))
        return await original(session, method, url, *args, **options)

    return _request


def _mocking(layers: Callable[[], Sequence[Layer]], original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def _request_mock(mock: Any, session: Any, method: str, url: Any, *args: Any, **options: Any) -> Any:
        if found := layers():
            _let_pass(mock, found, session.connector, _announced(session, method, url, options))
        return await original(mock, session, method, url, *args, **options)

    return _request_mock


def _announced(session: Any, method: str, url: Any, options: dict[str, Any]) -> httpx.Request | None:
    """A request as the arguments of a session's method describe it, without its body."""
    whole = session._build_url(url)  # noqa: SLF001 - a path may be given, below the session's own root
    headers = {**(session.headers or {}), **(options.get("headers") or {})}
    return http_request(method, str(whole), [(str(name), str(value)) for name, value in headers.items()])


def _let_pass(mock: Any, layers: Sequence[Layer], connector: Any, sent: httpx.Request | None) -> None:
    """Make an aioresponses let a request through that is runmock's, except to a gateway that the mock answers."""
    if sent is None:
        return
    claim = claimed_request(sent, layers, connector).claim
    url = sys.modules["yarl"].URL(str(sent.url))
    is_known = claim is CLIENT and any(matcher.match(sent.method, url) for matcher in mock._matches.values())  # noqa: SLF001
    prefix = str(url.with_query(None))
    if claim in (FAMILY, HOST, CLIENT) and not is_known and prefix not in mock._passthrough:  # noqa: SLF001
        mock._passthrough.append(prefix)  # noqa: SLF001
