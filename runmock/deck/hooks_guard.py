"""What holds a deck's lock, and keeps what fails the test while it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import RunmockFailure, ScriptError
from runmock.core.http.exchange import Disconnected

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable, Iterator
    from threading import RLock
    from types import TracebackType

    from runmock.core.http.exchange import Frame
    from runmock.core.report.activity import Reading


class Guard:
    """Holds the deck's lock, and keeps what fails the test while it does.

    An error of runmock's own becomes a failure too: the SDK would take it for one of the network, and retry.
    """

    def __init__(self, lock: RLock, failures: deque[RunmockFailure]) -> None:
        self._lock, self._failures = lock, failures

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        if isinstance(error, RunmockFailure):
            self._failures.append(error)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration | Disconnected):
            failure = ScriptError(f"runmock cannot play this: {type(error).__name__}: {error}")
            self._failures.append(failure)
            raise failure from error


class GuardedFrames:
    """A stream's frames, each made under the guard: making one moves the run on, and may fail the test."""

    def __init__(self, frames: Iterable[Frame], guard: Guard, reading: Reading | None = None) -> None:
        """`reading` looks on."""
        self._frames, self._guard, self._reading = iter(frames), guard, reading

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        reading = self._reading
        try:
            with self._guard:
                frame = next(self._frames)
        except StopIteration:
            if reading is not None:
                reading.over()
            raise
        except Disconnected:
            if reading is not None:
                reading.broken()
            raise
        if reading is not None and frame.data:
            reading.last = frame.data
        return frame

    def close(self) -> None:
        """The application reads no further."""
        with self._guard:
            close: Callable[[], None] = self._frames.close  # type: ignore[attr-defined]  # streams and generators have it
            close()
            if self._reading is not None:
                self._reading.closed()
