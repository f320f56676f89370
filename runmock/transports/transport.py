"""Transports that ask a deck first: one that wraps a client's own transport, and one that stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from runmock.core.assistants.claims import Claim
from runmock.core.http.exchange import Reply
from runmock.transports.convert import HeaderReader, core_request, http_response, library_of
from runmock.transports.passing import pass_on, pass_on_async
from runmock.transports.sending import answered, answered_async, sort, streams_left
from runmock.transports.wrapped.attempts import LetOn
from runmock.transports.wrapped.exits import Exits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from runmock.deck.deck import Deck
    from runmock.transports.convert import HttpRequest, HttpResponse
    from runmock.transports.patching.layers import Layer


class DeckTransport:
    """Answers requests from one deck, all but those to hosts that are allowed; for httpx and httpx2, sync and async.

    What a deck lets on to upstream goes out through a transport of the client's own library, and is written when the
    client is closed; a client used in a `with` block that fails writes nothing.
    """

    def __init__(self, deck: Deck, judge: Callable[[], None] | None = None) -> None:
        """`judge` is called when the client is closed, and raises AssertionError for what is left."""
        self.deck, self._judge = deck, judge
        self._headers = HeaderReader()
        self._inner: dict[str, Any] = {}

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """A sync client's request."""
        asked = core_request(request, self._headers)
        if self.deck.claim(asked) is Claim.ALLOWED:
            with LetOn():
                return self._upstream(request, "HTTPTransport").handle_request(request)  # type: ignore[no-any-return]  # its library's
        reply = self.deck.ask(asked.with_body(request.read()))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return pass_on(reply, request, self._upstream(request, "HTTPTransport").handle_request)

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """An async client's request."""
        asked = core_request(request, self._headers)
        if self.deck.claim(asked) is Claim.ALLOWED:
            with LetOn():
                return await self._upstream(request, "AsyncHTTPTransport").handle_async_request(request)  # type: ignore[no-any-return]  # as above
        body = await request.aread()
        await streams_left(self.deck)
        reply = self.deck.ask(asked.with_body(body))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return await pass_on_async(reply, request, self._upstream(request, "AsyncHTTPTransport").handle_async_request)

    def _upstream(self, request: HttpRequest, kind: str) -> Any:
        if kind not in self._inner:
            self._inner[kind] = getattr(library_of(request), kind)()
        return self._inner[kind]

    def close(self) -> None:
        """Write what was recorded. Raises CassetteError."""
        self._end()
        self._eject()

    async def aclose(self) -> None:
        """The same for an async client."""
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
    """Stands before a client's own transport for one request: asks the layers, innermost first, then lets it on."""

    __slots__ = ("_inner", "_layers")

    def __init__(self, layers: Sequence[Layer], inner: Any) -> None:
        self._layers, self._inner = layers, inner

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """A sync client's request."""
        found = sort(request, self._layers, self._inner)
        return answered(found, request, self._inner.handle_request, Exits.trial(found, self._inner, "handle_request"))

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """An async client's request."""
        found = sort(request, self._layers, self._inner)
        trial = Exits.trial(found, self._inner, "handle_async_request")
        return await answered_async(found, request, self._inner.handle_async_request, trial)
