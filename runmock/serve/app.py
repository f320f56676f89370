"""The ASGI application: the API itself under any root, a page at `/`, and what the page needs under `/_runmock`."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from runmock.core.errors import CassetteError
from runmock.core.script.script import DEFAULT_REPLY
from runmock.serve.answering import Answering
from runmock.serve.convert import endpoint
from runmock.serve.doorkeepers import EVERY_BROWSER, KeyNeeded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request as HttpRequest

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Reply
    from runmock.serve.log import Entry, Log
    from runmock.serve.rewinding import RewindableDeck

WATCH_EVERY_S = 0.3
_MOST_LEFT = 20


class Server:
    """Answers requests from a deck that can be rewound, and logs them."""

    def __init__(
        self, playing: RewindableDeck, log: Log, *, api_key: str | None = None, news: Callable[[str], None] = print
    ) -> None:
        """`news` is called with a line for each other event: a rewind, a cassette that cannot be read."""
        self.playing, self.log, self.api_key, self.news = playing, log, api_key, news
        self._answering = Answering(log, self._ask)

    def close(self) -> None:
        """End open pages and waiting streams, because the server ends."""
        self._answering.close()
        self.log.close()

    async def answer(self, request: HttpRequest) -> Response:
        """Answer a request of the API."""
        return await self._answering.answer(request)

    async def _ask(self, _request: HttpRequest, incoming: Incoming, _entry: Entry) -> Reply:
        return self.playing.deck.reply(incoming)

    async def page(self, _: HttpRequest) -> Response:
        """The answer to GET /: the page that shows what comes in."""
        return HTMLResponse((files("runmock.serve") / "page.html").read_text(encoding="utf-8"))

    async def state(self, _: HttpRequest) -> Response:
        """GET /_runmock/state: the cassettes, what is left to play, and the last requests."""
        return JSONResponse(self._state())

    async def rewind(self, _: HttpRequest) -> Response:
        """POST /_runmock/rewind: read the cassettes again and start over; 422 when one cannot be read."""
        try:
            self._start_over("rewound")
        except CassetteError as error:
            return JSONResponse({"error": {"message": str(error), "type": "runmock_error"}}, 422)
        return JSONResponse(self._state())

    async def feed(self, _: HttpRequest) -> Response:
        """GET /_runmock/feed: server-sent events, `request` for each request and `state` when something was loaded."""
        return StreamingResponse(self._feed_events(), media_type="text/event-stream")

    async def _feed_events(self) -> AsyncIterator[bytes]:
        listener = self.log.listen()
        try:
            yield b": listening\n\n"
            async for news in listener.events():
                yield news
        finally:
            self.log.leave(listener)

    async def watch(self) -> None:
        """Start over whenever a cassette changes on disk."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self.playing.has_changed():
                with contextlib.suppress(CassetteError):  # `_start_over` has reported it
                    self._start_over("a cassette changed: rewound")

    def _start_over(self, why: str) -> None:
        try:
            self.playing.rewind()
        except CassetteError as error:
            self.news(f"{error}; the cassettes that were loaded before are still played")
            self.log.send("trouble", {"message": str(error)})
            raise
        self.news(why)
        self.log.send("state", {})

    def _state(self) -> dict[str, Any]:
        deck = self.playing.deck
        left = [f"{leftover.cassette}: {leftover.text}" for leftover in deck.leftovers()]
        return {
            "version": version("runmock"),
            "stock_reply": DEFAULT_REPLY,
            "cassettes": [
                {
                    "path": cassette.path,
                    "runs": len(cassette.script.runs) if cassette.script else 0,
                    "interactions": len(cassette.interactions),
                }
                for cassette in self.playing.cassettes
            ],
            "left": {"count": len(left), "first": left[:_MOST_LEFT]},
            "requests": [asdict(entry) for entry in self.log.entries],
        }


def application(server: Server) -> Starlette:
    """The server as an ASGI application."""
    app = Starlette(
        routes=[
            Route("/", server.page),
            Route("/_runmock/state", server.state),
            Route("/_runmock/feed", server.feed),
            Route("/_runmock/rewind", server.rewind, methods=["POST"]),
            Mount("/", app=endpoint(server.answer)),
        ],
        middleware=[EVERY_BROWSER, Middleware(KeyNeeded, key=server.api_key)],
    )
    app.router.redirect_slashes = False
    return app
