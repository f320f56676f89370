"""The bytes of one HTTP/1.1 exchange in this process, for libraries that read and write bytes themselves.

The library's own code reads the answer as if it came from a socket, so its errors, hooks and raw bytes are its own.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx

    from runmock.transports.convert import HttpResponse

_LARGEST_HEAD = 1024 * 1024
"""A request's line and headers may have this many bytes."""
_LONGEST_URL = 65536
"""httpx reads no longer one."""
_OF_CONNECTION = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"trailer", b"upgrade"})
"""Headers about another connection than this one."""
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What a client waits for that has asked whether it may send its body."""


def http_request(
    method: str,
    url: str,
    headers: Iterable[tuple[str | bytes, str | bytes]],
    body: bytes = b"",
    read_s: float | None = None,
) -> httpx.Request | None:
    """A request of another library; None if it has an address that no session and no route can have.

    Of a very long address the end is left out. `read_s`: how long the client waits for the next bytes, in seconds.
    """
    import httpx

    try:
        address = httpx.URL(url[:_LONGEST_URL])
        _ = address.host  # it is decoded only now
    except (httpx.InvalidURL, UnicodeError):
        return None
    raw = [(_bytes(name), _bytes(value)) for name, value in headers]
    return httpx.Request(method, address, headers=raw, content=body, extensions={"timeout": {"read": read_s}})


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


class Wire:
    """The server's end of one exchange; mutable."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        self._body: list[bytes] = []
        self._method = b""
        self._has_body = True

    @classmethod
    def of(cls, method: str) -> Wire:
        """The end of an exchange whose request is known to be read, and had this method."""
        wire = cls()
        wire.received(f"{method} / HTTP/1.1\r\nhost: runmock\r\n\r\n".encode())
        return wire

    def received(self, data: bytes) -> bytes | None:
        """Take bytes of the request; returns its body when it is whole, else None."""
        self._http.receive_data(data)
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                self._method = event.method
            elif isinstance(event, h11.Data):
                self._body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return b"".join(self._body)
            elif event is h11.NEED_DATA or event is h11.PAUSED:
                return None

    @property
    def is_asked_to_go_on(self) -> bool:
        """Whether the client waits for GO_ON before it sends its body."""
        return self._http.they_are_waiting_for_100_continue

    def head(self, answer: HttpResponse) -> bytes:
        """An answer's status line and headers; a body without a length is sent in chunks."""
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in _OF_CONNECTION]
        self._has_body = self._method != b"HEAD" and answer.status_code not in _WITHOUT_BODY
        reason = answer.reason_phrase.encode("ascii", "replace") or _phrase(answer.status_code)
        response = h11.Response(status_code=answer.status_code, headers=headers, reason=reason)
        return self._http.send(response) or b""

    def piece(self, data: bytes) -> bytes:
        """A piece of the body, with what frames it; nothing where an answer has no body."""
        return (self._http.send(h11.Data(data)) or b"") if self._has_body else b""

    def end(self) -> bytes:
        """What ends the body."""
        return self._http.send(h11.EndOfMessage()) or b""

    @property
    def ends_by_closing(self) -> bool:
        """Whether the server closes the connection after the body, as for a client that speaks HTTP/1.0."""
        return self._http.our_state is h11.MUST_CLOSE


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


def answer_bytes(method: str, answer: HttpResponse) -> Iterator[bytes]:
    """The bytes of an answer to a sync client's request, piece by piece.

    Where the connection breaks they stop, so that the client's library finds that the end is missing. Raises
    TimeoutError where the client has no more patience.
    """
    import httpx

    wire = Wire.of(method)
    yield wire.head(answer)
    try:
        for data in answer.stream:  # type: ignore[union-attr]  # a sync client's answer has a stream for both
            if data:
                yield wire.piece(data)
    except httpx.TimeoutException as error:
        raise TimeoutError(str(error)) from None
    except httpx.RequestError:
        return
    yield wire.end()
