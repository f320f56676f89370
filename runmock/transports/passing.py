"""A request's passage to upstream: each chunk of the answer is kept and goes on at once, the same bytes.

Nothing is joined and nothing is waited for. The answer's own stream is replaced by one that looks on; it seals the take
when the stream ends, is closed, is cancelled or fails, whatever comes first.

An answer that is no stream is read to its end when it is closed before: the SDK does not read the body of a 500 that it
asks again after, and half an answer could not be played.
"""

from __future__ import annotations

import contextlib
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.operations import api_path
from runmock.core.replay.recorder import AnswerEnd
from runmock.transports.convert import library_of
from runmock.transports.wrapped.attempts import LetOn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import ModuleType

    from runmock.core.replay.recorder import CapturedAnswer, UpstreamCall
    from runmock.transports.convert import HttpRequest, HttpResponse

LARGEST_REST = 16 * 1024 * 1024
"""So many bytes of an answer that was closed early are read."""
REST_WITHIN_S = 5.0
"""And no longer than that."""
_FAILED = 400


def pass_on(passage: UpstreamCall, request: HttpRequest, send: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Send a sync client's request on, as its own transport does; errors are the transport's own."""
    began = time.perf_counter()
    sent = _addressed(passage, request)
    try:
        with LetOn():
            answer = send(sent)
    except BaseException as error:
        passage.failed(type(error).__name__)
        raise
    return _looked_on(passage, sent, answer, began)


async def pass_on_async(
    passage: UpstreamCall, request: HttpRequest, send: Callable[[HttpRequest], Awaitable[HttpResponse]]
) -> HttpResponse:
    """The same for an async client."""
    began = time.perf_counter()
    sent = _addressed(passage, request)
    try:
        with LetOn():
            answer = await send(sent)
    except BaseException as error:
        passage.failed(type(error).__name__)
        raise
    return _looked_on(passage, sent, answer, began)


def _addressed(passage: UpstreamCall, request: HttpRequest) -> HttpRequest:
    """The request as upstream gets it: below another root where there is one, and not to be compressed."""
    library = library_of(request)
    headers = request.headers.copy()
    headers["accept-encoding"] = "identity"
    url = request.url
    if passage.upstream is not None:
        path, _, query = url.raw_path.decode("ascii").partition("?")
        url = library.URL(passage.upstream.url(api_path(request.method, path), query))
        headers["host"] = url.netloc.decode("ascii")
    patience = dict(request.extensions.get("timeout", {}))  # its own: it is shorter once the application has closed
    extensions = {**request.extensions, "timeout": patience}
    return library.Request(  # type: ignore[no-any-return]  # the library is only known while running
        request.method, url, headers=headers, stream=request.stream, extensions=extensions
    )


def _looked_on(passage: UpstreamCall, request: HttpRequest, answer: HttpResponse, began: float) -> HttpResponse:
    headers = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
    origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    if answer.is_closed:  # a custom transport may have read it already, and decoded it
        kept = tuple(one for one in headers if one[0] != "content-encoding")
        take = passage.answered(origin, answer.status_code, kept)
        take.feed(answer.content, (time.perf_counter() - began) * 1000)
        take.seal(AnswerEnd.WHOLE)
        return answer
    take = passage.answered(origin, answer.status_code, headers)
    answer.stream = _tee_class(library_of(request))(answer.stream, take, began, request.extensions["timeout"])
    return answer


class _Tee:
    """A stream that looks on while another is read, for sync and async clients alike."""

    def __init__(self, stream: Any, take: CapturedAnswer, began: float, patience: dict[str, float | None]) -> None:
        """`patience`: how long the library waits for bytes, by what it waits for, in seconds."""
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
        """Whether half of the answer is missing, which the recording is to have."""
        is_stream = self._take.is_stream and self._take.status < _FAILED  # whatever a refusal calls itself
        if is_stream or self._take.ending is not None:
            return False
        usual = self._patience.get("read")
        self._patience["read"] = REST_WITHIN_S if usual is None else min(usual, REST_WITHIN_S)
        return True

    def _read_the_rest(self) -> None:
        left, until = LARGEST_REST, time.perf_counter() + REST_WITHIN_S
        with contextlib.suppress(Exception):  # the application has closed it, and wants to hear of nothing more
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
        """Feed the take; how many bytes that was."""
        self._take.feed(data, (time.perf_counter() - self._began) * 1000)
        return len(data)


def _ending(error: BaseException) -> AnswerEnd:
    """An error of upstream's breaks an answer off; a cancellation, or a reader that goes away, leaves it."""
    return AnswerEnd.BROKEN if isinstance(error, Exception) else AnswerEnd.LEFT


@cache
def _tee_class(library: ModuleType) -> Any:
    """The stream class that a library's clients accept: they ask for an instance of their own bases."""
    return type("TeeStream", (_Tee, library.SyncByteStream, library.AsyncByteStream), {})
