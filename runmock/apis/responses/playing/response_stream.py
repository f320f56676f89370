"""The events of a response as the frames of a stream, with the faults that a script puts into it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from runmock.core.engine.stream_faults import Cut, Stall
from runmock.core.http.exchange import Disconnected, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runmock.apis.responses.state import StoredResponse
    from runmock.core.engine.stream_faults import Part
    from runmock.core.http.event import Event

HOUR_MS = 3_600_000
"""How long a stream is silent that is stuck."""


class ResponseStream:
    """An iterator of frames over a response's events."""

    def __init__(
        self, response: StoredResponse, encode: Callable[[str, Any], bytes], pace_ms: float, *, after: int = -1
    ) -> None:
        """`after`: the number of the last event that the client has already."""
        self.response, self.pace_ms, self._encode = response, pace_ms, encode
        self._events: Iterator[tuple[Event, int]] = iter(response.events[after + 1 :])
        self._unread: deque[Part] = deque()
        self._is_silent = response.is_stuck
        self.is_open = True

    def __iter__(self) -> ResponseStream:
        return self

    def __next__(self) -> Frame:
        """Raises Disconnected where the script breaks the connection."""
        while not self._unread:
            event = next(self._events, None) if self.is_open else None
            if event is not None:
                self._unread.extend(self._sent(*event))
            elif self.is_open and self._is_silent:
                self._is_silent = False
                return Frame(HOUR_MS, b"", 0)
            else:
                self._end()
                raise StopIteration
        part = self._unread.popleft()
        return Frame(self.pace_ms, part) if isinstance(part, bytes) else self._fault_frame(part)

    def _sent(self, event: Event, step: int) -> Iterable[Part]:
        faults = self.response.faults
        return (self._encode(*event),) if faults is None else faults.sent(event, step)

    def _fault_frame(self, part: Stall | Cut) -> Frame:
        if isinstance(part, Stall):
            return Frame(part.ms, b"", 0)
        self.close()
        if part is Cut.BREAK:
            raise Disconnected
        raise StopIteration

    def _end(self) -> None:
        if self.is_open:
            self.is_open = False
            self.response.note_end()
            if self.response.faults is not None and not self.response.waiting:
                self.response.faults.end()

    def close(self) -> None:
        """The application stops reading, or the connection is broken: a response in the foreground ends with it."""
        if self.is_open:
            self.is_open = False
            self._unread.clear()
            self.response.note_left()
