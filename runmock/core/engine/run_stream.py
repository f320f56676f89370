"""The body of a streamed run: each frame is made when it is read, and making it moves the run on."""

from __future__ import annotations

import weakref
from collections import deque
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import AT_REST
from runmock.core.engine.stream_faults import Cut, Stall
from runmock.core.http.exchange import Disconnected, Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.engine.stream_faults import Part
    from runmock.core.http.event import Event


class RunStream:
    """An iterator of frames over one answer of a run; after an early close polls move the run on."""

    def __init__(self, run: PlayedRun, head: Iterable[Event] = ()) -> None:
        """`head`: events before the run's own (a conversation that begins)."""
        self._run = run
        self._unread: deque[Part] = deque()
        for event in head:
            self._unread.extend(run.sent(event))
        self.pace_ms = run.script.pace_ms
        run.unread, run.gc_passes = self._unread, 0
        # Not __del__: the collector calls that too late for async streams, whose generators it lets end by themselves.
        weakref.finalize(self, _leave, run, self._unread).atexit = False

    def __iter__(self) -> RunStream:
        return self

    def __next__(self) -> Frame:
        """Raises Disconnected where the script breaks the connection, ScriptError as the run's events do."""
        while not self._unread:
            if self._run.unread is not self._unread or not self._run.advance():
                raise StopIteration
        part = self._unread.popleft()
        return Frame(self.pace_ms, part) if isinstance(part, bytes) else self._fault_frame(part)

    def _fault_frame(self, part: Stall | Cut) -> Frame:
        if isinstance(part, Stall):
            return Frame(part.ms, b"", 0)
        self.close()
        self._unread.clear()
        if part is Cut.BREAK:
            raise Disconnected
        raise StopIteration

    @property
    def is_open(self) -> bool:
        """Whether the run is still to be moved on by reading this stream."""
        return self._run.unread is self._unread and self._run.status not in AT_REST

    def close(self) -> None:
        """The application stops reading; the run goes on without the stream."""
        _leave(self._run, self._unread)


def _leave(run: PlayedRun, unread: deque[Part]) -> None:
    if run.unread is unread:
        run.unread = None
