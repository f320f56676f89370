import socket

import anyio
import pytest
import sdk_clients


@pytest.fixture(autouse=True)
def nothing_gets_out(monkeypatch):
    """Every attempt to look up a host or to connect to it fails the test, also when the SDK swallowed the error."""
    attempts = []

    def refuse(*args, **options):
        attempts.append(args)
        raise OSError(f"a test of runmock wanted to reach the network: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert not attempts


@pytest.fixture
def sleeps(monkeypatch):
    """How many seconds the SDK wanted to sleep, in turn; it does not."""
    seconds = []

    async def note(delay):
        seconds.append(delay)

    monkeypatch.setattr("time.sleep", seconds.append)
    monkeypatch.setattr(anyio, "sleep", note)
    return seconds


@pytest.fixture(params=[pytest.param(kind, marks=sdk_clients.marks(kind)) for kind in sdk_clients.USUAL])
def client(request):
    """A client of the SDK, sync, and async on asyncio and on trio; used like the sync one."""
    with sdk_clients.opened(request.param) as client:
        yield client
