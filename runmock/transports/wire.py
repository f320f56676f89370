"""The bytes of one HTTP/1.1 exchange in this process, for libraries that read and write bytes themselves.

The library's own code reads the answer as if it came from a socket, so its errors, hooks and raw bytes are its own.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.transports.convert import HttpResponse

_LARGEST_HEAD = 1024 * 1024
"""A request's line and headers may have this many bytes."""
_OF_CONNECTION = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"trailer", b"upgrade"})
"""Headers about another connection than this one."""
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What a client waits for that has asked whether it may send its body."""


class Wire:
    """The server's end of one exchange; mutable."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        self._body: list[bytes] = []

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
            if isinstance(event, h11.Data):
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
        reason = answer.reason_phrase.encode("ascii", "replace") or _phrase(answer.status_code)
        response = h11.Response(status_code=answer.status_code, headers=headers, reason=reason)
        return self._http.send(response) or b""

    def piece(self, data: bytes) -> bytes:
        """A piece of the body, with what frames it."""
        return self._http.send(h11.Data(data)) or b""

    def end(self) -> bytes:
        """What ends the body."""
        return self._http.send(h11.EndOfMessage()) or b""


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
