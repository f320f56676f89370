"""The control routes of a server: what the page asks, and who is refused there."""

import asyncio
import json
import socket

import httpx
import openai
import pytest

from runmock.core.engine.pace import Pace
from runmock.deck.options import Options
from runmock.serve.app import Server, application
from runmock.serve.log import Log
from runmock.serve.rewinding import RewindableDeck

SCRIPT = "runs: [{match: {last_message: /Paris/}, reply: Ah}, {reply: [a, b]}]"


def control(served, name, **options):
    return httpx.request("POST" if name in {"rewind", "load"} else "GET", f"{served.url}/_runmock/{name}", **options)


def test_the_state_says_what_comes_next(serve_here, cassette, connect):
    served = serve_here(cassette(SCRIPT))
    assert control(served, "state").json()["next"] == ["run 0, needs last_message /Paris/", "run 1, for any request"]
    connect(served).responses.create(model="gpt-4o", input="Hi")
    assert control(served, "state").json()["next"] == ["run 0, needs last_message /Paris/"]


def test_of_several_cassettes_it_names_the_one(serve_here, cassette):
    one, two = (
        cassette("runs: [{reply: a}]", "one.yaml"),
        cassette("runs: [{match: {stream: true}, reply: b}]", "two.yaml"),
    )
    state = control(serve_here(one, two), "state").json()
    assert state["next"] == [f"{two}: run 0, needs stream true", f"{one}: run 0, for any request"]


def test_a_run_that_waits_for_outputs_comes_next(serve_here, cassette, connect):
    served = serve_here(cassette("runs: [{calls: [get_weather: {city: Oslo}], reply: Hi}]"))
    tools = [{"type": "function", "function": {"name": "get_weather"}}]
    connect(served).beta.threads.create_and_run_poll(assistant_id="asst_1", tools=tools)
    assert control(served, "state").json()["next"] == ["run 0, waits for outputs of get_weather"]


def test_the_document_has_every_request_as_it_was_answered(serve_here, cassette, connect):
    served = serve_here(cassette("runs: [{reply: [a, b]}]"))
    client = connect(served)
    list(client.responses.create(model="gpt-4o", input="Hi", stream=True))
    with pytest.raises(openai.InternalServerError):
        client.responses.create(model="gpt-4o", input="Who?")
    with pytest.raises(openai.BadRequestError):
        client.beta.threads.create(metadata=5)
    document = control(served, "document").json()
    first, second, third = document["requests"]
    assert [request["id"] for request in document["requests"]] == [1, 2, 3]
    assert (first["status"], first["events"][-1][1]) == (200, "response.completed")
    assert (second["status"], second["answer"]["error"]["code"]) == (501, "unmatched_request")
    assert second["note"].startswith("nothing left on the cassette for this request\n  sent      POST /responses")
    assert (second["entry"][0], third["status"]) == ("runs", 400)
    assert [item["text"] for item in document["conversations"][0]["items"] if item["kind"] == "message"] == ["Hi", "ab"]


def test_after_a_number_only_later_requests_are_in_it_but_all_conversations(serve_here, connect):
    served = serve_here()
    for text in ("One", "Two"):
        connect(served).responses.create(model="gpt-4o", input=text)
    document = control(served, "document?after=1").json()
    assert [request["id"] for request in document["requests"]] == [2]
    assert len(document["conversations"]) == 2
    for odd in ("", "x", "-1", "٣"):
        assert len(control(served, "document", params={"after": odd}).json()["requests"]) == 2


def test_a_stream_that_lasts_is_open(serve_here, cassette, connect):
    served = serve_here(cassette("runs: [{reply: [a, b, c], pace: 300ms}]"), "--pace", "recorded")
    stream = connect(served).responses.create(model="gpt-4o", input="Hi", stream=True)
    (request,) = control(served, "document").json()["requests"]
    assert request["isOpen"] is True
    assert "isTruncated" not in request
    list(stream)
    (request,) = control(served, "document").json()["requests"]
    assert "isOpen" not in request
    assert request["events"][-1][1] == "response.completed"


def test_what_was_seen_survives_a_rewind(serve_here, cassette, connect):
    served = serve_here(cassette("runs: [{reply: a}]"))
    for _ in range(2):
        connect(served).responses.create(model="gpt-4o", input="Hi")
        control(served, "rewind")
    assert [request["id"] for request in control(served, "document").json()["requests"]] == [1, 2]


def test_what_never_reached_a_deck_is_seen_too(serve_here):
    served = serve_here()
    httpx.post(f"{served.base_url}/threads", content=b"{", headers={"OpenAI-Beta": "assistants=v2"})
    httpx.get(f"{served.base_url}/responses", headers={"upgrade": "websocket", "connection": "upgrade"})
    httpx.get(f"{served.base_url}/files/%ff/content?x=%ff")
    httpx.post(f"{served.base_url}/elsewhere", content=b"\xff\xfe")
    document, state = control(served, "document").json(), control(served, "state").json()
    assert [request["status"] for request in document["requests"]] == [entry["status"] for entry in state["requests"]]
    assert document["requests"][1]["note"].startswith("runmock has no WebSocket")


def test_of_a_large_body_and_a_large_answer_only_the_size_is_kept(serve_here, connect):
    served = serve_here()
    client = connect(served)
    client.responses.create(model="gpt-4o", input="x" * 600_000)
    file = client.files.create(file=("big.jsonl", b"y" * 3_000_000), purpose="batch")
    assert len(client.files.content(file.id).content) == 3_000_000
    created, uploaded, read = control(served, "document").json()["requests"]
    assert created["body"].endswith("bytes, which are not kept")
    assert uploaded["body"].startswith("3,000,")
    assert read["text"] == "3,000,000 bytes, which are not kept"


def test_half_a_pair_of_surrogates_spoils_nothing(serve_here):
    served = serve_here()
    httpx.post(f"{served.base_url}/responses", content=b'{"model": "m", "input": "\\ud800"}')
    assert [request["status"] for request in control(served, "document").json()["requests"]] == [400]


def test_another_cassette_can_be_loaded(serve_here, cassette, connect):
    path, other = cassette("runs: [{reply: One}]"), cassette("runs: [{reply: Two}]", "other.yaml")
    served = serve_here(path)
    assert control(served, "cassettes").json() == {"cassettes": [str(other), str(path)]}
    state = control(served, "load", json={"path": str(other)}).json()
    assert [loaded["path"] for loaded in state["cassettes"]] == [str(other)]
    ask = connect(served).responses.create
    assert ask(model="gpt-4o", input="Hi").output_text == "Two"
    control(served, "rewind")  # starts over with what was loaded last
    assert ask(model="gpt-4o", input="Hi").output_text == "Two"


def test_of_a_folder_nothing_is_played_until_it_is_loaded(serve_here, cassette, connect):
    path = cassette("runs: [{reply: One}]")
    served = serve_here(path.parent)
    ask = connect(served).responses.create
    assert ask(model="gpt-4o", input="Hi").output_text == "Hello! How can I assist you today?"
    control(served, "load", json={"path": str(path)})
    assert ask(model="gpt-4o", input="Hi").output_text == "One"
    with pytest.raises(openai.InternalServerError):
        ask(model="gpt-4o", input="Hi")


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        ('{"path": "/etc/passwd"}', 403, "'/etc/passwd' is not below the folders that were named at the start"),
        ('{"path": "none.yaml"}', 403, "'none.yaml' is not below"),
        ("{}", 400, 'name a cassette: {"path": "cassettes/weather.yaml"}'),
        ('{"path": 5}', 400, "name a cassette"),
        ("[]", 400, "name a cassette"),
        ("{", 400, "name a cassette"),
        ("", 400, "name a cassette"),
        (b"\xff", 400, "name a cassette"),
        ("x" * 20_000, 400, "name a cassette"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_a_reason(serve_here, cassette, connect, content, status, message):
    served = serve_here(cassette("runs: [{reply: One}]"))
    refused = control(served, "load", content=content)
    assert (refused.status_code, refused.json()["error"]["type"]) == (status, "runmock_error")
    assert message in refused.json()["error"]["message"]
    assert connect(served).responses.create(model="gpt-4o", input="Hi").output_text == "One"


def test_a_cassette_that_is_broken_is_not_loaded(serve_here, cassette, connect):
    served, broken = serve_here(cassette("runs: [{reply: One}]")), cassette("runs: [{repply: Hi}]", "broken.yaml")
    refused = control(served, "load", json={"path": str(broken)})
    assert (refused.status_code, f"{broken}:2:9: unknown key" in refused.text) == (422, True)
    assert connect(served).responses.create(model="gpt-4o", input="Hi").output_text == "One"


LISTENING_HERE, LISTENING_WIDE = "127.0.0.1", "0.0.0.0"


@pytest.fixture
def answers(cassette, monkeypatch):
    """Ask a control route with headers, of a server that listens on a host; its answer."""
    monkeypatch.setattr(socket, "gethostname", lambda: "mine.example")

    async def asked(method, path, listening, headers):
        playing = RewindableDeck((cassette("runs: [{reply: a}]"),), Options(pace=Pace.read(None), remembers=0))
        transport = httpx.ASGITransport(application(Server(playing, Log(), news=lambda _: None, host=listening)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
            return await client.request(method, path, headers=headers)

    return lambda *arguments: asyncio.run(asked(*arguments))


@pytest.mark.parametrize(
    "route", ["GET state", "GET document", "GET feed", "GET cassettes", "POST rewind", "POST load"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8765"},
        {"host": "evil"},
        {"host": "10.0.0.1:8765"},
        {"host": ""},
        {"host": "localhost@evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://10.0.0.1:8765"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
    ids=str,
)
def test_strangers_are_refused(answers, route, headers):
    method, name = route.split()
    answer = answers(method, f"/_runmock/{name}", LISTENING_HERE, headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_loopback")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:8765"},
        {"host": "[::1]:8765"},
        {"origin": "http://127.0.0.1:8765"},
        {"origin": "http://localhost:3000"},
    ],
    ids=str,
)
def test_pages_of_this_machine_are_answered(answers, headers):
    assert answers("GET", "/_runmock/state", LISTENING_HERE, headers).status_code == 200


@pytest.mark.parametrize(
    ("listening", "headers", "status"),
    [
        (LISTENING_WIDE, {"host": "10.0.0.1:8765"}, 200),
        (LISTENING_WIDE, {"host": "[fd00::1]:8765"}, 200),
        (LISTENING_WIDE, {"host": "runmock:8765"}, 200),  # as containers call each other
        (LISTENING_WIDE, {"host": "mine.example"}, 200),
        (LISTENING_WIDE, {"host": "10.0.0.1:8765", "origin": "http://10.0.0.1:8765"}, 200),
        (LISTENING_WIDE, {"host": "localhost", "origin": "http://localhost:3000"}, 200),
        (LISTENING_WIDE, {"host": "10.0.0.1:8765", "origin": "http://10.0.0.1:3000"}, 403),
        (LISTENING_WIDE, {"host": "10.0.0.1:8765", "origin": "http://10.0.0.2:8765"}, 403),
        (LISTENING_WIDE, {"host": "evil.example", "origin": "http://evil.example"}, 403),
        (LISTENING_WIDE, {"host": "evil.example."}, 403),
        ("mock.example", {"host": "mock.example:8765"}, 200),
        ("mock.example", {"host": "MOCK.example", "origin": "https://mock.EXAMPLE"}, 200),
        ("mock.example", {"host": "other.example"}, 403),
        ("::1", {"host": "10.0.0.1"}, 403),
        ("localhost", {"host": "runmock"}, 403),
    ],
    ids=str,
)
def test_a_server_for_others_is_answered_by_its_own_names(answers, listening, headers, status):
    answer = answers("GET", "/_runmock/state", listening, headers)
    assert answer.status_code == status, answer.text


def test_a_strangers_question_before_its_request_is_refused_too_and_the_api_is_open(answers):
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert answers("OPTIONS", "/_runmock/load", LISTENING_HERE, headers).status_code == 403
    assert answers("GET", "/%5frunmock/state", LISTENING_HERE, headers).status_code == 403
    assert answers("OPTIONS", "/v1/threads", LISTENING_HERE, headers).status_code == 200
    assert answers("GET", "/", LISTENING_HERE, {"host": "evil.example"}).status_code == 200


def test_json_is_ascii_and_no_page_of_html(serve_here):
    answer = control(serve_here(), "state")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content.decode("ascii"))["next"] == []
