"""What a server must not mind: whatever comes over the socket gets a clear error or a clean close."""

import asyncio
import socket
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request

from runmock.apis.service.refusals import Refused
from runmock.serve import convert

BETA = {"openai-beta": "assistants=v2"}


def connected(served, buffered=None):
    """A plain connection; `buffered`: so many bytes may wait at this end before they are read."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    plain = socket.socket()
    plain.settimeout(20)
    if buffered is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffered)
    plain.connect((host, int(port)))
    return plain


def resident_bytes(served):
    status = Path(f"/proc/{served.process.pid}/status")
    if not status.exists():
        pytest.skip("this system has no /proc to read a process's memory from")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def is_up(served):
    return httpx.get(f"{served.base_url}/assistants", headers=BETA).status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b'{"a": ', "application/json", "We could not parse the JSON body of your request."),
        (b"[1, 2]", "application/json", "Invalid type"),
        (b'"text"', "application/json", "Invalid type"),
        (b"\xff\xfe\x00", "application/json", "We could not parse the JSON body of your request."),
        (b"[" * 100_000, "application/json", "We could not parse the JSON body of your request."),
        (b"a=b", "application/x-www-form-urlencoded", "We could not parse the JSON body of your request."),
        (b'{"messages": []}', "text/plain", "Unsupported content type: 'text/plain'."),
        (b"{}", "multipart/form-data; boundary=x", "Unsupported content type: 'multipart/form-data; boundary=x'."),
    ],
    ids=["half JSON", "a list", "a text", "no UTF-8", "deep", "a form", "JSON as text", "JSON as multipart"],
)
def test_a_body_that_is_no_json_object_is_refused_as_the_service_does(stock, body, content_type, message):
    headers = BETA | {"content-type": content_type}
    answer = httpx.post(f"{stock.base_url}/threads", content=body, headers=headers)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["type"], error["message"].startswith(message)) == ("invalid_request_error", True), error


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/threads"),
        ("PATCH", "/v1/threads/thread_1"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/favicon.ico"),
        ("GET", "/v1/threads/thread_1/runs/run_1/steps/step_1/more"),
        ("GET", "/v1/%2e%2e/etc/passwd"),
        ("DELETE", "/_runmock/rewind/more"),
    ],
)
def test_an_unknown_path_is_a_404_that_names_it(stock, method, path):
    answer = httpx.request(method, stock.url + path, headers=BETA)
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, f"Invalid URL ({method} {path})")


def test_a_body_that_is_too_large_is_refused_and_not_kept(serve):
    served = serve()
    before = resident_bytes(served)
    for _ in range(5):
        answer = httpx.post(f"{served.base_url}/threads", content=b"x" * 40_000_000, headers=BETA, timeout=60)
        assert answer.status_code == 413
        assert answer.json()["error"]["message"] == (
            "The body of the request is too large; this server takes 16,777,216 bytes."
        )
    assert resident_bytes(served) - before < 48_000_000
    assert is_up(served)


def test_the_largest_bodies_are_not_kept_either(serve):
    served = serve()
    content = "x" * 15_000_000
    for _ in range(2):
        answer = httpx.post(f"{served.base_url}/threads", json={"nonsense": content}, headers=BETA, timeout=60)
        assert answer.status_code == 400
    before = resident_bytes(served)
    for _ in range(6):
        httpx.post(f"{served.base_url}/threads", json={"nonsense": content}, headers=BETA, timeout=60)
    assert resident_bytes(served) - before < 64_000_000


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /v1/thr",
        b"POST /v1/threads HTTP/1.1\r\nHost: x\r\n",
        b"POST /v1/threads HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"POST /v1/threads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half a chunk"],
)
def test_half_a_request_harms_nobody(stock, sent):
    with connected(stock) as half:
        half.sendall(sent)
        assert is_up(stock)
    assert is_up(stock)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"GET /v1/threads/x HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000,
        b"POST /v1/threads HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\n",
        b"POST /v1/threads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n",
    ],
    ids=["TLS", "an endless header", "a negative length", "a broken chunk"],
)
def test_what_is_no_http_is_answered_with_400_or_closed(stock, sent):
    with connected(stock) as broken:
        received = b""
        try:
            broken.sendall(sent)
            while part := broken.recv(65536):
                received += part
        except ConnectionError:
            pass  # closed while it was being sent to
    assert received == b"" or received.startswith(b"HTTP/1.1 400")
    assert is_up(stock)


def test_half_a_body_is_given_up_after_a_while(monkeypatch):
    monkeypatch.setattr(convert, "BODY_WITHIN_S", 0.01)

    async def never():
        await asyncio.Event().wait()

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, never)
    with pytest.raises(Refused) as refused:
        asyncio.run(convert.body_of(request))
    assert (refused.value.refusal.status, refused.value.refusal.message) == (
        408,
        "The body of the request did not come within 0.01 seconds.",
    )
    assert refused.value.headers == (("connection", "close"),)


def test_a_client_that_stops_reading_costs_nobody_anything(serve, cassette, connect):
    chunks = ", ".join(["lorem ipsum " * 100] * 5_000)  # more than the buffers between here and there hold
    path = cassette(f"runs:\n- reply: [{chunks}]\n- reply: Still here.\n")
    served = serve(path, "--log")
    body = b'{"assistant_id": "asst_1", "thread": {}, "stream": true}'
    head = f"POST /v1/threads/runs HTTP/1.1\r\nHost: x\r\nOpenAI-Beta: assistants=v2\r\nContent-Length: {len(body)}\r\n\r\n"
    with connected(served, buffered=4096) as deaf:
        deaf.sendall(head.encode() + body)
        assert deaf.recv(100).startswith(b"HTTP/1.1 200")
        client = connect(served)
        run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", thread={})
        assert client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value == "Still here."
        before = resident_bytes(served)
        for _ in range(20):
            assert client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id).status == "completed"
        assert resident_bytes(served) - before < 4_000_000  # the stream waits: it is not made in advance
    printed, code = served.end()
    assert code == 0
    assert "the client left before the end" in printed


def test_a_client_that_leaves_a_stream_at_once_leaves_the_run_to_whoever_polls_it(stock, connect):
    client = connect(stock)
    thread = client.beta.threads.create()
    stream = client.beta.threads.runs.create(thread_id=thread.id, assistant_id="asst_1", stream=True)
    first = next(iter(stream))
    stream.close()
    assert client.beta.threads.runs.poll(first.data.id, thread_id=thread.id).status == "completed"
