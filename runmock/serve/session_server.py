"""The server of one session, for processes that the session's test starts: a worker, a Node script, a browser.

It asks the session's own deck, so that what another process asks is answered, counted, refused and recorded as if the
test had asked it. To the deck a request looks as if it had gone to the service that its path belongs to, because the
other process believes that it speaks to that service.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from typing import TYPE_CHECKING, Protocol
from urllib.request import getproxies, proxy_bypass

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from runmock.apis import registry
from runmock.apis.service import refusals
from runmock.apis.service.roots import is_azure
from runmock.core.errors import RunmockFailure, ScriptError
from runmock.core.http.exchange import Frame, Reply
from runmock.core.replay.upstream import Upstream
from runmock.core.secrets.hits import REDACTED
from runmock.serve.answering import Answering
from runmock.serve.convert import endpoint
from runmock.serve.doorkeepers import EVERY_BROWSER, KeyNeeded, OwnPagesOnly
from runmock.serve.forwarding import Forwarding, not_reached, response_of
from runmock.serve.in_thread import ADDRESS, InThread
from runmock.serve.log import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request as HttpRequest
    from starlette.responses import Response

    from runmock.core.api import Incoming
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.deck.deck import Deck
    from runmock.serve.log import Entry

OPENAI = Upstream("https", "api.openai.com", "/v1")
"""Where requests of the root `/v1` are recorded from, when the session names no upstream."""
NO_UPSTREAM = "name the service with upstream= or --runmock-upstream, to record what another process asks"
_PREFIX = "sk-runmock-"
"""Where secrets are looked for, `sk-` makes a key known as one; and some applications check how their key begins."""
_ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers of a route's answer that are about its encoding, which is undone."""


class Routes(Protocol):
    """The routes of a session's router."""

    @property
    def has_routes(self) -> bool:
        """Whether there are any."""

    async def answer_async(self, request: httpx.Request) -> httpx.Response | None:
        """The answer of a route, or None."""


ADVICE = "This is the server of a session of runmock: take its key from runmock.child_env, as OpenAI() does."
"""What a process is told that has another key."""


class SessionServer:
    """Answers from a session's deck until it is closed; its key is a new one."""

    def __init__(self, deck: Deck, routes: Routes) -> None:
        """Raises UsageError when no port is free. It answers from `start` on."""
        self.key = f"{_PREFIX}{secrets.token_hex(20)}"
        self._deck, self._routes = deck, routes
        self._log = Log()
        self._answering = Answering(self._log, self._ask, is_sent_on=deck.upstream_calls is not None)
        self._forwarding: Forwarding | None = None
        self._running = InThread(self._application(), self._answering.close, self._disconnect)

    @property
    def port(self) -> int:
        """Its port, on 127.0.0.1."""
        return self._running.port

    @property
    def url(self) -> str:
        """Its address, without an API root."""
        return f"http://{ADDRESS}:{self.port}"

    def start(self) -> None:
        """Answer requests from now on, in a thread that belongs to the session of the running code."""
        self._running.start()

    def close(self) -> None:
        """End open streams and connections; none are left when this returns."""
        self._running.close()

    def _application(self) -> Starlette:
        app = Starlette(
            routes=[Route("/", self._hello), Mount("/", app=endpoint(self._answering.answer))],
            middleware=[Middleware(OwnPagesOnly), EVERY_BROWSER, Middleware(KeyNeeded, key=self.key, advice=ADVICE)],
        )
        app.router.redirect_slashes = False
        return app

    async def _hello(self, _: HttpRequest) -> Response:
        """The answer to GET /, which shows that the server is there."""
        return PlainTextResponse(f"runmock plays a session of {self._deck.options.test or 'use_cassette'}")

    async def _ask(self, request: HttpRequest, incoming: Incoming, entry: Entry) -> Reply | Response:
        incoming = as_to_service(without_key(incoming, self.key))
        if self._deck.upstream_calls is not None:
            headers = with_own_key(incoming.request.headers, self.key)
            incoming = incoming._replace(request=incoming.request._replace(headers=headers))
        if (routed := await self._routed(request, incoming)) is not None:
            return routed
        reply = self._deck.ask(incoming, is_in_process=False)
        return reply if isinstance(reply, Reply) else await self._sent_on(request, reply, entry)

    async def _routed(self, request: HttpRequest, incoming: Incoming) -> Reply | None:
        """The answer of a route, which may have the server's own address, or the service's."""
        if incoming.operation.is_played or not self._routes.has_routes:
            return None
        sent = incoming.request
        headers = {name: value for name, value in sent.headers.items() if name != "host"}
        for origin in (self.url, f"https://{sent.host}"):
            url = f"{origin}{sent.path}?{self._query_of(request)}".removesuffix("?")
            try:
                asked = httpx.Request(sent.method, url, headers=headers, content=sent.body)
                if (answer := await self._routes.answer_async(asked)) is not None:
                    return await _reply_of(answer)
            except httpx.RequestError as error:  # what the route is to raise in the application
                text = f"a route of runmock.router raised {type(error).__name__}: {error}"
                return refusals.ServiceRefusal(502, text, type="runmock_error").reply()
            except (asyncio.CancelledError, RunmockFailure):
                raise
            except BaseException as error:
                # It would fail the test where the application sends such a request in process.
                text = f"a route of runmock.router raised {type(error).__name__}: {error}"
                raise self._deck.kept(ScriptError(text)) from error
        return None

    async def _sent_on(self, request: HttpRequest, call: UpstreamCall, entry: Entry) -> Response:
        """Upstream's answer, which is captured in the call."""
        incoming = call.incoming
        upstream = call.upstream or (None if is_azure(incoming.operation.root) else OPENAI)
        if upstream is None:
            call.failed(NO_UPSTREAM)
            return self._refused(refusals.ServiceRefusal(502, NO_UPSTREAM, type="runmock_error"), entry)
        if self._forwarding is None:
            self._forwarding = Forwarding(self._log, _OwnTransport(proxy=_proxy_for(upstream)))
        try:
            headers = incoming.request.headers.items()
            sent = await self._forwarding.send(upstream, incoming, headers, self._query_of(request))
        except BaseException as error:
            call.failed(type(error).__name__)
            if not isinstance(error, httpx.HTTPError):
                raise
            why = f"cannot be reached: {type(error).__name__}: {error}"
            return self._refused(not_reached(upstream, why), entry)
        return await sent.response(call, entry)

    def _query_of(self, request: HttpRequest) -> str:
        query: bytes = request.scope["query_string"]
        return query.decode("latin-1").replace(self.key, REDACTED)

    def _refused(self, refusal: refusals.ServiceRefusal, entry: Entry) -> Response:
        entry.status, entry.note = refusal.status, refusal.message
        self._log.end(entry)
        return response_of(refusal)

    async def _disconnect(self) -> None:
        """Close the connections to upstream."""
        if self._forwarding is not None:
            await self._forwarding.close()


class _OwnTransport(httpx.AsyncHTTPTransport):
    """The network. Sessions let requests of runmock's own transports pass, so that none is answered twice."""


def _proxy_for(upstream: Upstream) -> str | None:
    """The proxy that this process uses to reach upstream; a client with a transport of its own does not look for it."""
    proxies = getproxies()
    return None if proxy_bypass(upstream.netloc) else proxies.get(upstream.scheme, proxies.get("all"))


def without_key(incoming: Incoming, key: str) -> Incoming:
    """The request without a session's key, where another place than a header for keys has it: nothing shows it then."""
    request = incoming.request
    own = key.encode()
    if own not in request.body and key not in request.path and key not in str(request.query):
        return incoming
    query = {name: tuple(value.replace(key, REDACTED) for value in values) for name, values in request.query.items()}
    replaced = request._replace(path=request.path.replace(key, REDACTED), query=query)
    return registry.read(registry.incoming(replaced), request.body.replace(own, REDACTED.encode()))


def as_to_service(incoming: Incoming) -> Incoming:
    """The request as if it had gone to the service that has such an address; Azure's own names stay unknown."""
    root = incoming.operation.root
    host = "runmock.services.ai.azure.com" if "/api/projects/" in root else "runmock.openai.azure.com"
    if not is_azure(root):
        host = OPENAI.netloc
    return incoming._replace(request=incoming.request._replace(host=host, is_served=False))


def with_own_key(headers: Mapping[str, str], key: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The headers for upstream: the key of this process's environment in place of the session's, or no key at all.

    A client sends OpenAI's key as a bearer token, Azure's as `api-key`. Where only the other one is in the environment,
    it is sent.
    """
    keys = [environment.get(name, "") for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY")]
    openai, azure = ("" if known == key else known for known in keys)
    own = {"authorization": openai or azure, "api-key": azure or openai}
    sent = {name: value for name, value in headers.items() if name not in own}
    for name, known in own.items():
        if name in headers and known:
            sent[name] = f"Bearer {known}" if name == "authorization" else known
    return sent


async def _reply_of(answer: httpx.Response) -> Reply:
    body = await answer.aread()
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in _ENCODED]
    return Reply(answer.status_code, tuple(headers), (Frame(0, body),))
