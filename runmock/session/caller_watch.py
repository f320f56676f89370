"""What a session sees of the process around it: the time, and the functions of the application that wait for an answer.

Whether the application made an exception of an unwelcome answer cannot be seen from its requests. It can be seen from
its functions: a frame that has ended by an exception stands at the instruction that raised it, one that returned
stands at its `return`.
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
    "trio",
}
"""Whose functions are not the application's."""
STOPS = ("RETURN_", "YIELD_", "SEND", "RESUME")
"""Where a frame stands that has returned, or only waits."""


class CallersInProcess:
    """The frames of the application on the stacks of all threads; they are let go when it was seen how they ended.

    All threads, because who waits for an event loop waits in another one.
    """

    def __init__(self) -> None:
        tops = sys._current_frames().values()  # noqa: SLF001 - all that there is
        self._frames = [frame for top in tops for frame in _stack(top) if _is_of_application(frame)]
        self._has_raised = False

    def raised(self) -> bool:
        """Whether one of them has been left by an exception since."""
        running = {id(frame) for top in sys._current_frames().values() for frame in _stack(top)}  # noqa: SLF001 - as above
        self._has_raised |= any(id(frame) not in running and _ended_badly(frame) for frame in self._frames)
        return self._has_raised

    def let_go(self) -> None:
        """See how they ended, and keep them no longer: frames keep what their functions held."""
        self.raised()
        self._frames.clear()


class ProcessWatch:
    """Looks at this process."""

    def __init__(self) -> None:
        self._seen: list[CallersInProcess] = []

    def now_ms(self) -> float:
        """Milliseconds."""
        return time.perf_counter() * 1000

    def is_time_real(self) -> bool:
        """Whether nobody has put something else in the place of time, or of sleeping."""
        sleeps = (asyncio.sleep, getattr(sys.modules.get("anyio"), "sleep", None))
        are_own = all(one is None or one.__module__.startswith(("asyncio", "anyio")) for one in sleeps)
        return are_own and all(isinstance(one, BuiltinFunctionType) for one in (time.sleep, time.perf_counter))

    def seconds_until(self, date: str) -> float | None:
        """How far away an HTTP date is; None when it is none."""
        try:
            then = parsedate_to_datetime(date)
        except ValueError:
            return None
        return ((then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()

    def callers(self) -> CallersInProcess:
        """Who waits for the present answer."""
        self._seen.append(CallersInProcess())
        return self._seen[-1]

    def let_go(self) -> None:
        """The session ends."""
        for callers in self._seen:
            callers.let_go()
        self._seen.clear()


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_of_application(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] not in LIBRARIES


def _ended_badly(frame: FrameType) -> bool:
    """Whether the instruction at which a frame stands is neither a return nor a wait."""
    names = {one.offset: one.opname for one in dis.get_instructions(frame.f_code)}
    return not names.get(frame.f_lasti, "RETURN_").startswith(STOPS)
