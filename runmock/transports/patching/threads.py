"""Threads, and the work of executors, run in the place of the code that started or submitted them.

A thread has a context of its own, and so has a worker of an executor, which lives longer than a session: Python does
not copy the starter's. So `threading.Thread.start` and `ThreadPoolExecutor.submit` are patched while a session is
open. Both are public methods; what calls them is served too: timers, `Executor.map`, `loop.run_in_executor`,
`asyncio.to_thread` and the portals of anyio.

Workers of `multiprocessing.pool.ThreadPool` get their work from a queue, whoever submits it: they have no place.
"""

from __future__ import annotations

import concurrent.futures
import functools
from types import MethodType
from typing import TYPE_CHECKING, Any

from runmock.transports.patching.layers import standing, step_in

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from runmock.transports.patching.layers import SessionPlace

_WORKERS = "multiprocessing.dummy"
"""The module of the threads that `multiprocessing` uses in place of processes."""
_IN_OTHER_INTERPRETERS: Any = getattr(concurrent.futures, "InterpreterPoolExecutor", ())
"""Python 3.14 has an executor that sends pickled work to other interpreters, where no session is."""


def starting(original: Callable[[Any], None], here: Callable[[], SessionPlace | None]) -> Callable[[Any], None]:
    """A replacement for `Thread.start`."""

    @functools.wraps(original)
    def start(thread: threading.Thread) -> None:
        place = here()
        if place is None or type(thread).__module__ == _WORKERS:
            return original(thread)
        before = vars(thread).get("run")
        run = thread.run

        def run_there(thread: threading.Thread) -> None:
            _put_back(thread, before)  # at once: the thread would keep itself alive
            with standing(place):
                run()

        thread.run = MethodType(run_there, thread)  # type: ignore[method-assign]  # Sentry asks a method for its function
        try:
            return original(thread)
        except BaseException:
            _put_back(thread, before)
            raise

    return start


def _put_back(thread: threading.Thread, before: Callable[[], None] | None) -> None:
    if before is None:
        vars(thread).pop("run", None)
    else:
        thread.run = before  # type: ignore[method-assign]


def submitting(original: Callable[..., Any], here: Callable[[], SessionPlace | None]) -> Callable[..., Any]:
    """A replacement for `ThreadPoolExecutor.submit`."""

    @functools.wraps(original)
    def submit(executor: Any, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
        place = None if isinstance(executor, _IN_OTHER_INTERPRETERS) else here()
        if place is None:
            return original(executor, function, *args, **keywords)
        return original(executor, _run_there, place, function, *args, **keywords)

    return submit


def _run_there(place: SessionPlace, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
    """Run a function in a place. The worker stays there until its next work, because it also runs callbacks."""
    step_in(place)
    return function(*args, **keywords)
