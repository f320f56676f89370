"""Sessions of aiohttp: answered, streamed, refused, as the library's own code reads them."""

import asyncio
import json

import aiohttp
import httpx
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

import runmock as library

ROOT = "https://api.openai.com/v1"
BETA = {"OpenAI-Beta": "assistants=v2", "Authorization": "Bearer sk-not-a-key"}
RUN = {"assistant_id": "asst_1"}
STREAMED = {**RUN, "stream": True}
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def session():
    async with aiohttp.ClientSession(headers=BETA) as made:
        yield made


async def created(session, body=RUN, **options):
    async with session.post(f"{ROOT}/threads/runs", json=body, **options) as answer:
        answer.raise_for_status()
        return await answer.json()


async def test_a_run_is_created_and_polled_and_its_messages_are_read(runmock, session):
    runmock.reply("It is 21 degrees.")
    run = await created(session)
    assert run["status"] == "queued"
    for _ in range(3):
        async with session.get(f"{ROOT}/threads/{run['thread_id']}/runs/{run['id']}") as answer:
            run = await answer.json()
    async with session.get(f"{ROOT}/threads/{run['thread_id']}/messages") as answer:
        assert (answer.status, answer.reason, answer.content_type) == (200, "OK", "application/json")
        messages = await answer.json()
    assert run["status"] == "completed"
    assert messages["data"][0]["content"][0]["text"]["value"] == "It is 21 degrees."
    assert runmock.requests[0].json == RUN


def names(lines):
    return [line.decode().strip().removeprefix("event: ") for line in lines if line.startswith(b"event: ")]


async def test_a_stream_is_read_by_lines(runmock, session):
    runmock.reply("One two three.")
    async with session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer:
        assert answer.content_type == "text/event-stream"
        found = names([line async for line in answer.content])
    assert found[0] == "thread.created"
    assert found[-2:] == ["thread.run.completed", "done"]
    assert found.count("thread.message.delta") == 3


async def test_a_stream_is_read_event_by_event_as_it_comes(runmock, session):
    runmock.reply("One two three.")
    async with session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer:
        first = await answer.content.readany()
        assert first.startswith(b"event: thread.created")
        assert b"completed" not in first
        assert runmock.runs[0].status == "queued"
        rest = await answer.content.read()
    assert rest.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("read", ["read", "text", "readany", "chunks", "iter_chunked", "readexactly", "readuntil"])
async def test_a_stream_may_be_read_in_every_way(runmock, session, read):
    runmock.reply("One two three.")
    async with session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer:
        content = answer.content
        if read == "read":
            whole = await answer.read()
        elif read == "text":
            whole = (await answer.text()).encode()
        elif read == "readany":
            whole = b"".join([data async for data in content.iter_any()])
        elif read == "chunks":
            whole = b"".join([data async for data, _ in content.iter_chunks()])
        elif read == "iter_chunked":
            whole = b"".join([data async for data in content.iter_chunked(7)])
        elif read == "readexactly":
            whole = await content.readexactly(20) + await content.read()
        else:
            whole = await content.readuntil(b"\n\n") + await content.read()
    assert whole.startswith(b"event: thread.created")
    assert whole.endswith(b"data: [DONE]\n\n")


async def test_a_stream_that_is_closed_early_is_left(runmock, session):
    runmock.reply("One two three four five.")
    answer = await session.post(f"{ROOT}/threads/runs", json=STREAMED)
    await answer.content.readany()
    answer.close()
    await asyncio.sleep(0.01)
    assert runmock.runs[0].status != "completed"
    async with session.get(f"{ROOT}/threads/{runmock.runs[0].thread_id}/messages") as listed:
        assert listed.status == 200


async def test_a_stream_that_breaks_off_raises_the_librarys_own_error(runmock, session):
    runmock.reply("One two three.").disconnect()
    async with session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


@pytest.mark.parametrize(
    ("patience", "error"),
    [
        ({"total": 60}, TimeoutError),
        ({"total": 90, "sock_read": 60}, aiohttp.SocketTimeoutError),
        ({"total": 60, "sock_read": 90}, TimeoutError),
        ({"total": None, "sock_read": 60}, aiohttp.SocketTimeoutError),
    ],
)
async def test_a_stream_that_stalls_raises_the_librarys_own_timeout_at_once(runmock, session, patience, error):
    runmock.reply("One two three.").stall(120)
    timeout = aiohttp.ClientTimeout(**patience)
    async with session.post(f"{ROOT}/threads/runs", json=STREAMED, timeout=timeout) as answer:
        with pytest.raises(TimeoutError) as raised:
            await answer.read()
    assert raised.type is error


@pytest.mark.parametrize("fault", ["disconnect", "stall"])
async def test_what_comes_before_a_fault_is_read_however_slowly(runmock, session, fault):
    run = runmock.reply("One two three four five.")
    if fault == "disconnect":
        run.disconnect()
    else:
        run.stall(120)
    read = []

    async def read_slowly(content):
        async for line in content:
            read.append(line)
            await asyncio.sleep(0.001)

    timeout = aiohttp.ClientTimeout(sock_read=60)
    async with session.post(f"{ROOT}/threads/runs", json=STREAMED, timeout=timeout) as answer:
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.SocketTimeoutError)):
            await read_slowly(answer.content)
    assert read[-1] == b"\n"
    assert names(read)[-1] == "thread.message.delta"


async def test_a_stream_may_be_cancelled(runmock, session):
    runmock.reply("One two three.").stall(120)
    patience = aiohttp.ClientTimeout(total=None)
    with pytest.raises(TimeoutError):
        async with (
            asyncio.timeout(0.05),
            session.post(f"{ROOT}/threads/runs", json=STREAMED, timeout=patience) as answer,
        ):
            await answer.read()


async def test_a_miss_is_raised_in_the_application(session):
    with (
        library.use_cassette(script={"runs": []}),
        pytest.raises(library.UnmatchedRequest, match="nothing left on the cassette"),
    ):
        await created(session)


async def test_a_failure_inside_a_stream_is_raised_in_the_application(session, monkeypatch):
    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr("runmock.apis.assistants.deltas.message_delta", broken)
    script = {"runs": [{"reply": "Hi."}]}
    with library.use_cassette(script=script), pytest.raises(library.ScriptError, match="ValueError: broken"):
        async with session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer:
            await answer.read()


async def test_another_api_of_the_service_is_refused(session):
    with library.use_cassette(), pytest.raises(library.UnmatchedRequest, match=r"chat\.completions is another API"):
        await session.post(f"{ROOT}/chat/completions", json={})
    with library.use_cassette(), pytest.raises(library.UnmatchedRequest):
        await session.ws_connect("wss://api.openai.com/v1/realtime")


async def test_what_is_not_runmocks_goes_on_untouched(runmock, server, session):
    async with session.post(f"{server.url}/a?b=1", data="text") as answer:
        assert await answer.text() == "POST /a?b=1 text"
    assert server.heard == [("POST", "/a?b=1")]


async def test_routes_of_the_router_answer(runmock, server, session):
    async def pieces():
        yield b"Os"
        yield b"lo"

    runmock.router.get(f"{server.url}/weather").respond(json={"degrees": 21})
    runmock.router.post(f"{server.url}/asked", content="Paris").respond(201)
    async with session.get(f"{server.url}/weather") as answer:
        assert await answer.json() == {"degrees": 21}
    async with session.post(f"{server.url}/asked", data="Paris") as answer:
        assert answer.status == 201
    async with session.post(f"{server.url}/asked", data=pieces()) as answer:
        assert await answer.text() == "POST /asked Oslo"
    assert server.heard == [("POST", "/asked")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("ConnectError", aiohttp.ClientConnectionError),
        ("ReadTimeout", aiohttp.ServerTimeoutError),
        ("RemoteProtocolError", aiohttp.ServerDisconnectedError),
    ],
)
async def test_an_error_of_a_route_is_the_librarys_own(runmock, session, error, expected):
    runmock.router.post("https://weather.example/").mock(side_effect=getattr(httpx, error))
    with pytest.raises(expected):
        await session.post("https://weather.example/")


async def test_a_path_below_the_sessions_own_root_is_answered(runmock):
    runmock.reply("Hi.")
    async with (
        aiohttp.ClientSession(base_url="https://api.openai.com", headers=BETA) as session,
        session.post("/v1/threads/runs", json=RUN) as answer,
    ):
        assert answer.status == 200


async def test_a_session_that_was_made_before_is_caught(session):
    with library.use_cassette(script={"runs": [{"reply": "Hi."}]}):
        assert (await created(session))["status"] == "queued"


class OwnConnector(aiohttp.BaseConnector):
    """Connects by itself."""

    async def connect(self, *_, **__):
        _reader, _writer = await asyncio.open_connection("127.0.0.1", 9)
        raise AssertionError("it may not get here")


async def test_a_connector_of_its_own_connects_to_nothing(runmock):
    runmock.reply("Hi.")
    async with aiohttp.ClientSession(connector=OwnConnector(), headers=BETA) as session:
        assert (await created(session))["status"] == "queued"
        with pytest.raises(OSError, match=r"[Cc]onnect"):
            await session.get("http://elsewhere.example/")


async def test_many_at_once_are_answered_and_no_connection_is_kept(runmock):
    for _ in range(20):
        runmock.reply("Hi.")
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=2, limit_per_host=1), headers=BETA
    ) as session:
        runs = await asyncio.gather(*[created(session) for _ in range(20)])
    assert len({run["id"] for run in runs}) == 20


@pytest.mark.parametrize("kind", ["bytes", "text", "pieces", "expect", "chunked", "multipart"])
async def test_a_body_of_every_kind_is_read(runmock, session, kind):
    runmock.reply("Hi.")
    whole = json.dumps(RUN)

    async def pieces():
        yield whole[:5].encode()
        yield whole[5:].encode()

    options = {
        "bytes": {"data": whole.encode()},
        "text": {"data": whole},
        "pieces": {"data": pieces()},
        "expect": {"data": whole, "expect100": True},
        "chunked": {"data": whole, "chunked": True},
        "multipart": {"data": {}},
    }[kind]
    if kind == "multipart":
        form = aiohttp.FormData()
        form.add_field("purpose", "assistants")
        form.add_field("file", b"a", filename="a.txt")
        async with session.post(f"{ROOT}/files", data=form) as answer:
            assert (await answer.json())["bytes"] == 1
        await created(session)
    else:
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{ROOT}/threads/runs", headers=headers, **options) as answer:
            assert answer.status == 200
        assert runmock.requests[0].json == RUN


async def test_hooks_of_the_library_are_called(runmock):
    runmock.reply("Hi.")
    seen = []

    async def note(_, context, params):
        seen.append((params.method, params.response.status))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note)

    class Mine(aiohttp.ClientResponse):
        """A response class of the application."""

    async with (
        aiohttp.ClientSession(trace_configs=[trace], response_class=Mine, headers=BETA) as session,
        session.post(f"{ROOT}/threads/runs", json=RUN) as answer,
    ):
        assert type(answer) is Mine
    assert seen == [("POST", 200)]


async def test_a_closed_session_leaves_the_library_as_it_was(session):
    before = aiohttp.BaseConnector.connect, aiohttp.ClientSession._request
    with library.use_cassette(script={"runs": [{"reply": "Hi."}]}):
        await created(session)
        assert (aiohttp.BaseConnector.connect, aiohttp.ClientSession._request) != before
    assert (aiohttp.BaseConnector.connect, aiohttp.ClientSession._request) == before
    assert "connect" in vars(OwnConnector)


async def test_an_unread_answer_leaves_nothing_behind(runmock, session, recwarn):
    runmock.reply("One two three.")
    answer = await session.post(f"{ROOT}/threads/runs", json=STREAMED)
    answer.release()
    await asyncio.sleep(0)
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.sleep(0.01)
    assert all(task.done() for task in others)
    assert not [warning for warning in recwarn if "nclosed" in str(warning.message)]


async def test_a_header_may_have_every_character(runmock, server, session):
    runmock.reply("Hi.")
    async with session.get(f"{server.url}/a", headers={"X-Name": "é ключ"}) as answer:
        assert await answer.text() == "GET /a "
    await created(session, headers={"X-Name": "é ключ"})
    assert runmock.requests[0].json == RUN


async def test_a_stream_to_a_client_of_http_1_0_ends(runmock):
    runmock.reply("One two three.")
    async with (
        aiohttp.ClientSession(version=aiohttp.HttpVersion10, headers=BETA) as session,
        session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer,
    ):
        assert (await answer.read()).endswith(b"data: [DONE]\n\n")


async def test_a_stream_cannot_be_read_once_its_session_is_closed(runmock):
    runmock.reply("One two three.")
    async with aiohttp.ClientSession(headers=BETA) as session:
        answer = await session.post(f"{ROOT}/threads/runs", json=STREAMED)
    with pytest.raises((RuntimeError, aiohttp.ClientConnectionError), match=r"Connection closed"):
        await answer.read()


async def test_open_streams_take_no_connections_from_other_requests_for_ever(runmock, server):
    runmock.reply("One two three.")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1), headers=BETA) as session:
        stream = await session.post(f"{ROOT}/threads/runs", json=STREAMED)
        other = asyncio.create_task(session.get(f"{server.url}/a"))
        await asyncio.sleep(0)
        await stream.read()
        async with await other as answer:
            assert await answer.text() == "GET /a "


async def _read_a_piece():
    session = aiohttp.ClientSession(headers=BETA)
    answer = await session.post(f"{ROOT}/threads/runs", json=STREAMED)
    await answer.content.readany()
    session.detach()
    return answer


def _outlive_the_loop():
    loop = asyncio.new_event_loop()
    answer = loop.run_until_complete(_read_a_piece())
    loop.close()
    answer.connection.close()


async def test_an_answer_that_outlives_its_loop_is_closed_quietly(runmock):
    runmock.reply("One two three.")
    await asyncio.to_thread(_outlive_the_loop)


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_of_a_route_that_may_have_no_body_has_none(runmock, session, status):
    runmock.router.get("https://weather.example/").respond(status, text="no body")
    runmock.router.head("https://weather.example/").respond(200, text="no body")
    for ask in (session.get, session.head):
        async with ask("https://weather.example/") as answer:
            assert await answer.read() == b""


async def test_routes_that_cannot_answer_leave_a_request_as_it_is(runmock, server, session):
    runmock.router.post(f"{server.url}/asked", content="Paris").respond(201)
    connected = []

    async def note(*_):
        connected.append(True)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(note)
    async with aiohttp.ClientSession(trace_configs=[trace]) as traced:
        for path in ("other", "asked"):
            async with traced.post(f"{server.url}/{path}", data="Oslo") as answer:
                assert await answer.text() == f"POST /{path} Oslo"
            assert connected == [True]  # for the second one runmock is the server, and asks the real one


async def test_a_websocket_of_another_host_works_beside_routes(runmock):
    async def echo(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(await socket.receive_str())
        return socket

    runmock.router.get("https://weather.example/").respond(200)
    application = web.Application()
    application.router.add_get("/", echo)
    async with (
        TestServer(application) as real,
        aiohttp.ClientSession() as session,
        session.ws_connect(real.make_url("/")) as socket,
    ):
        await socket.send_str("a")
        assert await socket.receive_str() == "a"


@pytest.mark.parametrize("with_routes", [False, True])
async def test_a_request_that_a_transport_of_httpx_makes_of_another_is_caught(runmock, session, with_routes):
    class ByAiohttp(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            async with session.post(f"{ROOT}/threads/runs", json=json.loads(await request.aread())) as answer:
                return httpx.Response(answer.status, content=await answer.read())

    runmock.reply("Hi.")
    if with_routes:
        runmock.router.get("https://weather.example/").respond(200)
    async with httpx.AsyncClient(transport=ByAiohttp()) as client:
        answer = await client.post("http://mine.example/", json=RUN)
    assert answer.json()["status"] == "queued"


class RewritingConnector(aiohttp.TCPConnector):
    """Connects to another address."""

    async def connect(self, req, *args, **options):
        req.url = req.url.__class__(f"{ROOT}/threads/runs")
        return await super().connect(req, *args, **options)


@pytest.mark.parametrize("route", ["https://weather.example/", "http://mine.example/"])
async def test_a_request_that_a_connector_sends_to_the_service_is_caught_beside_routes(runmock, route):
    runmock.reply("Hi.")
    runmock.router.post(route, json={"another": "body"}).respond(200)
    async with (
        aiohttp.ClientSession(connector=RewritingConnector(), headers=BETA) as session,
        session.post("http://mine.example/", json=RUN) as answer,
    ):
        assert (await answer.json())["status"] == "queued"
