"""What stands before an application and refuses requests: those without the key, those from other machines' pages."""

from __future__ import annotations

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


class LoopbackOnly:
    """Refuses requests of web pages that are not from this machine.

    Such a page has its own Origin. A page whose name its owner lets point to this machine (DNS rebinding) has the
    owner's name as Host.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        refusal = _refusal_of_page(HttpRequest(scope)) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await JSONResponse(refusal.envelope(), refusal.status)(scope, receive, send)


def _refusal_of_page(request: HttpRequest) -> ServiceRefusal | None:
    host = request.headers.get("host", "")
    if not is_loopback(f"http://{host}"):
        return _refusal(f"the Host of this request is {host!r}")
    for origin in request.headers.getlist("origin"):
        if not is_loopback(origin):
            return _refusal(f"the Origin of this request is {origin!r}")
    return None


def _refusal(what: str) -> ServiceRefusal:
    text = f"{what}, and only localhost, 127.0.0.1 and ::1 are answered"
    return ServiceRefusal(403, text, type="runmock_error", code="not_loopback")


def is_loopback(url: str) -> bool:
    """Whether the host of a URL of HTTP is this machine itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"}:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
