"""Converts requests and replies between core and an HTTP library; httpx and httpx2 have the same names."""

from __future__ import annotations

import math
import sys
import time
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs

from runmock.apis import registry
from runmock.core.http.exchange import Disconnected, Request
from runmock.transports import local_bodies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from types import ModuleType

    import httpx

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Frame, Reply

    HttpRequest: TypeAlias = httpx.Request
    """A request of httpx, or one of httpx2, which has the same shape."""
    HttpResponse: TypeAlias = httpx.Response
    RawHeaders: TypeAlias = tuple[tuple[bytes, bytes], ...]


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


_MOST = 8
"""So many requests, and headers of requests, are kept: an application asks the same again, as in polls."""


_LONGEST = 4096
"""Bodies that are longer, in bytes, are read each time."""


class RequestReader:
    """Reads and identifies requests; equal ones of the latest are read once, and so are equal headers and bodies."""

    __slots__ = ("_read", "_with_body")

    def __init__(self) -> None:
        # Of each session its own, and gone with it, because headers have keys.
        self._read = lru_cache(_MOST)(partial(_identified, lru_cache(_MOST)(_headers)))
        self._with_body: dict[tuple[int, bytes], tuple[Incoming, Incoming]] = {}

    def of(self, request: HttpRequest) -> Incoming:
        """The request, identified, with lower-case names of headers; its body is not read yet.

        The same object again for an equal request.
        """
        url, headers = request.url, request.headers
        return self._read((request.method, url.host, url.raw_path), tuple(headers.raw), type(headers))

    def with_body(self, incoming: Incoming, body: bytes) -> Incoming:
        """A request with its body; the same object again for an equal one in which there are no lists and objects."""
        if len(body) > _LONGEST or b"[" in body or body.find(b"{", 1) > 0:
            return registry.read(incoming, body)
        place = id(incoming), body
        made = self._with_body.get(place)
        if made is None or made[0] is not incoming:
            if len(self._with_body) == _MOST:
                self._with_body.clear()
            made = self._with_body[place] = incoming, registry.read(incoming, body)
        return made[1]


def _identified(
    read_headers: Callable[[RawHeaders, type], dict[str, str]],
    address: tuple[str, str, bytes],
    raw: RawHeaders,
    kind: type,
) -> Incoming:
    method, host, raw_path = address
    path, _, query = raw_path.partition(b"?")
    parameters = parse_qs(query.decode("ascii"), keep_blank_values=True) if query else {}
    sent_query = {name: tuple(values) for name, values in parameters.items()} if parameters else {}
    return registry.incoming(Request(method, host, path.decode("ascii"), sent_query, read_headers(raw, kind)))


def _headers(raw: RawHeaders, kind: Any) -> dict[str, str]:
    """The headers by name. The library's own `items()`, of `kind`, guesses encodings, and takes four times as long."""
    if not raw:
        return {}
    names, values = zip(*raw, strict=True)
    joined = b"\n".join(values)
    read = dict(zip(_lower(names), joined.decode("latin-1").split("\n"), strict=False))
    is_plain = joined.isascii() and len(values) == len(read) == joined.count(b"\n") + 1
    return read if is_plain else dict(kind(raw).items())


@lru_cache(maxsize=256)
def _lower(names: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(name.decode("latin-1").lower() for name in names)


def http_response(reply: Reply, request: HttpRequest, *, is_async: bool = False) -> HttpResponse:
    """A new response of the request's own library, unread like one from the network; the client reads it.

    Pauses between a stream's frames are waited for while it is read.
    """
    library = library_of(request)
    given: tuple[Any, Any]
    body: tuple[Any, ...]
    if reply.is_stream:
        headers, frames = _sent(library, reply.headers), _stream_class(library)(reply.frames, request)
        response = library.Response(reply.status, headers=headers, stream=frames)
        given, body = (local_bodies.iter_bytes, local_bodies.aiter_bytes), (library, response, frames)
    else:
        data = reply.body()
        headers, stream = _sent(library, reply.headers, len(data)), library.ByteStream(data)
        response = library.Response(reply.status, headers=headers, stream=stream)
        given, body = (local_bodies.read, local_bodies.aread), (library, response, stream, data)
    if _ENCODING not in headers:
        reads = given[is_async]
        setattr(response, reads.__name__, partial(reads, *body))
    return response  # type: ignore[no-any-return]  # the library is only known while running


_ENCODING = "content-encoding"


@lru_cache(maxsize=256)
def _sent(library: ModuleType, headers: tuple[tuple[str, str], ...], length: int | None = None) -> Any:
    """Headers as the library has them, of which a response makes a copy: many answers have the same ones."""
    return library.Headers(headers if length is None else (*headers, ("content-length", str(length))))


class FramesStream:
    """A reply's frames as a byte stream, for sync and async clients alike.

    A frame with a pause longer than the request's read timeout raises the timeout at once, without waiting.
    """

    def __init__(self, frames: Iterable[Frame], request: HttpRequest) -> None:
        self._frames, self._request = frames, request
        self._upcoming = iter(frames)
        read_s = request.extensions.get("timeout", {}).get("read")
        self._patience_ms = math.inf if read_s is None else read_s * 1000
        self.is_over = False
        """Whether the latest frame says that it is the last one."""

    def __iter__(self) -> Iterator[bytes]:
        try:
            for frame in self._upcoming:
                if frame.after_ms:
                    time.sleep(self._bearable(frame.after_ms) / 1000)
                yield frame.data
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
        if frame.after_ms:
            import anyio

            await anyio.sleep(self._bearable(frame.after_ms) / 1000)
        self.is_over = frame.is_last
        return frame.data

    def close(self) -> None:
        """The client reads no more."""
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """As `close`, for an async client."""
        self.close()


@cache
def _stream_class(library: ModuleType) -> type[FramesStream]:
    """The class that a library's clients accept: it must be a subclass of the library's own bases."""
    bases: tuple[Any, ...] = (FramesStream, library.SyncByteStream, library.AsyncByteStream)
    return type("ReplayStream", bases, {})
