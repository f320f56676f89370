"""Recording through a client's own transport: what is sent by it is recorded once, as it is sent."""

import asyncio
import http.client

import httpx
import httpx2
import pytest
from wrappers import WRAPPERS, network, over

from runmock import UnmatchedRequest, use_cassette
from runmock.tape.reading.cassette import load_cassette

BETA = {"OpenAI-Beta": "assistants=v2"}
AGENT = {"user-agent": "OpenAI/Python 3.57.0"}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
METHODS = {"sync": "handle_request", "async": "handle_async_request"}
BODY = {"assistant_id": "asst_1", "stream": True}


@pytest.fixture
def live(_live):
    _live.plays("runs: [{reply: [Hello, ' Ada']}, {reply: again}]")
    return _live


def streams(library, way, transport, url, headers=BETA):
    """The names of the events of a streamed run."""
    if way == "sync":
        with (
            library.Client(transport=transport) as client,
            client.stream("POST", f"{url}/threads/runs", json=BODY, headers=headers) as answer,
        ):
            return [line for line in answer.iter_lines() if line.startswith("event:")]

    async def main():
        async with (
            library.AsyncClient(transport=transport) as client,
            client.stream("POST", f"{url}/threads/runs", json=BODY, headers=headers) as answer,
        ):
            return [line async for line in answer.aiter_lines() if line.startswith("event:")]

    return asyncio.run(main())


@LIBRARIES
@pytest.mark.parametrize("way", METHODS)
@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_run_is_recorded_once_and_plays_through_the_same_transport(tmp_path, live, library, way, wrapper):
    path = tmp_path / "a.runmock.yaml"
    before = len(live.heard)

    def streamed(mode):
        transport = WRAPPERS[wrapper](library, network(library, METHODS[way]), METHODS[way])
        with use_cassette(path, record_mode=mode):
            lines = streams(library, way, transport, live.url)
        assert transport.paths == ["/v1/threads/runs"]
        return lines

    lines = streamed("once")
    assert "event: done" in lines
    assert len(live.heard) == before + 1
    assert len(load_cassette(path).interactions) == 1
    assert streamed("none") == lines
    assert len(live.heard) == before + 1


@LIBRARIES
def test_each_try_of_a_transport_that_sends_again_is_recorded(tmp_path, live, library):
    class Twice(over(library, library.HTTPTransport())):
        def handle_request(self, request):
            self.inner.handle_request(request).read()
            return self.inner.handle_request(request)

    path = tmp_path / "a.runmock.yaml"
    with use_cassette(path, record_mode="once"):
        streams(library, "sync", Twice(), live.url)
    assert len(load_cassette(path).interactions) == 2


@LIBRARIES
@pytest.mark.parametrize("wraps", [False, True], ids=["alone", "beside what it wraps"])
def test_a_transport_with_a_socket_of_its_own_is_recorded_whole(tmp_path, live, library, wraps):
    class Own(over(library, library.HTTPTransport()) if wraps else library.BaseTransport):
        def handle_request(self, request):
            connection = http.client.HTTPConnection(request.url.host, request.url.port)
            try:
                connection.request(request.method, request.url.path, request.read(), dict(request.headers))
                answer = connection.getresponse()
                return library.Response(answer.status, headers=answer.getheaders(), content=answer.read())
            finally:
                connection.close()

    path = tmp_path / "a.runmock.yaml"
    before = len(live.heard)
    with use_cassette(path, record_mode="once"):
        lines = streams(library, "sync", Own(), live.url)
    assert "event: done" in lines
    assert len(live.heard) == before + 1
    assert len(load_cassette(path).interactions) == 1
    if not wraps:
        with use_cassette(path):
            assert streams(library, "sync", Own(), live.url) == lines


@LIBRARIES
def test_upstream_gets_all_that_a_client_sends_to_a_gateway(tmp_path, live, library):
    path = tmp_path / "a.runmock.yaml"
    live.plays()

    def status_from_gateway(**options):
        with use_cassette(path, **options), library.Client(headers=AGENT) as client:
            return client.get("http://litellm:4000/v1/vector_stores/vs_1").status_code

    before = len(live.heard)
    status = status_from_gateway(record_mode="once", upstream=live.url)
    assert len(live.heard) == before + 1
    assert status_from_gateway() == status
    assert len(live.heard) == before + 1
    with use_cassette(path), library.Client(headers=AGENT) as client, pytest.raises(UnmatchedRequest):
        client.get("http://litellm:4000/v1/vector_stores/vs_2")


@LIBRARIES
def test_a_host_that_is_allowed_is_not_recorded(tmp_path, live, library):
    path = tmp_path / "a.runmock.yaml"
    live.plays()
    with (
        use_cassette(path, record_mode="once", allow_hosts=["127.0.0.1"]),
        library.Client(headers=AGENT) as client,
    ):
        client.get(f"{live.url}/vector_stores/vs_1")
    assert not path.exists()


@LIBRARIES
def test_a_mock_on_a_gateway_is_not_recorded(tmp_path, library):
    path = tmp_path / "a.runmock.yaml"
    transport = library.MockTransport(lambda request: library.Response(200, text="from the mock"))
    with use_cassette(path, record_mode="once"), library.Client(transport=transport, headers=AGENT) as client:
        assert client.get("http://litellm/v1/models").text == "from the mock"
    assert not path.exists()
