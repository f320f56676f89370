"""A reply's frames as a byte stream of an HTTP library."""

from __future__ import annotations

import math
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from runmock.core.http.exchange import Disconnected
from runmock.transports.httpx_messages.libraries import library_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from types import ModuleType

    from runmock.core.http.exchange import Frame
    from runmock.transports.httpx_messages.libraries import HttpRequest

BROKEN_OFF = "peer closed connection without sending complete message body (incomplete chunked read)"
"""The text of both libraries' errors when a connection breaks in a body without a length."""


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
def stream_class(library: ModuleType) -> type[FramesStream]:
    """The class that a library's clients accept: it must be a subclass of the library's own bases."""
    bases: tuple[Any, ...] = (FramesStream, library.SyncByteStream, library.AsyncByteStream)
    return type("ReplayStream", bases, {})
