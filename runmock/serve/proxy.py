"""The recording proxy: every request goes on to upstream; its answer is captured and passed back chunk by chunk."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount

from runmock.apis import registry
from runmock.apis.service import refusals
from runmock.apis.service.refusals import Refused
from runmock.core.errors import RunmockError
from runmock.core.http.exchange import Disconnected
from runmock.core.replay.recorder import AnswerEnd
from runmock.serve.convert import NO_RETRY, body_of, core_request, endpoint
from runmock.tape.reading.from_take import why_half

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request as HttpRequest

    from runmock.core.api import Incoming
    from runmock.core.replay.recorder import CapturedAnswer, UpstreamCall
    from runmock.core.replay.upstream import Upstream
    from runmock.recording.recording import Recording
    from runmock.serve.log import Entry, Log

SAVE_EVERY_S = 2
OF_ONE_HOP = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding")
) | {"upgrade", "host", "content-length", "accept-encoding"}
"""Headers that are not passed on, either way."""
TIMEOUT = httpx.Timeout(600, connect=10)
"""In seconds; the same as the SDKs' own."""


class Proxy:
    """Passes requests on to upstream; its API root replaces the root in the client's URL."""

    def __init__(self, upstream: Upstream, recording: Recording, log: Log, news: Callable[[str], None]) -> None:
        """`news` is called with a line for each problem outside of requests."""
        self._upstream, self._recording, self._log, self._news = upstream, recording, log, news
        self._client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def answer(self, request: HttpRequest) -> Response:
        """Pass a request on to upstream, record the answer, and return it."""
        try:
            incoming = registry.read(registry.incoming(core_request(request)), await body_of(request, is_sent_on=True))
        except Refused as refused:
            return Response(refused.refusal.reply().body(), refused.refusal.status)
        entry = self._log.begin(incoming)
        call = self._recording.begin(incoming)
        began = time.perf_counter()
        try:
            answer = await self._client.send(self._passed_on(request, incoming), stream=True)
        except httpx.HTTPError as error:
            self._recording.forget(call)
            refusal = self._refusal(f"cannot be reached: {type(error).__name__}: {error}")
            entry.status, entry.note = refusal.status, refusal.message
            self._log.end(entry)
            return _response(refusal)
        except BaseException:
            self._recording.forget(call)
            raise
        take = self._take(call, answer)
        entry.status, entry.is_stream = answer.status_code, take.is_stream
        if take.is_stream and answer.is_success:
            response: Response = StreamingResponse(self._passing(answer, take, entry, began), answer.status_code)
            del response.headers["content-type"]  # upstream's own follows, or none
        else:
            # Whole, whether the client stays or leaves: half an answer could not be played.
            try:
                body = b"".join([data async for data in self._passing(answer, take, entry, began)])
            except Disconnected:
                return _response(self._refusal("broke off in the middle of its answer"))
            response = Response(body, answer.status_code)
        for name, value in answer.headers.multi_items():
            if name not in OF_ONE_HOP:
                response.headers.append(name, value)
        return response

    def _passed_on(self, request: HttpRequest, incoming: Incoming) -> httpx.Request:
        """The request for upstream: with its API root, without compression, everything else unchanged."""
        query = request.scope["query_string"].decode("latin-1")
        url = self._upstream.url(incoming.operation.path, query)
        headers = [(name, value) for name, value in request.headers.items() if name not in OF_ONE_HOP]
        headers.append(("accept-encoding", "identity"))
        sent = incoming.request
        return self._client.build_request(sent.method, url, headers=headers, content=sent.body or None)

    def _take(self, call: UpstreamCall, answer: httpx.Response) -> CapturedAnswer:
        headers = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
        return call.answered(f"{self._upstream.scheme}://{self._upstream.netloc}", answer.status_code, headers)

    async def _passing(
        self, answer: httpx.Response, take: CapturedAnswer, entry: Entry, began: float
    ) -> AsyncIterator[bytes]:
        """Capture each chunk and pass it on at once, unchanged. Raises Disconnected where upstream breaks off."""
        ending = AnswerEnd.LEFT
        entry.note = "the client left before the end"
        try:
            async for data in answer.aiter_raw():
                take.feed(data, (time.perf_counter() - began) * 1000)
                yield data
            take.seal(AnswerEnd.WHOLE)
            ending, entry.note = AnswerEnd.WHOLE, why_half(take) or ""
        except httpx.HTTPError as error:
            ending, entry.note = AnswerEnd.BROKEN, f"upstream broke off: {type(error).__name__}: {error}"
            raise Disconnected from None
        finally:
            take.seal(ending)
            if ending is AnswerEnd.LEFT and take.is_stream and why_half(take) is None:
                entry.note = ""  # the client has read the whole stream
            entry.events = (b"\n" + take.body).count(b"\ndata:") if take.is_stream else 0
            self._log.end(entry)
            await answer.aclose()

    def _refusal(self, why: str) -> refusals.ServiceRefusal:
        """The 502 that a client gets in place of upstream's answer."""
        return refusals.ServiceRefusal(502, f"upstream {self._upstream.netloc} {why}", type="runmock_error")

    async def save_now_and_then(self) -> None:
        """Write the partial recording every few seconds, so that a killed process loses little."""
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            try:
                self._recording.save_partial()
            except (OSError, RunmockError) as error:
                self._news(f"what was recorded so far cannot be kept beside the cassette: {error}")
                return

    def application(self) -> Starlette:
        """The proxy as an ASGI application."""
        app = Starlette(routes=[Mount("/", app=endpoint(self.answer))])
        app.router.redirect_slashes = False
        return app


def _response(refusal: refusals.ServiceRefusal) -> Response:
    reply = refusal.reply(NO_RETRY)
    return Response(reply.body(), reply.status, dict(reply.headers))
