"""Reads bodies that are made in this process, without the library's decoding of each piece.

A response stays one of the library's own, unread like one from the network. It is given methods for reading its body
that leave it in the same state as the library's. They step aside where anything is not as the client left it: where
something was read before, and where the application has put a stream of its own around the body, or methods of its own
into the class. The private names of a response that they set are looked after by
`tests/transports/test_borrowed_names.py`.
"""

from __future__ import annotations

from contextlib import aclosing
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from runmock.transports.httpx_messages.libraries import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import ModuleType


_READING = attrgetter("read", "aread", "iter_bytes", "aiter_bytes", "iter_raw", "aiter_raw")
"""The methods of a response by which its body is read."""


class _LocalBody:
    """The body of a response, which has these `methods` of ours until the first of them is called."""

    __slots__ = ("_library", "_response", "_stream")
    methods: ClassVar[tuple[str, ...]] = ()

    def __init__(self, response: Any, stream: Any, library: ModuleType) -> None:
        self._response, self._stream, self._library = response, stream, library

    def _may_be_read(self, kind: type) -> bool:
        """Whether the body is to be read here. The response has the library's methods from now on.

        `kind`: the library's class of byte streams, for sync or async clients.
        """
        response = self._response
        own = vars(response)
        for name in self.methods:
            if getattr(own.get(name), "__self__", None) is self:  # others may have wrapped it
                del own[name]
        stream = response.stream
        return (
            not (response.is_stream_consumed or response.is_closed)
            and isinstance(stream, kind)
            and getattr(stream, "_stream", None) is self._stream  # the client alone has put its stream around ours
            and _are_own(_READING(type(response)))
        )


class WholeBody(_LocalBody):
    """A body that is there at once."""

    __slots__ = ("_body",)
    methods = ("read", "aread")

    def __init__(self, response: Any, stream: Any, library: ModuleType, body: bytes) -> None:
        super().__init__(response, stream, library)
        self._body = body
        response.read, response.aread = self.read, self.aread

    def read(self) -> bytes:
        """The body."""
        response = self._response
        if not self._may_be_read(self._library.SyncByteStream):
            return type(response).read(response)  # type: ignore[no-any-return]  # its library's
        self._give()
        response.close()
        return self._body

    async def aread(self) -> bytes:
        """The body, for an async client."""
        response = self._response
        if not self._may_be_read(self._library.AsyncByteStream):
            return await type(response).aread(response)  # type: ignore[no-any-return]  # its library's
        self._give()
        await response.aclose()
        return self._body

    def _give(self) -> None:
        response, body = self._response, self._body
        response.is_stream_consumed = True
        response._content, response._num_bytes_downloaded = body, len(body)  # noqa: SLF001 - as its own `read` does


class StreamedBody(_LocalBody):
    """A body that comes in pieces."""

    __slots__ = ()
    methods = ("iter_bytes", "aiter_bytes")

    def __init__(self, response: Any, stream: Any, library: ModuleType) -> None:
        super().__init__(response, stream, library)
        response.iter_bytes, response.aiter_bytes = self.iter_bytes, self.aiter_bytes

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The body in pieces."""
        response = self._response
        if not self._may_be_read(self._library.SyncByteStream) or chunk_size is not None:
            yield from type(response).iter_bytes(response, chunk_size)
            return
        response.is_stream_consumed = True
        try:
            for data in self._stream:
                response._num_bytes_downloaded += len(data)  # noqa: SLF001 - as its own `iter_raw` does
                if data:
                    yield data
        except BaseException:
            if self._is_closed_when_broken:
                response.close()
            raise
        response.close()

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """The body in pieces, for an async client; the response is closed before the last one.

        Otherwise SDK 3 would wait for what may come after `[DONE]`.
        """
        response, stream = self._response, self._stream
        if not self._may_be_read(self._library.AsyncByteStream) or chunk_size is not None:
            async with aclosing(type(response).aiter_bytes(response, chunk_size)) as pieces:
                async for data in pieces:
                    yield data
            return
        response.is_stream_consumed = True
        try:
            async for data in stream:
                response._num_bytes_downloaded += len(data)  # noqa: SLF001 - as its own `aiter_raw` does
                if stream.is_over:
                    break
                if data:
                    yield data
        except BaseException:
            if self._is_closed_when_broken:
                await response.aclose()
            raise
        await response.aclose()
        if stream.is_over:
            yield data

    @property
    def _is_closed_when_broken(self) -> bool:
        """Whether the library closes a response whose body breaks off, or is no longer read."""
        return self._library.__name__ != "httpx"


@lru_cache(maxsize=256)
def _are_own(methods: tuple[Callable[..., Any], ...]) -> bool:
    """Whether methods are a library's own. One that others put in their place may have the same name."""
    names = {getattr(method, "__globals__", {}).get("__name__", "").partition(".")[0] for method in methods}
    return len(names) == 1 and names.issubset(LIBRARIES)
