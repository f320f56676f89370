"""The patches: one however many sessions, none after the last, also when others patch the same method."""

import subprocess
import sys
from unittest import mock

import httpx
import httpx2
import pytest
import respx
import wrapt

from runmock import Session, UnmatchedRequest, use_cassette
from runmock.transports.patching.mocker import Interception

CLIENTS = (httpx.Client, httpx.AsyncClient, httpx2.Client, httpx2.AsyncClient)
BETA = {"OpenAI-Beta": "assistants=v2"}


def methods():
    return [client._transport_for_url for client in CLIENTS]


@pytest.fixture(autouse=True)
def _nothing_stays():
    before = methods()
    yield
    assert methods() == before
    assert not Interception.layers


def ask(library=httpx2):
    url = "https://api.openai.com/v1/threads/runs"
    return library.post(url, headers=BETA, json={"assistant_id": "a"}).json()["object"]


def test_all_clients_are_patched_while_a_session_is_open():
    before = methods()
    session = Session().start()
    assert not set(methods()) & set(before)
    session.stop()


def test_a_second_session_does_not_patch_again():
    outer = Session().start()
    once = methods()
    inner = Session().start()
    assert methods() == once
    inner.stop()
    assert methods() == once
    outer.stop()


def test_sessions_may_end_in_any_order():
    first, second = Session().start(), Session().start()
    first.reply("one")
    first.stop()
    with pytest.raises(UnmatchedRequest):
        ask()
    second.reply("two")
    assert ask() == "thread.run"
    second.stop()
    assert len(second.requests) == 2
    assert first.requests == []


def test_a_session_may_be_opened_again():
    session = Session()
    for _ in range(2):
        session.reply("Hello!")
        session.start()
        assert ask() == "thread.run"
        session.stop()
    assert len(session.runs) == 2


def test_a_router_of_the_outer_session_comes_after_that_of_the_inner_session():
    outer, inner = Session().start(), Session().start()
    outer.router.get("https://weather.example/").respond(text="outer")
    inner.router.get("https://weather.example/inner").respond(text="inner")
    assert httpx2.get("https://weather.example/").text == "outer"
    assert httpx2.get("https://weather.example/inner").text == "inner"
    inner.stop()
    outer.stop()


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_another_patch_below_goes_on_after_the_session(library):
    with mock.patch.object(library.Client, "_transport_for_url", lambda client, url: library.MockTransport(answer)):

        def answer(request):
            return library.Response(200, text="from the other patch")

        session = Session().start()
        assert library.get("https://weather.example/").text == "from the other patch"
        session.stop()
        assert library.get("https://weather.example/").text == "from the other patch"


def test_a_patch_above_goes_on_after_the_session_and_nothing_of_ours_stays_for_long():
    session = Session().start()
    other = respx.mock(using="httpx", assert_all_called=False)
    other.start()
    other.get("https://weather.example/").respond(text="from respx")
    session.stop()
    assert httpx.get("https://weather.example/").text == "from respx"
    other.stop()
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, text="untouched"))) as client:
        assert type(client._transport_for_url(httpx.URL("https://api.openai.com/"))) is httpx.MockTransport
        assert client.get("https://api.openai.com/").text == "untouched"
    Session().start().stop()


class Sending(httpx.BaseTransport):
    """Wraps the network."""

    def __init__(self):
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request):
        return self._inner.handle_request(request)


def asks():
    """A session with one request before and one after a step."""
    with use_cassette() as session, httpx.Client(transport=Sending()) as client:
        session.reply("before")
        session.reply("after")
        assert ask(client) == "thread.run"
        yield
        assert ask(client) == "thread.run"


@pytest.mark.parametrize("when", ["before", "within", "after"])
@pytest.mark.parametrize(
    ("kind", "name"), [(httpx.HTTPTransport, "handle_request"), (httpx.Client, "_transport_for_url")]
)
def test_a_wrapper_that_equals_what_it_wraps_stays_and_nothing_of_ours_below_it(kind, name, when):
    """As those of OpenTelemetry's instrumentation of httpx."""
    original = vars(kind)[name]

    def wrapped():
        wrapt.wrap_function_wrapper(kind, name, lambda function, _, args, keywords: function(*args, **keywords))
        return vars(kind)[name]

    if when == "before":
        wrapper = wrapped()
    first = asks()
    next(first)
    if when == "within":
        wrapper = wrapped()
    next(first, None)
    if when == "after":
        wrapper = wrapped()
    list(asks())
    assert vars(kind)[name] is wrapper
    setattr(kind, name, wrapper.__wrapped__)
    list(asks())
    assert vars(kind)[name] is original


def test_a_patch_below_that_ends_before_the_session_does_not_come_back_with_its_end():
    other = respx.mock(using="httpx", assert_all_called=False)
    other.start()
    session = Session().start()
    other.stop()
    session.stop()


def test_a_session_within_another_patch_comes_before_it():
    with respx.mock(using="httpx") as other, use_cassette() as session:
        other.get("https://weather.example/").respond(text="from respx")
        session.reply("Hello!")
        assert ask(httpx) == "thread.run"
        assert httpx.get("https://weather.example/").text == "from respx"


def test_an_inner_session_comes_before_a_patch_above_the_outer_session():
    with use_cassette() as outer, respx.mock(using="httpx"), use_cassette() as inner:
        inner.reply("Hello!")
        assert ask(httpx) == "thread.run"
    assert (len(outer.requests), len(inner.requests)) == (0, 1)


ALIASED = """
import httpx2
httpx2.alias_httpx()
import httpx
from runmock import Session
from runmock.transports.patching.mocker import Interception, client_classes

assert httpx is httpx2
assert client_classes() == [httpx.Client, httpx.AsyncClient], client_classes()
before = httpx2.Client._transport_for_url
session = Session().start()
assert [name for _, name in Interception._made].count("_transport_for_url") == 2
session.reply("Hello!")
session.router.get("https://weather.example/").respond(text="21")
response = httpx.post(
    "https://api.openai.com/v1/threads/runs", headers={"OpenAI-Beta": "assistants=v2"}, json={"assistant_id": "a"}
)
assert response.json()["object"] == "thread.run"
assert httpx.get("https://weather.example/").text == "21"
session.stop()
assert httpx2.Client._transport_for_url is before
print("once")
"""


def test_two_names_of_one_library_are_patched_once():
    run = subprocess.run([sys.executable, "-c", ALIASED], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("once\n", "")
