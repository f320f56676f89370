"""An ASGI application on a free port of this machine, in a thread with an event loop of its own.

It serves as `running.py` does, with what uvicorn gives a connection, but it ends at once and leaves nothing behind:
uvicorn's own server waits in steps of a tenth of a second, and tells other people's logs of its beginning and its end.
Borrowed from uvicorn are `Config.http_protocol_class` with its arguments, the attributes of such a protocol that are
set here, and `ServerState`; `tests/serve/test_in_thread.py` fails first when they change.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import ServerState

from runmock.serve.running import bound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp

ADDRESS = "127.0.0.1"
KEEP_ALIVE_S = 3600
"""A child may ask again after a long time: its connection is not closed beneath it before the end."""
GRACE_TURNS, TURN_S = 20, 0.01
"""Answers that are open at the end have so many turns of this length to end; then their connections are cut."""
_TURNS_TO_CONNECT = 3
"""Turns of the event loop until a connection that was just accepted is the server's; a closed server takes none."""


class InThread:
    """A server that runs from `start` to `close`; `port` is its port."""

    def __init__(self, app: ASGIApp, closing: Callable[[], None], closed: Callable[[], Awaitable[None]]) -> None:
        """`closing` is called in the event loop at the end, and ends open streams; `closed` when none is left.

        Raises UsageError when no port is free.
        """
        self._closing, self._closed = closing, closed
        self._config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._state = ServerState()
        self._loop = asyncio.SelectorEventLoop()
        self._ends = asyncio.Event()
        self._listening = bound(ADDRESS, 0)
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name=f"runmock-{self.port}", daemon=True)

    def start(self) -> None:
        """Answer requests from now on; a client that connects before the thread runs waits for it."""
        self._thread.start()

    def close(self) -> None:
        """End open streams, cut every connection, and wait until the thread has ended."""
        self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._config.load()
        server = await self._loop.create_server(self._connection, sock=self._listening)
        await self._ends.wait()
        _shut(self._listening)
        self._loop.remove_reader(self._listening)
        for _ in range(_TURNS_TO_CONNECT):
            await asyncio.sleep(0)
        server.close()
        self._closing()
        for _ in range(GRACE_TURNS):
            if not self._is_sending:
                break
            await asyncio.sleep(TURN_S)
        await self._cut()
        await self._closed()

    def _connection(self) -> asyncio.Protocol:
        protocol: Any = self._config.http_protocol_class
        connection: Any = protocol(config=self._config, server_state=self._state, app_state={})
        connection.logger, connection.access_log = _SILENT, False
        return connection  # type: ignore[no-any-return]  # the class is only known while running

    @property
    def _is_sending(self) -> bool:
        connections: Any = self._state.connections
        return bool(self._state.tasks) or any(
            connection.transport.get_write_buffer_size() for connection in connections
        )

    async def _cut(self) -> None:
        """Cut every connection, and wait for what was answering there."""
        for connection in tuple(self._state.connections):
            transport: Any = connection.transport
            _shut(transport.get_extra_info("socket"))
            transport.abort()
        if tasks := tuple(self._state.tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=GRACE_TURNS * TURN_S)
        await asyncio.sleep(0)  # the loop closes the sockets of the connections


def _shut(opened: socket.socket) -> None:
    """End a socket for every process that has it, as a fork of this one; closing it would end it for this one alone."""
    with contextlib.suppress(OSError):  # the client was first, or the system cannot do it to a socket that listens
        opened.shutdown(socket.SHUT_RDWR)


_SILENT = logging.getLogger("runmock.serve.connections")
"""For what uvicorn says of a connection: half an answer, a request that is no HTTP."""
_SILENT.disabled = True
