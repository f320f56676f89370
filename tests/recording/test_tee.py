"""The tee: every client gets each event when it comes, and what went by is kept, however the reading ends."""

import asyncio
import functools
import gc
import gzip

import anyio
import httpx
import httpx2
import openai
import pytest
from upstream import KEY, ROOT, Chunks, events

import runmock
from runmock.tape.reading.cassette import load_cassette
from runmock.transports.convert import library_of

SSE = {"content-type": "text/event-stream"}
RUN = {"assistant_id": "asst_mine", "stream": True}
HEADERS = {"OpenAI-Beta": "assistants=v2", "Authorization": f"Bearer {KEY}"}
LIBRARIES = {"httpx": httpx, "httpx2": httpx2}


class Answer:
    """An upstream with one answer, a stream of pieces; keeps the streams that it returned, and the requests."""

    def __init__(self, pieces, headers=SSE, every=0, error=None, status=200):
        self.pieces, self.headers, self.every, self.error, self.status = pieces, headers, every, error, status
        self.streams, self.requests = [], []

    def __call__(self, request):
        library = library_of(request)
        self.requests.append(request)
        made = type("Made", (Chunks, library.SyncByteStream, library.AsyncByteStream), {})
        error = self.error and getattr(library, self.error)("gone", request=request)
        self.streams.append(made(self.pieces, self.every, error))
        return library.Response(self.status, headers=self.headers, stream=self.streams[-1])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


def sync_client(library, upstream):
    return library.Client(transport=library.MockTransport(upstream), base_url=ROOT, headers=HEADERS)


def async_client(library, upstream):
    return library.AsyncClient(transport=library.MockTransport(upstream), base_url=ROOT, headers=HEADERS)


def read_sync(library, upstream, reads):
    """Read a run's stream with a sync client as far as `reads` wants."""
    with sync_client(library, upstream) as client, client.stream("POST", "/threads/t/runs", json=RUN) as answer:
        return reads(answer.iter_raw())


def read_async(library, upstream, reads):
    """The same with an async client; each step of the reading is awaited."""

    async def main():
        async with (
            async_client(library, upstream) as client,
            client.stream("POST", "/threads/t/runs", json=RUN) as answer,
        ):
            stream = answer.aiter_raw()
            received = []
            async for piece in stream:
                received.append(piece)
                if reads(iter(received)) is not WANTS_MORE:
                    break
            await stream.aclose()
            return received

    return anyio.run(main)


WANTS_MORE = object()
READERS = [pytest.param(read, library, id=f"{read.__name__}-{name}") for read in (read_sync, read_async) for name, library in LIBRARIES.items()]  # fmt: skip


def all_of(pieces):
    received = list(pieces)
    return received if received[-1].endswith(b"[DONE]\n\n") else WANTS_MORE


@pytest.mark.parametrize(("read", "library"), READERS)
def test_the_same_bytes_objects_go_on_one_by_one(path, read, library):
    pieces = events(3)
    with runmock.use_cassette(path, record_mode="once"):
        received = read(library, Answer(pieces), all_of)
    assert len(received) == len(pieces)
    assert all(chunk is other for chunk, other in zip(received, pieces, strict=True))
    (recorded,) = load_cassette(path).interactions
    assert [event.name for event in recorded.stream] == ["thread.run.created", *["thread.message.delta"] * 3, "done"]
    assert not recorded.is_truncated


@pytest.mark.parametrize(("read", "library"), READERS)
def test_an_early_break_is_a_stream_whose_end_was_not_recorded(path, read, library):
    upstream = Answer(events(3))
    with runmock.use_cassette(path, record_mode="once"):
        read(library, upstream, next)
    (recorded,) = load_cassette(path).interactions
    assert recorded.is_truncated
    assert [event.name for event in recorded.stream] == ["thread.run.created"]
    assert upstream.streams[0].is_closed
    with pytest.raises(runmock.ScriptError, match="truncated"), runmock.use_cassette(path):
        read(library, Answer([]), all_of)
    with runmock.use_cassette(path, allow_truncated=True):
        read(library, Answer([]), lambda pieces: list(pieces) and WANTS_MORE)


@pytest.mark.parametrize(("read", "library"), READERS)
def test_an_error_of_upstream_reaches_the_application_as_it_is_and_what_came_is_kept(path, read, library):
    upstream = Answer(events(3)[:2], error="ReadError")
    with runmock.use_cassette(path, record_mode="once"), pytest.raises(library.ReadError) as raised:
        read(library, upstream, lambda pieces: list(pieces) and WANTS_MORE)
    assert raised.value is upstream.streams[0].error
    (recorded,) = load_cassette(path).interactions
    assert recorded.is_truncated
    assert len(recorded.stream) == 2


def test_a_stream_that_nobody_reads_or_closes_is_kept_as_far_as_it_went(path):
    with runmock.use_cassette(path, record_mode="once"), sync_client(httpx2, Answer(events(3))) as client:
        answer = client.send(client.build_request("POST", "/threads/t/runs", json=RUN), stream=True)
        pieces = answer.iter_raw()
        next(pieces)
        del pieces, answer
        gc.collect()
    (recorded,) = load_cassette(path).interactions
    assert recorded.is_truncated
    assert len(recorded.stream) == 1


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
def test_a_cancelled_task_seals_what_it_received(path, library):
    async def main():
        async with async_client(library, Answer(events(3), every=0.01)) as client:
            received = asyncio.Event()

            async def reading():
                async with client.stream("POST", "/threads/t/runs", json=RUN) as answer:
                    async for _ in answer.aiter_raw():
                        received.set()
                        await asyncio.sleep(5)

            task = asyncio.create_task(reading())
            await received.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with runmock.use_cassette(path, record_mode="once"):
        asyncio.run(main())
    (recorded,) = load_cassette(path).interactions
    assert (recorded.is_truncated, len(recorded.stream)) == (True, 1)


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
def test_an_error_before_the_answer_leaves_the_old_cassette_and_fails_the_block(path, library):
    def refuses(request):
        raise library.ConnectError("no route", request=request)

    with (
        pytest.raises(runmock.CassetteError) as raised,
        runmock.use_cassette(path, record_mode="once"),
        sync_client(library, refuses) as client,
        pytest.raises(library.ConnectError),
    ):
        client.post("/threads", json={})
    assert str(raised.value) == (
        f"{path}: the recording is not whole, and nothing was written: "
        "POST /v1/threads was never answered (ConnectError)"
    )
    assert not path.exists()


def test_an_error_before_the_answer_is_forgiven_when_the_next_try_was_answered(path):
    answers = iter(
        [httpx2.ConnectError("no route"), httpx2.Response(200, json={"id": "thread_A1", "object": "thread"})]
    )

    def second_time(request):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = httpx2.MockTransport(second_time)
    with (
        runmock.use_cassette(path, record_mode="once"),
        openai.OpenAI(api_key=KEY, base_url=ROOT, http_client=httpx2.Client(transport=transport), max_retries=1) as sdk,
    ):
        assert sdk.beta.threads.create().id == "thread_A1"
    assert len(load_cassette(path).interactions) == 1


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
def test_upstream_is_requested_not_to_compress_and_a_compressed_answer_is_understood(path, library):
    for packed, headers in (
        (b"".join(events(2)), {}),
        (gzip.compress(b"".join(events(2))), {"content-encoding": "gzip"}),
    ):
        upstream = Answer([packed[:40], packed[40:]], SSE | headers)
        with runmock.use_cassette(path, record_mode="rewrite"), sync_client(library, upstream) as client:
            text = client.post("/threads/t/runs", json=RUN).text
        assert text == b"".join(events(2)).decode()
        assert upstream.requests[0].headers["accept-encoding"] == "identity"
        (recorded,) = load_cassette(path).interactions
        assert len(recorded.stream) == 4


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
def test_an_answer_that_a_transport_has_read_already_is_recorded_all_the_same(path, library):
    def at_once(request):
        packed = gzip.compress(b'{"id": "thread_A1", "object": "thread"}')
        answer = library.Response(
            200,
            headers={"content-type": "application/json", "content-encoding": "gzip"},
            stream=library.ByteStream(packed),
        )
        answer.read()
        return answer

    with runmock.use_cassette(path, record_mode="once"), sync_client(library, at_once) as client:
        assert client.post("/threads", json={}).json() == {"id": "thread_A1", "object": "thread"}
    (recorded,) = load_cassette(path).interactions
    assert recorded.json == {"id": "thread_1", "object": "thread"}
    assert not recorded.is_truncated


def test_the_request_goes_on_as_the_application_sent_it(path):
    upstream = Answer([b'{"id": "file_A1", "object": "file"}'], {"content-type": "application/json"})
    with (
        runmock.use_cassette(path, record_mode="once", hosts=["gateway.example"]),
        sync_client(httpx2, upstream) as client,
    ):
        client.post(
            "/files?purpose=a%20b", files={"file": ("a.txt", b"secret content")}, headers={"x-mine": "1"}, timeout=7
        )
    (request,) = upstream.requests
    assert str(request.url) == f"{ROOT}/files?purpose=a%20b"
    assert request.headers["x-mine"] == "1"
    assert request.extensions["timeout"]["read"] == 7
    assert b"secret content" in request.read()
    (recorded,) = load_cassette(path).interactions
    assert "secret content" not in path.read_text()
    assert recorded.path == "/files"


@pytest.mark.parametrize("kind", ["with", "close"])
def test_a_transport_of_its_own_records_when_it_is_closed(path, kind, upstream_server):
    client = httpx2.Client(
        transport=runmock.transport(path, record_mode="once"), base_url=upstream_server, headers=HEADERS
    )
    if kind == "with":
        with client:
            received = client.post("/threads/t/runs", json=RUN).text
    else:
        received = client.post("/threads/t/runs", json=RUN).text
        client.close()
    with httpx2.Client(transport=runmock.transport(path), base_url=upstream_server, headers=HEADERS) as again:
        assert again.post("/threads/t/runs", json=RUN).text.count("event:") == received.count("event:") == 5


def test_a_transport_whose_block_fails_writes_nothing(path, upstream_server):
    with (  # noqa: PT012 - the block is what fails
        pytest.raises(ZeroDivisionError),
        httpx2.Client(
            transport=runmock.transport(path, record_mode="once"), base_url=upstream_server, headers=HEADERS
        ) as client,
    ):
        client.post("/threads/t/runs", json=RUN)
        raise ZeroDivisionError
    assert not path.exists()


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
def test_an_async_transport_of_its_own_records_too(path, library, upstream_server):
    async def main(mode):
        transport = runmock.transport(path, record_mode=mode)
        async with library.AsyncClient(transport=transport, base_url=upstream_server, headers=HEADERS) as client:
            return (await client.post("/threads/t/runs", json=RUN)).text.count("event:")

    assert anyio.run(functools.partial(main, "once")) == anyio.run(functools.partial(main, "none")) == 5


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
@pytest.mark.parametrize(("read", "library"), READERS)
def test_nothing_is_read_ahead_of_the_application(path, read, library, mode):
    sent, received = [], []

    def one_by_one():
        for piece in events(3):
            sent.append(piece)
            yield piece

    def looks(pieces):
        heard = []
        for piece in pieces:
            heard.append(piece)
            received.append((len(sent), len(heard)))
        return heard if heard[-1].endswith(b"[DONE]\n\n") else WANTS_MORE

    with runmock.use_cassette(path, record_mode=mode):
        read(library, Answer(one_by_one()), looks)
    assert {came for came, _ in received} == {1, 2, 3, 4, 5}
    first_look = {heard: came for came, heard in reversed(received)}
    assert all(came == heard for heard, came in first_look.items())
