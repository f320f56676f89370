"""A transport that answers from a deck, for clients that nobody patches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from runmock.apis import registry
from runmock.apis.service.claims import Claim
from runmock.core.http.exchange import Reply
from runmock.transports.convert import RequestReader, http_response, library_of
from runmock.transports.passing import pass_on, pass_on_async
from runmock.transports.sending import let_streams_close
from runmock.transports.wrapped.attempts import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from runmock.deck.deck import Deck
    from runmock.transports.convert import HttpRequest, HttpResponse


class DeckTransport:
    """Answers requests from one deck, except those to allowed hosts; for httpx and httpx2, sync and async.

    Calls to upstream go through a transport of the client's own library. The recording is written when the client is
    closed; a client in a `with` block that fails writes nothing.
    """

    def __init__(self, deck: Deck, judge: Callable[[], None] | None = None) -> None:
        """`judge` is called when the client is closed, and raises AssertionError if something was not played."""
        self.deck, self._judge = deck, judge
        self._requests = RequestReader()
        self._inner: dict[str, Any] = {}

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to a sync client's request: the deck's, or upstream's. Raises RunmockFailure when it has none."""
        incoming = self._requests.of(request)
        if self.deck.claim(incoming) is Claim.ALLOWED:
            with Unwatched():
                return self._upstream(request, "HTTPTransport").handle_request(request)  # type: ignore[no-any-return]  # its library's
        reply = self.deck.ask(registry.read(incoming, request.read()))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return pass_on(reply, request, self._upstream(request, "HTTPTransport").handle_request)

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to an async client's request; as `handle_request`."""
        incoming = self._requests.of(request)
        if self.deck.claim(incoming) is Claim.ALLOWED:
            with Unwatched():
                return await self._upstream(request, "AsyncHTTPTransport").handle_async_request(request)  # type: ignore[no-any-return]  # as above
        body = await request.aread()
        await let_streams_close(self.deck)
        reply = self.deck.ask(registry.read(incoming, body))
        if isinstance(reply, Reply):
            return http_response(reply, request, is_async=True)
        return await pass_on_async(reply, request, self._upstream(request, "AsyncHTTPTransport").handle_async_request)

    def _upstream(self, request: HttpRequest, kind: str) -> Any:
        if kind not in self._inner:
            self._inner[kind] = getattr(library_of(request), kind)()
        return self._inner[kind]

    def close(self) -> None:
        """Close the transports to upstream, and write the recording.

        Raises CassetteError when it cannot be written, AssertionError when not everything was played (see `judge`).
        """
        self._end()
        self._eject()

    async def aclose(self) -> None:
        """As `close`, for an async client."""
        await self._aend()
        self._eject()

    def _eject(self) -> None:
        if self._judge is not None:
            self._judge()
        self.deck.eject()
        self.deck.warn()

    def _end(self) -> None:
        if (inner := self._inner.get("HTTPTransport")) is not None:
            inner.close()

    async def _aend(self) -> None:
        if (inner := self._inner.get("AsyncHTTPTransport")) is not None:
            await inner.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        if error is None:
            self._eject()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._aend()
        if error is None:
            self._eject()
