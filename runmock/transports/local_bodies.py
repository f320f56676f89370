"""Reads bodies that are made in this process, without the library's decoding of each piece.

A response stays one of the library's own, unread like one from the network. It is given these functions for reading
its body, which leave it in the same state as the library's methods. They step aside where anything is not as the client
left it: where something was read before, and where the application has put a stream of its own around the body, or
methods of its own into the class.

`tests/transports/test_borrowed_names.py` looks after the private names of a response that are used here.
"""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import ModuleType

_READING = attrgetter("read", "aread", "iter_bytes", "aiter_bytes", "iter_raw", "aiter_raw")
"""The methods of a response by which its body is read."""


def read(library: ModuleType, response: Any, stream: Any, body: bytes) -> bytes:
    """The whole body of a response, which was made with a stream."""
    if not _may_be_read(response, "read", stream, library.SyncByteStream):
        return type(response).read(response)  # type: ignore[no-any-return]  # its library's
    _give(response, body)
    response.close()
    return body


async def aread(library: ModuleType, response: Any, stream: Any, body: bytes) -> bytes:
    """As `read`, for an async client."""
    if not _may_be_read(response, "aread", stream, library.AsyncByteStream):
        return await type(response).aread(response)  # type: ignore[no-any-return]  # its library's
    _give(response, body)
    await response.aclose()
    return body


def _give(response: Any, body: bytes) -> None:
    response.is_stream_consumed = True
    response._content, response._num_bytes_downloaded = body, len(body)  # noqa: SLF001 - as its own `read` does


def iter_bytes(library: ModuleType, response: Any, stream: Any, chunk_size: int | None = None) -> Iterator[bytes]:
    """The pieces of a response's body."""
    if not _may_be_read(response, "iter_bytes", stream, library.SyncByteStream) or chunk_size is not None:
        yield from type(response).iter_bytes(response, chunk_size)
        return
    response.is_stream_consumed = True
    try:
        for data in stream:
            response._num_bytes_downloaded += len(data)  # noqa: SLF001 - as its own `iter_raw` does
            if data:
                yield data
    except BaseException:
        if _closes_broken(library):
            response.close()
        raise
    response.close()


def aiter_bytes(library: ModuleType, response: Any, stream: Any, chunk_size: int | None = None) -> AsyncIterator[bytes]:
    """As `iter_bytes`, for an async client."""
    if chunk_size is not None:
        return type(response).aiter_bytes(response, chunk_size)  # type: ignore[no-any-return]  # its library's
    return AsyncPieces(library, response, stream)


def _closes_broken(library: ModuleType) -> bool:
    """Whether the library closes a response whose body breaks off, or is no longer read."""
    return library.__name__ != "httpx"


def _may_be_read(response: Any, name: str, ours: Any, kind: type) -> bool:
    """Whether a body is to be read here. The response has the library's method `name` from now on.

    `ours` is the stream that the response was made with, `kind` the library's class of streams, of sync or async
    clients.
    """
    own, stream = vars(response), response.stream
    if getattr(own.get(name), "func", None) in _GIVEN:  # others may have wrapped it
        del own[name]
    return (
        not (response.is_stream_consumed or response.is_closed)
        and isinstance(stream, kind)
        and getattr(stream, "_stream", None) is ours  # the client alone has put its stream around ours
        and _are_own(_READING(type(response)))
    )


@lru_cache(maxsize=256)
def _are_own(methods: tuple[Callable[..., Any], ...]) -> bool:
    """Whether methods are a library's own. One that others put in their place may have the same name."""
    names = {getattr(method, "__globals__", {}).get("__name__", "").partition(".")[0] for method in methods}
    return names in ({"httpx"}, {"httpx2"})


class AsyncPieces:
    """The pieces of a body; the response is closed before the last one, or SDK 3 would wait for what may come after it.

    This is no async generator: trio warns of each of those that is left before its end, as the SDK leaves them.
    """

    __slots__ = ("_is_done", "_library", "_pieces", "_response", "_stream")

    def __init__(self, library: ModuleType, response: Any, stream: Any) -> None:
        self._library, self._response, self._stream, self._is_done = library, response, stream, False
        self._pieces: Any = None
        """The stream of the body, or what the library has for the response; None before the first piece."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        stream = self._stream
        if self._pieces is None and not self._is_done:
            self._begin()
        if self._pieces is not stream:
            return await self._next_of_library()
        data = b""
        try:
            while not data:
                data = await stream.__anext__()
        except StopAsyncIteration:
            await self._end()
            raise
        except BaseException:
            await self.aclose()
            raise
        self._response._num_bytes_downloaded += len(data)  # noqa: SLF001 - as its own `aiter_raw` does
        if stream.is_over:
            await self._end()
        return data

    def _begin(self) -> None:
        response = self._response
        if _may_be_read(response, "aiter_bytes", self._stream, self._library.AsyncByteStream):
            response.is_stream_consumed, self._pieces = True, self._stream
        else:
            self._pieces = type(response).aiter_bytes(response)

    async def _next_of_library(self) -> bytes:
        if self._pieces is None:
            raise StopAsyncIteration
        return await self._pieces.__anext__()  # type: ignore[no-any-return]  # its library's

    async def _end(self) -> None:
        self._is_done, self._pieces = True, None
        await self._response.aclose()

    async def aclose(self) -> None:
        """No more pieces are read."""
        pieces, self._pieces, self._is_done = self._pieces, None, True
        if pieces is self._stream and _closes_broken(self._library):
            await self._response.aclose()
        elif pieces is not None and pieces is not self._stream:
            await pieces.aclose()


_GIVEN = frozenset({read, aread, iter_bytes, aiter_bytes})
