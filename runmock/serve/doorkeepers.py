"""What stands before an application and refuses requests: those without the key, those from other machines' pages."""

from __future__ import annotations

import socket
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse

from runmock.apis.service.refusals import ServiceRefusal
from runmock.serve.key import CHALLENGE, key_refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

EVERY_BROWSER = Middleware(
    CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=["*"]
)
"""A browser's code may call from any page that comes this far, and read every header; there are no cookies to protect.

It answers a browser's question before the real request, which has no key.
"""


class KeyNeeded:
    """Refuses requests without the key, whatever their path; no key, and none is refused."""

    def __init__(self, app: ASGIApp, key: str | None, advice: str = "") -> None:
        """`advice` is added to the service's text of the refusal."""
        self._app, self._key, self._advice = app, key, advice

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        refusal = key_refusal(HttpRequest(scope).headers, self._key) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        told = replace(refusal, message=f"{refusal.message} {self._advice}".rstrip())
        await JSONResponse(told.envelope(), told.status, dict([CHALLENGE]))(scope, receive, send)


class OwnPagesOnly:
    """Refuses requests of web pages that are not from this machine or from this server.

    Such a page has its own Origin. A page whose name its owner lets point to this machine (DNS rebinding) has the
    owner's name as Host.
    """

    def __init__(self, app: ASGIApp, below: str = "/", host: str = "127.0.0.1") -> None:
        """`below`: paths that begin otherwise are open to every page. `host`: the address that the server listens on.

        A server that others can reach has other names, too: its addresses, the name that it was started with, and
        names without a dot, as machines have in networks of their own. A stranger cannot own any of these.
        """
        self._app, self._below = app, below
        is_for_others = not is_loopback(_url(host))
        self._names = frozenset({host.lower(), socket.gethostname().lower()}) if is_for_others else frozenset[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        is_guarded = scope["type"] == "http" and scope["path"].startswith(self._below)
        refusal = self._refusal(HttpRequest(scope)) if is_guarded else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await JSONResponse(refusal.envelope(), refusal.status)(scope, receive, send)

    def _refusal(self, request: HttpRequest) -> ServiceRefusal | None:
        host = request.headers.get("host", "")
        if not self._is_own(f"http://{host}"):
            return self._refused(f"the Host of this request is {host!r}")
        for origin in request.headers.getlist("origin"):
            is_same = self._names and origin.lower() in {f"{scheme}://{host.lower()}" for scheme in ("http", "https")}
            if not (is_same or is_loopback(origin)):
                return self._refused(f"the Origin of this request is {origin!r}")
        return None

    def _is_own(self, url: str) -> bool:
        name = _host_in(url)
        is_of_network = bool(name) and ("." not in name or _is_address(name) or name in self._names)
        return is_loopback(url) or (bool(self._names) and is_of_network)

    def _refused(self, what: str) -> ServiceRefusal:
        more = f", addresses, names without a dot, {', '.join(sorted(self._names))}" if self._names else ""
        text = f"{what}, and only localhost, 127.0.0.1 and ::1{more} are answered"
        return ServiceRefusal(403, text, type="runmock_error", code="not_loopback")


def _url(host: str) -> str:
    return f"http://[{host}]" if ":" in host else f"http://{host}"


def _host_in(url: str) -> str:
    """The host of a URL of HTTP; empty for everything else, and for one with a user's name in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in {"http", "https"} and "@" not in parts.netloc else ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(url: str) -> bool:
    """Whether the host of a URL of HTTP is this machine itself."""
    host = _host_in(url)
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
