"""An answer that is no stream is recorded to its end, though the application closes it before."""

import json
import socket
import threading

import anyio
import httpx
import httpx2
import openai
import pytest
from upstream import KEY, ROOT, Chunks, events

import runmock
from runmock.tape.reading.cassette import load_cassette
from runmock.transports import passing
from runmock.transports.convert import library_of

ERROR = {"error": {"message": "The server had an error.", "type": "server_error", "code": None, "param": None}}
HEADERS = {"OpenAI-Beta": "assistants=v2"}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


class Busy:
    """An upstream that is busy once, then streams; bodies come in pieces. `error` ends the first one early."""

    def __init__(self, status=500, error=None, kind="application/json"):
        self.status, self.error, self.kind, self.asked = status, error, kind, 0

    def __call__(self, request):
        library = library_of(request)
        made = type("Made", (Chunks, library.SyncByteStream, library.AsyncByteStream), {})
        self.asked += 1
        if self.asked > 1:
            return library.Response(200, headers={"content-type": "text/event-stream"}, stream=made(events(2)))
        text = json.dumps(ERROR).encode()
        pieces = [text[:20]] if self.error else [text[:20], text[20:]]
        error = self.error and getattr(library, self.error)("gone", request=request)
        headers = {"content-type": self.kind, "retry-after-ms": "1"}
        return library.Response(self.status, headers=headers, stream=made(pieces, error=error))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


def streamed(upstream):
    with (
        openai.OpenAI(
            api_key=KEY, base_url=ROOT, http_client=httpx2.Client(transport=httpx2.MockTransport(upstream))
        ) as sdk,
        sdk.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1", stream=True) as stream,
    ):
        return [event.event for event in stream]


def streamed_async(upstream):
    async def main():
        transport = httpx2.MockTransport(upstream)
        async with openai.AsyncOpenAI(
            api_key=KEY, base_url=ROOT, http_client=httpx2.AsyncClient(transport=transport)
        ) as sdk:
            stream = await sdk.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1", stream=True)
            return [event.event async for event in stream]

    return anyio.run(main)


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("status", [409, 429, 500, 503])
@pytest.mark.parametrize("reads", [streamed, streamed_async])
def test_an_error_after_which_the_sdk_sends_again_is_recorded_whole_and_plays(path, reads, status, kind):
    with runmock.use_cassette(path, record_mode="once"):
        received = reads(Busy(status, kind=kind))
    first, second = load_cassette(path).interactions
    answer = first.json if first.text is None else json.loads(first.text)  # what only calls itself a stream is a text
    assert (first.status, answer, first.is_truncated) == (status, ERROR, False)
    assert (second.status, second.is_truncated) == (200, False)
    silent = Busy()
    with runmock.use_cassette(path):
        assert reads(silent) == received == ["thread.run.created", "thread.message.delta", "thread.message.delta"]
    assert silent.asked == 0


def left_unread(library, upstream, pieces=0):
    """A sync client that closes its answer after so many pieces."""
    with library.Client(transport=library.MockTransport(upstream), base_url=ROOT, headers=HEADERS) as client:
        answer = client.send(client.build_request("POST", "/threads", json={}), stream=True)
        raw = answer.iter_raw()
        for _ in range(pieces):
            next(raw)
        answer.close()


def left_unread_async(library, upstream, pieces=0):
    async def main():
        transport = library.MockTransport(upstream)
        async with library.AsyncClient(transport=transport, base_url=ROOT, headers=HEADERS) as client:
            answer = await client.send(client.build_request("POST", "/threads", json={}), stream=True)
            raw = answer.aiter_raw()
            for _ in range(pieces):
                await anext(raw)
            await answer.aclose()

    anyio.run(main)


@LIBRARIES
@pytest.mark.parametrize("pieces", [0, 1, 2])
@pytest.mark.parametrize("leaves", [left_unread, left_unread_async])
def test_it_is_whole_however_much_of_it_was_read(path, library, leaves, pieces):
    with runmock.use_cassette(path, record_mode="once"):
        leaves(library, Busy(), pieces)
    (interaction,) = load_cassette(path).interactions
    assert (interaction.json, interaction.is_truncated) == (ERROR, False)


@LIBRARIES
@pytest.mark.parametrize("leaves", [left_unread, left_unread_async])
def test_what_breaks_off_then_is_no_error_of_the_application_and_is_kept_as_half(path, library, leaves):
    with runmock.use_cassette(path, record_mode="once"):
        leaves(library, Busy(error="ReadError"))
    (interaction,) = load_cassette(path).interactions
    assert interaction.is_truncated


@LIBRARIES
@pytest.mark.parametrize("leaves", [left_unread, left_unread_async])
def test_no_more_is_read_than_a_cassette_may_want(path, monkeypatch, library, leaves):
    monkeypatch.setattr(passing, "LARGEST_REST", 10)
    with runmock.use_cassette(path, record_mode="once"):
        leaves(library, Busy())
    (interaction,) = load_cassette(path).interactions
    assert (interaction.is_truncated, interaction.text) == (True, json.dumps(ERROR)[:20])


@pytest.fixture
def hanging():
    """A server that promises more than it sends, and waits; its API root."""
    over = threading.Event()

    def serve(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 500 X\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{")
            over.wait(20)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        over.set()
        thread.join()


@LIBRARIES
@pytest.mark.parametrize("is_async", [False, True])
def test_an_upstream_that_hangs_holds_nobody(path, monkeypatch, hanging, library, is_async):
    monkeypatch.setattr(passing, "REST_WITHIN_S", 0.05)

    def ask():
        with library.Client(base_url=hanging, headers=HEADERS) as client:
            client.send(client.build_request("POST", "/threads", json={}), stream=True).close()

    async def ask_async():
        async with library.AsyncClient(base_url=hanging, headers=HEADERS) as client:
            await (await client.send(client.build_request("POST", "/threads", json={}), stream=True)).aclose()

    with runmock.use_cassette(path, record_mode="once"):
        anyio.run(ask_async) if is_async else ask()
    (interaction,) = load_cassette(path).interactions
    assert (interaction.status, interaction.is_truncated) == (500, True)
