"""What the page of a server asks it: what is loaded, what came in and what comes next; to rewind, to load another one.

Pages of strangers are refused here (`doorkeepers.OwnPagesOnly`), because answers show what applications send.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from runmock.core.errors import CassetteError, RunmockError
from runmock.core.script.script import DEFAULT_REPLY
from runmock.serve.shelf import NotOnShelf
from runmock.viewer.seen import files_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from starlette.requests import Request as HttpRequest

    from runmock.core.http.exchange import JSON
    from runmock.core.report.leftovers import Leftover
    from runmock.serve.live_document import LiveDocument
    from runmock.serve.log import Log
    from runmock.serve.rewinding import RewindableDeck

BELOW = "/_runmock/"
WATCH_EVERY_S = 0.3
_MOST_LEFT = 20
_MOST_NEXT = 3
_LARGEST = 10_000
"""Bytes of a request to load a cassette."""


class Controls:
    """The control routes of a server."""

    def __init__(self, playing: RewindableDeck, log: Log, document: LiveDocument, news: Callable[[str], None]) -> None:
        """`news` is called with a line for each change: a rewind, a cassette that was loaded or cannot be read."""
        self._playing, self._log, self._document, self._news = playing, log, document, news

    @property
    def routes(self) -> Sequence[Route]:
        """Where they are."""
        return (
            Route(f"{BELOW}state", self.state),
            Route(f"{BELOW}document", self.document),
            Route(f"{BELOW}feed", self.feed),
            Route(f"{BELOW}cassettes", self.cassettes),
            Route(f"{BELOW}rewind", self.rewind, methods=["POST"]),
            Route(f"{BELOW}load", self.load, methods=["POST"]),
        )

    async def state(self, _: HttpRequest) -> Response:
        """GET state: the cassettes, what is left to play, what comes next, and the last requests."""
        return _answered(self._state())

    async def document(self, request: HttpRequest) -> Response:
        """GET document: the requests as the viewer shows them; `after`: without those up to this number."""
        after = request.query_params.get("after", "0")
        number = int(after) if after.isascii() and after.isdigit() else 0
        return _answered(await self._document.document(number, files_of(self._playing.deck)))

    async def rewind(self, _: HttpRequest) -> Response:
        """POST rewind: read the cassettes again and start over; 422 when one cannot be read."""
        try:
            self.start_over("rewound")
        except CassetteError as error:
            return _refused(error, 422)
        return _answered(self._state())

    async def cassettes(self, _: HttpRequest) -> Response:
        """GET cassettes: the paths that can be loaded."""
        return _answered({"cassettes": await run_in_threadpool(self._playing.shelf.cassettes)})

    async def load(self, request: HttpRequest) -> Response:
        """POST load with `{"path": ...}`: play another cassette; 422 when it cannot be read, 403 when it must not."""
        path = await _path_in(request)
        if path is None:
            return _refused(RunmockError('name a cassette: {"path": "cassettes/weather.yaml"}'), 400)
        try:
            self._start(lambda: self._playing.load(path), f"loaded {path}", "not loaded")
        except NotOnShelf as error:
            return _refused(error, 403)
        except CassetteError as error:
            return _refused(error, 422)
        return _answered(self._state())

    async def feed(self, _: HttpRequest) -> Response:
        """GET feed: server-sent events, `request` for each request and `state` when something was loaded."""
        return StreamingResponse(self._feed_events(), media_type="text/event-stream")

    async def _feed_events(self) -> AsyncIterator[bytes]:
        listener = self._log.listen()
        try:
            yield b": listening\n\n"
            async for news in listener.events():
                yield news
        finally:
            self._log.leave(listener)

    async def watch(self) -> None:
        """Start over whenever a cassette changes on disk."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self._playing.has_changed():
                with contextlib.suppress(CassetteError):  # `start_over` has reported it
                    self.start_over("a cassette changed: rewound")

    def start_over(self, why: str) -> None:
        """Read the cassettes again; `why` is told when it is done. Raises CassetteError, which is told, too."""
        self._start(self._playing.rewind, why, "not rewound")

    def _start(self, begin: Callable[[], None], why: str, why_not: str) -> None:
        try:
            begin()
        except CassetteError as error:
            self._news(f"{error}; the cassettes that were loaded before are still played")
            self._log.send("trouble", {"why": why_not, "message": self._log.curtain.hidden(str(error))})
            raise
        self._news(why)
        self._log.send("state", {"why": why})

    def _state(self) -> dict[str, Any]:
        deck, hidden = self._playing.deck, self._log.curtain.hidden
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
                for cassette in self._playing.cassettes
            ],
            "next": [hidden(text) for text in self._next(deck.coming()[:_MOST_NEXT])],
            "left": {"count": len(left), "first": [hidden(text) for text in left[:_MOST_LEFT]]},
            "requests": [self._log.shown(entry) for entry in self._log.entries],
        }

    def _next(self, coming: Iterable[Leftover]) -> list[str]:
        """What comes next, with the names of cassettes where there are several."""
        is_alone = len(self._playing.cassettes) == 1
        return [one.text if is_alone else f"{one.cassette}: {one.text}" for one in coming]


async def _path_in(request: HttpRequest) -> str | None:
    """The path in the body of a request; None where there is none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return None
    try:
        sent = json.loads(body)
    except ValueError:
        return None
    path = sent.get("path") if isinstance(sent, dict) else None
    return path if isinstance(path, str) and path else None


def _refused(error: RunmockError, status: int) -> Response:
    return _answered({"error": {"message": str(error), "type": "runmock_error"}}, status)


def _answered(value: JSON, status: int = 200) -> Response:
    """A value as JSON in ASCII: applications may send texts that no other encoding takes, as half of a pair."""
    return Response(json.dumps(value, separators=(",", ":")), status, media_type="application/json")
