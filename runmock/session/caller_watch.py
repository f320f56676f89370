"""Watches the process around a session: the time, and the application's functions that wait for an answer.

Its requests do not show whether the application raised an exception after an unwelcome answer. Its functions do: a
frame that ended by an exception is at the instruction that raised it, one that returned is at its `return`.
"""

from __future__ import annotations

import asyncio
import dis
import sys
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import BuiltinFunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

LIBRARIES = frozenset(sys.stdlib_module_names) | {
    "_pytest",
    "anyio",
    "h11",
    "hishel",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "httpx_aiohttp",
    "httpx_retries",
    "openai",
    "pluggy",
    "pytest",
    "pytest_asyncio",
    "pytest_runmock",
    "respx",
    "runmock",
    "sniffio",
    "starlette",
    "trio",
    "uvicorn",
}
"""Top-level modules whose functions are not the application's."""
STOPS = ("RETURN_", "YIELD_", "SEND", "RESUME")
"""Instructions of a frame that has returned, or only waits; the beginnings of their names."""
ITERATORS = ("__next__", "__anext__")
"""Methods whose last call raises StopIteration or StopAsyncIteration. Any other exception ends their caller, too."""


class CallersInProcess:
    """The frames of the application on the stacks of all threads, until `let_go`.

    All threads, because code that waits for an event loop waits in another thread.
    """

    def __init__(self) -> None:
        tops = sys._current_frames().values()  # noqa: SLF001 - all that there is
        self._frames = [frame for top in tops for frame in _stack(top) if _is_of_application(frame)]
        self._has_raised = False

    def raised(self) -> bool:
        """Whether an exception has ended one of the functions since this object was made."""
        running = {id(frame) for top in sys._current_frames().values() for frame in _stack(top)}  # noqa: SLF001 - as above
        self._has_raised |= any(id(frame) not in running and _ended_badly(frame) for frame in self._frames)
        return self._has_raised

    def let_go(self) -> None:
        """Note how the functions ended, and drop their frames, which keep all local variables alive."""
        self.raised()
        self._frames.clear()


class ProcessWatch:
    """Watches this process."""

    def __init__(self) -> None:
        self._watched: list[CallersInProcess] = []

    now_ns = staticmethod(time.perf_counter_ns)
    """Nanoseconds on a clock that never goes back."""

    def is_time_real(self) -> bool:
        """Whether no test has replaced the functions for time and sleeping."""
        sleeps = (asyncio.sleep, getattr(sys.modules.get("anyio"), "sleep", None))
        are_own = all(function is None or function.__module__.startswith(("asyncio", "anyio")) for function in sleeps)
        return are_own and all(
            isinstance(function, BuiltinFunctionType) for function in (time.sleep, time.perf_counter)
        )

    def seconds_until(self, date: str) -> float | None:
        """How far away an HTTP date is; None when the text is not a date."""
        try:
            then = parsedate_to_datetime(date)
        except ValueError:
            return None
        return ((then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()

    def callers(self) -> CallersInProcess:
        """The functions that wait for the answer that is being given."""
        self._watched.append(CallersInProcess())
        return self._watched[-1]

    def let_go(self) -> None:
        """Drop all frames; the session ends."""
        for callers in self._watched:
            callers.let_go()
        self._watched.clear()


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_of_application(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] not in LIBRARIES


def _ended_badly(frame: FrameType) -> bool:
    """Whether a frame has ended at an instruction that is neither a return nor a wait. Iterators always end so."""
    if frame.f_code.co_name in ITERATORS:
        return False
    names = {instruction.offset: instruction.opname for instruction in dis.get_instructions(frame.f_code)}
    return not names.get(frame.f_lasti, "RETURN_").startswith(STOPS)
