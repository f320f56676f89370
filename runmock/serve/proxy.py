"""The recording proxy: every request goes on to upstream; its answer is captured and passed back chunk by chunk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount

from runmock.apis import registry
from runmock.apis.service.refusals import Refused
from runmock.core.errors import RunmockError
from runmock.core.replay.upstream import retirement
from runmock.serve.convert import body_of, core_request, endpoint
from runmock.serve.forwarding import Forwarding, not_reached, response_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request as HttpRequest

    from runmock.apis.service.refusals import ServiceRefusal
    from runmock.core.replay.upstream import Upstream
    from runmock.recording.recording import Recording
    from runmock.serve.log import Entry, Log

SAVE_EVERY_S = 2


class Proxy:
    """Passes requests on to upstream; its API root replaces the root in the client's URL."""

    def __init__(self, upstream: Upstream, recording: Recording, log: Log, news: Callable[[str], None]) -> None:
        """`news` is called with a line for each problem outside of requests."""
        self._upstream, self._recording, self._log, self._news = upstream, recording, log, news
        self._forwarding = Forwarding(log)

    async def answer(self, request: HttpRequest) -> Response:
        """Pass a request on to upstream, record the answer, and return it."""
        try:
            incoming = registry.read(registry.incoming(core_request(request)), await body_of(request, is_sent_on=True))
        except Refused as refused:
            return Response(refused.refusal.reply().body(), refused.refusal.status)
        entry = self._log.begin(incoming)
        if (why := retirement(incoming.operation.api, self._upstream.host)) is not None:
            return self._refused(not_reached(self._upstream, f"is not asked: {why}, with --upstream"), entry)
        call = self._recording.begin(incoming)
        query = request.scope["query_string"].decode("latin-1")
        try:
            sent = await self._forwarding.send(self._upstream, incoming, request.headers.items(), query)
        except httpx.HTTPError as error:
            self._recording.forget(call)
            return self._refused(
                not_reached(self._upstream, f"cannot be reached: {type(error).__name__}: {error}"), entry
            )
        except BaseException:
            self._recording.forget(call)
            raise
        return await sent.response(call, entry)

    def _refused(self, refusal: ServiceRefusal, entry: Entry) -> Response:
        """The response for a request that upstream did not answer, which the log tells."""
        entry.status, entry.note = refusal.status, refusal.message
        self._log.end(entry)
        return response_of(refusal)

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
