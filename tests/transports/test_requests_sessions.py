"""Sessions of requests: answered, streamed, refused, retried, as the library's own code reads them."""

import io
import json
import threading
import time

import httpx
import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util.retry import Retry

import runmock as library

ROOT = "https://api.openai.com/v1"
BETA = {"OpenAI-Beta": "assistants=v2", "Authorization": "Bearer sk-not-a-key"}
RUN = {"assistant_id": "asst_1"}


def created(session=requests, **options):
    return session.post(f"{ROOT}/threads/runs", headers=BETA, json=RUN, **options)


def test_a_run_is_created_and_polled_and_its_messages_are_read(runmock):
    runmock.reply("It is 21 degrees.")
    answer = created()
    run = answer.json()
    assert (answer.status_code, answer.reason, run["status"]) == (200, "OK", "queued")
    assert answer.headers["content-type"].startswith("application/json")
    for _ in range(3):
        run = requests.get(f"{ROOT}/threads/{run['thread_id']}/runs/{run['id']}", headers=BETA).json()
    messages = requests.get(f"{ROOT}/threads/{run['thread_id']}/messages", headers=BETA).json()
    assert run["status"] == "completed"
    assert messages["data"][0]["content"][0]["text"]["value"] == "It is 21 degrees."
    assert runmock.requests[0].json == RUN


def test_the_answer_has_what_an_answer_from_the_network_has(runmock):
    runmock.reply("Hi.")
    answer = created()
    assert answer.request.url == answer.url == f"{ROOT}/threads/runs"
    assert answer.elapsed.total_seconds() >= 0
    assert answer.connection is not None
    assert answer.raw.version == 11
    assert answer.raw._original_response is not None  # where requests finds cookies
    answer.raise_for_status()


@pytest.fixture
def streamed(runmock):
    runmock.reply("One two three.")
    with requests.Session() as session:
        answer = session.post(f"{ROOT}/threads/runs", headers=BETA, json={**RUN, "stream": True}, stream=True)
        yield answer
        answer.close()


def names(lines):
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


def test_a_stream_is_read_by_lines(streamed):
    found = names(streamed.iter_lines(decode_unicode=True))
    assert found[0] == "thread.created"
    assert found[-2:] == ["thread.run.completed", "done"]
    assert found.count("thread.message.delta") == 3


def test_a_stream_is_read_event_by_event_as_it_comes(streamed, runmock):
    pieces = streamed.iter_content(chunk_size=None)
    first = next(pieces)
    assert first.startswith(b"event: thread.created")
    assert b"completed" not in first
    assert runmock.runs[0].status == "queued"
    assert b"".join(pieces).endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("read", ["stream", "read", "read1", "content", "chunked"])
def test_a_stream_may_be_read_below_requests(streamed, read):
    raw = streamed.raw
    if read == "stream":
        whole = b"".join(raw.stream(16))
    elif read == "read":
        whole = b"".join(iter(lambda: raw.read(100), b""))
    elif read == "read1" and hasattr(raw, "read1"):  # urllib3 2 has it
        whole = b"".join(iter(lambda: raw.read1(1024), b""))
    elif read == "chunked":
        whole = b"".join(raw.read_chunked())
    else:
        whole = streamed.content
    assert whole.startswith(b"event: thread.created")
    assert whole.endswith(b"data: [DONE]\n\n")


def test_a_stream_that_is_closed_early_is_left(streamed, runmock):
    lines = streamed.iter_lines()
    next(lines)
    streamed.close()
    assert runmock.runs[0].status != "completed"


def test_a_stream_that_breaks_off_raises_the_librarys_own_error(runmock):
    runmock.reply("One two three.").disconnect()
    answer = requests.post(f"{ROOT}/threads/runs", headers=BETA, json={**RUN, "stream": True}, stream=True)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        list(answer.iter_lines())


def test_a_failure_inside_a_stream_is_raised_in_the_application(monkeypatch):
    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr("runmock.apis.assistants.deltas.message_delta", broken)
    script = {"runs": [{"reply": "Hi."}]}
    with library.use_cassette(script=script), pytest.raises(library.ScriptError, match="ValueError: broken"):
        requests.post(f"{ROOT}/threads/runs", headers=BETA, json={**RUN, "stream": True})


def test_a_stream_that_stalls_raises_the_librarys_own_timeout_at_once(runmock):
    runmock.reply("One two three.").stall(120)
    answer = requests.post(
        f"{ROOT}/threads/runs", headers=BETA, json={**RUN, "stream": True}, stream=True, timeout=(3, 60)
    )
    with pytest.raises(requests.exceptions.ConnectionError, match="Read timed out"):
        list(answer.iter_lines())


def test_a_miss_is_raised_in_the_application():
    with (
        library.use_cassette(script={"runs": []}),
        pytest.raises(library.UnmatchedRequest, match="nothing left on the cassette"),
    ):
        created()


def test_another_api_of_the_service_is_refused():
    with library.use_cassette(), pytest.raises(library.UnmatchedRequest, match=r"chat\.completions is another API"):
        requests.post(f"{ROOT}/chat/completions", json={})


def test_what_is_not_runmocks_goes_on_untouched(runmock, server):
    assert requests.post(f"{server.url}/a?b=1", data="text").text == "POST /a?b=1 text"
    assert server.heard == [("POST", "/a?b=1")]


def test_routes_of_the_router_answer(runmock, server):
    runmock.router.get(f"{server.url}/weather").respond(json={"degrees": 21})
    runmock.router.post(f"{server.url}/asked", content="Paris").respond(201)
    assert requests.get(f"{server.url}/weather").json() == {"degrees": 21}
    assert requests.post(f"{server.url}/asked", data="Paris").status_code == 201
    assert requests.post(f"{server.url}/asked", data=iter([b"Os", b"lo"])).text == "POST /asked Oslo"
    assert server.heard == [("POST", "/asked")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("ConnectError", requests.exceptions.ConnectionError),
        ("ConnectTimeout", requests.exceptions.ConnectTimeout),
        ("ReadTimeout", requests.exceptions.ReadTimeout),
        ("ProxyError", requests.exceptions.ProxyError),
        ("RemoteProtocolError", requests.exceptions.ConnectionError),
    ],
)
def test_an_error_of_a_route_is_the_librarys_own(runmock, error, expected):
    runmock.router.get("https://weather.example/").mock(side_effect=getattr(httpx, error))
    with pytest.raises(expected) as raised:
        requests.get("https://weather.example/")
    assert raised.value.request.url == "https://weather.example/"


def test_a_session_that_was_made_before_is_caught():
    with requests.Session() as session, library.use_cassette(script={"runs": [{"reply": "Hi."}]}):
        assert created(session).json()["status"] == "queued"


def test_a_prepared_request_and_another_thread_are_caught(runmock):
    runmock.reply("Hi.")
    runmock.reply("Hi.")
    found = []
    with requests.Session() as session:
        prepared = session.prepare_request(requests.Request("POST", f"{ROOT}/threads/runs", headers=BETA, json=RUN))
        found.append(session.send(prepared).status_code)
        thread = threading.Thread(target=lambda: found.append(created(session).status_code))
        thread.start()
        thread.join()
    assert found == [200, 200]


class Counting(HTTPAdapter):
    """Adds a header, and counts."""

    count = 0

    def send(self, request, *args, **options):
        self.count += 1
        request.headers["X-Tenant"] = "a"
        answer = super().send(request, *args, **options)
        answer.headers["x-seen"] = "1"
        return answer


class OfItsOwn(BaseAdapter):
    """Sends by itself: it opens a socket."""

    def send(self, request, *_, **__):
        import socket

        socket.create_connection(("127.0.0.1", 9))
        raise AssertionError("it may not get here")

    def close(self):
        """Nothing is open."""


def test_an_adapter_that_calls_the_librarys_runs(runmock):
    runmock.reply("Hi.")
    with requests.Session() as session:
        session.mount("https://", adapter := Counting())
        answer = created(session)
    assert (adapter.count, answer.headers["x-seen"], answer.json()["status"]) == (1, "1", "queued")
    assert runmock.requests[0].headers["x-tenant"] == "(redacted)"


def test_an_adapter_of_its_own_sends_nothing(runmock):
    runmock.reply("Hi.")
    with requests.Session() as session:
        session.mount("https://", OfItsOwn())
        assert created(session).json()["status"] == "queued"
        with pytest.raises(OSError, match="refused"):
            session.get("https://elsewhere.example/")


def test_a_session_that_takes_an_adapter_in_its_own_way_sends_nothing():
    class Own(requests.Session):
        def get_adapter(self, url):
            return OfItsOwn()

    with library.use_cassette(script={"runs": [{"reply": "Hi."}]}), Own() as session:
        assert created(session).json()["status"] == "queued"
    with Own() as session, pytest.raises(OSError, match="refused"):
        created(session)


def test_a_method_that_was_patched_before_may_be_gone():
    class Own(requests.Session):
        def get_adapter(self, url):
            return requests.adapters.HTTPAdapter()

    for _ in range(2):
        with library.use_cassette(script={"runs": [{"reply": "Hi."}]}), Own() as session:
            assert created(session).json()["status"] == "queued"
        if "get_adapter" in vars(Own):
            del Own.get_adapter


def test_an_adapter_of_its_own_that_goes_past_runmock_is_refused():
    class Past(HTTPAdapter):
        def send(self, request, *_, **__):
            return OfItsOwn().send(request)

    with library.use_cassette(script={"runs": [{"reply": "Hi."}]}), requests.Session() as session:
        session.mount("https://", Past())
        with pytest.raises(library.UnmatchedRequest, match="own transport"):
            created(session)


def test_an_adapter_looks_like_itself(runmock):
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=3))
        session.mount("http://", own := OfItsOwn())
        own.word = "mine"
        session.get_adapter("http://a.example").other = "too"
        assert session.get_adapter("https://a.example").max_retries.total == 3
        assert session.get_adapter("http://a.example").word == "mine"
        assert own.other == "too"
        assert isinstance(session.get_adapter("http://a.example"), OfItsOwn)


def test_the_retries_of_an_adapter_are_made(runmock):
    runmock.http(429, retry_after="1ms").http(500).reply("Hi.")
    with requests.Session() as session:
        retries = Retry(total=4, status_forcelist=[429, 500], allowed_methods=None, backoff_factor=0)
        session.mount("https://", HTTPAdapter(max_retries=retries))
        assert created(session).json()["status"] == "queued"
    assert len(runmock.requests) == 3


def test_retries_end_as_the_adapter_says(runmock):
    runmock.http(500, times=4)
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(1, status_forcelist=[500], allowed_methods=None)))
        with pytest.raises(requests.exceptions.RetryError, match="too many 500 error responses"):
            created(session)
        retries = Retry(1, status_forcelist=[500], allowed_methods=None, raise_on_status=False)
        session.mount("https://", HTTPAdapter(max_retries=retries))
        assert created(session).status_code == 500


@pytest.mark.parametrize("kind", ["bytes", "text", "file", "text file", "pieces", "multipart"])
def test_a_body_of_every_kind_is_read(runmock, kind):
    runmock.reply("Hi.")
    text = json.dumps(RUN)
    data = {
        "bytes": text.encode(),
        "text": text,
        "file": io.BytesIO(text.encode()),
        "text file": io.StringIO(text),
        "pieces": iter([text[:5].encode(), text[5:]]),
    }
    headers = {**BETA, "Content-Type": "application/json"}
    if kind == "multipart":
        answer = requests.post(f"{ROOT}/files", headers=BETA, data={"purpose": "assistants"}, files={"file": b"a"})
        assert answer.json()["bytes"] == 1
        created()
    else:
        assert requests.post(f"{ROOT}/threads/runs", headers=headers, data=data[kind]).status_code == 200
        assert runmock.requests[0].json == RUN


def test_hosts_and_gateways_are_claimed_as_with_httpx():
    with library.use_cassette(script={"runs": [{"reply": "Hi."}]}, hosts=["llm.internal"]):
        with pytest.raises(library.UnmatchedRequest):
            requests.get("http://llm.internal/v1/embeddings")
        assert requests.post("http://gateway/v1/threads/runs", headers=BETA, json=RUN).status_code == 200


def test_a_closed_session_leaves_the_library_as_it_was():
    before = HTTPAdapter.send, requests.Session.get_adapter
    with library.use_cassette(script={"runs": []}):
        assert (HTTPAdapter.send, requests.Session.get_adapter) != before
    assert (HTTPAdapter.send, requests.Session.get_adapter) == before


@pytest.mark.parametrize("name", ["é", "é".encode("latin-1"), "ключ".encode()])
def test_a_header_may_have_every_character_that_the_library_sends(runmock, server, name):
    runmock.reply("Hi.")
    assert requests.get(f"{server.url}/a", headers={"X-Name": name}).text == "GET /a "
    assert requests.post(f"{ROOT}/threads/runs", headers={**BETA, "X-Name": name}, json=RUN).status_code == 200


class Nothing(BaseAdapter):
    """Answers without a network."""

    def send(self, request, *_, **__):
        answer = requests.Response()
        answer.status_code, answer.raw, answer.url, answer.request = 204, io.BytesIO(), request.url, request
        return answer

    def close(self):
        """Nothing is open."""


@pytest.mark.parametrize(
    "url",
    [
        "mock://a/" + "a" * 70_000,
        "http://xn--i-7iq.ws/",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
        "file:///tmp/a.txt",
        "data:text/plain,a",
    ],
)
def test_an_address_that_httpx_cannot_read_goes_on_untouched(runmock, url):
    runmock.router.get("https://weather.example/").respond(200)
    with requests.Session() as session:
        session.mount(url[:20], Nothing())
        assert session.get(url).status_code == 204


def test_a_very_long_address_of_the_service_is_caught():
    with library.use_cassette():
        assert (
            requests.get(f"{ROOT}/threads/{'a' * 70_000}", headers=BETA).json()["error"]["type"]
            == "invalid_request_error"
        )


@pytest.mark.parametrize("options", [{"total": 60}, {"connect": 60}, {"connect": 3, "read": 60}])
def test_a_timeout_may_be_an_object_of_urllib3(runmock, options):
    runmock.reply("One two.").stall(120)
    timeout = urllib3.Timeout(**options)
    answer = requests.post(f"{ROOT}/threads/runs", headers=BETA, json=RUN, timeout=timeout)
    assert answer.json()["status"] == "queued"


def test_a_stall_longer_than_the_total_timeout_of_urllib3_names_the_host(runmock):
    runmock.reply("One two three.").stall(120)
    timeout = urllib3.Timeout(total=60)
    body = {**RUN, "stream": True}
    answer = requests.post(f"{ROOT}/threads/runs", headers=BETA, json=body, stream=True, timeout=timeout)
    with pytest.raises(requests.exceptions.ConnectionError) as raised:
        list(answer.iter_lines())
    assert str(raised.value) == "HTTPSConnectionPool(host='api.openai.com', port=443): Read timed out."


@pytest.mark.parametrize("timeout", [0, (1, 2, 3), "5"])
def test_a_timeout_that_the_library_does_not_accept_is_refused(runmock, timeout):
    runmock.reply("Hi.")
    with pytest.raises(ValueError, match=r"[Tt]imeout|unpack"):
        created(timeout=timeout)
    created()


def test_a_body_may_be_a_view_of_memory(runmock):
    runmock.reply("Hi.")
    headers = {**BETA, "Content-Type": "application/json"}
    requests.post(f"{ROOT}/threads/runs", headers=headers, data=memoryview(json.dumps(RUN).encode()))
    assert runmock.requests[0].json == RUN


def test_a_file_is_sent_again_after_a_redirect_of_a_route(runmock, server):
    runmock.router.post("https://old.example/").respond(307, headers={"location": f"{server.url}/new"})
    file = io.BytesIO(b"not this, this")
    file.seek(10)
    assert requests.post("https://old.example/", data=file).text == "POST /new this"


class Rewriting(BaseAdapter):
    """Sends to another address, through an adapter of the library."""

    def __init__(self):
        super().__init__()
        self.inner = HTTPAdapter()

    def send(self, request, **options):
        request.url = f"{ROOT}/threads/runs"
        request.headers.update(BETA)
        return self.inner.send(request, **options)

    def close(self):
        self.inner.close()


class RewritingToo(HTTPAdapter):
    """The same, as a subclass."""

    send = Rewriting.send

    def __init__(self):
        super().__init__()
        self.inner = HTTPAdapter()


@pytest.mark.parametrize("adapter", [Rewriting, RewritingToo])
@pytest.mark.parametrize("route", ["https://weather.example/", "http://mine.example/"])
def test_a_request_that_an_adapter_sends_to_the_service_is_caught_beside_routes(runmock, adapter, route):
    runmock.reply("Hi.")
    runmock.router.post(route, json={"another": "body"}).respond(200)
    with requests.Session() as session:
        session.mount("http://mine.example", adapter())
        assert session.post("http://mine.example/", json=RUN).json()["status"] == "queued"


def test_a_request_that_a_transport_of_httpx_makes_of_another_is_caught_beside_routes(runmock):
    class ByRequests(httpx.BaseTransport):
        def handle_request(self, request):
            answer = requests.post(f"{ROOT}/threads/runs", headers=BETA, data=request.read())
            return httpx.Response(answer.status_code, content=answer.content)

    runmock.reply("Hi.")
    runmock.router.get("https://weather.example/").respond(200)
    with httpx.Client(transport=ByRequests()) as client:
        assert client.post("http://mine.example/", json=RUN).json()["status"] == "queued"


def test_a_body_is_read_only_where_a_route_may_answer(runmock, server):
    runmock.router.post(f"{server.url}/asked", content="Paris").respond(201)
    prepared = requests.Request("POST", f"{server.url}/other", data=iter([b"Os"])).prepare()
    before = prepared.body
    assert requests.Session().send(prepared).text == "POST /other Os"
    assert prepared.body is before


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_of_a_route_that_may_have_no_body_has_none(runmock, status):
    runmock.router.get("https://weather.example/").respond(status, text="no body")
    runmock.router.head("https://weather.example/").respond(200, text="no body")
    assert requests.get("https://weather.example/").content == b""
    assert requests.head("https://weather.example/").content == b""


def test_an_answer_shows_where_it_came_from_as_one_from_the_network(runmock):
    runmock.reply("Hi.")
    raw = created().raw
    assert (raw.version_string, raw.geturl(), raw.retries.total) == ("HTTP/1.1", "/v1/threads/runs", 0)


def test_a_large_answer_is_read_as_fast_as_it_comes(runmock):
    size = 20_000_000
    runmock.router.get("https://weather.example/").respond(content=bytes(size))
    began = time.perf_counter()
    assert len(requests.get("https://weather.example/").content) == size
    assert time.perf_counter() - began < 2
