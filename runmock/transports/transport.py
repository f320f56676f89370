"""Transports that ask a deck first: one that wraps a client's own transport, and one that stands alone."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from runmock.core.exchange import Reply
from runmock.transports.convert import HeaderReader, core_request, http_response, library_of
from runmock.transports.layers import NARROWEST
from runmock.transports.passing import pass_on, pass_on_async

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from runmock.core.exchange import Request
    from runmock.deck import Deck
    from runmock.transports.convert import HttpRequest, HttpResponse
    from runmock.transports.layers import Place
    from runmock.transports.neighbours import Neighbours


class DeckTransport:
    """Answers every request from one deck; for httpx and httpx2, sync and async clients.

    What a deck lets on to upstream goes out through a transport of the client's own library, and is written when the
    client is closed; a client used in a `with` block that fails writes nothing.
    """

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self._headers = HeaderReader()
        self._inner: dict[str, Any] = {}

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """A sync client's request."""
        reply = self.deck.ask(core_request(request, self._headers, request.read()))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return pass_on(reply, request, self._upstream(request, "HTTPTransport"))

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """An async client's request."""
        reply = self.deck.ask(core_request(request, self._headers, await request.aread()))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return await pass_on_async(reply, request, self._upstream(request, "AsyncHTTPTransport"))

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


class Layer:
    """One session's part in the interception: its deck, and the neighbours that answer what is not runmock's."""

    def __init__(self, deck: Deck, neighbours: Neighbours) -> None:
        self.deck, self.neighbours, self.headers = deck, neighbours, HeaderReader()
        self.place: Place | None = None
        """Where the session's code stands; None while the session is closed."""
        self.scope, self.number = NARROWEST, 0
        """What the session was opened for, an index of `layers.SCOPES`, and the how manyth it is."""


class InterceptingTransport:
    """Stands before a client's own transport for one request: asks the layers, innermost first, then lets it on."""

    __slots__ = ("_inner", "_layers")

    def __init__(self, layers: Sequence[Layer], inner: Any) -> None:
        self._layers, self._inner = layers, inner

    def handle_request(self, request: HttpRequest) -> HttpResponse:
        """A sync client's request."""
        asked, claimed, may_ask = self._sort(request)
        for layer in may_ask:
            if (answer := layer.neighbours.answer(request)) is not None:
                return answer
        if claimed is None:
            return self._inner.handle_request(request)  # type: ignore[no-any-return]  # the client's own transport
        reply = claimed.deck.ask(asked.with_body(request.read()))
        return http_response(reply, request) if isinstance(reply, Reply) else pass_on(reply, request, self._inner)

    async def handle_async_request(self, request: HttpRequest) -> HttpResponse:
        """An async client's request."""
        asked, claimed, may_ask = self._sort(request)
        for layer in may_ask:
            if (answer := await layer.neighbours.answer_async(request)) is not None:
                return answer
        if claimed is None:
            return await self._inner.handle_async_request(request)  # type: ignore[no-any-return]  # as above
        reply = claimed.deck.ask(asked.with_body(await request.aread()))
        if isinstance(reply, Reply):
            return http_response(reply, request)
        return await pass_on_async(reply, request, self._inner)

    def _sort(self, request: HttpRequest) -> tuple[Request, Layer | None, Sequence[Layer]]:
        """The request without its body, the layer whose deck claims it, and whose neighbours are asked before."""
        asked = core_request(request, self._layers[0].headers)
        if isinstance(self._inner, DeckTransport):
            return asked, None, ()  # the client brought a cassette of its own
        if is_in_process(self._inner):
            return asked, None, self._layers
        for layer in self._layers:
            if layer.deck.claims(asked, hosts_of_environment):
                return asked, layer, () if layer.deck.is_family(asked) else self._layers
        return asked, None, self._layers


def hosts_of_environment() -> tuple[str, ...]:
    """The host of the API root that the environment names now, for the SDK reads it when a client is made."""
    return _host_of(os.environ.get("OPENAI_BASE_URL", ""))


@cache
def _host_of(url: str) -> tuple[str, ...]:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ()
    return (host,) if host else ()


_IN_PROCESS = frozenset({"ASGITransport", "WSGITransport", "_TestClientTransport"})


def is_in_process(transport: object) -> bool:
    """Whether a transport calls an application in this process: the application's own server, which is not ours."""
    kind: Any = type(transport)
    return _is_in_process(kind)


@cache
def _is_in_process(kind: type) -> bool:
    return any(base.__name__ in _IN_PROCESS for base in kind.__mro__)
