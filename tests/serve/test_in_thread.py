"""A server in a thread: what it borrows from uvicorn, and how it ends."""

import asyncio
import contextlib
import logging
import socket
import threading
import time

import httpx
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from runmock.serve.in_thread import InThread


async def never(scope, receive, send):
    """Begin an answer, and never end it."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await asyncio.sleep(3600)


async def failing(scope, receive, send):
    raise ValueError(scope["path"])


@pytest.fixture
def serve():
    """Start a server of an application; it has ended when the test ends."""
    begun = []

    def started(app, closing=lambda: None):
        async def closed():
            begun.append("closed")

        server = InThread(app, closing, closed)
        server.start()
        begun.append(server)
        return server

    yield started
    for server in begun:
        if server != "closed" and server._thread.is_alive():
            server.close()


def test_uvicorn_has_what_is_borrowed():
    config = uvicorn.Config(never, http="h11", log_config=None)
    config.load()
    assert config.http_protocol_class is H11Protocol
    state = ServerState()
    assert (state.connections, state.tasks, state.default_headers) == (set(), set(), [])
    loop = asyncio.new_event_loop()
    made = H11Protocol(config=config, server_state=state, app_state={}, _loop=loop)
    loop.close()
    assert {"logger", "access_log", "transport"} <= vars(made).keys()


def test_an_answer_that_never_ends_is_cut(serve):
    server = serve(never)
    with httpx.Client() as client, client.stream("GET", f"http://127.0.0.1:{server.port}/") as answer:
        parts = answer.iter_raw()
        assert next(parts) == b"one"
        began = time.perf_counter()
        server.close()
        assert time.perf_counter() - began < 1
        with pytest.raises(httpx.RemoteProtocolError):
            next(parts)


def test_it_says_nothing_to_anybodys_logs(serve, caplog):
    with caplog.at_level(logging.DEBUG):
        server = serve(failing)
        with httpx.Client() as client:
            assert client.get(f"http://127.0.0.1:{server.port}/x").status_code == 500
        with socket.create_connection(("127.0.0.1", server.port)) as connected:
            connected.sendall(b"what\r\n\r\n")
            assert connected.recv(100).startswith(b"HTTP/1.1 400")
        server.close()
    assert [record.name for record in caplog.records if record.name.startswith(("uvicorn", "runmock"))] == []


def test_uvicorns_own_access_log_stays_as_it_was(serve):
    before = logging.getLogger("uvicorn.access")
    handler = logging.NullHandler()
    before.addHandler(handler)
    try:
        serve(never).close()
        assert handler in before.handlers
        assert before.propagate
    finally:
        before.removeHandler(handler)


def test_a_connection_of_the_last_moment_is_closed_too(serve):
    server = serve(never)
    connected = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    server.close()
    for one in connected:
        one.settimeout(5)
        with one, contextlib.suppress(ConnectionResetError):
            assert one.recv(1) == b""
    assert server._thread not in threading.enumerate()
