"""The ASGI application: the API itself under any root, a page at `/`, and what the page needs under `/_runmock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from runmock.serve.answering import Answering
from runmock.serve.controls import BELOW, Controls
from runmock.serve.convert import endpoint
from runmock.serve.doorkeepers import EVERY_BROWSER, KeyNeeded, OwnPagesOnly
from runmock.serve.live_document import LiveDocument
from runmock.viewer.page import page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request as HttpRequest

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Reply
    from runmock.serve.log import Entry, Log
    from runmock.serve.rewinding import RewindableDeck

LOOPBACK = "127.0.0.1"


class Server:
    """Answers requests from a deck that can be rewound, and logs them."""

    def __init__(
        self,
        playing: RewindableDeck,
        log: Log,
        *,
        api_key: str | None = None,
        news: Callable[[str], None] = print,
        host: str = LOOPBACK,
    ) -> None:
        """`news` is called with a line for each other event: a rewind, a cassette that cannot be read.

        `host` is the address that it listens on.
        """
        self.playing, self.log, self.api_key, self.host = playing, log, api_key, host
        log.curtain.hide(api_key)
        self.document = LiveDocument(log)
        self.controls = Controls(playing, log, self.document, news)
        self._answering = Answering(log, self._ask, sees=self.document.sees)
        self._page = page_of({"source": "live", "title": "runmock serve", "about": [], "findings": []}, is_live=True)

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
        return HTMLResponse(self._page)

    async def watch(self) -> None:
        """Start over whenever a cassette changes on disk."""
        await self.controls.watch()


def application(server: Server) -> Starlette:
    """The server as an ASGI application."""
    app = Starlette(
        routes=[Route("/", server.page), *server.controls.routes, Mount("/", app=endpoint(server.answer))],
        middleware=[
            Middleware(OwnPagesOnly, below=BELOW, host=server.host),
            EVERY_BROWSER,
            Middleware(KeyNeeded, key=server.api_key),
        ],
    )
    app.router.redirect_slashes = False
    return app
