"""Converts requests, answers and errors between aiohttp and httpx, and says how long a client of aiohttp waits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import httpx

from runmock.transports.wire import http_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp


def request_of(req: Any, body: bytes = b"", read_s: float | None = None) -> httpx.Request | None:
    """A request of aiohttp as one of httpx; None if it has an address that no session and no route can have."""
    headers = [(str(name), str(value)) for name, value in req.headers.items()]
    return http_request(req.method, str(req.url), headers, body, read_s)


def patience_of(timeout: Any) -> float | None:
    """How long the client waits for the next bytes, in seconds."""
    limits = [limit for limit in (getattr(timeout, "sock_read", None), getattr(timeout, "total", None)) if limit]
    return min(limits, default=None)


def ends_in_total(timeout: Any) -> bool:
    """Whether the time for the whole request is over before the time for the next bytes."""
    total_s, read_s = getattr(timeout, "total", None), getattr(timeout, "sock_read", None)
    return bool(total_s) and not (read_s and read_s <= total_s)


def error_of(error: httpx.RequestError) -> Exception:
    """The error of aiohttp that stands for one of httpx."""
    library = sys.modules["aiohttp"]
    if isinstance(error, httpx.TimeoutException):
        kind = library.ServerTimeoutError
    elif isinstance(error, httpx.ConnectError):
        kind = library.ClientConnectionError
    else:
        kind = library.ServerDisconnectedError
    return kind(str(error))  # type: ignore[no-any-return]


class Content(httpx.AsyncByteStream):
    """A response's body as it comes."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._ahead: list[bytes] = []
        self._error: Exception | None = None

    async def read_ahead(self) -> None:
        """Read all of it now: aiohttp does not wait for the rest of an answer that the application closes early."""
        try:
            async for data in self._response.content.iter_any():
                self._ahead.append(data)
        except Exception as error:  # noqa: BLE001 - raised behind the bytes that came
            self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for data in self._ahead:
            yield data
        if self._error is not None:
            raise self._error
        async for data in self._response.content.iter_any():
            yield data

    async def aclose(self) -> None:
        """Let the response go."""
        self._response.close()
