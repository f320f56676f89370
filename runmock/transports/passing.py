"""Sends a request on to upstream: each chunk of the answer is captured, and passed on at once, unchanged.

Chunks are not joined or delayed. The answer's own stream is wrapped in one that captures; it seals the captured answer
when the stream ends, is closed, is cancelled or fails, whatever comes first.

An answer that is no stream is read on, within limits, when the application closes it before its end: the SDK does not
read the body of a 500 before it retries, and half an answer could not be replayed.
"""

from __future__ import annotations

import contextlib
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from runmock.core.replay.recorder import AnswerEnd
from runmock.transports.convert import library_of
from runmock.transports.wrapped.attempts import Unwatched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import ModuleType

    from runmock.core.replay.recorder import CapturedAnswer, UpstreamCall
    from runmock.transports.convert import HttpRequest, HttpResponse

LARGEST_REST = 16 * 1024 * 1024
"""At most this many bytes of an answer that was closed early are read."""
REST_WITHIN_S = 5.0
"""Reading an answer that was closed early takes no longer than this."""
_FAILED = 400


def pass_on(call: UpstreamCall, request: HttpRequest, send: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Send a sync client's request to upstream through its own transport, whose errors are raised unchanged."""
    began = time.perf_counter()
    sent = _addressed(call, request)
    try:
        with Unwatched():
            answer = send(sent)
    except BaseException as error:
        _note_failure(call, sent, error)
        raise
    return _with_tee(call, sent, answer, began)


async def pass_on_async(
    call: UpstreamCall, request: HttpRequest, send: Callable[[HttpRequest], Awaitable[HttpResponse]]
) -> HttpResponse:
    """As `pass_on`, for an async client."""
    began = time.perf_counter()
    sent = _addressed(call, request)
    try:
        with Unwatched():
            answer = await send(sent)
    except BaseException as error:
        _note_failure(call, sent, error)
        raise
    return _with_tee(call, sent, answer, began)


def _note_failure(call: UpstreamCall, request: HttpRequest, error: BaseException) -> None:
    """Note on the call that upstream has not answered, and on the error where the request went."""
    call.failed(type(error).__name__)
    if isinstance(error, Exception):
        where = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        given = "" if call.upstream is None else ", which upstream= or --runmock-upstream names"
        error.add_note(f"runmock was recording, and {where} did not answer{given}")


def _addressed(call: UpstreamCall, request: HttpRequest) -> HttpRequest:
    """The request for upstream: with upstream's API root, if there is one, and asking for no compression."""
    library = library_of(request)
    headers = request.headers.copy()
    headers["accept-encoding"] = "identity"
    url = request.url
    if call.upstream is not None:
        _, _, query = url.raw_path.decode("ascii").partition("?")
        url = library.URL(call.upstream.url(call.incoming.operation.path, query))
        headers["host"] = url.netloc.decode("ascii")
    patience = dict(request.extensions.get("timeout", {}))  # its own: it is shorter once the application has closed
    extensions = {**request.extensions, "timeout": patience}
    return library.Request(  # type: ignore[no-any-return]  # the library is only known while running
        request.method, url, headers=headers, stream=request.stream, extensions=extensions
    )


def _with_tee(call: UpstreamCall, request: HttpRequest, answer: HttpResponse, began: float) -> HttpResponse:
    headers = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
    origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    if answer.is_closed:  # a custom transport may have read it already, and decoded it
        kept = tuple(header for header in headers if header[0] != "content-encoding")
        take = call.answered(origin, answer.status_code, kept)
        take.feed(answer.content, (time.perf_counter() - began) * 1000)
        take.seal(AnswerEnd.WHOLE)
        return answer
    take = call.answered(origin, answer.status_code, headers)
    answer.stream = _tee_class(library_of(request))(answer.stream, take, began, request.extensions["timeout"])
    return answer


class _Tee:
    """A stream that captures another one while it is read, for sync and async clients alike."""

    def __init__(self, stream: Any, take: CapturedAnswer, began: float, patience: dict[str, float | None]) -> None:
        """`patience`: the library's timeouts in seconds, by name (`read`, `connect`, ...)."""
        self._stream, self._take, self._began, self._patience = stream, take, began, patience
        self._pieces: Any = None

    def __iter__(self) -> Iterator[bytes]:
        take, began, clock = self._take, self._began, time.perf_counter
        self._pieces = iter(self._stream)
        try:
            for data in self._pieces:
                take.feed(data, (clock() - began) * 1000)
                yield data
        except BaseException as error:
            take.seal(_ending(error))
            raise
        take.seal(AnswerEnd.WHOLE)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        take, began, clock = self._take, self._began, time.perf_counter
        self._pieces = aiter(self._stream)
        try:
            async for data in self._pieces:
                take.feed(data, (clock() - began) * 1000)
                yield data
        except BaseException as error:
            take.seal(_ending(error))
            raise
        take.seal(AnswerEnd.WHOLE)

    def close(self) -> None:
        try:
            if self._wants_the_rest():
                self._read_the_rest()
        finally:
            self._take.seal(AnswerEnd.LEFT)
            self._stream.close()

    async def aclose(self) -> None:
        try:
            if self._wants_the_rest():
                await self._aread_the_rest()
        finally:
            self._take.seal(AnswerEnd.LEFT)
            await self._stream.aclose()

    def _wants_the_rest(self) -> bool:
        """Whether the recording needs the rest of the answer; if so, shortens the read timeout."""
        is_stream = self._take.is_stream and self._take.status < _FAILED  # whatever a refusal calls itself
        if is_stream or self._take.ending is not None:
            return False
        usual = self._patience.get("read")
        self._patience["read"] = REST_WITHIN_S if usual is None else min(usual, REST_WITHIN_S)
        return True

    def _read_the_rest(self) -> None:
        left, until = LARGEST_REST, time.perf_counter() + REST_WITHIN_S
        with contextlib.suppress(Exception):  # the application has closed it: no error may reach it
            for data in iter(self._stream) if self._pieces is None else self._pieces:
                left -= self._keep(data)
                if left < 0 or time.perf_counter() > until:
                    return
            self._take.seal(AnswerEnd.WHOLE)

    async def _aread_the_rest(self) -> None:
        import anyio

        left = LARGEST_REST
        with contextlib.suppress(Exception), anyio.move_on_after(REST_WITHIN_S):  # as above
            async for data in aiter(self._stream) if self._pieces is None else self._pieces:
                left -= self._keep(data)
                if left < 0:
                    return
            self._take.seal(AnswerEnd.WHOLE)

    def _keep(self, data: bytes) -> int:
        """Capture bytes; returns how many they are."""
        self._take.feed(data, (time.perf_counter() - self._began) * 1000)
        return len(data)


def _ending(error: BaseException) -> AnswerEnd:
    """An error of upstream's breaks an answer off; a cancellation, or a reader that goes away, leaves it."""
    return AnswerEnd.BROKEN if isinstance(error, Exception) else AnswerEnd.LEFT


@cache
def _tee_class(library: ModuleType) -> Any:
    """The stream class that a library's clients accept: it must be a subclass of the library's own bases."""
    return type("TeeStream", (_Tee, library.SyncByteStream, library.AsyncByteStream), {})
