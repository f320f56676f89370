"""Requests and replies between core and ASGI: the body with its limits, a reply's frames sent one by one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse

from runmock.apis.assistants.endpoints.call import Refused
from runmock.core.assistants import refusals
from runmock.core.errors import RunmockFailure
from runmock.core.http import sse
from runmock.core.http.exchange import Disconnected, Request
from runmock.core.replay.frame_batches import together

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from runmock.core.http.exchange import Reply
    from runmock.serve.log import Entry

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes; a thread with 32 messages of the longest text (256,000 characters) has some 8 million."""
BODY_WITHIN_S = 30
"""Half a request is given up after this time."""
_TURN = 64
"""So many frames go out as one, before other clients get their turn, and before it is seen that this one has left."""


def endpoint(answer: Callable[[HttpRequest], Awaitable[Response]]) -> ASGIApp:
    """An ASGI application that gives every request this answer; a client that left while it was read gets none."""

    async def play(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await answer(HttpRequest(scope, receive))
        except ClientDisconnect:
            return
        # Half an answer, and the server closes the connection.
        with contextlib.suppress(Disconnected):
            await response(scope, receive, send)

    return play


async def body_of(request: HttpRequest) -> bytes:
    """The whole body. Raises Refused when it is too large or does not come, ClientDisconnect when the client leaves.

    What is too much is read and dropped: a client that cannot send to the end never sees the answer.
    """
    parts: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for part in request.stream():
                length += len(part)
                if length > LARGEST_BODY:
                    parts.clear()
                else:
                    parts.append(part)
    except TimeoutError:
        raise Refused(refusals.too_slow(BODY_WITHIN_S), (("connection", "close"),)) from None
    if length > LARGEST_BODY:
        raise Refused(refusals.too_large(LARGEST_BODY))
    return b"".join(parts)


def core_request(request: HttpRequest, body: bytes) -> Request:
    """The request as core sees it."""
    query = request.scope["query_string"].decode("latin-1")
    return Request(
        method=request.method,
        host=request.headers.get("host", ""),
        path=request.scope["raw_path"].decode("latin-1"),
        query={name: tuple(values) for name, values in parse_qs(query, keep_blank_values=True).items()},
        headers={name: request.headers[name] for name in request.headers},
        body=body,
        is_served=True,
    )


def http_response(reply: Reply, entry: Entry, ended: Callable[[Entry], None], closing: asyncio.Event) -> Response:
    """The answer on its way; `entry` is told how it goes, and `ended` hears when the last byte was sent.

    `closing` cuts a stream short: the server ends.
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
    """A stream's frames, each waited for; what goes wrong becomes an `error` event, for the status is out."""
    entry.note = "the client left before the end"
    try:
        for after_ms, data, events in together(reply.frames, _TURN):
            await _wait(after_ms, closing)
            yield data
            entry.events += events
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
    """The server ends."""


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
    """What a failure is over HTTP: 501 in the service's envelope, with the whole text."""
    return refusals.ServiceRefusal(501, str(failure), type="runmock_error", code=CODES.get(type(failure).__name__))


CODES = {"UnmatchedRequest": "unmatched_request", "ScriptError": "script_error", "OutputMismatch": "output_mismatch"}
"""The envelope's code by failure."""
NO_RETRY = (("x-should-retry", "false"),)
"""The SDKs would ask a 5xx again."""
