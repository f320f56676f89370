"""The events of a response as the frames of a stream, with the faults that a script puts into it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from runmock.core.engine.stream_faults import Cut, Stall
from runmock.core.http.exchange import Disconnected, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runmock.apis.responses.stored import StoredResponse
    from runmock.core.engine.stream_faults import Part

HOUR_MS = 3_600_000
"""How long a stream is silent that is stuck."""


def silence() -> Iterator[Frame]:
    """The body of an answer that never comes."""
    yield Frame(HOUR_MS, b"", 0)


class ResponseStream:
    """An iterator of frames over a response's events. What it has sent holds for the response from then on."""

    def __init__(
        self, response: StoredResponse, encode: Callable[[str, Any], bytes], pace_ms: float, *, after: int = -1
    ) -> None:
        """`after`: the number of the last event that the client has already."""
        self.response, self.pace_ms, self._encode = response, pace_ms, encode
        self._next = after + 1
        self._unread: deque[Part] = deque()
        self._is_silent = False
        self._is_read = True
        if response.faults is not None:
            response.faults.begin()

    def __iter__(self) -> ResponseStream:
        return self

    def __next__(self) -> Frame:
        """Raises Disconnected where the script breaks the connection, ScriptError where a fault did not happen."""
        while not self._unread:
            if not self._is_read:
                raise StopIteration
            if self._next >= len(self.response.events):
                return self._past_the_last()
            self._send_next()
        part = self._unread.popleft()
        return Frame(self.pace_ms, part) if isinstance(part, bytes) else self._fault_frame(part)

    def _past_the_last(self) -> Frame:
        """Silence where the response is stuck, else the end."""
        if self.response.is_stuck and not self._is_silent:
            self._is_silent = True
            return Frame(HOUR_MS, b"", 0)
        self.close()
        self.response.note_sent(len(self.response.events))
        raise StopIteration

    def _send_next(self) -> None:
        response, faults = self.response, self.response.faults
        event, step = response.events[self._next]
        self._next += 1
        parts = (self._encode(*event),) if faults is None else (*faults.sent(event, step),)
        self._unread.extend(parts)
        if not any(isinstance(part, Cut) for part in parts):
            response.note_sent(self._next)
        if faults is not None and self._next == len(response.events) and not (response.waiting or response.is_stuck):
            faults.end()

    def _fault_frame(self, part: Stall | Cut) -> Frame:
        if isinstance(part, Stall):
            return Frame(part.ms, b"", 0)
        self.close()
        if part is Cut.BREAK:
            raise Disconnected
        raise StopIteration

    @property
    def is_open(self) -> bool:
        """Whether the response is still to be moved on by reading this stream."""
        return self._is_read and not self.response.has_ended

    def close(self) -> None:
        """The application stops reading, or the connection is broken: only a background response goes on."""
        self._is_read = False
        self._unread.clear()
