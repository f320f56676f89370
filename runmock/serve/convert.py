"""Converts requests and replies between core and ASGI: the body with its limits, a reply's frames one by one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse

from runmock.apis.service import refusals
from runmock.apis.service.files.stored_file import LARGEST_KEPT
from runmock.apis.service.refusals import Refused
from runmock.core.errors import RunmockFailure
from runmock.core.http import sse
from runmock.core.http.exchange import Disconnected, Request
from runmock.core.http.media_types import parameters
from runmock.core.http.multipart import is_multipart
from runmock.core.http.upload_in_pieces import UploadInPieces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from runmock.core.http.exchange import Reply
    from runmock.serve.log import Entry

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes; a thread with 32 messages of the longest text (256,000 characters) has some 8 million."""
LARGEST_UPLOAD = 513 * 1024 * 1024
"""Bytes of a body with files; the largest file has 512 million (docs/protocol/files.md#the-file-object)."""
BODY_WITHIN_S = 30
"""A request whose body is not complete after this time is refused."""


def endpoint(answer: Callable[[HttpRequest], Awaitable[Response]]) -> ASGIApp:
    """An ASGI application that answers every request by `answer`, unless the client leaves while its body is read."""

    async def play(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await answer(HttpRequest(scope, receive))
        except ClientDisconnect:
            return
        # Half an answer, and the server closes the connection.
        with contextlib.suppress(Disconnected):
            await response(scope, receive, send)

    return play


async def body_of(request: HttpRequest, *, is_sent_on: bool = False) -> bytes:
    """The whole body. Raises Refused when it is too large or too slow, ClientDisconnect when the client leaves.

    A body that is too large is read to its end: a client that cannot send all of it never reads the answer. Of a large
    upload the long parts are not kept, unless it `is_sent_on` to upstream.
    """
    content_type = request.headers.get("content-type", "")
    is_upload = is_multipart(content_type)
    limit = LARGEST_UPLOAD if is_upload else LARGEST_BODY
    parts: list[bytes] = []
    pieces: UploadInPieces | None = None
    length = 0
    try:
        async with asyncio.timeout(BODY_WITHIN_S) as within:
            async for part in request.stream():
                length += len(part)
                if is_upload:  # a large one takes its time; it is too slow when nothing comes
                    within.reschedule(asyncio.get_running_loop().time() + BODY_WITHIN_S)
                if length > limit:
                    parts.clear()
                elif pieces is not None:
                    pieces.feed(part)
                else:
                    parts.append(part)
                    if is_upload and length > LARGEST_KEPT and not is_sent_on:
                        pieces = UploadInPieces(parameters(content_type).get("boundary", ""), LARGEST_KEPT)
                        for kept in parts:
                            pieces.feed(kept)
                        parts.clear()
    except TimeoutError:
        raise Refused(refusals.too_slow(BODY_WITHIN_S), (("connection", "close"),)) from None
    if length > limit:
        raise Refused(refusals.too_large(limit))
    return b"".join(parts) if pieces is None else pieces.body()


def core_request(request: HttpRequest) -> Request:
    """The request as a core Request, without its body."""
    query = request.scope["query_string"].decode("latin-1")
    return Request(
        method=request.method,
        host=request.headers.get("host", ""),
        path=request.scope["raw_path"].decode("latin-1"),
        query={name: tuple(values) for name, values in parse_qs(query, keep_blank_values=True).items()},
        headers={name: request.headers[name] for name in request.headers},
        is_served=True,
    )


def http_response(reply: Reply, entry: Entry, ended: Callable[[Entry], None], closing: asyncio.Event) -> Response:
    """The reply as a response. `entry` is updated while it is sent, and `ended` is called after the last byte.

    `closing` ends a stream early, because the server ends.
    """
    entry.status, entry.is_stream = reply.status, reply.is_stream
    if reply.is_stream:
        response: Response = StreamingResponse(_sent(reply, entry, ended, closing), reply.status)
    else:
        response = Response(reply.body(), reply.status)
        ended(entry)
    for name, value in reply.headers:
        response.headers.append(name, value)
    return response


async def _sent(
    reply: Reply, entry: Entry, ended: Callable[[Entry], None], closing: asyncio.Event
) -> AsyncIterator[bytes]:
    """The bytes of a stream's frames, each after its pause.

    A failure, or the end of the server, becomes a last `error` event, because the status was sent already. Raises
    Disconnected where the script breaks the connection.
    """
    entry.note = "the client left before the end"
    try:
        for frame in reply.frames:
            await _wait(frame.after_ms, closing)
            yield frame.data
            entry.events += frame.events
        entry.note = ""
    except Disconnected:
        entry.note = "the script broke the connection"
        raise
    except RunmockFailure as failure:
        entry.note = str(failure)
        yield sse.encode("error", failed(failure).envelope())
    except _ClosingError:
        entry.note = "the server ended before the stream"
        yield sse.encode("error", refusals.ServiceRefusal(503, entry.note, type="runmock_error").envelope())
    finally:
        close: Callable[[], None] = reply.frames.close  # type: ignore[attr-defined]  # a stream's frames have it
        close()
        ended(entry)


class _ClosingError(Exception):
    """The server ends while a stream is open."""


async def _wait(ms: float, closing: asyncio.Event) -> None:
    if ms and not closing.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ms / 1000):
                await closing.wait()
    else:
        await asyncio.sleep(0)
    if closing.is_set():
        raise _ClosingError


def failed(failure: RunmockFailure) -> refusals.ServiceRefusal:
    """The answer for a failure: 501 in the service's envelope, with the whole text."""
    return refusals.ServiceRefusal(501, str(failure), type="runmock_error", code=CODES.get(type(failure).__name__))


CODES = {"UnmatchedRequest": "unmatched_request", "ScriptError": "script_error", "OutputMismatch": "output_mismatch"}
"""The envelope's `code` by the name of the failure."""
NO_RETRY = (("x-should-retry", "false"),)
"""Without this header the SDKs retry a 5xx."""
