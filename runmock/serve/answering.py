"""Answers requests over HTTP: a request is read, logged and asked, and what comes of it is a response."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response

from runmock.apis import registry
from runmock.apis.service.refusals import Refused, ServiceRefusal
from runmock.core.errors import RunmockFailure, UnmatchedRequest
from runmock.core.http.frame_batches import JoinedFrames
from runmock.deck.entries import entry_for
from runmock.serve.convert import NO_RETRY, body_of, core_request, failed, http_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request as HttpRequest

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Reply
    from runmock.serve.log import Entry, Log

_TURN = 64
"""At most this many frames are sent as one; then other clients get a turn, and a client that left is noticed."""
NO_WEBSOCKET = ServiceRefusal(
    501,
    "runmock has no WebSocket: stream with responses.create(stream=True) in place of responses.connect()",
    type="runmock_error",
    code="no_websocket",
)


class Answering:
    """Gives each request to `ask`, whose failures become 501."""

    def __init__(
        self,
        log: Log,
        ask: Callable[[HttpRequest, Incoming, Entry], Awaitable[Reply | Response]],
        *,
        is_sent_on: bool = False,
        sees: Callable[[Incoming, Reply], Reply] = lambda _, reply: reply,
    ) -> None:
        """`ask` ends the log's entry itself where it returns a Response; `is_sent_on` is that of `body_of`.

        `sees` is called with each request and its answer, and returns the answer that is sent.
        """
        self._log, self._ask, self._is_sent_on, self._sees = log, ask, is_sent_on, sees
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End streams that are open, because the server ends."""
        self._closing.set()

    async def answer(self, request: HttpRequest) -> Response:
        """Answer a request of the API."""
        try:
            _refuse_websocket(request)
            body = await body_of(request, is_sent_on=self._is_sent_on)
            incoming = registry.read(registry.incoming(core_request(request)), body)
        except Refused as refused:
            incoming = registry.incoming(core_request(request))
            reply = refused.refusal.reply(refused.headers)
            return self._respond(incoming, reply, self._log.begin(incoming), refused.refusal.message)
        entry = self._log.begin(incoming)
        try:
            answer = await self._ask(request, incoming, entry)
        except RunmockFailure as failure:
            if isinstance(failure, UnmatchedRequest):
                entry.entry = entry_for(incoming, failure.facts)
            return self._respond(incoming, failed(failure).reply(NO_RETRY), entry, str(failure))
        if isinstance(answer, Response):
            return answer
        self._log.answered(entry, answer)
        return self._respond(incoming, answer, entry)

    def _respond(self, incoming: Incoming, reply: Reply, entry: Entry, note: str = "") -> Response:
        entry.note = note
        if reply.is_stream:
            reply = reply.framed(JoinedFrames(reply.frames, _TURN))
        return http_response(self._sees(incoming, reply), entry, self._log.end, self._closing)


def _refuse_websocket(request: HttpRequest) -> None:
    """Raises Refused where a client asks for a WebSocket."""
    if request.headers.get("upgrade", "").lower() == "websocket":
        raise Refused(NO_WEBSOCKET, NO_RETRY)
