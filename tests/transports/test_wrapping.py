"""A client's own transport that wraps another one runs; what it wraps is replaced, and nothing gets out."""

import asyncio
import concurrent.futures
import socket
import threading
import urllib.request

import httpx
import httpx2
import pytest
import respx
from wrappers import WRAPPERS, both, by_attribute, network, over

import runmock
from runmock import Session, UnmatchedRequest, use_cassette

BETA = {"OpenAI-Beta": "assistants=v2"}
AGENT = {"user-agent": "OpenAI/Python 3.57.0"}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
WAYS = pytest.mark.parametrize("way", ["sync", "async"])
METHODS = {"sync": "handle_request", "async": "handle_async_request"}
RUNS = "https://api.openai.com/v1/threads/runs"
BODY = {"assistant_id": "asst_1"}


@pytest.fixture
def session():
    """A session whose misses do not fail the test."""
    session = Session().start()
    yield session
    session.stop()


def post(library, way, transport, url=RUNS, times=1, headers=BETA, mounts=None):
    """The last of some answers to a client with this transport."""
    options = {"mounts": {"all://": transport}} if mounts else {"transport": transport}
    if way == "sync":
        with library.Client(**options) as client:
            return [client.post(url, json=BODY, headers=headers) for _ in range(times)][-1]

    async def main():
        async with library.AsyncClient(**options) as client:
            return [await client.post(url, json=BODY, headers=headers) for _ in range(times)][-1]

    return asyncio.run(main())


@LIBRARIES
@WAYS
@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("made", ["before the session", "within it"])
def test_a_transport_that_wraps_runs_and_runmock_answers_in_the_place_of_what_it_wraps(library, way, wrapper, made):
    def wrapping():
        return WRAPPERS[wrapper](library, network(library, METHODS[way]), METHODS[way])

    transport = wrapping() if made == "before the session" else None
    with use_cassette() as session:
        transport = transport or wrapping()
        session.reply("Hello!")
        answer = post(library, way, transport)
        assert answer.json()["object"] == "thread.run"
        assert type(answer) is library.Response
        assert transport.paths == ["/v1/threads/runs"]
        assert len(session.requests) == 1


@LIBRARIES
@WAYS
def test_a_mounted_one_runs_too(session, library, way):
    transport = by_attribute(library, network(library, METHODS[way]), METHODS[way])
    session.reply("Hello!")
    assert post(library, way, transport, mounts=True).json()["object"] == "thread.run"
    assert transport.paths == ["/v1/threads/runs"]


@LIBRARIES
@WAYS
def test_a_transport_that_sends_again_gets_the_scripted_refusal_and_then_the_run(session, library, way):
    class Retrying(library.BaseTransport, library.AsyncBaseTransport):
        def __init__(self, inner):
            self.inner, self.statuses = inner, []

        def handle_request(self, request):
            while True:
                answer = self.inner.handle_request(request)
                self.statuses.append(answer.status_code)
                if answer.status_code < 400:
                    return answer
                answer.close()

        async def handle_async_request(self, request):
            while True:
                answer = await self.inner.handle_async_request(request)
                self.statuses.append(answer.status_code)
                if answer.status_code < 400:
                    return answer
                await answer.aclose()

    session.http(429, times=2).reply("Hello!")
    transport = Retrying(network(library, METHODS[way]))
    assert post(library, way, transport).status_code == 200
    assert transport.statuses == [429, 429, 200]


@LIBRARIES
@WAYS
@pytest.mark.parametrize("inner", ["a mock", "one of the application's", "aiohttp"])
def test_whatever_it_wraps_is_replaced(session, library, way, inner):
    class Refusing(library.BaseTransport, library.AsyncBaseTransport):
        def handle_request(self, request):
            pytest.fail("got out")

        async def handle_async_request(self, request):
            pytest.fail("got out")

    def fail(request):
        pytest.fail("got out")

    if inner == "aiohttp":
        if (library, way) != (httpx, "async"):
            pytest.skip("it has transports for async clients of httpx only")
        wrapped = pytest.importorskip("httpx_aiohttp").AiohttpTransport()
    else:
        wrapped = library.MockTransport(fail) if inner == "a mock" else Refusing()
    transport = by_attribute(library, wrapped, METHODS[way])
    session.reply("Hello!")
    assert post(library, way, transport).json()["object"] == "thread.run"
    assert transport.paths == ["/v1/threads/runs"]


@LIBRARIES
def test_an_async_transport_that_runs_a_sync_transport_in_a_thread_wraps_it(session, library):
    class InThread(library.AsyncBaseTransport):
        def __init__(self):
            self.inner, self.paths = library.HTTPTransport(), []

        async def handle_async_request(self, request):
            self.paths.append(request.url.path)
            sent = library.Request(request.method, request.url, headers=request.headers, content=await request.aread())
            answer = await asyncio.to_thread(self.inner.handle_request, sent)
            return library.Response(answer.status_code, headers=answer.headers, content=answer.read())

    transport = InThread()
    session.reply("Hello!")
    assert post(library, "async", transport).json()["object"] == "thread.run"
    assert transport.paths == ["/v1/threads/runs"]


@LIBRARIES
def test_a_sync_transport_that_runs_an_async_transport_wraps_it(session, library):
    class InLoop(library.BaseTransport):
        def __init__(self):
            self.inner, self.paths = library.AsyncHTTPTransport(), []

        def handle_request(self, request):
            self.paths.append(request.url.path)
            sent = library.Request(request.method, request.url, headers=request.headers, content=request.read())

            async def send():
                answer = await self.inner.handle_async_request(sent)
                return library.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

            return asyncio.run(send())

    transport = InLoop()
    session.reply("Hello!")
    assert post(library, "sync", transport).json()["object"] == "thread.run"
    assert transport.paths == ["/v1/threads/runs"]


class Row:
    """One of many objects that an application holds."""


class Shy:
    """Nothing of it may be looked at."""

    def __getattribute__(self, name):
        raise RuntimeError(name)


HELD = {
    "many rows": lambda: [Row() for _ in range(3000)],
    "a large table": lambda: {str(number): [number + 10**6, str(number)] for number in range(3000)},
    "a shy object": lambda: Shy(),  # noqa: PLW0108
}


@LIBRARIES
@WAYS
@pytest.mark.parametrize("held", HELD)
def test_whatever_else_it_holds_what_it_wraps_is_found(session, library, way, held):

    class Holding(over(library, None)):
        def __init__(self):
            self.held, self.inner = HELD[held](), {"by": {"host": [network(library, METHODS[way])]}}
            self.paths = []

        def handle_request(self, request):
            self.paths.append(request.url.path)
            return self.inner["by"]["host"][0].handle_request(request)

        async def handle_async_request(self, request):
            self.paths.append(request.url.path)
            return await self.inner["by"]["host"][0].handle_async_request(request)

        def close(self):
            self.inner["by"]["host"][0].close()

        async def aclose(self):
            await self.inner["by"]["host"][0].aclose()

    transport = Holding()
    session.reply("Hello!")
    assert post(library, way, transport).json()["object"] == "thread.run"
    assert transport.paths == ["/v1/threads/runs"]


@LIBRARIES
@WAYS
def test_a_transport_that_wrapped_nothing_is_inspected_again_when_it_has_another_attribute(session, library, way):
    transport = both(library, "Changing", lambda self, name: getattr(self.inner, name), inner=None)
    session.reply("Hello!")
    post(library, way, transport)
    assert transport.paths == []
    session.reply("Hello!")
    transport.inner = network(library, METHODS[way])
    post(library, way, transport)
    assert transport.paths == ["/v1/threads/runs"]


@LIBRARIES
@WAYS
@pytest.mark.parametrize("kind", ["the network", "one of the application's"])
def test_a_function_in_the_place_of_its_method_that_calls_nothing_is_replaced(session, library, way, kind):
    transport = network(library, METHODS[way]) if kind == "the network" else both(library, "Own", None)
    setattr(transport, METHODS[way], lambda request: library.Response(500))
    session.reply("Hello!")
    assert post(library, way, transport).json()["object"] == "thread.run"


@LIBRARIES
@WAYS
def test_a_transport_that_wraps_nothing_is_replaced_whole(session, library, way):
    transport = both(library, "Alone", lambda self, name: pytest.fail("it ran"))
    session.reply("Hello!")
    assert post(library, way, transport).json()["object"] == "thread.run"
    assert transport.paths == []


@LIBRARIES
def test_a_mock_transport_whose_function_sends_through_another_wraps(session, library):
    inner, requests = library.HTTPTransport(), []

    def passing(request):
        requests.append(request.url.path)
        return inner.handle_request(request)

    session.reply("Hello!")
    assert post(library, "sync", library.MockTransport(passing)).json()["object"] == "thread.run"
    assert requests == ["/v1/threads/runs"]


@LIBRARIES
@WAYS
def test_an_application_in_process_inside_of_a_wrapper_is_reached(session, library, way):
    async def asgi(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the application's"})

    def wsgi(environment, start_response):
        start_response("200 OK", [])
        return [b"the application's"]

    inner = library.WSGITransport(app=wsgi) if way == "sync" else library.ASGITransport(app=asgi)
    transport = by_attribute(library, inner, METHODS[way])
    assert post(library, way, transport, url="http://testserver/threads/runs").text == "the application's"
    assert session.requests == []


@LIBRARIES
def test_a_custom_cassette_inside_of_a_wrapper_plays(session, library, tmp_path):
    cassette = tmp_path / "own.yaml"
    cassette.write_text("runmock: 1\nruns: [{reply: mine}]\n")
    own = runmock.transport(cassette)
    assert post(library, "sync", by_attribute(library, own, "handle_request")).json()["object"] == "thread.run"
    assert session.requests == []
    assert len(own.deck.requests) == 1


@LIBRARIES
@WAYS
def test_what_is_not_runmocks_goes_on_through_it(session, library, way, server):
    transport = by_attribute(library, network(library, METHODS[way]), METHODS[way])
    assert post(library, way, transport, url=f"{server.url}/weather", headers={}).text.startswith("POST /weather")
    assert transport.paths == ["/weather"]
    session.router.post(f"{server.url}/weather").respond(text="from a route")
    assert post(library, way, transport, url=f"{server.url}/weather", headers={}).text == "from a route"


@LIBRARIES
@WAYS
def test_what_else_it_sends_goes_where_it_sends_it(session, library, way, server):
    """A transport that refreshes its token gets it from somebody else before it sends."""

    class Signing(over(library, network(library, METHODS[way]))):
        def handle_request(self, request):
            token = self.inner.handle_request(library.Request("GET", f"{server.url}/token"))
            request.headers["x-token"] = str(token.status_code)
            return self.inner.handle_request(request)

        async def handle_async_request(self, request):
            token = await self.inner.handle_async_request(library.Request("GET", f"{server.url}/token"))
            request.headers["x-token"] = str(token.status_code)
            return await self.inner.handle_async_request(request)

    session.reply("Hello!")
    assert post(library, way, Signing()).json()["object"] == "thread.run"
    assert server.heard == [("GET", "/token")]
    session.router.get(f"{server.url}/token").respond(201)
    session.reply("Hello!")
    assert post(library, way, Signing()).json()["object"] == "thread.run"
    assert server.heard == [("GET", "/token")]
    assert [set(entry.headers) & {"x-token"} for entry in session.requests] == [{"x-token"}] * 2


@LIBRARIES
def test_another_client_inside_of_it_may_call_others(session, library, server):
    class Signing(over(library, library.HTTPTransport())):
        def handle_request(self, request):
            with library.Client() as client:
                client.get(f"{server.url}/token")
            return self.inner.handle_request(request)

    session.reply("Hello!")
    assert post(library, "sync", Signing()).json()["object"] == "thread.run"
    assert server.heard == [("GET", "/token")]


@LIBRARIES
def test_a_transport_that_sends_the_request_elsewhere_is_answered_as_it_would_be_sent(session, library):
    class Gateway(library.BaseTransport):
        def __init__(self):
            self.inner = library.HTTPTransport()

        def handle_request(self, request):
            url = request.url.copy_with(host="gateway.example", raw_path=b"/mine/v1" + request.url.raw_path[3:])
            sent = library.Request(request.method, url, headers=request.headers, content=request.read())
            return self.inner.handle_request(sent)

    session.reply("Hello!")
    assert post(library, "sync", Gateway()).json()["object"] == "thread.run"
    with pytest.raises(UnmatchedRequest, match=r"POST https://gateway\.example/mine/v1/chat/completions "):
        post(library, "sync", Gateway(), url="https://api.openai.com/v1/chat/completions", headers=AGENT)


@LIBRARIES
@WAYS
@pytest.mark.parametrize("how", ["the same request", "a copy", "a copy of the headers"])
def test_a_transport_that_sends_to_an_unclaimed_address_lets_nothing_out(session, library, way, server, how):
    """A framework's user agent, and a path that is none of the API's: only that it is the same request shows it."""
    elsewhere = library.URL(f"{server.url}/gateway/chat")

    def sent(request, body):
        if how == "the same request":
            request.url = elsewhere
            return request
        options = {"extensions": request.extensions} if how == "a copy" else {}
        return library.Request(request.method, elsewhere, headers=request.headers, content=body, **options)

    class Gateway(over(library, network(library, METHODS[way]))):
        def handle_request(self, request):
            return self.inner.handle_request(sent(request, request.read()))

        async def handle_async_request(self, request):
            return await self.inner.handle_async_request(sent(request, await request.aread()))

    headers = {"user-agent": "Agents/Python 0.1"} | ({"x-stainless-lang": "python"} if how.endswith("headers") else {})
    url = "https://api.openai.com/v1/chat/completions"
    with pytest.raises(UnmatchedRequest, match=r'to let it through: allow_hosts=\["127.0.0.1"\]'):
        post(library, way, Gateway(), url=url, headers=headers)
    assert server.heard == []
    with use_cassette(allow_hosts=["127.0.0.1"]):
        post(library, way, Gateway(), url=url, headers=headers)
    assert server.heard == [("POST", "/gateway/chat")]


@LIBRARIES
@WAYS
def test_a_transport_that_sends_an_unclaimed_request_to_openai_is_answered(session, library, way):
    def sent(request, body):
        return library.Request(request.method, RUNS, headers=request.headers, content=body)

    class Gateway(over(library, network(library, METHODS[way]))):
        def handle_request(self, request):
            return self.inner.handle_request(sent(request, request.read()))

        async def handle_async_request(self, request):
            return await self.inner.handle_async_request(sent(request, await request.aread()))

    session.reply("Hello!")
    answer = post(library, way, Gateway(), url="http://assistant.internal/ask", headers=BETA)
    assert answer.json()["object"] == "thread.run"
    assert len(session.requests) == 1


@LIBRARIES
def test_what_is_nobodys_gets_to_a_mock_as_it_is(session, library):
    transport = library.MockTransport(lambda request: library.Response(200, json=sorted(request.extensions)))
    assert post(library, "sync", transport, url="http://weather.internal/", headers={}).json() == ["timeout"]


def connects(url):
    with socket.socket() as connection:
        connection.connect_ex((url.host, url.port))


def sends_a_datagram(url):
    with socket.socket(type=socket.SOCK_DGRAM) as connection:
        connection.sendto(b"x", (url.host, url.port))


OPENED = {
    "a connection": lambda url: socket.create_connection((url.host, url.port)).close(),
    "a connection without an error": connects,
    "a name": lambda url: socket.getaddrinfo("localhost", 80),
    "a datagram": sends_a_datagram,
    "urllib": lambda url: urllib.request.urlopen(str(url)),
}


class Opening:
    """Makes transports that go to the network past what they wrap."""

    @staticmethod
    def of(library, opens, swallows=False):
        class Opens(library.BaseTransport):
            def __init__(self):
                self.inner = library.HTTPTransport()

            def handle_request(self, request):
                try:
                    opens(request.url)
                except BaseException:
                    if not swallows:
                        raise
                return library.Response(200, text="got out")

        return Opens()


@LIBRARIES
@pytest.mark.parametrize("opens", OPENED)
@pytest.mark.parametrize("swallows", [False, True], ids=["raises", "swallows"])
def test_a_transport_that_reaches_the_network_all_the_same_is_refused(session, library, server, opens, swallows):
    transport = Opening.of(library, OPENED[opens], swallows)
    session.reply("Hello!")
    with pytest.raises(UnmatchedRequest) as raised:
        post(library, "sync", transport, url=f"{server.url}/v1/threads/runs")
    assert str(raised.value) == (
        "the client's own transport reaches the network\n"
        "  sent      POST /threads/runs  (create_thread_and_run)\n"
        "  through   test_wrapping.Opening.of.<locals>.Opens, which opens a connection by itself, past the transport that it wraps\n"
        "  to fix it: let it send through the transport that it wraps, or give the client another one in tests\n"
        f'  to let that connection through: allow_hosts=["{"localhost" if opens == "a name" else "127.0.0.1"}"]'
    )
    assert server.heard == []
    assert [type(failure) for failure in session.failures] == [UnmatchedRequest]
    assert len(session.requests) == 1


@LIBRARIES
@pytest.mark.parametrize("opens", OPENED)
def test_a_transport_may_open_connections_to_hosts_that_are_allowed(library, server, opens):
    """A cache or a counter of the application's, that its transport calls before it sends."""

    class CallingFirst(over(library, library.HTTPTransport())):
        def handle_request(self, request):
            OPENED[opens](library.URL(f"{server.url}/cache"))
            return self.inner.handle_request(request)

    with use_cassette(allow_hosts=["127.0.0.1", "localhost"]) as session:
        session.reply("Hello!")
        assert post(library, "sync", CallingFirst()).json()["object"] == "thread.run"
        assert len(session.requests) == 1


@LIBRARIES
@WAYS
def test_the_addresses_of_a_host_that_is_allowed_are_allowed_too(library, way, server):
    port = library.URL(server.url).port

    class CallingFirst(over(library, network(library, METHODS[way]))):
        def handle_request(self, request):
            socket.create_connection(("localhost", port)).close()
            return self.inner.handle_request(request)

        async def handle_async_request(self, request):
            _, writer = await asyncio.open_connection("localhost", port)
            writer.close()
            await writer.wait_closed()
            return await self.inner.handle_async_request(request)

    with use_cassette(allow_hosts=["localhost"]) as session:
        session.reply("Hello!")
        assert post(library, way, CallingFirst()).json()["object"] == "thread.run"
    with use_cassette(allow_hosts=["127.0.0.2"]) as session:
        with pytest.raises(UnmatchedRequest, match=r'allow_hosts=\["localhost"\]'):
            post(library, way, CallingFirst())
        session.failures.clear()


@LIBRARIES
def test_an_async_transport_that_reaches_the_network_is_refused(session, library, server):
    class Opens(library.AsyncBaseTransport):
        def __init__(self):
            self.inner = library.AsyncHTTPTransport()

        async def handle_async_request(self, request):
            await asyncio.open_connection(request.url.host, request.url.port)
            return library.Response(200, text="got out")

    with pytest.raises(UnmatchedRequest, match="the client's own transport reaches the network"):
        post(library, "async", Opens(), url=f"{server.url}/v1/threads/runs")
    with pytest.raises(UnmatchedRequest, match="the client's own transport reaches the network"):
        post(library, "async", Opens(), url="http://nowhere.invalid/v1/threads/runs")
    assert server.heard == []


@LIBRARIES
@pytest.mark.parametrize("opens", OPENED)
def test_a_transport_that_wraps_nothing_is_refused_on_a_gateway_when_it_reaches_the_network(
    session, library, server, opens
):
    class Opens(library.BaseTransport):
        def handle_request(self, request):
            OPENED[opens](request.url)
            return library.Response(200, text="got out")

    with pytest.raises(UnmatchedRequest, match=r'to let it through: allow_hosts=\["127.0.0.1"\]'):
        post(library, "sync", Opens(), url=f"{server.url}/v1/chat/completions", headers=AGENT)
    assert server.heard == []


@LIBRARIES
@WAYS
@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_nothing_gets_out_on_a_gateway_through_a_wrapping_transport(session, library, way, wrapper, server):
    transport = WRAPPERS[wrapper](library, network(library, METHODS[way]), METHODS[way])
    with pytest.raises(UnmatchedRequest, match="to let it through"):
        post(library, way, transport, url=f"{server.url}/v1/chat/completions", headers=AGENT)
    assert server.heard == []
    assert transport.paths == ["/v1/chat/completions"]
    assert len(session.requests) == 1


@LIBRARIES
@pytest.mark.parametrize("kind", ["thread", "executor"])
def test_a_transport_that_sends_from_another_thread_is_answered_too(session, library, kind):
    class Threaded(library.BaseTransport):
        def __init__(self):
            self.inner = library.HTTPTransport()

        def handle_request(self, request):
            if kind == "executor":
                with concurrent.futures.ThreadPoolExecutor() as pool:
                    return pool.submit(self.inner.handle_request, request).result()
            found = []
            thread = threading.Thread(target=lambda: found.append(self.inner.handle_request(request)))
            thread.start()
            thread.join()
            return found[0]

    session.reply("Hello!")
    assert post(library, "sync", Threaded()).json()["object"] == "thread.run"


@LIBRARIES
def test_threads_and_tasks_at_once_are_answered_each_and_others_are_let_alone(session, library, server):
    """What is replaced is replaced for the requests of runmock's only, whoever else uses the same transport meanwhile."""
    shared = by_attribute(library, library.HTTPTransport(), "handle_request")
    client, found = library.Client(transport=shared), []
    for _ in range(16):
        session.reply("Hello!")

    def ask(number):
        if number % 2:
            found.append(client.post(f"{server.url}/weather").text)
        else:
            found.append(client.post(RUNS, json=BODY, headers=BETA).json()["object"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert sorted(found) == ["POST /weather "] * 16 + ["thread.run"] * 16

    async def main():
        transport = by_attribute(library, library.AsyncHTTPTransport(), "handle_async_request")
        async with library.AsyncClient(transport=transport) as client:
            tasks = [client.post(f"{server.url}/weather"), client.post(RUNS, json=BODY, headers=BETA)] * 1
            return [response.status_code for response in await asyncio.gather(*tasks)]

    session.reply("Hello!")
    assert asyncio.run(main()) == [200, 200]


@LIBRARIES
def test_a_stream_goes_through_it(session, library):
    session.reply("Hello", " Ada", "!")
    transport = by_attribute(library, library.HTTPTransport(), "handle_request")
    with (
        library.Client(transport=transport) as client,
        client.stream("POST", RUNS, json={**BODY, "stream": True}, headers=BETA) as response,
    ):
        assert "event: done" in list(response.iter_lines())


@LIBRARIES
def test_a_connection_that_breaks_raises_the_error_of_its_library(session, library):
    class ReadingBroken(library.BaseTransport):
        def __init__(self):
            self.inner = library.HTTPTransport()

        def handle_request(self, request):
            answer = self.inner.handle_request(request)
            with pytest.raises(library.RemoteProtocolError):
                answer.read()
            return library.Response(200, text="broke")

    session.reply("Hello", " Ada").disconnect(after=2)
    with library.Client(transport=ReadingBroken()) as client:
        assert client.post(RUNS, json={**BODY, "stream": True}, headers=BETA).text == "broke"


# Beside the mocks of others.


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("wrapper", ["by_attribute", "by_bound_method", "by_super"])
def test_a_request_of_runmocks_is_not_respxs_inside_of_a_wrapper(order, wrapper):
    mock = respx.mock(assert_all_called=False)
    transport = WRAPPERS[wrapper](httpx, httpx.HTTPTransport(), "handle_request")
    first, second = (mock, use_cassette()) if order == "before" else (use_cassette(), mock)
    with first as first_session, second as other:
        session = other if order == "before" else first_session
        session.reply("Hello!")
        assert post(httpx, "sync", transport).json()["object"] == "thread.run"
        mock.post("http://litellm/mocked").respond(text="from respx")
        assert post(httpx, "sync", transport, url="http://litellm/mocked", headers=AGENT).text == "from respx"


@pytest.mark.parametrize("order", ["runmock, httpx_mock", "httpx_mock, runmock"])
def test_a_request_of_runmocks_is_not_pytest_httpxs_inside_of_a_wrapper(request, order):
    pytest.importorskip("pytest_httpx")
    fixtures = {name: request.getfixturevalue(name) for name in order.split(", ")}
    fixtures["runmock"].reply("Hello!")
    fixtures["httpx_mock"].add_response(url="http://litellm/mocked", text="from pytest-httpx")
    transport = by_attribute(httpx, httpx.HTTPTransport(), "handle_request")
    assert post(httpx, "sync", transport).json()["object"] == "thread.run"
    mocked = post(httpx, "sync", transport, url="http://litellm/mocked", headers=AGENT)
    assert mocked.text == "from pytest-httpx"


def test_respxs_own_transport_is_nobodys_that_runs():
    with respx.mock(using="httpx", assert_all_called=False), use_cassette() as session:
        session.reply("Hello!")
        assert post(httpx, "sync", httpx.HTTPTransport()).json()["object"] == "thread.run"


def test_nothing_stays_in_its_place_after_the_last_session():
    def standing():
        places = [httpx.HTTPTransport, httpx.AsyncHTTPTransport, httpx2.HTTPTransport, httpx2.AsyncHTTPTransport]
        return [
            *(vars(kind).get(name) for kind in places for name in METHODS.values()),
            *(vars(socket.socket).get(name) for name in ("connect", "connect_ex", "sendto")),
            socket.getaddrinfo,
            asyncio.BaseEventLoop.getaddrinfo,
            httpx.MockTransport.handle_request,
        ]

    before = standing()
    with use_cassette() as session:
        session.reply("Hello!")
        mock = httpx.MockTransport(lambda request: None)
        post(httpx, "sync", by_attribute(httpx, mock, "handle_request"))
        assert standing() != before
    assert standing() == before


class Noting:
    """As wrapt makes them: an object in the place of a method, equal to what it wraps, that notes its calls."""

    def __init__(self, wrapped, calls, instance=None):
        self._wrapped, self.paths, self._instance = wrapped, calls, instance

    @property
    def __wrapped__(self):
        return self._wrapped

    def __getattr__(self, name):
        return getattr(self._wrapped, name)

    def __eq__(self, other):
        return self._wrapped == other

    def __hash__(self):
        return hash(self._wrapped)

    def __get__(self, instance, kind):
        return Noting(self._wrapped.__get__(instance, kind), self.paths, instance)

    def __call__(self, *args):
        self.paths.append(args[-1].url.path)
        return self._wrapped(*args)


def transport_class(library, way):
    return library.HTTPTransport if way == "sync" else library.AsyncHTTPTransport


@LIBRARIES
@WAYS
@pytest.mark.parametrize("order", ["before the session", "within it"])
@pytest.mark.parametrize("wraps", [False, True], ids=["alone", "inside of another"])
def test_what_notes_the_calls_of_all_transports_notes_them(monkeypatch, library, way, order, wraps, server):
    kind, calls = transport_class(library, way), []

    def put():
        monkeypatch.setattr(kind, METHODS[way], Noting(vars(kind)[METHODS[way]], calls))

    def made():
        return by_attribute(library, kind(), METHODS[way]) if wraps else kind()

    if order == "before the session":
        put()
    session = Session().start()
    session.reply("Hello!")
    if order == "within it":
        post(library, way, by_attribute(library, kind(), METHODS[way]))
        session.reply("Hello!")
        put()
    assert post(library, way, made()).json()["object"] == "thread.run"
    assert calls == ["/v1/threads/runs"]
    with pytest.raises(UnmatchedRequest, match="to let it through"):
        post(library, way, made(), url=f"{server.url}/v1/chat/completions", headers=AGENT)
    assert calls == ["/v1/threads/runs", "/v1/chat/completions"]
    assert server.heard == []
    post(library, way, made(), url=f"{server.url}/weather", headers={})
    assert server.heard == [("POST", "/weather")]
    session.stop()
    assert type(vars(kind)[METHODS[way]]) is Noting
    post(library, way, made(), url=f"{server.url}/weather", headers={})
    assert len(server.heard) == 2
    monkeypatch.undo()
    with use_cassette() as last:
        last.reply("Hello!")
        post(library, way, by_attribute(library, kind(), METHODS[way]))
    assert vars(kind)[METHODS[way]].__code__.co_filename.endswith("default.py"), "runmock's patch was left there"


@LIBRARIES
def test_a_wrapper_that_was_put_above_runmocks_patch_stays(monkeypatch, library):
    """Under wrapt's it is equal to it."""
    place, name = library.Client, "_transport_for_url"
    with use_cassette():
        wrapper = Noting(vars(place)[name], [])
        monkeypatch.setattr(place, name, wrapper)
    assert vars(place)[name] is wrapper
    monkeypatch.undo()
    with use_cassette():
        pass
    assert vars(place)[name].__module__ == f"{library.__name__}._client"
