"""What is runmock's and what is not, and that nothing of the former gets out."""

import asyncio
import threading

import httpx
import httpx2
import pytest

from runmock import Session, UnmatchedRequest, use_cassette

BETA = {"OpenAI-Beta": "assistants=v2"}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
WAYS = pytest.mark.parametrize("way", ["sync", "async"])


def send(library, way, method, url, **options):
    """One request by a new client; the response, read."""
    if way == "sync":
        with library.Client() as client:
            return client.request(method, url, **options)

    async def main():
        async with library.AsyncClient() as client:
            return await client.request(method, url, **options)

    return asyncio.run(main())


@LIBRARIES
def test_each_request_arrives_with_its_own_headers(library, session):
    with library.Client(headers=BETA) as client:
        for agent in ("one", "one", "two", "one"):
            client.post("https://api.openai.com/v1/threads", headers={"user-agent": agent})
    assert [request.headers["user-agent"] for request in session.requests] == ["one", "one", "two", "one"]


@pytest.fixture
def session():
    """A session whose misses do not fail the test."""
    session = Session().start()
    yield session
    session.stop()


@LIBRARIES
@WAYS
@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("POST", "https://api.openai.com/v1/chat/completions", "POST /chat/completions"),
        ("GET", "https://api.openai.com/v1/batches", "GET /batches"),
        ("GET", "https://API.OpenAI.com/", "GET /"),
        ("POST", "https://my.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "POST /deployments/d/chat/completions"),
        ("POST", "https://my.services.ai.azure.com/api/projects/p/evaluations", "POST /evaluations"),
    ],
)  # fmt: skip
def test_a_request_to_a_host_of_the_service_is_a_miss_not_let_out(session, library, way, method, url, operation):
    with pytest.raises(UnmatchedRequest):
        send(library, way, method, url)
    assert [request.operation for request in session.requests] == [operation]


@LIBRARIES
@WAYS
def test_a_request_of_the_family_with_its_header_is_runmocks_on_any_host(session, library, way, server):
    session.reply("Hello!")
    url = f"{server.url}/some/gateway/v1/threads/runs"
    response = send(library, way, "POST", url, headers=BETA, json={"assistant_id": "asst_1"})
    assert response.json()["object"] == "thread.run"
    assert type(response) is library.Response
    assert server.heard == []


@LIBRARIES
@WAYS
@pytest.mark.parametrize(
    ("path", "headers"),
    [("/v1/threads/runs", {}), ("/v1/threads/runs", {"OpenAI-Beta": "realtime=v1"}), ("/weather", BETA), ("/v1/threads/t/likes", BETA)],
)  # fmt: skip
def test_what_lacks_the_header_or_the_path_reaches_the_real_server_untouched(
    session, library, way, server, path, headers
):
    response = send(library, way, "POST", server.url + path, headers=headers, content=b"as it is")
    assert response.text == f"POST {path} as it is"
    assert session.requests == []


@LIBRARIES
@WAYS
@pytest.mark.parametrize("hosts", [["llm.example"], ["*.example"], ["other", "llm.*"]])
def test_every_request_to_a_host_that_was_named_is_runmocks(library, way, hosts):
    with use_cassette(hosts=hosts) as session:
        session.reply("Hello!")
        body = {"assistant_id": "asst_1"}
        assert (
            send(library, way, "POST", "http://llm.example/v1/threads/runs", headers=BETA, json=body).status_code == 200
        )
        with pytest.raises(UnmatchedRequest):
            send(library, way, "GET", "http://llm.example/anything")


@LIBRARIES
@WAYS
def test_a_route_answers_what_is_no_request_of_the_family(session, library, way, server):
    session.router.post("https://api.openai.com/v1/chat/completions").respond(json={"object": "chat.completion"})
    session.router.get(url__startswith=server.url).respond(418, text="from a route", headers={"x-route": "yes"})
    chat = send(library, way, "POST", "https://api.openai.com/v1/chat/completions", json={})
    assert chat.json() == {"object": "chat.completion"}
    other = send(library, way, "GET", f"{server.url}/weather")
    assert (other.status_code, other.text, other.headers["x-route"]) == (418, "from a route", "yes")
    assert type(other) is library.Response
    assert server.heard == []


@LIBRARIES
@WAYS
def test_a_route_does_not_answer_a_request_of_the_family(session, library, way):
    session.router.route().respond(json="from a route")
    session.reply("Hello!")
    url = "https://api.openai.com/v1/threads/runs"
    assert send(library, way, "POST", url, headers=BETA, json={"assistant_id": "a"}).json()["object"] == "thread.run"


@LIBRARIES
@WAYS
def test_what_no_route_answers_goes_on(session, library, way, server):
    session.router.get("https://weather.example/")
    session.router.post(server.url).pass_through()
    assert send(library, way, "POST", server.url, content=b"1").text == "POST / 1"
    assert send(library, way, "GET", server.url).text == "GET / "


@LIBRARIES
@WAYS
def test_a_route_may_raise_an_error_of_the_library_that_sent_the_request(session, library, way):
    session.router.get("https://weather.example/").mock(side_effect=httpx.ConnectTimeout)
    with pytest.raises(library.ConnectTimeout) as raised:
        send(library, way, "GET", "https://weather.example/")
    assert str(raised.value.request.url) == "https://weather.example/"


@LIBRARIES
@WAYS
def test_a_route_may_compute_its_answer(session, library, way):
    def answer(request):
        return httpx.Response(201, content=request.content + b"!", headers={"content-type": request.headers["x-kind"]})

    route = session.router.post("https://weather.example/echo").mock(side_effect=answer)
    response = send(library, way, "POST", "https://weather.example/echo", content=b"abc", headers={"x-kind": "text/x"})
    assert (response.status_code, response.text, response.headers["content-type"]) == (201, "abc!", "text/x")
    assert route.calls.last.request.content == b"abc"


@LIBRARIES
@WAYS
def test_a_compressed_answer_of_a_route_arrives_decoded(session, library, way):
    import gzip

    packed = gzip.compress(b"many words")
    session.router.get("https://weather.example/").respond(content=packed, headers={"content-encoding": "gzip"})
    assert send(library, way, "GET", "https://weather.example/").text == "many words"


@LIBRARIES
def test_an_async_route_answers_an_async_client(session, library):
    async def answer(request):
        await asyncio.sleep(0)
        return httpx.Response(200, text="later")

    session.router.get("https://weather.example/").mock(side_effect=answer)
    assert send(library, "async", "GET", "https://weather.example/").text == "later"


@LIBRARIES
def test_a_client_that_was_made_before_is_intercepted_too(library):
    body = {"assistant_id": "asst_1"}
    with library.Client(base_url="https://api.openai.com/v1", headers=BETA) as client:
        for _ in range(2):
            with use_cassette() as session:
                session.reply("Hello!")
                assert client.post("/threads/runs", json=body).status_code == 200


@LIBRARIES
@pytest.mark.parametrize("how", ["transport", "mounts", "wrapped", "subclass"])
def test_a_client_with_a_transport_of_its_own_is_intercepted_too(session, library, how):
    class Refusing(library.BaseTransport):
        def handle_request(self, request):
            pytest.fail("got out")

    class Wrapping(library.BaseTransport):
        def __init__(self, inner):
            self.inner = inner

        def handle_request(self, request):
            return self.inner.handle_request(request)

    class Client(library.Client):
        pass

    kind = Client if how == "subclass" else library.Client
    transport = Wrapping(Refusing()) if how == "wrapped" else Refusing()
    session.reply("Hello!")
    with kind(**({"mounts": {"https://": transport}} if how == "mounts" else {"transport": transport})) as client:
        response = client.post("https://api.openai.com/v1/threads/runs", json={"assistant_id": "a"}, headers=BETA)
    assert response.json()["object"] == "thread.run"


def test_an_aiohttp_backed_client_is_intercepted_too(session):
    httpx_aiohttp = pytest.importorskip("httpx_aiohttp")

    async def main():
        async with httpx_aiohttp.HttpxAiohttpClient() as client:
            url = "https://api.openai.com/v1/threads/runs"
            return await client.post(url, json={"assistant_id": "a"}, headers=BETA)

    session.reply("Hello!")
    assert asyncio.run(main()).json()["object"] == "thread.run"


@LIBRARIES
def test_clients_in_other_threads_are_intercepted(session, library):
    for _ in range(8):
        session.reply("Hello!")
    found = []

    def ask():
        url = "https://api.openai.com/v1/threads/runs"
        found.append(send(library, "sync", "POST", url, headers=BETA, json={"assistant_id": "a"}).json()["id"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(run.id for run in session.runs)
    assert len(set(found)) == 8


def test_a_redirect_to_the_service_is_not_let_out(session):
    session.router.get("https://weather.example/").respond(
        307, headers={"location": "https://api.openai.com/v1/batches"}
    )
    with httpx2.Client(follow_redirects=True) as client, pytest.raises(UnmatchedRequest):
        client.get("https://weather.example/")


def test_a_body_that_is_made_while_it_is_sent_is_read_once(session, server):
    def parts():
        yield b'{"assistant_id": '
        yield b'"asst_1"}'

    session.reply("Hello!")
    headers = BETA | {"content-type": "application/json"}
    sent = httpx2.post("https://api.openai.com/v1/threads/runs", content=parts(), headers=headers)
    assert sent.json()["assistant_id"] == "asst_1"
    assert httpx2.post(server.url, content=iter([b"a", b"b"])).text.startswith("POST / ")
