"""Other services that the application calls: routes of a respx router answer clients of httpx and httpx2."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import respx
from respx.models import AllMockedAssertionError, PassThrough
from respx.patterns import _And

from runmock.transports.convert import library_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import Request
    from runmock.transports.convert import HttpRequest, HttpResponse


class RouterRoutes:
    """A `respx.Router`; a request that matches none of its routes goes on unchanged."""

    @cached_property
    def router(self) -> respx.Router:
        """The router; made when a test first uses it, because most tests never do."""
        return respx.Router(assert_all_called=False, assert_all_mocked=True)

    @property
    def has_routes(self) -> bool:
        """Whether the router has any route."""
        return "router" in vars(self) and bool(self.router.routes)

    def may_answer(self, request: HttpRequest) -> bool:
        """Whether a route may answer a request, whatever its body is."""
        if not self.has_routes:
            return False
        sent = _of_httpx(request, b"")
        return any(_may_match(route.pattern, sent) for route in self.router.routes)

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """The answer of a route to a sync client, or None."""
        if not self.has_routes:
            return None
        try:
            with _errors_of(request):
                answer = self.router.handler(_of_httpx(request, request.read()))
        except (AllMockedAssertionError, PassThrough):
            return None
        return answer if library_of(request) is httpx else _of_library(request, answer, answer.read())

    async def answer_async(self, request: HttpRequest) -> HttpResponse | None:
        """The answer of a route to an async client, or None."""
        if not self.has_routes:
            return None
        try:
            with _errors_of(request):
                answer = await self.router.async_handler(_of_httpx(request, await request.aread()))
        except (AllMockedAssertionError, PassThrough):
            return None
        return answer if library_of(request) is httpx else _of_library(request, answer, await answer.aread())

    def nearest(self, request: Request, root: str) -> tuple[tuple[str, str], ...]:
        """Rows for a message: the route nearest to a request that matches none, and where the two differ."""
        if not self.has_routes:
            return ()
        url = f"{root}{request.path}?{urlencode(request.query, doseq=True)}".rstrip("?")
        sent = httpx.Request(request.method, url, headers=dict(request.headers), content=request.body)
        near: list[tuple[Any, list[Any]]] = []
        for route in self.router.routes:
            pattern: Any = route.pattern
            near.append((pattern, [part for part in pattern if not part.match(sent)]))
        pattern, differ = min(near, key=lambda pair: len(pair[1]))
        rows = [
            ("route", ", ".join(_part(part) for part in pattern)),
            *(("", f"  {row}") for part in differ for row in _difference(part, sent)),
            *(
                []
                if differ
                else [
                    ("", "  it matches, but it lets the request through: allow_hosts= decides which requests may leave")
                ]
            ),
        ]
        return tuple(rows)


def _may_match(pattern: Any, sent: httpx.Request) -> bool:
    """Whether a pattern may match a request, whatever its body is."""
    if not any(getattr(part, "key", None) in _OF_BODY for part in pattern):
        return bool(pattern.match(sent))
    if isinstance(pattern, _And):
        return all(_may_match(part, sent) for part in pattern.value)
    return True


_OF_BODY = frozenset({"content", "json", "data", "files"})
"""The parts of a route that compare bodies."""


def _part(part: Any) -> str:
    """A part of a route as a text. Headers and parameters may contain keys, so only their names are shown."""
    return f"{part.key} {part.value}" if part.key in _SHOWN else str(part.key)


def _difference(part: Any, sent: httpx.Request) -> list[str]:
    """Where a part of a route differs from a request."""
    if part.key not in _SHOWN:
        return [f"{part.key} {'differ' if part.key.endswith('s') else 'differs'}"]
    return [f"{part.key} differs: the route has {part.value}, sent is {part.parse(sent)}"]


_SHOWN = frozenset({"method", "scheme", "host", "port", "path"})


def _of_httpx(request: HttpRequest, body: bytes) -> httpx.Request:
    """The request for respx, which accepts only requests of httpx."""
    if library_of(request) is httpx:
        return request
    return httpx.Request(request.method, str(request.url), headers=request.headers.raw, content=body)


@contextmanager
def _errors_of(request: HttpRequest) -> Iterator[None]:
    """Converts errors that a route raises into those of the request's own library, which its users catch."""
    try:
        yield
    except httpx.RequestError as error:
        kind = getattr(library_of(request), type(error).__name__, None)
        if kind is None or isinstance(error, kind):
            raise
        raise kind(str(error), request=request) from error


def _of_library(request: HttpRequest, answer: httpx.Response, body: bytes) -> HttpResponse:
    """The answer as a response of httpx2; its body is decoded already."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in _ENCODED]
    return library_of(request).Response(answer.status_code, headers=headers, content=body)  # type: ignore[no-any-return]


_ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
