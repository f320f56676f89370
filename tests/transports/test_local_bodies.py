"""A body that runmock reads for the client leaves the response as the library's own reading of it would."""

import asyncio
import copy
import functools
import gc
import gzip
import itertools
import pickle
import weakref

import httpx
import httpx2
import pytest
from reply_transport import ReplyTransport

from runmock.core.http.exchange import Disconnected, Frame, Reply
from runmock.core.http.sse import DONE
from runmock.transports import convert

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
EVENTS = [b"event: number\ndata: %d\n\n" % number for number in range(3)]


class Frames:
    """The frames of a stream, which tell whether they were closed; `broken` ends them as a lost connection does."""

    def __init__(self, *, is_broken=False):
        frames = [Frame(0, event) for event in EVENTS]
        self._upcoming, self.is_closed = iter([*frames, *([] if is_broken else [Frame(0, DONE, 1, True)])]), False
        self._is_broken = is_broken

    def __iter__(self):
        return self

    def __next__(self):
        if self.is_closed:
            raise StopIteration
        frame = next(self._upcoming, None)
        if frame is None:
            raise Disconnected if self._is_broken else StopIteration
        return frame

    def close(self):
        self.is_closed = True


def whole():
    return Reply.of_json({"id": "run_1"}, headers=[("x-one", "1")])


def empty():
    return Reply(204, (("content-type", "text/plain"),), (Frame(0, b""),))


def streamed():
    return Reply.of_events(Frames())


def broken():
    return Reply.of_events(Frames(is_broken=True))


REPLIES = pytest.mark.parametrize("reply", [whole, empty, streamed, broken])


def some(pieces, number):
    return list(itertools.islice(pieces, number))


async def every(pieces):
    return [piece async for piece in pieces]


async def first(pieces):
    async for piece in pieces:
        await pieces.aclose()
        return piece
    return None


STEPS = {
    "read": lambda response: response.read(),
    "content": lambda response: response.content,
    "json": lambda response: response.json(),
    "bytes": lambda response: b"".join(response.iter_bytes()),
    "cut": lambda response: list(response.iter_bytes(5)),
    "text": lambda response: "".join(response.iter_text()),
    "lines": lambda response: list(response.iter_lines()),
    "raw": lambda response: list(response.iter_raw()),
    "one piece": lambda response: some(response.iter_bytes(), 1),
    "close": lambda response: response.close(),
    "not read": lambda response: None,
    "wrong way": lambda response: asyncio.run(response.aread()),
    "wrong pieces": lambda response: asyncio.run(every(response.aiter_bytes())),
}


async def wrong_way(response):
    return response.read()


async def wrong_pieces(response):
    return list(response.iter_bytes())


async def content(response):
    return response.content


async def joined(pieces):
    return b"".join(await every(pieces))


async def nothing(response):
    return None


ASYNC_STEPS = {
    "read": lambda response: response.aread(),
    "content": content,
    "bytes": lambda response: joined(response.aiter_bytes()),
    "cut": lambda response: every(response.aiter_bytes(5)),
    "text": lambda response: every(response.aiter_text()),
    "lines": lambda response: every(response.aiter_lines()),
    "raw": lambda response: every(response.aiter_raw()),
    "one piece": lambda response: first(response.aiter_bytes()),
    "close": lambda response: response.aclose(),
    "not read": nothing,
    "wrong way": wrong_way,
    "wrong pieces": wrong_pieces,
}


def outcome(call):
    """What a step returns, or the kind and the text of its exception."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whatever the library raises
        return type(error), str(error), getattr(error, "_request", None) is not None


async def async_outcome(call):
    try:
        return await call()
    except Exception as error:  # noqa: BLE001 - whatever the library raises
        return type(error), str(error), getattr(error, "_request", None) is not None


def state(response, reply):
    """What shows of a response after it was read, or not."""
    hidden = {"_request", "stream", "headers", "_decoder", "_elapsed"}
    mine = {"read", "aread", "iter_bytes", "aiter_bytes"}
    names = {name: value for name, value in vars(response).items() if name not in hidden | mine}
    left = getattr(reply.frames, "is_closed", None)
    return names, outcome(lambda: response.elapsed is not None), dict(response.headers), left


def asked(library, reply, steps):
    with library.Client(transport=ReplyTransport(reply)) as client:
        request = client.build_request("GET", "https://api.openai.com/v1/threads/thread_1")
        response = client.send(request, stream=True)
        assert type(response) is library.Response
        told = []
        for step in steps:
            told.append(outcome(lambda step=step: STEPS[step](response)))
            told.append(state(response, reply))
        return told


def asked_async(library, reply, steps):
    async def main():
        async with library.AsyncClient(transport=ReplyTransport(reply)) as client:
            request = client.build_request("GET", "https://api.openai.com/v1/threads/thread_1")
            response = await client.send(request, stream=True)
            told = []
            for step in steps:
                told.append(await async_outcome(lambda step=step: ASYNC_STEPS[step](response)))
                told.append(state(response, reply))
            return told

    return asyncio.run(main())


@pytest.fixture
def librarys_own(monkeypatch):
    """A function that calls another one while no body is read by runmock."""

    def call(function):
        with monkeypatch.context() as patches:
            patches.setattr(convert, "_ENCODING", "content-type")
            return function()

    return call


@LIBRARIES
@REPLIES
@pytest.mark.parametrize("first", STEPS)
def test_two_steps_give_what_the_librarys_own_reading_gives(library, reply, first, librarys_own):
    for then in STEPS:
        expected = librarys_own(lambda then=then: asked(library, reply(), (first, then)))
        assert asked(library, reply(), (first, then)) == expected, then


@LIBRARIES
@REPLIES
@pytest.mark.parametrize("first", ASYNC_STEPS)
def test_two_steps_of_an_async_client_give_it_too(library, reply, first, librarys_own):
    for then in ASYNC_STEPS:
        expected = librarys_own(lambda then=then: asked_async(library, reply(), (first, then)))
        assert asked_async(library, reply(), (first, then)) == expected, then


@LIBRARIES
def test_the_library_decodes_nothing_of_a_body_that_is_read_here(library, monkeypatch):
    monkeypatch.setattr(library.Response, "_get_content_decoder", None)
    for reply, content in ((whole(), b'{\n  "id": "run_1"\n}'), (streamed(), b"".join([*EVENTS, DONE]))):
        with library.Client(transport=ReplyTransport(reply)) as client:
            assert client.get("https://x.example").content == content
        with pytest.raises(TypeError), library.Client(transport=ReplyTransport(Reply.of_json({}))) as client:
            client.send(client.build_request("GET", "https://x.example"), stream=True).iter_bytes().__next__()


@LIBRARIES
def test_a_hook_that_forgets_to_read_fails_as_it_does_with_a_network(library):
    hooks = {"response": [lambda response: response.content]}
    with (
        library.Client(transport=ReplyTransport(whole()), event_hooks=hooks) as client,
        pytest.raises(library.ResponseNotRead),
    ):
        client.get("https://x.example")


class Shouting:
    """A stream of an application's own, around another one."""

    def __init__(self, stream):
        self._stream = stream

    def __iter__(self):
        return (data.upper() for data in self._stream)

    def close(self):
        self._stream.close()


@LIBRARIES
@pytest.mark.parametrize("reply", [whole, streamed])
def test_a_stream_that_the_application_puts_around_the_body_is_read(library, reply):
    def hook(response):
        response.stream = type("Shouting", (Shouting, library.SyncByteStream), {})(response.stream)

    with library.Client(transport=ReplyTransport(reply()), event_hooks={"response": [hook]}) as client:
        assert client.get("https://x.example").content == reply().body().upper()


@LIBRARIES
@pytest.mark.parametrize("reply", [whole, streamed])
@pytest.mark.parametrize("name", ["read", "iter_bytes", "iter_raw"])
def test_a_method_that_an_instrumentation_puts_into_the_class_is_called(library, reply, name, monkeypatch):
    own, called = getattr(library.Response, name), []

    @functools.wraps(own)
    def instrumented(response, *args, **options):
        called.append(name)
        return own(response, *args, **options)

    monkeypatch.setattr(library.Response, name, instrumented)
    with library.Client(transport=ReplyTransport(reply())) as client:
        assert client.get("https://x.example").content == reply().body()
    assert called == [name]


@LIBRARIES
def test_a_method_that_an_application_puts_into_the_response_stays(library):
    called = []

    def hook(response):
        own = response.read

        def read():
            called.append("read")
            return own()

        response.read = read

    with library.Client(transport=ReplyTransport(whole()), event_hooks={"response": [hook]}) as client:
        response = client.get("https://x.example")
        assert response.read() == response.content == whole().body()
    assert called == ["read", "read"]


@LIBRARIES
@pytest.mark.parametrize("reply", [whole, streamed])
def test_a_response_that_was_read_can_be_copied_and_pickled(library, reply):
    with library.Client(transport=ReplyTransport(reply())) as client:
        response = client.get("https://x.example")
    for other in (copy.copy(response), pickle.loads(pickle.dumps(response))):
        assert (type(other), other.content) == (library.Response, response.content)


@LIBRARIES
def test_a_body_that_is_said_to_be_compressed_is_left_to_the_library(library):
    body = gzip.compress(b"{}")
    reply = Reply(200, (("content-encoding", "gzip"),), (Frame(0, body),))
    with library.Client(transport=ReplyTransport(reply)) as client:
        assert client.get("https://x.example").content == b"{}"
    stream = Reply(200, (("Content-Encoding", "gzip"),), iter([Frame(0, body)]), is_stream=True)
    with library.Client(transport=ReplyTransport(stream)) as client:
        assert client.get("https://x.example").content == b"{}"


@LIBRARIES
def test_what_is_done_to_the_headers_of_one_response_shows_in_no_other(library):
    transport = ReplyTransport(whole())
    with library.Client(transport=transport) as client:
        client.get("https://x.example").headers["x-one"] = "changed"
        assert client.get("https://x.example").headers["x-one"] == "1"


@LIBRARIES
def test_an_async_stream_is_closed_before_its_last_frame(library):
    reply = streamed()

    async def main():
        async with (
            library.AsyncClient(transport=ReplyTransport(reply)) as client,
            client.stream("GET", "https://x.example") as response,
        ):
            return [(data, response.is_closed) async for data in response.aiter_bytes()]

    assert asyncio.run(main()) == [*((event, False) for event in EVENTS), (DONE, True)]
    assert reply.frames.is_closed


@pytest.mark.parametrize("reply", [whole, streamed])
def test_a_response_that_was_read_is_kept_by_nobody(reply):
    gc.disable()
    try:
        with httpx2.Client(transport=ReplyTransport(reply())) as client:  # a response of httpx refers to itself
            seen = weakref.ref(client.get("https://x.example"))
        assert seen() is None
    finally:
        gc.enable()
