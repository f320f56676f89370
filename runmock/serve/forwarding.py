"""Sends requests on to upstream: an answer is captured, and passed back chunk by chunk, unchanged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
from starlette.responses import Response, StreamingResponse

from runmock.apis.service import refusals
from runmock.core.http.exchange import Disconnected
from runmock.core.replay.recorder import AnswerEnd
from runmock.serve.convert import NO_RETRY
from runmock.tape.reading.from_take import why_half

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from runmock.core.api import Incoming
    from runmock.core.replay.recorder import CapturedAnswer, UpstreamCall
    from runmock.core.replay.upstream import Upstream
    from runmock.serve.log import Entry, Log

OF_ONE_HOP = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding")
) | {"upgrade", "host", "content-length", "accept-encoding"}
"""Headers that are not passed on, either way."""
TIMEOUT = httpx.Timeout(600, connect=10)
"""In seconds; the same as the SDKs' own."""


class Forwarding:
    """Sends requests on, through one client; its log has how their answers end."""

    def __init__(self, log: Log, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`transport` takes the place of httpx's own."""
        self._log = log
        self._client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, transport=transport)

    async def send(
        self, upstream: Upstream, incoming: Incoming, headers: Iterable[tuple[str, str]], query: str
    ) -> SentOn:
        """Send a request with upstream's API root, without compression, everything else unchanged.

        Raises httpx.HTTPError when upstream does not answer.
        """
        began = time.perf_counter()
        passed = [(name, value) for name, value in headers if name not in OF_ONE_HOP]
        request = self._client.build_request(
            incoming.request.method,
            upstream.url(incoming.operation.path, query),
            headers=[*passed, ("accept-encoding", "identity")],
            content=incoming.request.body or None,
        )
        return SentOn(upstream, await self._client.send(request, stream=True), self._log, began)

    async def close(self) -> None:
        """Close the connections to upstream."""
        await self._client.aclose()


class SentOn:
    """A request whose answer has begun."""

    def __init__(self, upstream: Upstream, answer: httpx.Response, log: Log, began: float) -> None:
        self._upstream, self._answer, self._log, self._began = upstream, answer, log, began

    async def response(self, call: UpstreamCall, entry: Entry) -> Response:
        """The answer for the client; it is captured in `call` while it goes by."""
        answer = self._answer
        headers = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
        take = call.answered(f"{self._upstream.scheme}://{self._upstream.netloc}", answer.status_code, headers)
        entry.status, entry.is_stream = answer.status_code, take.is_stream
        if take.is_stream and answer.is_success:
            response: Response = StreamingResponse(self._passing(take, entry), answer.status_code)
            del response.headers["content-type"]  # upstream's own follows, or none
        else:
            # Whole, whether the client stays or leaves: half an answer could not be played.
            try:
                body = b"".join([data async for data in self._passing(take, entry)])
            except Disconnected:
                return response_of(not_reached(self._upstream, "broke off in the middle of its answer"))
            response = Response(body, answer.status_code)
        for name, value in answer.headers.multi_items():
            if name not in OF_ONE_HOP:
                response.headers.append(name, value)
        return response

    async def _passing(self, take: CapturedAnswer, entry: Entry) -> AsyncIterator[bytes]:
        """Capture each chunk and pass it on at once, unchanged. Raises Disconnected where upstream breaks off."""
        ending = AnswerEnd.LEFT
        entry.note = "the client left before the end"
        try:
            async for data in self._answer.aiter_raw():
                take.feed(data, (time.perf_counter() - self._began) * 1000)
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
            await self._answer.aclose()


def not_reached(upstream: Upstream, why: str) -> refusals.ServiceRefusal:
    """The 502 that a client gets in place of upstream's answer."""
    return refusals.ServiceRefusal(502, f"upstream {upstream.netloc} {why}", type="runmock_error")


def response_of(refusal: refusals.ServiceRefusal) -> Response:
    """A refusal as a response that SDKs do not retry."""
    reply = refusal.reply(NO_RETRY)
    return Response(reply.body(), reply.status, dict(reply.headers))
