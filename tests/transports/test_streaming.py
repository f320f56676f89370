"""When a stream's events reach the client: one by one, each made when it is read."""

import asyncio
import gc

import anyio
import httpx
import httpx2
import pytest
from reply_transport import ReplyTransport

from runmock.core.http.exchange import Disconnected, Frame, Reply
from runmock.transports import convert

BETA = {"OpenAI-Beta": "assistants=v2"}
URL = "https://api.openai.com/v1/threads/thread_1/runs"
BODY = {"assistant_id": "asst_1", "stream": True}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
EVENTS = [f"event: number\ndata: {number}\n\n".encode() for number in range(4)]


READ_S = 60
"""As long as a client waits for a chunk."""


class Frames:
    """Frames that note when they are made and whether they were closed."""

    def __init__(self, after_ms=0):
        self.made, self.is_closed, self.after_ms = 0, False, after_ms

    def __iter__(self):
        return self

    def __next__(self):
        if self.made == len(EVENTS):
            raise StopIteration
        self.made += 1
        return Frame(self.after_ms, EVENTS[self.made - 1])

    def close(self):
        self.is_closed = True


def playing(library, frames):
    return library.Client(
        transport=ReplyTransport(Reply.of_events(frames)), base_url="https://x.example", timeout=READ_S
    )


def playing_async(library, frames):
    return library.AsyncClient(
        transport=ReplyTransport(Reply.of_events(frames)), base_url="https://x.example", timeout=READ_S
    )


@LIBRARIES
def test_each_event_arrives_before_the_next_is_made(library):
    frames = Frames()
    with playing(library, frames) as client, client.stream("POST", "/") as response:
        assert frames.made == 0
        assert [(frames.made, chunk) for chunk in response.iter_raw()] == list(enumerate(EVENTS, 1))
    assert frames.is_closed


@LIBRARIES
def test_each_event_arrives_before_the_next_is_made_to_an_async_client_too(library):
    frames = Frames()

    async def main():
        async with playing_async(library, frames) as client, client.stream("POST", "/") as response:
            assert frames.made == 0
            return [(frames.made, chunk) async for chunk in response.aiter_raw()]

    assert asyncio.run(main()) == list(enumerate(EVENTS, 1))
    assert frames.is_closed


@LIBRARIES
def test_closing_early_closes_the_frames(library):
    frames = Frames()
    with playing(library, frames) as client, client.stream("POST", "/") as response:
        next(response.iter_raw())
    assert (frames.made, frames.is_closed) == (1, True)


@LIBRARIES
def test_closing_early_closes_the_frames_of_an_async_client(library):
    frames = Frames()

    async def main():
        async with playing_async(library, frames) as client, client.stream("POST", "/") as response:
            async for _ in response.aiter_raw():
                break

    asyncio.run(main())
    assert (frames.made, frames.is_closed) == (1, True)


@LIBRARIES
def test_a_stream_that_is_not_streamed_is_read_whole(library):
    frames = Frames()
    with playing(library, frames) as client:
        assert client.post("/").content == b"".join(EVENTS)
    assert frames.is_closed


@LIBRARIES
def test_waiting_is_the_time_modules_sleep(library, monkeypatch):
    slept = []
    monkeypatch.setattr(convert.time, "sleep", slept.append)
    with playing(library, Frames(after_ms=20)) as client:
        client.post("/")
    assert slept == [0.02] * 4


@LIBRARIES
def test_waiting_of_an_async_client_is_anyios_sleep(library, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async def main():
        async with playing_async(library, Frames(after_ms=20)) as client:
            await client.post("/")

    monkeypatch.setattr(anyio, "sleep", sleep)
    monkeypatch.setattr(convert.time, "sleep", lambda seconds: pytest.fail("the event loop stands still"))
    asyncio.run(main())
    assert slept == [0.02] * 4


@LIBRARIES
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cancelling_while_it_waits_closes_the_frames(library, backend):
    pytest.importorskip(backend)
    frames = Frames(after_ms=READ_S * 1000)

    async def read():
        async with playing_async(library, frames) as client:
            await client.post("/")

    async def main():
        with anyio.move_on_after(0.01) as scope:
            await read()
        return scope.cancelled_caught

    assert anyio.run(main, backend=backend) is True
    assert (frames.made, frames.is_closed) == (1, True)


def test_cancelling_a_task_that_waits_closes_the_frames():
    frames = Frames(after_ms=READ_S * 1000)

    async def read():
        async with playing_async(httpx2, frames) as client:
            await client.post("/")

    async def main():
        task = asyncio.create_task(read())
        while not frames.made:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert frames.is_closed


@LIBRARIES
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_no_generator_of_ours_is_left_open_by_leaving_a_stream_early(library, backend, recwarn, capsys):
    """What the library leaves open it would leave open of a real answer too; trio warns of it."""
    pytest.importorskip(backend)
    frames = Frames()

    async def main():
        async with playing_async(library, frames) as client, client.stream("POST", "/") as response:
            chunks = response.aiter_raw()
            await anext(chunks)
            await chunks.aclose()

    anyio.run(main, backend=backend)
    gc.collect()
    assert frames.is_closed
    ours = [str(warning.message) for warning in recwarn if "runmock" in str(warning.message)]
    assert ours == []
    assert "runmock" not in capsys.readouterr().err


@LIBRARIES
def test_a_frame_that_comes_too_late_is_a_timeout_at_once(library, monkeypatch):
    monkeypatch.setattr(convert.time, "sleep", None)  # which nobody calls
    frames = Frames(after_ms=READ_S * 1000 + 1)
    with playing(library, frames) as client, pytest.raises(library.ReadTimeout) as error:
        client.post("/")
    assert frames.is_closed
    assert error.value.request.url.host == "x.example"


@LIBRARIES
def test_a_frame_that_comes_too_late_is_a_timeout_of_an_async_client(library):
    async def main():
        async with playing_async(library, Frames(after_ms=READ_S * 1000 + 1)) as client:
            await client.post("/")

    with pytest.raises(library.ReadTimeout):
        asyncio.run(main())


class BreakingFrames(Frames):
    """Frames whose connection breaks after the first of them."""

    def __next__(self):
        if self.made:
            raise Disconnected
        return super().__next__()


@LIBRARIES
def test_a_connection_that_breaks_is_an_error_of_the_clients_library(library):
    with playing(library, BreakingFrames()) as client, client.stream("POST", "/") as response:
        chunks = response.iter_raw()
        assert next(chunks) == EVENTS[0]
        with pytest.raises(
            library.RemoteProtocolError, match="peer closed connection without sending complete message"
        ):
            next(chunks)


@LIBRARIES
def test_a_connection_that_breaks_breaks_for_an_async_client_too(library):
    async def main():
        async with playing_async(library, BreakingFrames()) as client:
            await client.post("/")

    with pytest.raises(library.RemoteProtocolError, match="incomplete chunked read"):
        asyncio.run(main())
