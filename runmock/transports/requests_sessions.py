"""Answers sessions of requests: the adapter that a session takes for a URL, or what an adapter sends.

Patched are `Session.get_adapter`, for adapters that are no HTTPAdapter and for mocks that replace its method, and
`HTTPAdapter.send`, which an application's own subclass calls. An answer is read by urllib3 and requests as from a
socket. requests-mock gives each session an adapter of its own, so the method of that adapter is patched, too.
"""

from __future__ import annotations

import functools
import io
import sys
from http.client import HTTPResponse as RawResponse
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from runmock.apis.service.claims import CLIENT
from runmock.transports.patching.late_imports import OF_REQUESTS
from runmock.transports.sending import Trial, answered, claimed_request, routed
from runmock.transports.wire import answer_bytes, http_request
from runmock.transports.wrapped.attempts import Unclaimed, Unwatched, at_network, current_attempt
from runmock.transports.wrapped.exits import Exits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from requests import PreparedRequest, Response

    from runmock.transports.patching.layers import Layer

MODULE, MOCK = OF_REQUESTS
_OURS = "answers_for_runmock"
"""An attribute of our methods that send."""
_ORIGINAL = "runmock_original"
"""The extension of an answer that has the response of requests which it was made of, and its stream."""
_CHUNK = 64 * 1024
REFUSALS = ("No mock address", "Connection refused by Responses")
"""How the errors begin by which requests-mock and responses refuse what they do not know."""


def places(layers: Callable[[], Sequence[Layer]]) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is patched: the class, the name, and the function that makes our version of it.

    `layers` returns the open sessions of runmock, innermost first.
    """
    if hasattr(sys.modules.get(MODULE), "Session"):
        yield sys.modules[MODULE].HTTPAdapter, "send", lambda original: _Sending(layers, original).method()
        yield sys.modules[MODULE].Session, "get_adapter", lambda original: _taking_adapter(layers, original)
    if hasattr(sys.modules.get(MOCK), "Adapter"):
        yield sys.modules[MOCK].Adapter, "send", lambda original: _Sending(layers, original).method()


class _Sending(NamedTuple):
    """An adapter's way to send, and who may answer in its place."""

    layers: Callable[[], Sequence[Layer]]
    original: Callable[..., Response]
    """The method that sends, with the adapter as its first argument."""
    wraps: bool = False
    """Whether the method is an application's own, which may call `HTTPAdapter.send`."""

    def method(self) -> Callable[..., Response]:
        """Our method in the place of the original."""

        @functools.wraps(self.original)
        def send(adapter: Any, request: PreparedRequest, *args: Any, **options: Any) -> Response:
            named = dict(zip(_OPTIONS, args, strict=False)) | options
            return self.answer(adapter, request, named)

        send.__dict__[_OURS] = True
        return send

    def answer(self, adapter: Any, request: PreparedRequest, options: Mapping[str, Any]) -> Response:
        """The answer to a request: of a route, of a session of runmock, or of the adapter."""
        attempt, found = current_attempt(), self.layers()
        if type(attempt) is Unwatched or not found or (asked := _sent(request)) is None:
            return self.original(adapter, request, **options)
        claimed = claimed_request(asked, found, adapter)
        if not claimed.is_ours and (isinstance(attempt, Unclaimed) or not claimed.may_be_routed(asked)):
            return self.original(adapter, request, **options)
        sent: Any = _sent(request, _body_of(request), _patience(options.get("timeout")))
        try:
            if claimed.is_ours:
                trial = self._trial(adapter, is_client=claimed.claim is CLIENT)
                send = self._sender(adapter, request, sent, options)
                return _with_retries(adapter, request, lambda: answered(claimed, sent, send, trial))
            answer = routed(claimed, sent)
        except httpx.RequestError as error:  # of a route
            raise _error_of(error, request) from error
        if answer is not None:
            return _response(adapter, request, answer)
        with Unclaimed():
            return self.original(adapter, request, **options)

    def _trial(self, adapter: Any, *, is_client: bool) -> Trial | None:
        """How the adapter is tried before runmock answers; None when it is not."""
        is_plain = getattr(self.original, "__module__", "") == "requests.adapters" and not self.wraps
        if is_plain or not (is_client or self.wraps):
            return None
        Exits.watch()
        return Trial(f"{type(adapter).__module__}.{type(adapter).__qualname__}", wraps=self.wraps)

    def _sender(
        self, adapter: Any, request: PreparedRequest, sent: httpx.Request, options: Mapping[str, Any]
    ) -> Callable[[httpx.Request], httpx.Response]:
        def send(wanted: httpx.Request) -> httpx.Response:
            prepared = request if wanted is sent else _readdressed(request, wanted)
            try:
                return _answer_of(self.original(adapter, prepared, **{**options, "stream": True}))
            except Exception as error:
                if str(error).startswith(REFUSALS):
                    at_network()  # a mock has refused it, which is no answer
                raise

        return send


_OPTIONS = ("stream", "timeout", "verify", "cert", "proxies")
"""The arguments of an adapter's `send` after the request, in order."""


def _taking_adapter(layers: Callable[[], Sequence[Layer]], original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def get_adapter(session: Any, url: str) -> Any:
        adapter = original(session, url)
        if not layers() or isinstance(adapter, _InterceptingAdapter):
            return adapter
        kind, base = type(adapter), sys.modules[MODULE].HTTPAdapter
        is_of_class = "send" not in vars(adapter)
        if is_of_class and _is_ours(kind.send):
            return adapter
        return _InterceptingAdapter(
            layers, adapter, wraps=is_of_class and issubclass(kind, base) and _is_ours(base.send)
        )

    return get_adapter


def _is_ours(method: Any) -> bool:
    return getattr(method, _OURS, False) is True


class _InterceptingAdapter:
    """Put before an adapter for one request; everything but `send` is the adapter's, also to set."""

    __slots__ = ("_adapter", "_sending")
    _adapter: Any
    _sending: _Sending

    def __init__(self, layers: Callable[[], Sequence[Layer]], adapter: Any, *, wraps: bool) -> None:
        """`wraps`: the adapter may call `HTTPAdapter.send`, where runmock answers."""
        object.__setattr__(self, "_adapter", adapter)
        sending = _Sending(layers, lambda _, request, **options: adapter.send(request, **options), wraps)
        object.__setattr__(self, "_sending", sending)

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """The answer to a request."""
        return self._sending.answer(self._adapter, request, options)

    @property  # type: ignore[misc]  # it may be assigned to in `object`; isinstance asks for it
    def __class__(self) -> type:
        """The adapter's, for `isinstance`."""
        return type(self._adapter)

    def __getattr__(self, name: str) -> Any:
        if name in _InterceptingAdapter.__slots__:  # of a copy, which has nothing yet
            raise AttributeError(name)
        return getattr(self._adapter, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._adapter, name, value)


def _sent(request: PreparedRequest, body: bytes = b"", read_s: float | None = None) -> httpx.Request | None:
    return http_request(str(request.method), str(request.url), request.headers.items(), body, read_s)


def _patience(timeout: Any) -> float | None:
    """How long the client waits for the next bytes, in seconds. Raises ValueError for what urllib3 does not accept."""
    kind = sys.modules["urllib3"].Timeout
    if not isinstance(timeout, kind):
        connect_s, read_s = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        timeout = kind(connect=connect_s, read=read_s)
    begun = timeout.clone()
    begun.start_connect()
    patience: Any = begun.read_timeout
    return patience if isinstance(patience, int | float) else None  # urllib3 1.26 has an object for its default


def _body_of(request: PreparedRequest) -> bytes:
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


def _readdressed(request: PreparedRequest, wanted: httpx.Request) -> PreparedRequest:
    """The request with the address and the encodings of another."""
    prepared = request.copy()
    prepared.url = str(wanted.url)
    prepared.headers["Accept-Encoding"] = wanted.headers["accept-encoding"]
    if "Host" in prepared.headers:
        prepared.headers["Host"] = wanted.headers["host"]
    return prepared


def _error_of(error: httpx.RequestError, request: PreparedRequest) -> Exception:
    """The error of requests that stands for one of httpx."""
    errors = sys.modules["requests"].exceptions
    kind = next((getattr(errors, name) for ours, name in _ERRORS if isinstance(error, ours)), errors.ConnectionError)
    return kind(str(error), request=request)  # type: ignore[no-any-return]


_ERRORS = (
    (httpx.ConnectTimeout, "ConnectTimeout"),
    (httpx.TimeoutException, "ReadTimeout"),
    (httpx.ProxyError, "ProxyError"),
)


def _with_retries(adapter: Any, request: PreparedRequest, answer: Callable[[], httpx.Response]) -> Response:
    """The answer after the retries of an HTTPAdapter, which urllib3 makes below `send`."""
    retries: Any = getattr(adapter, "max_retries", None)
    while True:
        answered_with = answer()
        response = _response(adapter, request, answered_with)
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


def _response(adapter: Any, request: PreparedRequest, answer: httpx.Response) -> Response:
    """An answer as a response of requests, unread."""
    if (original := answer.extensions.get(_ORIGINAL)) is not None and answer.stream is original[1]:
        return original[0]  # type: ignore[no-any-return]  # the adapter's own
    base = sys.modules[MODULE].HTTPAdapter
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


def _answer_of(response: Response) -> httpx.Response:
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
