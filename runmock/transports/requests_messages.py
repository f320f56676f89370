"""Converts requests, answers and errors between requests and httpx.

An answer of runmock is read by urllib3 and requests as from a socket, so its errors and raw bytes are theirs.
"""

from __future__ import annotations

import io
import sys
from http.client import HTTPResponse as RawResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from runmock.transports.wire import answer_bytes, http_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from requests import PreparedRequest, Response

_ORIGINAL = "runmock_original"
"""The extension of an answer that has the response of requests which it was made of, and its stream."""
_CHUNK = 64 * 1024


def sent_request(request: PreparedRequest, body: bytes = b"", read_s: float | None = None) -> httpx.Request | None:
    """The request as one of httpx; None if it has an address that no session and no route can have."""
    return http_request(str(request.method), str(request.url), request.headers.items(), body, read_s)


def patience_of(timeout: Any) -> float | None:
    """How long the client waits for the next bytes, in seconds. Raises ValueError for what urllib3 does not accept."""
    kind = sys.modules["urllib3"].Timeout
    if not isinstance(timeout, kind):
        connect_s, read_s = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        timeout = kind(connect=connect_s, read=read_s)
    begun = timeout.clone()
    begun.start_connect()
    patience: Any = begun.read_timeout
    return patience if isinstance(patience, int | float) else None  # urllib3 1.26 has an object for its default


def body_of(request: PreparedRequest) -> bytes:
    """The body; what can be read only once is replaced by its bytes."""
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if not isinstance(body, bytes | bytearray | memoryview):
        pieces = [body.read()] if hasattr(body, "read") else body
        body = b"".join(piece.encode() if isinstance(piece, str) else bytes(piece) for piece in pieces)
        request.body = body if "Content-Length" in request.headers else [body]  # without a length it is sent in pieces
        request._body_position = None  # noqa: SLF001 - bytes need no rewinding when a redirect sends them again
    return bytes(body)


def readdressed(request: PreparedRequest, wanted: httpx.Request) -> PreparedRequest:
    """The request with the address and the encodings of another."""
    prepared = request.copy()
    prepared.url = str(wanted.url)
    prepared.headers["Accept-Encoding"] = wanted.headers["accept-encoding"]
    if "Host" in prepared.headers:
        prepared.headers["Host"] = wanted.headers["host"]
    return prepared


def error_of(error: httpx.RequestError, request: PreparedRequest) -> Exception:
    """The error of requests that stands for one of httpx."""
    errors = sys.modules["requests"].exceptions
    kind = next((getattr(errors, name) for ours, name in _ERRORS if isinstance(error, ours)), errors.ConnectionError)
    return kind(str(error), request=request)  # type: ignore[no-any-return]


_ERRORS = (
    (httpx.ConnectTimeout, "ConnectTimeout"),
    (httpx.TimeoutException, "ReadTimeout"),
    (httpx.ProxyError, "ProxyError"),
)


def with_retries(adapter: Any, request: PreparedRequest, answer: Callable[[], httpx.Response]) -> Response:
    """The answer after the retries of an HTTPAdapter, which urllib3 makes below `send`."""
    retries: Any = getattr(adapter, "max_retries", None)
    while True:
        answered_with = answer()
        response = response_of(adapter, request, answered_with)
        if retries is None or _ORIGINAL in answered_with.extensions:
            return response
        if not retries.is_retry(str(request.method), response.status_code, "retry-after" in response.headers):
            return response
        raw: Any = response.raw
        pool = adapter.poolmanager.connection_from_url(request.url)
        try:
            retries = retries.increment(str(request.method), str(request.url), response=raw, _pool=pool)
        except sys.modules["urllib3"].exceptions.MaxRetryError as error:
            if not retries.raise_on_status:
                return response
            response.close()
            raise sys.modules["requests"].exceptions.RetryError(error, request=request) from None
        raw.drain_conn()
        retries.sleep(raw)


def response_of(adapter: Any, request: PreparedRequest, answer: httpx.Response) -> Response:
    """An answer as a response of requests, unread."""
    if (original := answer.extensions.get(_ORIGINAL)) is not None and answer.stream is original[1]:
        return original[0]  # type: ignore[no-any-return]  # the adapter's own
    base = sys.modules["requests.adapters"].HTTPAdapter
    raw = RawResponse(_Socket(request, answer), method=str(request.method))  # type: ignore[arg-type]  # what it needs of a socket
    try:
        raw.begin()
    except BaseException:
        raw.close()
        raise
    response = sys.modules["urllib3"].HTTPResponse(
        body=raw,
        headers=raw.msg.items(),
        status=raw.status,
        version=raw.version,
        reason=raw.reason,
        preload_content=False,
        decode_content=False,
        original_response=raw,
        request_method=request.method,
        request_url=request.path_url,
        retries=getattr(adapter, "max_retries", None),
        pool=_pool_name(str(request.url)),
    )
    response.version_string = "HTTP/1.1"
    build = adapter.build_response if isinstance(adapter, base) else base().build_response
    return build(request, response)  # type: ignore[no-any-return]


def _pool_name(url: str) -> str:
    """How errors of urllib3 name the pool of connections to an address."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme.upper()}ConnectionPool(host={parts.hostname!r}, port={port})"


class _Socket:
    """What http.client needs of a socket: a file to read the answer from."""

    def __init__(self, request: PreparedRequest, answer: httpx.Response) -> None:
        self._request, self._answer = request, answer

    def makefile(self, _: str) -> io.BufferedReader:
        """The file; closing it closes the answer."""
        return io.BufferedReader(_Reader(str(self._request.method), self._answer))


class _Reader(io.RawIOBase):
    """Reads an answer's bytes as they come."""

    def __init__(self, method: str, answer: httpx.Response) -> None:
        self._answer = answer
        self._pieces = answer_bytes(method, answer)
        self._rest = memoryview(b"")  # of bytes, the rest would be copied at each read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what is there, at least one byte unless the answer is over."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._pieces.close()  # type: ignore[attr-defined]  # a generator
            self._answer.close()


def answer_of(response: Response) -> httpx.Response:
    """A response of requests as one of httpx, unread and undecoded."""
    raw: Any = response.raw
    items = raw.headers.items() if hasattr(raw, "headers") else response.headers.items()
    stream = _Pieces(response)
    answer = httpx.Response(response.status_code, headers=[*items], stream=stream)
    answer.extensions[_ORIGINAL] = (response, stream)
    return answer


class _Pieces(httpx.SyncByteStream):
    """A response's body as it comes."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        raw: Any = self._response.raw
        if hasattr(raw, "stream"):
            yield from raw.stream(_CHUNK, decode_content=False)
        else:
            yield from self._response.iter_content(_CHUNK)

    def close(self) -> None:
        self._response.close()
