"""What else the application calls: the routes of a respx router answer clients of httpx and of httpx2."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import httpx
import respx
from respx.models import AllMockedAssertionError, PassThrough

from runmock.transports.convert import library_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.transports.convert import HttpRequest, HttpResponse


class Neighbours:
    """A `respx.Router`; a request that none of its routes takes goes on untouched."""

    @cached_property
    def router(self) -> respx.Router:
        """Made when a test asks for it: most never do."""
        return respx.Router(assert_all_called=False, assert_all_mocked=True)

    @property
    def has_routes(self) -> bool:
        """Whether anything was put into it."""
        return "router" in vars(self) and bool(self.router.routes)

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


def _of_httpx(request: HttpRequest, body: bytes) -> httpx.Request:
    """The request for respx, which speaks httpx only."""
    if library_of(request) is httpx:
        return request
    return httpx.Request(request.method, str(request.url), headers=request.headers.raw, content=body)


@contextmanager
def _errors_of(request: HttpRequest) -> Iterator[None]:
    """Errors that a route raises become those of the request's own library: nobody there catches httpx's."""
    try:
        yield
    except httpx.RequestError as error:
        kind = getattr(library_of(request), type(error).__name__, None)
        if kind is None or isinstance(error, kind):
            raise
        raise kind(str(error), request=request) from error


def _of_library(request: HttpRequest, answer: httpx.Response, body: bytes) -> HttpResponse:
    """The answer for a client of httpx2; its body is decoded already."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in _ENCODED]
    return library_of(request).Response(answer.status_code, headers=headers, content=body)  # type: ignore[no-any-return]


_ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
