"""The deck's lock, as a context that also keeps the failures raised in it."""

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
    """Holds the deck's lock, and keeps each RunmockFailure that is raised meanwhile.

    Other errors become a ScriptError: the SDK would take them for network errors, and retry.
    """

    def __init__(self, lock: RLock, failures: deque[RunmockFailure]) -> None:
        self.lock, self._failures = lock, failures

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lock.release()
        if isinstance(error, RunmockFailure):
            self.keep(error)
        elif isinstance(error, Exception):
            raise self.failure_of(error) from error

    def keep(self, failure: RunmockFailure) -> None:
        """Keep a failure that is raised in the application."""
        self._failures.append(failure)

    def failure_of(self, error: Exception) -> RunmockFailure:
        """The failure that stands for another error in the application; it is kept."""
        failure = ScriptError(f"runmock cannot play this: {type(error).__name__}: {error}")
        self.keep(failure)
        return failure


class GuardedFrames:
    """A stream's frames, each made while the guard is held: making one moves the run on, and may fail the test."""

    def __init__(self, frames: Iterable[Frame], guard: Guard, reading: Reading | None = None) -> None:
        """`reading` records how the stream is read."""
        self._frames, self._guard, self._reading = iter(frames), guard, reading

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        reading = self._reading
        try:
            with self._guard.lock:  # not the guard itself: this is done for each event
                frame = next(self._frames)
        except StopIteration:
            if reading is not None:
                reading.over()
            raise
        except Disconnected:
            if reading is not None:
                reading.broken()
            raise
        except RunmockFailure as failure:
            self._guard.keep(failure)
            raise
        except Exception as error:
            raise self._guard.failure_of(error) from error
        if reading is not None and frame.data:
            reading.last = frame.data
            if reading.kept is not None:
                reading.kept.append(frame.data)
        return frame

    def close(self) -> None:
        """The application stops reading."""
        with self._guard:
            close: Callable[[], None] = self._frames.close  # type: ignore[attr-defined]  # streams and generators have it
            close()
            if self._reading is not None:
                self._reading.closed()
