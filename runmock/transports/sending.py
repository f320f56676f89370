"""What becomes of a request where it is sent: whose it is, who may answer it first, and what runmock says."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from runmock.core.assistants.claims import ALLOWED, CLIENT, FAMILY, HOSTS, NONE, host_name, is_among
from runmock.core.http.exchange import Reply
from runmock.transports.convert import core_request, http_response
from runmock.transports.passing import pass_on, pass_on_async
from runmock.transports.wrapped.attempts import Attempt, LetOn, present
from runmock.transports.wrapped.kinds import APPLICATION, METHODS, OWN, kind_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from runmock.core.assistants.claims import Claim
    from runmock.core.http.exchange import Request
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.deck.deck import Deck
    from runmock.transports.convert import HeaderReader, HttpRequest, HttpResponse
    from runmock.transports.router import RouterRoutes


_TURNS = 5
"""The loop ends an async generator that nobody holds in two; a cancelled task lets go of it in one or two more."""


class Layer(Protocol):
    """One session's part in the interception."""

    deck: Deck
    routes: RouterRoutes
    headers: HeaderReader


class Sorted(NamedTuple):
    """Whose a request is."""

    asked: Request
    """The request without its body."""
    claim: Claim = NONE
    layer: Layer | None = None
    """The session that claims it."""
    routers: Sequence[Layer] = ()
    """Sessions whose routes answer before."""

    @property
    def is_ours(self) -> bool:
        """Whether a session claims it."""
        return self.layer is not None

    @property
    def has_routes(self) -> bool:
        """Whether there are routes that may answer it."""
        return bool([layer for layer in self.routers if layer.routes.has_routes])


class Trial(NamedTuple):
    """A client's transport is tried before runmock answers."""

    transport: str
    replaced: Sequence[Any] = ()
    """Transports in whose place runmock answers then."""
    wraps: bool = False
    """Whether it wraps others: then routes answer in their place, not before it."""


def sort(request: HttpRequest, layers: Sequence[Layer], transport: Any) -> Sorted:
    """Whose a request is that a transport is to send: of the first that claims it, or lets it through.

    Layers come in their order, innermost first: what one client sends stays with one session.
    """
    asked = core_request(request, layers[0].headers)
    kind = kind_of(type(transport), METHODS[0])
    if kind is OWN:
        return Sorted(asked)  # the client brought a cassette of its own
    if kind is APPLICATION:
        return Sorted(asked, routers=layers)
    for layer in layers:
        claim = layer.deck.claim(asked, hosts_of_environment, clients_of_application)
        if claim is FAMILY:
            return Sorted(asked, claim, layer)
        if claim is not NONE:
            return Sorted(_elsewhere(asked, request), claim, None if claim is ALLOWED else layer, layers)
    way = present()
    if isinstance(way, Attempt) and way.layer in layers and way.is_this(request):  # a transport has changed its address
        layer = next(layer for layer in layers if layer is way.layer)
        return Sorted(_elsewhere(asked, request), CLIENT, layer, layers)
    return Sorted(asked, routers=layers)


def _elsewhere(asked: Request, request: HttpRequest) -> Request:
    """The request with its origin, when its host is none of the service's."""
    if is_among(asked.host, HOSTS):
        return asked
    return asked._replace(elsewhere=f"{request.url.scheme}://{request.url.netloc.decode('ascii')}")


def answered(
    found: Sorted, request: HttpRequest, send: Callable[[HttpRequest], HttpResponse], trial: Trial | None
) -> HttpResponse:
    """The answer to a sync client's request; `send` is what the client's own transport does with it."""
    if trial is not None and trial.wraps:
        with Attempt(request, is_async=False, replaced=trial.replaced, layer=found.layer) as attempt:
            answer = send(request)
        if not attempt.has_reached:
            return answer
    host = None if trial is None or not trial.wraps else attempt.host
    for layer in found.routers:
        if (routed := layer.routes.answer(request)) is not None:
            return routed
    if found.layer is None:
        with LetOn():
            return send(request)
    body = request.read()
    if trial is not None and not trial.wraps:
        with Attempt(request, is_async=False, layer=found.layer) as attempt:
            answer = send(request)
        if not attempt.has_reached:
            return answer
    reply = _asked(found, body, trial, host)
    return http_response(reply, request) if isinstance(reply, Reply) else pass_on(reply, request, send)


async def answered_async(
    found: Sorted, request: HttpRequest, send: Callable[[HttpRequest], Awaitable[HttpResponse]], trial: Trial | None
) -> HttpResponse:
    """The answer to an async client's request."""
    if trial is not None and trial.wraps:
        with Attempt(request, is_async=True, replaced=trial.replaced, layer=found.layer) as attempt:
            answer = await send(request)
        if not attempt.has_reached:
            return answer
    host = None if trial is None or not trial.wraps else attempt.host
    for layer in found.routers:
        if (routed := await layer.routes.answer_async(request)) is not None:
            return routed
    if found.layer is None:
        with LetOn():
            return await send(request)
    body = await request.aread()
    if trial is not None and not trial.wraps:
        with Attempt(request, is_async=True, layer=found.layer) as attempt:
            answer = await send(request)
        if not attempt.has_reached:
            return answer
    await streams_left(found.layer.deck)
    reply = _asked(found, body, trial, host)
    return http_response(reply, request) if isinstance(reply, Reply) else await pass_on_async(reply, request, send)


async def streams_left(deck: Deck) -> None:
    """Give the loop a few turns while a stream is open: one that was left or cancelled is closed in the turns after.

    Over a network there are as many before an answer comes.
    """
    for _ in range(_TURNS):
        if not deck.is_streaming:
            return
        from anyio.lowlevel import checkpoint

        await checkpoint()


def _asked(found: Sorted, body: bytes, trial: Trial | None, host: str | None) -> Reply | UpstreamCall:
    """What the session says. A transport that wraps, but went to the network past what it wraps, is refused.

    `host` is the one that it went to, if that is known.
    """
    assert found.layer is not None
    deck, asked = found.layer.deck, found.asked.with_body(body)
    if trial is not None and trial.wraps and found.claim is not CLIENT and not deck.records:
        deck.refuse(asked, trial.transport, host)
    return deck.ask(asked)


def hosts_of_environment() -> tuple[str, ...]:
    """The host of the API root that the environment names now, for the SDK reads it when a client is made."""
    return _host_of(os.environ.get("OPENAI_BASE_URL", ""))


@cache
def _host_of(url: str) -> tuple[str, ...]:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ()
    return (host_name(host),) if host else ()


def clients_of_application() -> frozenset[str]:
    """The names of all classes that are made from the SDK's clients: each is what its user agent begins with."""
    module = sys.modules.get("openai")
    waiting = [getattr(module, name, None) for name in ("OpenAI", "AsyncOpenAI")]
    found: set[type] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and kind not in found:
            found.add(kind)
            waiting += kind.__subclasses__()
    return frozenset(kind.__name__ for kind in found)
