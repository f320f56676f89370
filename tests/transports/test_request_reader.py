"""Requests of an HTTP library become requests of core."""

import gc
import weakref

import httpx
import httpx2
import pytest

from runmock.transports.convert import RequestReader

URL = "https://api.openai.com/v1/threads"
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@LIBRARIES
def test_the_headers_of_many_requests_are_read_and_equal_ones_once(library):
    reader = RequestReader()

    def headers(**sent):
        return reader.of(library.Request("GET", URL, headers=sent)).request.headers

    numbers = [*range(12), *range(12)]
    read = [headers(number=str(number)) for number in numbers]
    assert [one["number"] for one in read] == [str(number) for number in numbers]
    again = headers(number="11")
    assert again is read[-1]
    assert headers(number="11", accept="a") == {**again, "accept": "a"}


@LIBRARIES
def test_equal_requests_are_read_once_and_others_are_not_mistaken_for_them(library):
    reader = RequestReader()

    def read(method="GET", url=URL, **headers):
        return reader.of(library.Request(method, url, headers=headers))

    first = read()
    assert read() is first
    others = [
        read("DELETE"),
        read(url=f"{URL}/thread_1"),
        read(url=f"{URL}?after=a"),
        read(url=URL.replace("api.openai.com", "gateway.example")),
        read(accept="text/event-stream"),
    ]
    sent = [(one.request.method, one.request.host, one.request.path, one.request.query) for one in others]
    assert sent == [
        ("DELETE", "api.openai.com", "/v1/threads", {}),
        ("GET", "api.openai.com", "/v1/threads/thread_1", {}),
        ("GET", "api.openai.com", "/v1/threads", {"after": ("a",)}),
        ("GET", "gateway.example", "/v1/threads", {}),
        ("GET", "api.openai.com", "/v1/threads", {}),
    ]
    assert others[-1].request.headers["accept"] == "text/event-stream"
    assert len({id(one) for one in [first, *others]}) == 6


@LIBRARIES
def test_of_many_requests_each_is_read(library):
    reader, numbers = RequestReader(), [*range(20), *range(20)]
    read = [reader.of(library.Request("GET", f"{URL}/thread_{number}")) for number in numbers]
    assert [one.operation.ids["thread_id"] for one in read] == [f"thread_{number}" for number in numbers]


def test_equal_bodies_of_one_request_are_read_once():
    reader = RequestReader()

    def read(body, url=URL):
        return reader.with_body(reader.of(httpx.Request("POST", url)), body)

    first = read(b'{"metadata":null,"stream":true}')
    assert (first.body, first.request.body) == ({"metadata": None, "stream": True}, b'{"metadata":null,"stream":true}')
    assert read(b'{"metadata":null,"stream":true}') is first
    others = [
        read(b'{"stream":false}'),
        read(b'{"stream": true}'),
        read(b'{"metadata":null,"stream":true}', f"{URL}/runs"),
    ]
    assert [other.body for other in others] == [{"stream": False}, {"stream": True}, first.body]
    assert others[-1].operation.name == "create_thread_and_run"
    broken = read(b'{"stream":tru')
    assert broken.problem is not None
    assert read(b'{"stream":tru') is broken
    for number in range(20):
        assert read(b'{"seed":%d}' % number).body == {"seed": number}
    assert read(b'{"seed":19}') is not first


@pytest.mark.parametrize("body", [b'{"metadata":{"a":"b"}}', b'{"messages":[]}', b'{"a":"%s"}' % (b"x" * 5000)])
def test_a_body_in_which_something_can_be_changed_or_that_is_long_is_read_each_time(body):
    reader = RequestReader()
    incoming = reader.of(httpx.Request("POST", URL))
    first, again = (reader.with_body(incoming, body) for _ in range(2))
    assert first == again
    assert first.body is not again.body


def test_what_was_read_is_gone_with_its_reader():
    gc.disable()
    try:
        reader = RequestReader()
        incoming = reader.of(httpx.Request("GET", URL, headers={"authorization": "Bearer x"}))
        reader.with_body(incoming, b"{}")
        del incoming
        kept = weakref.ref(reader._read)
        del reader
        assert kept() is None
    finally:
        gc.enable()
