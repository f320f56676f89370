"""Requests and replies between core and an HTTP library; httpx and httpx2 have the same names, so one code serves."""

from __future__ import annotations

import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs

from runmock.core.exchange import Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from types import ModuleType

    import httpx

    from runmock.core.exchange import Frame, Reply

    HttpRequest: TypeAlias = httpx.Request
    """A request of httpx, or one of httpx2, which has the same shape."""
    HttpResponse: TypeAlias = httpx.Response


LIBRARIES = ("httpx", "httpx2")


def library_of(request: HttpRequest) -> ModuleType:
    """The module that a request comes from: httpx or httpx2."""
    names = (kind.__module__.partition(".")[0] for kind in type(request).__mro__)
    return sys.modules[next(name for name in names if name in LIBRARIES)]


def core_request(request: HttpRequest, body: bytes = b"") -> Request:
    """The request as core sees it; `body` has been read before, or is not wanted."""
    url = request.url
    raw_path, _, query = url.raw_path.partition(b"?")
    asked = parse_qs(query.decode("ascii"), keep_blank_values=True) if query else {}
    return Request(
        method=request.method,
        host=url.host,
        path=raw_path.decode("ascii"),
        query={name: tuple(values) for name, values in asked.items()},
        headers=dict(request.headers.items()),
        body=body,
    )


def http_response(reply: Reply, request: HttpRequest) -> HttpResponse:
    """A fresh response of the request's own library; a stream's frames are waited for while they are read."""
    library = library_of(request)
    headers = list(reply.headers)
    if reply.is_stream:
        response = library.Response(reply.status, headers=headers, stream=_stream_class(library)(reply.frames))
    else:
        response = library.Response(reply.status, headers=headers, content=b"".join(part for _, part in reply.frames))
    return response  # type: ignore[no-any-return]  # the library is only known while running


class _Frames:
    """A reply's frames as a byte stream, for sync and async clients alike."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = frames
        self._awaited = iter(frames)

    def __iter__(self) -> Iterator[bytes]:
        for after_ms, data in self._frames:
            if after_ms:
                time.sleep(after_ms / 1000)
            yield data

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        frame = next(self._awaited, None)
        if frame is None:
            raise StopAsyncIteration
        after_ms, data = frame
        if after_ms:
            import anyio

            await anyio.sleep(after_ms / 1000)
        return data

    def close(self) -> None:
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        self.close()


@cache
def _stream_class(library: ModuleType) -> Any:
    """The stream class that a library's clients accept: they ask for an instance of their own bases."""
    return type("ReplayStream", (_Frames, library.SyncByteStream, library.AsyncByteStream), {})
