"""Reads the requests of an HTTP library for core; httpx and httpx2 have the same names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs

from runmock.apis import registry
from runmock.core.http.exchange import Request
from runmock.core.latest import Latest

if TYPE_CHECKING:
    from runmock.core.api import Incoming
    from runmock.transports.httpx_messages.libraries import HttpRequest

RawHeaders: TypeAlias = "tuple[tuple[bytes, bytes], ...]"


class RequestReader:
    """Reads and identifies requests; mutable: equal headers are read once, and so are equal requests with them."""

    __slots__ = ("_read",)

    def __init__(self) -> None:
        self._read: Latest[RawHeaders, tuple[dict[str, str], Latest[tuple[str, str, bytes], Incoming]]] = Latest()

    def of(self, request: HttpRequest) -> Incoming:
        """The request, identified, with lower-case names of headers; its body is not read yet.

        The same object again for an equal request.
        """
        raw, url = tuple(request.headers.raw), request.url
        headers, latest = self._read.get(raw) or self._read.keep(raw, (_headers(request, raw), Latest()))
        method, host, raw_path = place = request.method, url.host, url.raw_path
        read = latest.get(place)
        if read is None:
            path, _, query = raw_path.partition(b"?")
            parameters = parse_qs(query.decode("ascii"), keep_blank_values=True) if query else {}
            sent_query = {name: tuple(values) for name, values in parameters.items()} if parameters else {}
            sent = Request(method, host, path.decode("ascii"), sent_query, headers)
            read = latest.keep(place, registry.incoming(sent))
        return read


def _headers(request: HttpRequest, raw: RawHeaders) -> dict[str, str]:
    """The headers by name. The library's own `items()` guesses encodings, and takes four times as long."""
    if not raw:
        return {}
    names, values = zip(*raw, strict=True)
    joined = b"\n".join(values)
    read = dict(zip(_lower(names), joined.decode("latin-1").split("\n"), strict=False))
    is_plain = joined.isascii() and len(values) == len(read) == joined.count(b"\n") + 1
    return read if is_plain else dict(request.headers.items())


@lru_cache(maxsize=256)
def _lower(names: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(name.decode("latin-1").lower() for name in names)
