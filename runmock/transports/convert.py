"""Converts requests and replies between core and an HTTP library; httpx and httpx2 have the same names."""

from __future__ import annotations

import math
import sys
import time
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs

from runmock.core.http.exchange import Disconnected, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from types import ModuleType

    import httpx

    from runmock.core.http.exchange import Frame, Reply

    HttpRequest: TypeAlias = httpx.Request
    """A request of httpx, or one of httpx2, which has the same shape."""
    HttpResponse: TypeAlias = httpx.Response


LIBRARIES = ("httpx", "httpx2")
BROKEN_OFF = "peer closed connection without sending complete message body (incomplete chunked read)"
"""The text of both libraries' errors when a connection breaks in a body without a length."""


def library_of(request: HttpRequest) -> ModuleType:
    """The module that a request comes from: httpx or httpx2."""
    kind: Any = type(request)
    return sys.modules[_library_of(kind)]


@cache
def _library_of(kind: type) -> str:
    names = (base.__module__.partition(".")[0] for base in kind.__mro__)
    return next(name for name in names if name in LIBRARIES)


_MOST_HEADERS = 8
"""The headers of so many requests are kept: an application asks the same again, as in polls, and each asks alike."""


class HeaderReader:
    """Reads the headers of requests, with lower-case names; mutable: equal headers are read once."""

    __slots__ = ("_read",)

    def __init__(self) -> None:
        self._read: dict[tuple[tuple[bytes, bytes], ...], dict[str, str]] = {}

    def of(self, request: HttpRequest) -> dict[str, str]:
        """The headers by name; the same mapping again for equal headers."""
        raw = tuple(request.headers.raw)
        read = self._read.get(raw)
        if read is None:
            if len(self._read) == _MOST_HEADERS:
                self._read.clear()
            read = self._read[raw] = _headers(request, raw)
        return read


def core_request(request: HttpRequest, headers: HeaderReader, body: bytes = b"") -> Request:
    """The request as a core Request; `body` has been read before, or is not needed yet."""
    url = request.url
    raw_path, _, query = url.raw_path.partition(b"?")
    parameters = parse_qs(query.decode("ascii"), keep_blank_values=True) if query else {}
    sent_query = {name: tuple(values) for name, values in parameters.items()} if parameters else {}
    return Request(request.method, url.host, raw_path.decode("ascii"), sent_query, headers.of(request), body)


def _headers(request: HttpRequest, raw: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    """The headers by name. The library's own `items()` guesses encodings, and takes four times as long."""
    if not raw:
        return {}
    names, values = zip(*raw, strict=True)
    joined = b"\n".join(values)
    read = dict(zip(_lower(names), joined.decode("latin-1").split("\n"), strict=False))
    is_plain = joined.isascii() and len(values) == len(read) == joined.count(b"\n") + 1
    return read if is_plain else dict(request.headers.items())


@lru_cache(maxsize=256)
def _lower(names: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(name.decode("latin-1").lower() for name in names)


def http_response(reply: Reply, request: HttpRequest) -> HttpResponse:
    """A new response of the request's own library, unread like one from the network; the client reads it.

    Pauses between a stream's frames are waited for while it is read.
    """
    library = library_of(request)
    if reply.is_stream:
        stream = _stream_class(library)(reply.frames, request)
        response = library.Response(reply.status, headers=reply.headers, stream=stream)
    else:
        body = reply.body()
        headers = (*reply.headers, ("content-length", str(len(body))))
        response = library.Response(reply.status, headers=headers, stream=library.ByteStream(body))
    return response  # type: ignore[no-any-return]  # the library is only known while running


class _Frames:
    """A reply's frames as a byte stream, for sync and async clients alike.

    A frame with a pause longer than the request's read timeout raises the timeout at once, without waiting.
    """

    def __init__(self, frames: Iterable[Frame], request: HttpRequest) -> None:
        self._frames, self._request = frames, request
        self._upcoming = iter(frames)
        read_s = request.extensions.get("timeout", {}).get("read")
        self._patience_ms = math.inf if read_s is None else read_s * 1000

    def __iter__(self) -> Iterator[bytes]:
        try:
            for after_ms, data, _ in self._upcoming:
                if after_ms:
                    time.sleep(self._bearable(after_ms) / 1000)
                yield data
        except Disconnected:
            raise self._error("RemoteProtocolError", BROKEN_OFF) from None

    def _bearable(self, after_ms: float) -> float:
        if after_ms > self._patience_ms:
            self.close()
            raise self._error("ReadTimeout", "The read operation timed out")
        return after_ms

    def _error(self, kind: str, text: str) -> Exception:
        made: Exception = getattr(library_of(self._request), kind)(text, request=self._request)
        return made

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            frame = next(self._upcoming, None)
        except Disconnected:
            raise self._error("RemoteProtocolError", BROKEN_OFF) from None
        if frame is None:
            raise StopAsyncIteration
        after_ms, data, _ = frame
        if after_ms:
            import anyio

            await anyio.sleep(self._bearable(after_ms) / 1000)
        return data

    def close(self) -> None:
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        self.close()


@cache
def _stream_class(library: ModuleType) -> Any:
    """The stream class that a library's clients accept: it must be a subclass of the library's own bases."""
    return type("ReplayStream", (_Frames, library.SyncByteStream, library.AsyncByteStream), {})
