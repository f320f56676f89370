"""Transports that answer from a deck: one stands alone, one is put before a client's own transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from runmock.core.assistants.claims import Claim
from runmock.core.http.exchange import Reply
from runmock.transports.convert import HeaderReader, core_request, http_response, library_of
from runmock.transports.passing import pass_on, pass_on_async
from runmock.transports.sending import answered, answered_async, claimed_request, let_streams_close
from runmock.transports.wrapped.attempts import Unwatched
from runmock.transports.wrapped.exits import Exits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from runmock.deck.deck import Deck
    from runmock.transports.convert import HttpRequest, HttpResponse
    from runmock.transports.patching.layers import Layer


class DeckTransport:
    """Answers requests from one deck, except those to allowed hosts; for httpx and httpx2, sync and async.

    Calls to upstream go through a transport of the client's own library. The recording is written when the client is
    closed; a client in a `with` block that fails writes nothing.
    """

    def __init__(self, deck: Deck, judge: Callable[[], None] | None = None) -> None:
        """`judge` is called when the client is closed, and raises AssertionError if something was not played."""
        self.deck, self._judge = deck, judge
        self._headers = HeaderReader()
        self._inner: dict[str, Any] = {}

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to a sync client's request: the deck's, or upstream's. Raises RunmockFailure when it has none."""
        incoming = core_request(request, self._headers)
        if self.deck.claim(incoming) is Claim.ALLOWED:
            with Unwatched():
                return self._upstream(request, "HTTPTransport").handle_request(request)  # type: ignore[no-any-return]  # its library's
        reply = self.deck.ask(incoming.with_body(request.read()))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return pass_on(reply, request, self._upstream(request, "HTTPTransport").handle_request)

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to an async client's request; as `handle_request`."""
        incoming = core_request(request, self._headers)
        if self.deck.claim(incoming) is Claim.ALLOWED:
            with Unwatched():
                return await self._upstream(request, "AsyncHTTPTransport").handle_async_request(request)  # type: ignore[no-any-return]  # as above
        body = await request.aread()
        await let_streams_close(self.deck)
        reply = self.deck.ask(incoming.with_body(body))
        if isinstance(reply, Reply):
            return http_response(reply, request)
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


class InterceptingTransport:
    """Put before a client's own transport for one request: a session answers it, or it goes on to that transport."""

    __slots__ = ("_inner", "_layers")

    def __init__(self, layers: Sequence[Layer], inner: Any) -> None:
        self._layers, self._inner = layers, inner

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to a sync client's request, as `answered` gives it."""
        claimed = claimed_request(request, self._layers, self._inner)
        return answered(
            claimed, request, self._inner.handle_request, Exits.trial(claimed, self._inner, "handle_request")
        )

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """The answer to an async client's request, as `answered_async` gives it."""
        claimed = claimed_request(request, self._layers, self._inner)
        trial = Exits.trial(claimed, self._inner, "handle_async_request")
        return await answered_async(claimed, request, self._inner.handle_async_request, trial)
