"""On a gateway: what an OpenAI client sends is runmock's there too, and only what would reach the network is refused."""

import asyncio
import sys

import httpx
import httpx2
import openai
import pytest
import respx

import runmock
from runmock import Session, UnmatchedRequest, UsageError, use_cassette

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
MAJOR = int(openai.__version__.partition(".")[0])
CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello!"}]}
COMPLETION = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": []}
AGENT = {"user-agent": "OpenAI/Python 3.57.0"}


@pytest.fixture
def session():
    """A session whose misses do not fail the test."""
    session = Session().start()
    yield session
    session.stop()


@pytest.fixture
def client(server):
    with openai.OpenAI(api_key="sk-not-a-key", base_url=f"{server.url}/v1", max_retries=0) as client:
        yield client


def reaches(client):
    assert client.batches.with_raw_response.list().text.startswith("GET ")


CALLS = {
    "a chat": lambda client: client.chat.completions.create(**CHAT),
    "a file with its content": lambda client: client.audio.transcriptions.create(file=("a.wav", b"secret"), model="w"),
    "a moderation": lambda client: client.moderations.create(input="mine"),
    "a response": lambda client: client.responses.create(model="gpt-4o", input="Hello!"),
    "batches": lambda client: client.batches.list(),
    "embeddings": lambda client: client.embeddings.create(model="e", input="Hello!"),
    "a path of one's own": lambda client: client.post("/anything", cast_to=object, body={}),
}


@pytest.mark.parametrize("call", CALLS)
def test_nothing_that_the_sdk_sends_gets_out(session, server, client, call):
    with pytest.raises(UnmatchedRequest):
        CALLS[call](client)
    assert server.heard == []
    assert [type(failure) for failure in session.failures] == [UnmatchedRequest]


@pytest.mark.parametrize("call", CALLS)
def test_nothing_gets_out_of_an_async_client(session, server, call):
    async def main():
        async with openai.AsyncOpenAI(api_key="sk-not-a-key", base_url=server.url, max_retries=0) as client:
            found = CALLS[call](client)
            await found

    with pytest.raises(UnmatchedRequest):
        asyncio.run(main())
    assert server.heard == []


def test_the_clients_of_azure_and_of_the_module_are_clients_too(session, server, monkeypatch):
    azure = openai.AzureOpenAI(api_key="key", api_version="2024-10-21", azure_endpoint=server.url, max_retries=0)
    with azure, pytest.raises(UnmatchedRequest):
        azure.chat.completions.create(**CHAT)
    monkeypatch.setattr(openai, "api_key", "sk-not-a-key")
    monkeypatch.setattr(openai, "base_url", f"{server.url}/v1/")
    with pytest.raises(UnmatchedRequest):
        openai.chat.completions.create(**CHAT)
    openai._reset_client()
    assert server.heard == []


def test_a_subclass_of_the_client_is_a_client_too(session, server):
    class TracedOpenAI(openai.OpenAI):
        pass

    with TracedOpenAI(api_key="k", base_url=server.url, max_retries=0) as client, pytest.raises(UnmatchedRequest):
        client.chat.completions.create(**CHAT)
    assert server.heard == []


@pytest.mark.parametrize("call", CALLS)
def test_a_subclass_with_any_name_is_a_client_too(session, server, call):
    class Gateway(openai.OpenAI):
        pass

    class OurGateway(Gateway):
        pass

    with OurGateway(api_key="k", base_url=f"{server.url}/v1", max_retries=0) as client, pytest.raises(UnmatchedRequest):
        CALLS[call](client)
    assert server.heard == []


def test_an_async_subclass_of_azures_client_with_any_name_is_a_client_too(session, server):
    class Gateway(openai.AsyncAzureOpenAI):
        pass

    async def main():
        async with Gateway(api_key="k", api_version="2024-10-21", azure_endpoint=server.url, max_retries=0) as client:
            await client.chat.completions.create(**CHAT)

    with pytest.raises(UnmatchedRequest):
        asyncio.run(main())
    assert server.heard == []


@pytest.mark.parametrize("stub", [None, object()])
def test_without_the_sdk_nobody_has_made_subclasses_of_it(session, server, monkeypatch, stub):
    monkeypatch.setitem(sys.modules, "openai", stub)
    headers = {"user-agent": "Groq/Python 1.7.0", "x-stainless-package-version": "1.7.0"}
    assert httpx.post(f"{server.url}/v1/responses", headers=headers).status_code == 200


def test_a_framework_that_has_its_own_user_agent_is_refused_on_paths_of_the_apis(session, server):
    headers = {"User-Agent": "Agents/Python 0.14.0"}
    with openai.OpenAI(api_key="k", base_url=server.url, max_retries=0, default_headers=headers) as client:
        with pytest.raises(UnmatchedRequest):
            client.responses.create(model="gpt-4o", input="Hello!")
        assert server.heard == []


@pytest.mark.skipif(MAJOR < 3, reason="the SDK's own client is of httpx there")
def test_a_legacy_client_of_httpx_inside_the_sdk_lets_nothing_out_either(session, server):
    async def main():
        async with httpx.AsyncClient() as http_client:
            client = openai.AsyncOpenAI(api_key="k", base_url=server.url, max_retries=0, http_client=http_client)
            await client.chat.completions.create(**CHAT)

    with pytest.raises(UnmatchedRequest):
        asyncio.run(main())
    with httpx.Client() as http_client:
        client = openai.OpenAI(api_key="k", base_url=server.url, max_retries=0, http_client=http_client)
        with pytest.raises(UnmatchedRequest):
            client.chat.completions.create(**CHAT)
    assert server.heard == []


def test_an_aiohttp_backed_client_lets_nothing_out_either(session, server):
    pytest.importorskip("httpx_aiohttp")

    async def main():
        async with openai.DefaultAioHttpClient() as http_client:
            client = openai.AsyncOpenAI(api_key="k", base_url=server.url, max_retries=0, http_client=http_client)
            await client.chat.completions.create(**CHAT)

    with pytest.raises(UnmatchedRequest):
        asyncio.run(main())
    assert server.heard == []


def test_nothing_gets_out_on_a_connection_that_was_made_before_the_session(server):
    with openai.OpenAI(api_key="k", base_url=server.url, max_retries=0) as client:
        reaches(client)
        request_count = len(server.heard)
        with use_cassette(), pytest.raises(UnmatchedRequest):
            client.batches.list()
        assert len(server.heard) == request_count


def test_runs_are_answered_there_as_before(session, server, client):
    session.reply("Hello!")
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1")
    assert run.status == "completed"
    assert server.heard == []


def test_the_refusal_shows_what_was_sent_and_how_to_let_it_through_or_to_answer_it(session):
    with openai.OpenAI(api_key="k", base_url="http://litellm:4000/v1", max_retries=0) as client:
        with pytest.raises(UnmatchedRequest) as raised:
            client.chat.completions.create(**CHAT)
        assert str(raised.value) == (
            "chat.completions is another API than Assistants and Responses, and nothing answers it\n"
            "  sent      POST http://litellm:4000/v1/chat/completions  (chat.completions, by an OpenAI client)\n"
            "  cassette  none   mode none\n"
            "  played    nothing\n"
            '  to let it through: allow_hosts=["litellm"]\n'
            '  to answer it: runmock.router.post("http://litellm:4000/v1/chat/completions").respond(json={'
            "'id': 'chatcmpl-1', 'object': 'chat.completion', 'created': 0, 'model': 'gpt-4o', 'choices': [{'index': 0, "
            "'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': 'Hello!'}}]})"
        )


@pytest.mark.parametrize("by", ["the environment", "hosts="])
def test_a_gateway_that_is_runmocks_by_its_name_is_refused_in_the_same_words(monkeypatch, by):
    if by == "the environment":
        monkeypatch.setenv("OPENAI_BASE_URL", "http://litellm:4000/v1")
    with use_cassette(hosts=["litellm"] if by == "hosts=" else []):
        with pytest.raises(UnmatchedRequest) as raised:
            httpx.post("http://litellm:4000/v1/chat/completions", json=CHAT)
        assert str(raised.value) == (
            "chat.completions is another API than Assistants and Responses, and nothing answers it\n"
            "  sent      POST http://litellm:4000/v1/chat/completions  (chat.completions)\n"
            "  cassette  none   mode none\n"
            "  played    nothing\n"
            '  to let it through: allow_hosts=["litellm"]\n'
            '  to answer it, with use_cassette(...) as session: session.router.post("http://litellm:4000/v1/chat/completions").respond(json={'
            "'id': 'chatcmpl-1', 'object': 'chat.completion', 'created': 0, 'model': 'gpt-4o', 'choices': [{'index': 0, "
            "'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': 'Hello!'}}]})"
        )
        with pytest.raises(
            UnmatchedRequest, match=r"GET http://litellm:4000/v1/batches  \(batches, by an OpenAI client\)\n"
        ):
            httpx.get("http://litellm:4000/v1/batches", headers=AGENT)


def test_what_is_allowed_counts_more_than_the_environment(server, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    with use_cassette(allow_hosts=["127.0.0.1"]), openai.OpenAI(api_key="k", max_retries=0) as client:
        reaches(client)


@pytest.mark.parametrize("root", ["/v1", "", "/v1/account/gateway/openai", "/litellm/api/openai/v1"])
def test_what_a_gateway_gets_goes_to_upstream_and_plays_whatever_its_root_is(server, tmp_path, root):
    def asks():
        with openai.OpenAI(api_key="k", base_url=f"http://litellm:4000{root}", max_retries=0) as client:
            reaches(client)

    path = tmp_path / "a.yaml"
    with use_cassette(path, record_mode="all", upstream=f"{server.url}/up/v1"):
        asks()
    assert server.heard == [("GET", "/up/v1/batches")]
    with use_cassette(path) as session:
        asks()
        session.assert_all_played()
    assert len(server.heard) == 1


def test_the_routers_line_of_a_refusal_works(runmock):
    with openai.OpenAI(api_key="k", base_url="http://litellm:4000/v1", max_retries=0) as client:
        runmock.router.post("http://litellm:4000/v1/chat/completions").respond(json=COMPLETION)
        assert client.chat.completions.create(**CHAT).id == "chatcmpl-1"


@pytest.mark.parametrize(
    "hosts", [["127.0.0.1"], ["*"], ["127.*"], ["127.0.0.1:1"], ["127.0.0.1:*"], ["other", "127.0.0.1"]]
)
def test_a_host_that_is_allowed_gets_what_runmock_does_not_answer_itself(server, client, hosts):
    with use_cassette(allow_hosts=hosts) as session:
        session.reply("Hello!")
        reaches(client)
        assert server.heard == [("GET", "/v1/batches")]
        assert client.beta.threads.create_and_run_poll(assistant_id="asst_1").status == "completed"
    assert len(server.heard) == 1


def test_another_host_than_the_allowed_one_gets_nothing(server, client):
    with use_cassette(allow_hosts=["litellm"]), pytest.raises(UnmatchedRequest):
        client.batches.list()
    assert server.heard == []


@pytest.mark.parametrize("outer", [{}, {"hosts": ["127.0.0.1"]}, {"allow_hosts": ["127.0.0.1"]}])
def test_the_innermost_session_alone_decides_about_what_a_client_sends(server, client, outer):
    with use_cassette(**outer) as around:
        with use_cassette() as inner, pytest.raises(UnmatchedRequest):
            client.batches.list()
        with use_cassette(allow_hosts=["127.0.0.1"]):
            reaches(client)
    assert (len(server.heard), len(inner.requests), len(around.requests)) == (1, 1, 0)


def test_what_the_innermost_session_does_not_claim_goes_to_the_session_around_it(server):
    with use_cassette(hosts=["127.0.0.1"]) as outer, use_cassette() as inner:
        with pytest.raises(UnmatchedRequest):
            httpx.get(f"{server.url}/v1/batches")
        assert (len(outer.requests), len(inner.requests)) == (1, 0)


@pytest.mark.parametrize("host", ["https://gateway.example/v1", "gateway.example/v1", "", "me@gateway.example"])
def test_what_is_no_hosts_name_is_refused(host):
    with pytest.raises(UsageError) as raised:
        use_cassette(allow_hosts=[host])
    assert str(raised.value) == (
        f"use_cassette: allow_hosts: {host!r} is not the name of a host; leave out scheme and path, as in 'gateway.example'"
    )


def test_a_single_text_is_no_list_of_hosts():
    with pytest.raises(UsageError) as raised:
        use_cassette(allow_hosts="litellm")
    assert (
        str(raised.value)
        == "use_cassette: allow_hosts is a list of names, not the text 'litellm'; write allow_hosts=['litellm']"
    )


@pytest.mark.parametrize("host", ["[::1]:4000", "[::1]", "::1"])
def test_an_address_of_ipv6_may_have_a_port_too(host):
    assert use_cassette(allow_hosts=[host])._playing.options.allow_hosts == ("::1",)


def test_a_custom_transport_lets_through_too(server):
    with (
        httpx2.Client(transport=runmock.transport(allow_hosts=["127.0.0.1"])) as http_client,
        openai.OpenAI(api_key="k", base_url=server.url, max_retries=0, http_client=http_client) as client,
    ):
        reaches(client)
        assert len(server.heard) == 1
        assert client.beta.threads.create().object == "thread"
    assert len(server.heard) == 1


@pytest.mark.parametrize("way", ["sync", "async"])
@LIBRARIES
def test_a_custom_transport_lets_through_inside_of_a_session(server, library, way):
    async def main():
        async with library.AsyncClient(transport=runmock.transport(allow_hosts=["*"])) as client:
            return await client.post(server.url, headers=AGENT)

    def at_once():
        with library.Client(transport=runmock.transport(allow_hosts=["*"])) as client:
            return client.post(server.url, headers=AGENT)

    with use_cassette() as session:
        with library.Client(transport=library.HTTPTransport()) as client, pytest.raises(UnmatchedRequest):
            client.post(server.url, headers=AGENT)
        assert (at_once() if way == "sync" else asyncio.run(main())).status_code == 200
        assert len(session.requests) == 1


# What answers without the network comes first.


@LIBRARIES
def test_a_mock_transport_answers_first(session, library):
    transport = library.MockTransport(lambda request: library.Response(200, json={"from": "the mock"}))
    with library.Client(transport=transport) as client:
        assert client.post("http://litellm:4000/v1/chat/completions", headers=AGENT).json() == {"from": "the mock"}
    assert session.requests == []


@LIBRARIES
def test_applications_in_this_process_answer_first(session, library):
    def wsgi(environment, start_response):
        start_response("200 OK", [])
        return [b"wsgi"]

    async def asgi(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"asgi"})

    async def main():
        async with library.AsyncClient(transport=library.ASGITransport(app=asgi)) as client:
            return await client.post("http://litellm:4000/v1/chat/completions", headers=AGENT)

    with library.Client(transport=library.WSGITransport(app=wsgi)) as client:
        assert client.post("http://litellm:4000/v1/chat/completions", headers=AGENT).text == "wsgi"
    assert asyncio.run(main()).text == "asgi"


@LIBRARIES
def test_a_custom_transport_that_opens_no_socket_answers_first(session, library):
    class Canned(library.BaseTransport):
        def handle_request(self, request):
            return library.Response(200, text="canned")

    with library.Client(transport=Canned()) as client:
        assert client.post("http://litellm:4000/v1/chat/completions", headers=AGENT).text == "canned"
    assert session.requests == []


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_mock_of_respx_answers_first(server, order):
    def main():
        with httpx.Client() as client:
            assert client.post(f"{server.url}/mocked", headers=AGENT).text == "from respx"
            with pytest.raises(respx.models.AllMockedAssertionError):
                client.post(f"{server.url}/other", headers=AGENT)
            mock.route().pass_through()
            with pytest.raises(UnmatchedRequest):
                client.post(f"{server.url}/other", headers=AGENT)

    mock = respx.mock(assert_all_called=False)
    mock.post(f"{server.url}/mocked").respond(text="from respx")
    if order == "before":
        with mock, use_cassette():
            main()
    else:
        with use_cassette(), mock:
            main()
    assert server.heard == []


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_a_mock_of_respx_answers_async_clients_first(server, using):
    async def main():
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{server.url}/mocked", headers=AGENT)
            mock.route().pass_through()
            with pytest.raises(UnmatchedRequest):
                await client.post("http://nowhere.invalid/other", headers=AGENT)
            return answer.text

    with respx.mock(assert_all_called=False, using=using) as mock, use_cassette():
        mock.post(f"{server.url}/mocked").respond(text="from respx")
        assert asyncio.run(main()) == "from respx"
    assert server.heard == []


def test_a_mock_lets_nothing_out_on_a_connection_that_was_made_before(server):
    with httpx.Client() as client:
        client.get(server.url)
        request_count = len(server.heard)
        with respx.mock(assert_all_called=False) as mock, use_cassette():
            mock.route().pass_through()
            with pytest.raises(UnmatchedRequest):
                client.post(server.url, headers=AGENT)
    assert len(server.heard) == request_count


def test_a_trace_of_the_applications_own_goes_on(session, server):
    events = []
    extensions = {"trace": lambda event, facts: events.append(event)}
    with respx.mock(assert_all_called=False) as mock, httpx.Client() as client:
        mock.route().pass_through()
        with pytest.raises(UnmatchedRequest):
            client.post(server.url, headers=AGENT, extensions=extensions)
        assert events == []
        assert client.post(server.url, extensions=extensions).status_code == 200
        assert events[0] == "connection.connect_tcp.started"


@pytest.mark.parametrize("order", ["runmock, httpx_mock", "httpx_mock, runmock"])
def test_pytest_httpx_answers_first(request, order):
    pytest.importorskip("pytest_httpx")
    fixtures = {name: request.getfixturevalue(name) for name in order.split(", ")}
    fixtures["httpx_mock"].add_response(url="http://litellm:4000/v1/batches", json={"object": "list", "data": []})
    with httpx.Client() as http_client:
        client = openai.OpenAI(api_key="k", base_url="http://litellm:4000/v1", max_retries=0, http_client=http_client)
        assert client.batches.list().data == []


def test_a_mock_of_aiohttp_answers_first(session, monkeypatch):
    aiohttp, httpx_aiohttp = pytest.importorskip("aiohttp"), pytest.importorskip("httpx_aiohttp")

    def mocked(*args, **options):
        raise aiohttp.ServerTimeoutError("from the mock")

    async def main():
        async with httpx_aiohttp.HttpxAiohttpClient() as client:
            await client.post("http://litellm:4000/v1/chat/completions", headers=AGENT)

    monkeypatch.setattr(aiohttp.ClientSession, "_request", mocked)
    with pytest.raises(httpx.TimeoutException, match="from the mock"):
        asyncio.run(main())


@LIBRARIES
@pytest.mark.parametrize("kind", ["default", "of ones own"])
def test_nothing_gets_out_under_trio(session, library, kind, server):
    trio = pytest.importorskip("trio")

    class Opens(library.AsyncBaseTransport):
        async def handle_async_request(self, request):
            await trio.open_tcp_stream(request.url.host, request.url.port)

    async def main():
        async with library.AsyncClient(transport=None if kind == "default" else Opens()) as client:
            await client.post(f"{server.url}/v1/chat/completions", headers=AGENT)

    with pytest.raises(UnmatchedRequest):
        trio.run(main)
    assert server.heard == []


@LIBRARIES
def test_what_reaches_the_network_in_a_task_group_is_refused(session, library, server):
    class Opens(library.AsyncBaseTransport):
        async def handle_async_request(self, request):
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.open_connection(request.url.host, request.url.port))

    async def main():
        async with library.AsyncClient(transport=Opens()) as client:
            await client.post(f"{server.url}/v1/chat/completions", headers=AGENT)

    with pytest.raises(UnmatchedRequest):
        asyncio.run(main())
    assert server.heard == []


# What a gateway takes and the service does not.

EXTRA = {"extra_body": {"custom_llm_provider": "azure"}, "extra_headers": {"OpenAI-Beta": "assistants=v1"}}
TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]
USER = {"role": "user", "content": "Hi"}


def converse(client, **more):
    """Every operation with a body; how the run ends."""
    assistants, threads = client.beta.assistants, client.beta.threads
    assistant = assistants.create(model="gpt-4o", tools=TOOLS, **more)
    assistants.update(assistant.id, name="Weather", **more)
    thread = threads.create(**more)
    threads.update(thread.id, metadata={"a": "b"}, **more)
    message = threads.messages.create(thread.id, **USER, **more)
    threads.messages.update(message.id, thread_id=thread.id, metadata={"a": "b"}, **more)
    run = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, **more)
    threads.runs.update(run.id, thread_id=thread.id, metadata={"a": "b"}, **more)
    outputs = [{"tool_call_id": "call_1", "output": "21"}]
    place = {"run_id": run.id, "thread_id": thread.id}
    run = threads.runs.submit_tool_outputs_and_poll(**place, tool_outputs=outputs, **more)
    other = threads.create_and_run_poll(assistant_id=assistant.id, thread={"messages": [USER]}, **more)
    threads.runs.cancel(other.id, thread_id=other.thread_id, **more)
    return run.status


@pytest.mark.parametrize("url", ["http://litellm:4000/v1", "https://gateway.example/team/v1", "http://127.0.0.1:9/v1"])
def test_parameters_and_versions_of_a_gateways_own_pass_everywhere(url):
    with use_cassette() as session, openai.OpenAI(api_key="k", base_url=url, max_retries=0) as client:
        session.calls(get_weather={}).reply("Warm.").when(body={"custom_llm_provider": "azure"})
        session.calls(get_weather={}).when(body={"custom_llm_provider": "azure"})
        assert converse(client, **EXTRA) == "completed"
        sent = [
            request for request in session.requests if request.method == "POST" and request.operation != "cancel_run"
        ]
        assert [request.json["custom_llm_provider"] for request in sent] == ["azure"] * 10


@pytest.mark.parametrize("name", ["extra_body", "extra_headers"])
@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://mine.openai.azure.com/openai/v1"])
def test_the_service_refuses_them_at_once(url, name):
    with use_cassette() as session, openai.OpenAI(api_key="k", base_url=url, max_retries=0) as client:
        with pytest.raises(openai.BadRequestError):
            converse(client, **{name: EXTRA[name]})
        assert len(session.requests) == 1
