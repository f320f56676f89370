"""The body of a streamed run: each frame is made when it is asked for, and moves the run on."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from runmock.core import sse
from runmock.core.exchange import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.memory import Event, Run


class RunStream:
    """An iterator of frames over one answer of a run; closing it early leaves the run to whoever polls it."""

    def __init__(self, run: Run, head: Iterable[Event] = ()) -> None:
        """`head`: events before the run's own (`thread.created`)."""
        self._run = run
        self._unread: deque[bytes] = deque(sse.encode(*event) for event in head)
        self.pace_ms = run.script.pace_ms
        run.unread = self._unread

    def __iter__(self) -> RunStream:
        return self

    def __next__(self) -> Frame:
        while not self._unread:
            if self._run.unread is not self._unread or not self._run.advance():
                raise StopIteration
        return Frame(self.pace_ms, self._unread.popleft())

    def close(self) -> None:
        """The application reads no further."""
        if self._run.unread is self._unread:
            self._run.unread = None
