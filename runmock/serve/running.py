"""The application on a socket: bound first, so that a taken port is one clear line; a signal ends it cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import re
import signal
import socket
from typing import TYPE_CHECKING

import uvicorn

from runmock.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from types import FrameType

    from starlette.applications import Starlette

GRACE_S = 2
"""Streams that are still open when the server ends have this long to end."""
_BACKLOG = 2048
_GARBAGE = (10_000, 20, 50)
"""Thresholds of the garbage collector's three generations, as for `gc.set_threshold`."""


def bound(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises UsageError when it cannot be had.

    Its connections send each part at once, as asyncio has it where it makes the socket: the body of an answer would
    wait 40 ms for the client to acknowledge the head.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken; name another with --port, 0 takes a free one") from None
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror or error}") from None
    except OverflowError:
        raise UsageError(f"port {port} is not a port; they go from 0 to 65535") from None
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def run(
    app: Starlette,
    listening: socket.socket,
    closing: Callable[[], None],
    beside: Coroutine[None, None, None] | None = None,
) -> None:
    """Serve until a signal comes, which calls `closing` to end endless answers; `beside` runs meanwhile."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    config = uvicorn.Config(
        app,
        http="h11",  # its limits on heads are known, and the same wherever it runs
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    with _little_garbage():
        asyncio.run(_serve(_Ending(config, closing), listening, beside))


@contextlib.contextmanager
def _little_garbage() -> Iterator[None]:
    """In the block the garbage collector ignores what was loaded before, and runs less often."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a log record is shown: not uvicorn's lines about half an answer, which the request log explains.

    Nor those about a WebSocket, which the answer explains.
    """
    message = record.getMessage()
    return message != "ASGI callable returned without completing response." and not _OF_WEBSOCKET.match(message)


_OF_WEBSOCKET = re.compile("Unsupported upgrade request|No supported WebSocket library")


async def _serve(ending: uvicorn.Server, listening: socket.socket, beside: Coroutine[None, None, None] | None) -> None:
    task = None if beside is None else asyncio.create_task(beside)
    await ending.serve(sockets=[listening])
    if task is not None:
        task.cancel()


@contextlib.contextmanager
def signals_end_it() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the process with exit code 0, from here on."""
    before = {name: signal.signal(name, _leave) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Handle a signal while nothing is served: before serving begins, and after it has ended."""
    raise SystemExit(0)


class _Ending(uvicorn.Server):
    """A server that calls `closing` when a signal ends it."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's hook
        """End; at once for the second signal. uvicorn's own would raise the signal again, as if it were a crash."""
        self.force_exit = self.should_exit
        self.should_exit = True
        asyncio.get_running_loop().call_soon_threadsafe(self._closing)
