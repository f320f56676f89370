"""Answers a request where it is sent: which session claims it, who may answer before, and what the deck answers."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from runmock.apis.service.claims import ALLOWED, CLIENT, FAMILY, HOSTS, NONE, host_name, is_among
from runmock.core.http.exchange import Reply
from runmock.transports.convert import http_response
from runmock.transports.own_servers import OwnServers
from runmock.transports.passing import pass_on, pass_on_async
from runmock.transports.wrapped.attempts import Attempt, Unclaimed, Unwatched, current_attempt
from runmock.transports.wrapped.kinds import APPLICATION, METHODS, OWN, kind_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from runmock.apis.service.claims import Claim
    from runmock.core.api import Incoming
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.deck.deck import Deck
    from runmock.transports.convert import HttpRequest, HttpResponse, RequestReader
    from runmock.transports.router import RouterRoutes


_TURNS = 5
"""Turns of the event loop until a stream that the application left is closed.

The loop closes a dropped async generator within two turns; a cancelled task takes one or two turns to drop its own.
"""


class Layer(Protocol):
    """One session's part in the interception."""

    deck: Deck
    routes: RouterRoutes
    requests: RequestReader


class ClaimedRequest(NamedTuple):
    """A request, and the session that claims it."""

    incoming: Incoming
    """The request; its body is not read yet."""
    claim: Claim = NONE
    layer: Layer | None = None
    """The session that claims it."""
    routers: Sequence[Layer] = ()
    """Sessions whose routes may answer it before the deck does."""

    @property
    def is_ours(self) -> bool:
        """Whether a session claims it."""
        return self.layer is not None

    @property
    def has_routes(self) -> bool:
        """Whether there are routes that may answer it."""
        return bool([layer for layer in self.routers if layer.routes.has_routes])

    def may_be_answered(self, request: HttpRequest) -> bool:
        """Whether a session answers it, or a route may, whatever its body is, which `request` has not yet.

        Where another transport passes on what no session claims, routes were asked already.
        """
        if self.is_ours:
            return True
        were_asked = isinstance(current_attempt(), Unclaimed)
        return not were_asked and any(layer.routes.may_answer(request) for layer in self.routers)


class Trial(NamedTuple):
    """How a client's own transport is tried before runmock answers."""

    transport: str
    replaced: Sequence[Any] = ()
    """Wrapped transports that runmock replaces during the trial."""
    wraps: bool = False
    """Whether the transport wraps others: then routes answer in the place of those, not before the transport."""


def claimed_request(request: HttpRequest, layers: Sequence[Layer], transport: Any) -> ClaimedRequest:
    """Which session claims a request that a transport is to send: the first one that claims it, or lets it through.

    Layers are in order, innermost first, so that all requests of one client go to one session.
    """
    incoming = layers[0].requests.of(request)
    kind = kind_of(type(transport), METHODS[0])
    if kind is OWN or (OwnServers.ports and OwnServers.has(request.url.host, request.url.port)):
        return ClaimedRequest(incoming)  # the client brought a cassette of its own, or it asks a session's own server
    if kind is APPLICATION:
        return ClaimedRequest(incoming, routers=layers)
    for layer in layers:
        claim = layer.deck.claim(incoming, hosts_of_environment, clients_of_application)
        if claim is FAMILY:
            return ClaimedRequest(incoming, claim, layer, layers if incoming.operation.api.yields_to_routes else ())
        if claim is not NONE:
            return ClaimedRequest(_elsewhere(incoming, request), claim, None if claim is ALLOWED else layer, layers)
    attempt = current_attempt()
    # A transport may have changed the request's address.
    if isinstance(attempt, Attempt) and attempt.layer in layers and attempt.is_this(request):
        layer = next(layer for layer in layers if layer is attempt.layer)
        return ClaimedRequest(_elsewhere(incoming, request), CLIENT, layer, layers)
    return ClaimedRequest(incoming, routers=layers)


def _elsewhere(incoming: Incoming, request: HttpRequest) -> Incoming:
    """The request with its origin in `elsewhere`, if its host is none of the service's."""
    sent = incoming.request
    if is_among(sent.host, HOSTS):
        return incoming
    origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    return incoming._replace(request=sent._replace(elsewhere=origin))


def answered(
    claimed: ClaimedRequest, request: HttpRequest, send: Callable[[HttpRequest], HttpResponse], trial: Trial | None
) -> HttpResponse:
    """The answer to a sync client's request: of a wrapping transport, of a route, of the session, or of `send`.

    `send` sends the request through the client's own transport; `trial` is None where it is not tried first.
    """
    if trial is not None and trial.wraps:
        with Attempt(request, is_async=False, replaced=trial.replaced, layer=claimed.layer) as attempt:
            answer = send(request)
        if not attempt.has_reached:
            return answer
    host = None if trial is None or not trial.wraps else attempt.host
    if claimed.routers and (answer_of_route := routed(claimed, request)) is not None:
        return answer_of_route
    if claimed.layer is None:
        with Unwatched() if claimed.claim is ALLOWED else Unclaimed():
            return send(request)
    body = request.read()
    if trial is not None and not trial.wraps:
        with Attempt(request, is_async=False, layer=claimed.layer) as attempt:
            answer = send(request)
        if not attempt.has_reached:
            return answer
    reply = _deck_answer(claimed, body, trial, host)
    return http_response(reply, request) if isinstance(reply, Reply) else pass_on(reply, request, send)


def routed(claimed: ClaimedRequest, request: HttpRequest) -> HttpResponse | None:
    """The answer of the first session's route that matches a sync client's request; None when there is none."""
    for layer in claimed.routers:
        if (answer := layer.routes.answer(request)) is not None:
            return answer
    return None


async def answered_async(
    claimed: ClaimedRequest,
    request: HttpRequest,
    send: Callable[[HttpRequest], Awaitable[HttpResponse]],
    trial: Trial | None,
) -> HttpResponse:
    """The answer to an async client's request; as `answered`."""
    if trial is not None and trial.wraps:
        with Attempt(request, is_async=True, replaced=trial.replaced, layer=claimed.layer) as attempt:
            answer = await send(request)
        if not attempt.has_reached:
            return answer
    host = None if trial is None or not trial.wraps else attempt.host
    for layer in claimed.routers:
        if (routed := await layer.routes.answer_async(request)) is not None:
            return routed
    if claimed.layer is None:
        with Unwatched() if claimed.claim is ALLOWED else Unclaimed():
            return await send(request)
    body = await request.aread()
    if trial is not None and not trial.wraps:
        with Attempt(request, is_async=True, layer=claimed.layer) as attempt:
            answer = await send(request)
        if not attempt.has_reached:
            return answer
    if claimed.layer.deck.is_streaming:
        await let_streams_close(claimed.layer.deck)
    reply = _deck_answer(claimed, body, trial, host)
    if not isinstance(reply, Reply):
        return await pass_on_async(reply, request, send)
    return http_response(reply, request, is_async=True)


async def let_streams_close(deck: Deck) -> None:
    """Give the event loop a few turns while a stream is open, so that a dropped or cancelled stream is closed first.

    Over a network at least as many turns pass before an answer comes.
    """
    for _ in range(_TURNS):
        if not deck.is_streaming:
            return
        from anyio.lowlevel import checkpoint

        await checkpoint()


def _deck_answer(claimed: ClaimedRequest, body: bytes, trial: Trial | None, host: str | None) -> Reply | UpstreamCall:
    """The deck's answer. Raises UnmatchedRequest when the client's transport sent the request past runmock.

    That is a transport which wraps another, and went to the network without it. `host`: where it went, if known.
    """
    assert claimed.layer is not None
    deck, requests = claimed.layer.deck, claimed.layer.requests
    incoming = requests.with_body(claimed.incoming, body) if body else claimed.incoming
    if trial is not None and trial.wraps and claimed.claim is not CLIENT and not deck.records:
        deck.refuse(incoming, trial.transport, host)
    return deck.ask(incoming)


def hosts_of_environment() -> tuple[str, ...]:
    """The host of the API root in the environment, read each time: the SDK reads it when a client is made.

    None for the address of a session's own server: the other servers of this machine stay what they are.
    """
    url = os.environ.get("OPENAI_BASE_URL", "")
    return () if OwnServers.ports and OwnServers.have(url) else _host_of(url)


@cache
def _host_of(url: str) -> tuple[str, ...]:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ()
    return (host_name(host),) if host else ()


def clients_of_application() -> frozenset[str]:
    """The class names of the SDK's clients and of their subclasses; the user agent of a client begins with its own."""
    module = sys.modules.get("openai")
    waiting = [getattr(module, name, None) for name in ("OpenAI", "AsyncOpenAI")]
    found: set[type] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and kind not in found:
            found.add(kind)
            waiting += kind.__subclasses__()
    return frozenset(kind.__name__ for kind in found)
