"""Streams of every API, recorded through the real SDK and played again: the same events, and an end that was received."""

import asyncio
import json

import httpx
import httpx2
import openai
import pytest
from upstream import KEY, Chunks, events

import runmock
from runmock.tape.reading.cassette import load_cassette
from runmock.transports.convert import library_of

SSE = {"content-type": "text/event-stream; charset=utf-8"}
OPENAI, AZURE, GATEWAY = (
    "https://api.openai.com/v1",
    "https://x.openai.azure.com/openai/v1",
    "http://gateway.example/llm",
)
FOUNDRY = "https://x.services.ai.azure.com/api/projects/p/openai/v1"
ROOTS = [OPENAI, AZURE, FOUNDRY, GATEWAY]
RESPONSE = {
    "id": "resp_A1B2C3D4E5F6",
    "object": "response",
    "created_at": 1_800_000_000,
    "model": "gpt-4o",
    "output": [],
}
RESPONSE |= {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "status": "in_progress"}
ITEM = {"id": "msg_A1B2C3D4E5F6", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
PART = {"type": "output_text", "text": "", "annotations": []}


def event(number, name, **data):
    event_data = {"type": name, "sequence_number": number, **data}
    return f"event: {name}\ndata: {json.dumps(event_data, separators=(',', ':'))}\n\n".encode()


def delta(number, text):
    at = {"item_id": ITEM["id"], "output_index": 0, "content_index": 0}
    return event(
        number, "response.output_text.delta", **at, delta=text, logprobs=[], obfuscation="x" * (16 - len(text))
    )


DONE_ITEM = {**ITEM, "status": "completed", "content": [{**PART, "text": "Hi there"}]}
BEGINNING = [
    event(0, "response.created", response=RESPONSE),
    event(1, "response.output_item.added", output_index=0, item=ITEM),
    event(2, "response.content_part.added", item_id=ITEM["id"], output_index=0, content_index=0, part=PART),
    delta(3, "Hi"),
    delta(4, " there"),
]
RESPONSES = [
    *BEGINNING,
    event(5, "response.output_item.done", output_index=0, item=DONE_ITEM),
    event(6, "response.completed", response={**RESPONSE, "status": "completed", "output": [DONE_ITEM]}),
]
CHAT = [
    f"data: {json.dumps(chunk, separators=(',', ':'))}\n\n".encode()
    for chunk in (
        {"id": "chatcmpl-A1B2C3D4", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        for choice in (
            {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None},
            {"index": 0, "delta": {"content": " there"}, "finish_reason": None},
            {"index": 0, "delta": {}, "finish_reason": "stop"},
        )
    )
]
DONE = b"data: [DONE]\n\n"
BROKEN = httpx2.ReadError("gone")


class Upstream:
    """Answers every request with one stream; `asked` counts them."""

    def __init__(self, pieces, error=None, headers=SSE, status=200):
        self.pieces, self.error, self.headers, self.status, self.asked = pieces, error, headers, status, 0

    def __call__(self, request):
        self.asked += 1
        library = library_of(request)
        made = type("Made", (Chunks, library.SyncByteStream, library.AsyncByteStream), {})
        return library.Response(self.status, headers=self.headers, stream=made(self.pieces, 0, self.error))


def sdk(upstream, root=GATEWAY):
    http = httpx2.Client(transport=httpx2.MockTransport(upstream))
    return openai.OpenAI(api_key=KEY, base_url=root, http_client=http, max_retries=0)


def async_sdk(upstream, root=GATEWAY):
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(upstream))
    return openai.AsyncOpenAI(api_key=KEY, base_url=root, http_client=http, max_retries=0)


BODIES = {"responses": {"model": "gpt-4o", "input": "Hi"}, "chat": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}}  # fmt: skip


def created(client, api):
    """What makes a stream of an API."""
    return client.responses.create if api == "responses" else client.chat.completions.create


def helped(client, api):
    """The SDK's helper that gathers a stream."""
    return client.responses.stream if api == "responses" else client.chat.completions.stream


def plain(item):
    """An event as JSON, without the padding at random that no cassette keeps."""
    return json.dumps({key: value for key, value in item.to_dict().items() if key != "obfuscation"})


def reads(upstream, api, root, most=None):
    """The events that an application reads, as JSON; it stops after `most`."""
    received = []
    with sdk(upstream, root) as client, created(client, api)(stream=True, **BODIES[api]) as stream:
        for item in stream:
            received.append(plain(item))
            if len(received) == most:
                break
    return received


def reads_async(upstream, api, root, most=None):
    async def main():
        received = []
        async with async_sdk(upstream, root) as client:
            stream = await created(client, api)(stream=True, **BODIES[api])
            async for item in stream:
                received.append(plain(item))
                if len(received) == most:
                    break
            await stream.close()
        return received

    return asyncio.run(main())


def is_helped(upstream, api, root, most=None):
    with sdk(upstream, root) as client, helped(client, api)(**BODIES[api]) as stream:
        return [item.type for item in stream]


def is_helped_async(upstream, api, root, most=None):
    async def main():
        async with async_sdk(upstream, root) as client, helped(client, api)(**BODIES[api]) as stream:
            return [item.type async for item in stream]

    return asyncio.run(main())


WAYS = [reads, reads_async, is_helped, is_helped_async]
STREAMS = {"responses": RESPONSES, "chat": [*CHAT, DONE], "responses and [DONE]": [*RESPONSES, DONE]}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


def recorded(path, *arguments, mode="once", way=reads, **more):
    with runmock.use_cassette(path, record_mode=mode, hosts=["gateway.example"], **more):
        return way(*arguments)


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", STREAMS)
def test_the_sdk_gets_the_same_events_again(path, kind, way, root):
    api = kind.split()[0]
    upstream, silent = Upstream(STREAMS[kind]), Upstream([])
    received = recorded(path, upstream, api, root, way=way)
    assert len(received) >= 3
    (interaction,) = load_cassette(path).interactions
    assert not interaction.is_truncated
    played = recorded(path, silent, api, root, mode="none", way=way)
    assert (upstream.asked, silent.asked) == (1, 0)
    assert [text.replace("resp_1", RESPONSE["id"]).replace("msg_1", ITEM["id"]).replace("chatcmpl_1", "chatcmpl-A1B2C3D4") for text in played] == received  # fmt: skip
    assert recorded(path, silent, api, root, way=way) == played


def bytes_of(path, root, endpoint, upstream, mode):
    """What a client without an SDK reads."""
    headers = {"authorization": f"Bearer {KEY}"}
    with (
        runmock.use_cassette(path, record_mode=mode, hosts=["gateway.example"]),
        httpx.Client(transport=httpx.MockTransport(upstream), headers=headers) as client,
    ):
        return client.post(f"{root}{endpoint}", json={"stream": True}).content


@pytest.mark.parametrize(
    ("endpoint", "pieces"),
    [
        ("/chat/completions", [*CHAT, DONE]),
        ("/chat/completions", CHAT),
        ("/deployments/gpt/chat/completions", [*CHAT, DONE]),
        ("/messages", [b'event: message_start\ndata: {"a":1}\n\n', b'event: message_stop\ndata: {"b":2}\n\n']),
        ("/mcp", [b'event: message\ndata: {"jsonrpc":"2.0"}\n\n']),
        ("/words", [b"data: hello\n\n", b"data: two\ndata: lines\n\n"]),
        ("/threads/runs", [b'event: thread.run.queued\ndata: {"status":"queued"}\n\n', DONE]),
    ],
)
def test_every_frame_is_played_as_it_was_sent(path, endpoint, pieces):
    assert bytes_of(path, GATEWAY, endpoint, Upstream(pieces), "once") == b"".join(pieces)
    assert "truncated" not in path.read_text()
    played = bytes_of(path, GATEWAY, endpoint, Upstream([]), "none")
    assert played == b"".join(pieces).replace(b"chatcmpl-A1B2C3D4", b"chatcmpl_1")


def test_a_stream_that_is_read_again_by_its_id_is_recorded_too(path):
    def resumed(upstream, mode):
        with runmock.use_cassette(path, record_mode=mode), sdk(upstream, OPENAI) as client:
            return [item.type for item in client.responses.retrieve(RESPONSE["id"], stream=True, starting_after=4)]

    assert resumed(Upstream(RESPONSES[5:]), "once") == ["response.output_item.done", "response.completed"]
    assert "request: GET /responses/resp_A1B2C3D4E5F6?" in path.read_text()
    assert resumed(Upstream([]), "none") == ["response.output_item.done", "response.completed"]


@pytest.mark.parametrize("ending", ["completed", "failed", "incomplete"])
def test_every_end_of_a_response_is_an_end(path, ending):
    last = event(5, f"response.{ending}", response={**RESPONSE, "status": ending})
    assert len(recorded(path, Upstream([*BEGINNING, last]), "responses", OPENAI)) == 6
    assert not load_cassette(path).interactions[0].is_truncated


def test_an_error_event_of_a_response_is_an_end_and_what_follows_it_is_kept(path):
    error = event(5, "error", code="server_error", message="No.", param=None)
    failed = event(6, "response.failed", response={**RESPONSE, "status": "failed"})
    received = recorded(path, Upstream([*BEGINNING, error, failed]), "responses", OPENAI)
    assert len(received) == 7
    (interaction,) = load_cassette(path).interactions
    assert [event.name for event in interaction.stream[-2:]] == ["error", "response.failed"]
    assert not interaction.is_truncated


@pytest.mark.parametrize("way", [reads, reads_async])
@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_stream_that_the_application_leaves_is_truncated_and_refused(path, api, way):
    assert len(recorded(path, Upstream(STREAMS[api]), api, GATEWAY, 1, way=way)) == 1
    assert load_cassette(path).interactions[0].is_truncated
    with pytest.raises(runmock.ScriptError, match="the recorded stream is truncated"):
        recorded(path, Upstream([]), api, GATEWAY, mode="none", way=way)
    assert recorded(path, Upstream([]), api, GATEWAY, mode="none", way=way, allow_truncated=True)


@pytest.mark.parametrize("way", [reads, reads_async])
@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_connection_that_breaks_is_an_error_for_the_application_and_truncated_in_the_cassette(path, api, way):
    upstream = Upstream(STREAMS[api][:2], error=BROKEN)
    with runmock.use_cassette(path, record_mode="once", hosts=["gateway.example"]) as session:
        with pytest.raises((httpx2.ReadError, openai.APIConnectionError)):
            way(upstream, api, GATEWAY)
        recording = session.deck.upstream_calls.recording
    assert load_cassette(path).interactions[0].is_truncated
    name = "/responses" if api == "responses" else "/llm/chat/completions"
    assert recording.warnings == [f"upstream broke off in the stream of POST {name}"]
    assert recording.halves == 0


CUT = [
    ("responses", BEGINNING, ["upstream closed the stream of POST /responses without response.completed"]),
    ("chat", CHAT, []),
]


@pytest.mark.parametrize(("api", "pieces", "notes"), CUT)
def test_a_body_that_ends_without_the_apis_end_is_noted_and_one_of_another_api_is_whole(path, api, pieces, notes):
    with runmock.use_cassette(path, record_mode="once") as session:
        reads(Upstream(pieces), api, OPENAI)
        recording = session.deck.upstream_calls.recording
    assert recording.warnings == notes
    assert load_cassette(path).interactions[0].is_truncated is bool(notes)


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize("headers", [SSE, {"content-type": "application/json"}])
def test_a_refusal_of_a_stream_is_played_as_the_error_that_it_was(path, api, headers):
    upstream = Upstream([b'{"error": {"message": "No quota.", "code": "insufficient_quota"}}'], None, headers, 429)
    for mode, server in (("once", upstream), ("none", Upstream([]))):
        with (
            runmock.use_cassette(path, record_mode=mode),
            pytest.raises(openai.RateLimitError, match="No quota"),
        ):
            reads(server, api, OPENAI)
    (interaction,) = load_cassette(path).interactions
    assert (interaction.status, interaction.stream) == (429, None)


def test_playing_streams_of_other_apis_gives_no_verdict(path):
    for api, pieces in (("chat", CHAT), ("responses", RESPONSES)):
        recorded(path, Upstream(pieces), api, OPENAI, mode="new_episodes")
    with runmock.use_cassette(path) as session:
        reads(Upstream([]), "chat", OPENAI)
        reads(Upstream([]), "responses", OPENAI, 1)
        assert session.verdicts == []
        assert [run.api for run in session.runs] == ["responses"]


def test_a_run_of_a_gateway_that_ends_without_a_name_is_whole_and_no_defect(path):
    pieces = [*events(2)[:-1], DONE]

    def reads_run(upstream, mode):
        with runmock.use_cassette(path, record_mode=mode) as session, sdk(upstream) as client:
            made = client.beta.threads.create_and_run(assistant_id="asst_mine", stream=True)
            received = [item.event for item in made]
        return received, session.verdicts

    received, _ = reads_run(Upstream(pieces), "once")
    assert "      - done: nameless\n" in path.read_text()
    assert "truncated" not in path.read_text()
    assert reads_run(Upstream([]), "none") == (received, [])


def test_the_same_stream_again_leaves_the_file_as_it_was(path):
    for api in ("responses", "chat"):
        recorded(path, Upstream(STREAMS[api]), api, OPENAI, mode="rewrite")
        before = path.read_bytes()
        recorded(path, Upstream(STREAMS[api]), api, OPENAI, mode="rewrite")
        assert path.read_bytes() == before


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_upstream_still_answers_as_in_the_cassette(path, api):
    recorded(path, Upstream(STREAMS[api]), api, OPENAI)
    recorded(path, Upstream(STREAMS[api]), api, OPENAI, mode="verify")


def reads_through(transport, api, root):
    with openai.OpenAI(api_key=KEY, base_url=root, http_client=httpx2.Client(transport=transport)) as client:
        return [item.to_dict() for item in created(client, api)(stream=True, **BODIES[api])]


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_transport_of_its_own_records_and_plays_them_too(path, api, streaming_server):
    root = streaming_server(STREAMS[api])
    received = reads_through(runmock.transport(path, record_mode="once"), api, root)
    assert len(received) == len([piece for piece in STREAMS[api] if piece != DONE])
    assert not load_cassette(path).interactions[0].is_truncated
    assert len(reads_through(runmock.transport(path), api, root)) == len(received)
