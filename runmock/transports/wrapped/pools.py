"""Converts requests and answers between the pools of httpcore and the HTTP library above them.

Transports of httpx send through a pool. A transport with a pool of its own, or with a method that was bound before the
session began, is answered here.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from runmock.transports.wrapped.kinds import METHODS, root_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import ModuleType

    from runmock.transports.convert import HttpRequest, HttpResponse

ABOVE = {"httpcore": "httpx", "httpcore2": "httpx2"}
"""The client library that sends through a library of pools, by the name of the latter."""


def places(core: str) -> tuple[tuple[str, str, str], ...]:
    """The pools of one library: module, class, and sending method."""
    sync, of_async = METHODS
    return (
        (core, "ConnectionPool", sync),
        (core, "HTTPProxy", sync),
        (core, "AsyncConnectionPool", of_async),
        (core, "AsyncHTTPProxy", of_async),
    )


def request_of(sent: Any) -> HttpRequest:
    """A pool's request as a request of the library above."""
    library = sys.modules[ABOVE[root_of(type(sent))]]
    where = sent.url
    host = where.host.decode("ascii")
    url = library.URL(scheme=where.scheme.decode("ascii"), host=host, port=where.port, raw_path=where.target)
    return library.Request(  # type: ignore[no-any-return]  # the library is only known while running
        sent.method.decode("ascii"), url, headers=sent.headers, stream=sent.stream, extensions=sent.extensions
    )


def response_of(pool: Any, answer: HttpResponse) -> Any:
    """An answer as a response of the pool's library."""
    core = _core_of(pool)
    extensions = answer.extensions
    return core.Response(answer.status_code, headers=answer.headers.raw, content=answer.stream, extensions=extensions)


def sends(pool: Any, original: Callable[..., Any]) -> Callable[[HttpRequest], HttpResponse]:
    """A function that sends a request of the library above through a pool's original method."""

    def send(request: HttpRequest) -> HttpResponse:
        return _from_pool(pool, original(pool, _to_pool(pool, request)))

    return send


def sends_async(pool: Any, original: Callable[..., Any]) -> Callable[[HttpRequest], Awaitable[HttpResponse]]:
    """As `sends`, for an async pool."""

    async def send(request: HttpRequest) -> HttpResponse:
        return _from_pool(pool, await original(pool, _to_pool(pool, request)))

    return send


def _core_of(pool: Any) -> ModuleType:
    """The library of a pool; the application may have subclassed it."""
    return sys.modules[next(root for base in type(pool).__mro__ if (root := root_of(base)) in ABOVE)]


def _to_pool(pool: Any, request: HttpRequest) -> Any:
    core, url = _core_of(pool), request.url
    where = core.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return core.Request(
        request.method, where, headers=request.headers.raw, content=request.stream, extensions=request.extensions
    )


def _from_pool(pool: Any, answer: Any) -> HttpResponse:
    library = sys.modules[ABOVE[_core_of(pool).__name__]]
    stream = _stream_class(library)(answer.stream)
    return library.Response(  # type: ignore[no-any-return]  # the library is only known while running
        answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions
    )


class _OfPool:
    """A pool's stream, for sync and async clients alike; the transport above the pool converts its errors."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._stream:
            yield data

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()


@cache
def _stream_class(library: ModuleType) -> Any:
    """The stream class that a library accepts: it must be a subclass of the library's own bases."""
    return type("PoolStream", (_OfPool, library.SyncByteStream, library.AsyncByteStream), {})
