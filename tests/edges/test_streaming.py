"""When a stream's events reach the client: one by one, each made when it is asked for."""

import asyncio
import gc

import anyio
import httpx
import httpx2
import pytest

from runmock import Session
from runmock.core.exchange import Frame, Reply
from runmock.transports import convert

BETA = {"OpenAI-Beta": "assistants=v2"}
URL = "https://api.openai.com/v1/threads/thread_1/runs"
BODY = {"assistant_id": "asst_1", "stream": True}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
EVENTS = [f"event: number\ndata: {number}\n\n".encode() for number in range(4)]


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


class FramesTransport:
    """Answers every request with these frames, as runmock's transports do."""

    def __init__(self, frames):
        self.frames = frames

    def handle_request(self, request):
        return convert.http_response(Reply.of_events(self.frames), request)

    async def handle_async_request(self, request):
        return self.handle_request(request)

    def close(self):
        pass

    async def aclose(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        pass


def playing(library, frames):
    return library.Client(transport=FramesTransport(frames), base_url="https://x.example")


def playing_async(library, frames):
    return library.AsyncClient(transport=FramesTransport(frames), base_url="https://x.example")


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
    frames = Frames(after_ms=60_000)

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
    frames = Frames(after_ms=60_000)

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


@pytest.fixture
def session():
    session = Session().start()
    yield session
    session.stop()


@LIBRARIES
def test_a_run_stands_where_its_reader_is(session, library):
    session.reply("Hel", "lo")
    with library.Client() as client, client.stream("POST", URL, json=BODY, headers=BETA) as response:
        seen = [
            (line, session.runs[0].status) for line in response.iter_lines() if line.startswith("event: thread.run.")
        ]
    assert [pair for pair in seen if ".step." not in pair[0]] == [
        ("event: thread.run.created", "queued"),
        ("event: thread.run.queued", "queued"),
        ("event: thread.run.in_progress", "in_progress"),
        ("event: thread.run.completed", "completed"),
    ]


def test_a_run_that_is_read_no_further_goes_on_for_those_who_poll(session):
    session.reply("Hello")
    with httpx2.Client(headers=BETA) as client:
        with client.stream("POST", URL, json=BODY) as response:
            next(response.iter_lines())
        path = f"{URL}/{session.runs[0].id}"
        seen = [client.get(path).json()["status"] for _ in range(4)]
    assert seen[-1] == "completed"


def test_a_stream_may_be_read_on_after_its_session_has_ended():
    session = Session().start()
    session.reply("Hello")
    with httpx2.Client(headers=BETA) as client, client.stream("POST", URL, json=BODY) as response:
        session.stop()
        assert "event: thread.run.completed" in list(response.iter_lines())


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
    ours = [str(one.message) for one in recwarn if "runmock" in str(one.message)]
    assert ours == []
    assert "runmock" not in capsys.readouterr().err


def test_two_threads_read_two_streams_at_once(session):
    from concurrent.futures import ThreadPoolExecutor

    def read(number):
        url = f"https://api.openai.com/v1/threads/thread_{number}/runs"
        with httpx2.Client(headers=BETA) as client, client.stream("POST", url, json=BODY) as response:
            return sum(line == "event: thread.message.delta" for line in response.iter_lines())

    for _ in range(8):
        session.reply(*"abcdefgh")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [8] * 8
    assert {run.status for run in session.runs} == {"completed"}
