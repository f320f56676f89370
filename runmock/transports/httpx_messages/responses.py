"""Makes responses of an HTTP library out of replies."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from runmock.transports.httpx_messages.frames_stream import stream_class
from runmock.transports.httpx_messages.libraries import library_of
from runmock.transports.httpx_messages.local_bodies import StreamedBody, WholeBody

if TYPE_CHECKING:
    from types import ModuleType

    from runmock.core.http.exchange import Reply
    from runmock.transports.httpx_messages.libraries import HttpRequest, HttpResponse


def http_response(reply: Reply, request: HttpRequest) -> HttpResponse:
    """A new response of the request's own library, unread like one from the network; the client reads it.

    Pauses between a stream's frames are waited for while it is read.
    """
    library = library_of(request)
    if reply.is_stream:
        frames = stream_class(library)(reply.frames, request)
        headers = _headers(library, reply.headers)
        response = library.Response(reply.status, headers=headers, stream=frames)
        if _ENCODING not in headers:
            StreamedBody(response, frames, library)
    else:
        body = reply.body()
        stream, headers = library.ByteStream(body), _headers(library, reply.headers, len(body))
        response = library.Response(reply.status, headers=headers, stream=stream)
        if _ENCODING not in headers:
            WholeBody(response, stream, library, body)
    return response  # type: ignore[no-any-return]  # the library is only known while running


_ENCODING = "content-encoding"


@lru_cache(maxsize=256)
def _headers(library: ModuleType, headers: tuple[tuple[str, str], ...], length: int | None = None) -> Any:
    """Headers as the library has them, of which a response makes a copy: many answers have the same ones."""
    return library.Headers(headers if length is None else (*headers, ("content-length", str(length))))
