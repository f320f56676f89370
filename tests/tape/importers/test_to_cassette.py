"""Recordings of other tools as cassettes: each format, what is refused, and what is never carried over."""

import base64
import gzip
import json
import zlib

import pytest
import yaml

from runmock.apis.service.other_api import RESPONSES
from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.core.replay.interaction import none_of
from runmock.deck.deck import Deck
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

THREAD = {"id": "thread_abcdefghijklmnop", "object": "thread", "created_at": 1_761_861_532, "metadata": {}}
RUN = {"id": "run_abcdefghijklmnop", "object": "thread.run", "created_at": 1_761_861_533, "assistant_id": "asst_mine"}
RUN |= {"thread_id": THREAD["id"], "status": "queued"}
SSE = f"event: thread.run.created\ndata: {json.dumps(RUN)}\n\nevent: done\ndata: [DONE]\n\n"
RUNS = f"/threads/{THREAD['id']}/runs"
URL = "https://api.openai.com/v1"
JSON_TYPE, SSE_TYPE = {"Content-Type": ["application/json"]}, {"Content-Type": ["text/event-stream"]}


@pytest.fixture
def imports(tmp_path):
    """Import a file with this content; the text of the cassette below its head."""

    def imported(content, name="x.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_recording(path)

    return imported


def vcr(*interactions):
    return yaml.safe_dump({"interactions": list(interactions), "version": 1})


def vcr_request(method="POST", path="/threads", body="{}", **more):
    return {
        "method": method,
        "uri": URL + path,
        "body": body,
        "headers": {"authorization": ["Bearer sk-" + "x" * 30]},
        **more,
    }


def vcr_answer(string, headers=JSON_TYPE, code=200):
    return {"status": {"code": code, "message": "OK"}, "headers": headers, "body": {"string": string}}


def one_thread(string, headers=JSON_TYPE, code=200):
    return vcr({"request": vcr_request(), "response": vcr_answer(string, headers, code)})


PACKED = [
    (gzip.compress, {"Content-Encoding": ["gzip"]}),
    (gzip.compress, {}),
    (zlib.compress, {"Content-Encoding": ["deflate"]}),
    (lambda body: zlib.compress(body)[2:-4], {"Content-Encoding": ["deflate"]}),
    (lambda body: body, {"Content-Encoding": ["gzip"]}),
    (lambda body: body.decode(), {}),
]


@pytest.mark.parametrize(("pack", "headers"), PACKED)
def test_a_body_is_unpacked_whatever_the_recorder_left_of_it(imports, pack, headers):
    done = imports(one_thread(pack(json.dumps(THREAD).encode()), JSON_TYPE | headers))
    assert (
        "json: {id: thread_1, object: thread, created_at: +0s, metadata: {}}" in done.text
        or "created_at: -" in done.text
    )


def test_vcrpys_json_cassettes_and_its_older_base64(imports):
    packed = base64.b64encode(json.dumps(THREAD).encode()).decode()
    response = {"status": {"code": 200}, "headers": {}, "body": {"base64_string": packed}}
    done = imports(json.dumps({"interactions": [{"request": vcr_request(), "response": response}]}), "x.json")
    assert "thread_1" in done.text


def test_a_stream_and_its_request(imports):
    request = vcr_request(path=RUNS, body='{"assistant_id": "asst_mine", "stream": true}')
    done = imports(vcr({"request": request, "response": vcr_answer(SSE, SSE_TYPE)}))
    assert (done.interactions, done.events) == (1, 2)
    assert f"- request: POST {RUNS}\n    body: {{assistant_id: asst_mine, stream: true}}\n    stream:\n" in done.text


def test_cassetters_are_sorted_by_their_time(imports):
    text = f"""\
version: 1
interactions:
- request: {{method: POST, uri: "{URL}{RUNS}", body: {{type: json, content: {{assistant_id: asst_1, note: no, on: 12:30}}}}}}
  response: {{status: 200, headers: {{content-type: [application/json]}}, body: {{type: json, content: {{id: run_x, date: 2026-12-01}}}}}}
  recorded_at: 2026-11-25T06:32:19.176858+00:00
- request: {{method: POST, uri: "{URL}/threads", body: {{type: none}}}}
  response: {{status: 200, headers: {{}}, body: {{type: text, content: '{json.dumps(THREAD)}'}}}}
  recorded_at: 2026-11-25T06:32:18.176858+00:00
"""
    done = imports(text)
    first, second = cassette_from(done.text).interactions
    assert (first.path, second.path) == ("/threads", "/threads/thread_1/runs")
    assert (second.body, second.json) == (
        {"assistant_id": "asst_1", "note": "no", "on": "12:30"},
        {"id": "run_1", "date": "2026-12-01"},
    )
    assert "recorded: {at: 2026-11-25T06:32:18Z" in done.text


def test_an_upload_is_kept_by_name_size_and_digest(imports):
    body = b'--abc\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nsecret words\r\n--abc--\r\n'
    done = imports(
        vcr({"request": vcr_request(path="/files", body=body), "response": vcr_answer('{"id": "file-abc"}')})
    )
    assert "body: {multipart: [{name: file, filename: a.txt, size: 12, sha256:" in done.text
    assert "secret words" not in done.text
    deck = Deck()
    deck.load(cassette_from(done.text))
    again = Request("POST", "api.openai.com", "/v1/files", body=body.replace(b"--abc", b"--other"))
    assert b"file_1" in next(iter(deck.answer(again).frames)).data


def har(**changes):
    request = {"method": "POST", "url": f"{URL}/threads?sig=abcdef0123456789", "postData": {"text": "{}"}}
    content = {"text": base64.b64encode(json.dumps(THREAD).encode()).decode(), "encoding": "base64"}
    headers = [{"name": "Content-Type", "value": "application/json"}, {"name": "Content-Encoding", "value": "br"}]
    response = {"status": 200, "headers": headers, "content": content} | changes
    entry = {"startedDateTime": "2025-10-30T21:58:52.000Z", "request": request, "response": response}
    return json.dumps({"log": {"entries": [entry]}})


def test_an_archive_of_a_browser(imports):
    done = imports(har(), "x.har")
    assert "request: POST /threads?sig=redacted" in done.text
    assert "json: {id: thread_1, object: thread, created_at: +0s, metadata: {}}" in done.text


def test_a_request_that_failed_in_the_browser_is_named(imports):
    with pytest.raises(CassetteError, match=r"entry 0 has no answer: POST https://api.openai.com/v1/threads\?sig="):
        imports(har(status=0), "x.har")


CASSETTER = f"""
interactions:
- request: {{method: POST, uri: "{URL}/files", body: {{type: binary, content: xyz}}}}
  response: {{status: 200, headers: {{}}, body: {{type: none}}}}
  recorded_at: 2026-11-25T06:32:19.176858+00:00
"""
STEP = {"id": "step_abcdefghijklmnop", "object": "thread.run.step", "run_id": RUN["id"], "thread_id": THREAD["id"]}
STEP |= {"step_details": {"tool_calls": [{"id": "call_x", "function": {"name": "f", "output": "21"}}]}}
AFTER = f"event: thread.run.step.completed\ndata: {json.dumps(STEP)}\n\n{SSE}"


@pytest.mark.parametrize(
    ("log", "request_line", "body"),
    [
        (SSE, f"POST {RUNS}", {"assistant_id": "asst_mine", "stream": True}),
        (f"event: thread.created\ndata: {json.dumps(THREAD)}\n\n{SSE}", "POST /threads/runs", None),
        (AFTER, f"POST {RUNS}/{RUN['id']}/submit_tool_outputs", None),
        (SSE.rstrip("\n"), f"POST {RUNS}", None),
        (": hello\n\n" + SSE, f"POST {RUNS}", None),
        (SSE.replace("\n", "\r\n"), f"POST {RUNS}", None),
        (
            SSE.replace("event: done\ndata: [DONE]", 'event: error\ndata: {"error": {"message": "No."}}'),
            f"POST {RUNS}",
            None,
        ),
    ],
)
def test_a_log_of_events_gets_the_request_that_it_answers(imports, log, request_line, body):
    (interaction,) = cassette_from(imports(log, "x.log").text).interactions
    expected = request_line.replace(THREAD["id"], interaction.path.split("/")[2]).replace(
        RUN["id"], interaction.path.split("/")[-2]
    )
    assert f"{interaction.method} {interaction.path}" == expected
    assert interaction.body["stream"] is True
    assert body is None or interaction.body == body
    if "submit" in interaction.path:
        assert interaction.body["tool_outputs"][0]["output"] == "21"


RESPONSE = {"id": "resp_abcdefghijklmnop", "object": "response", "status": "in_progress"}
BEGUN = f"event: response.created\ndata: {json.dumps({'type': 'response.created', 'response': RESPONSE})}\n\n"
COMPLETED = BEGUN.replace("response.created", "response.completed")
CHUNK = 'data: {"choices": []}\n\n'


def streamed(path, sse, headers=SSE_TYPE, code=200):
    request = vcr_request(path=path, body='{"model": "gpt-4o", "stream": true}')
    return vcr({"request": request, "response": vcr_answer(sse, headers, code)})


@pytest.mark.parametrize(
    ("path", "sse", "names"),
    [
        ("/responses", BEGUN + COMPLETED, ["response.created", "response.completed"]),
        ("/responses", (BEGUN + COMPLETED).rstrip(), ["response.created", "response.completed"]),
        ("/responses", BEGUN + COMPLETED + "data: [DONE]\n\n", ["response.created", "response.completed", "done"]),
        ("/chat/completions", CHUNK + "data: [DONE]\n\n", ["message", "done"]),
        ("/chat/completions", (CHUNK + "data: [DONE]").rstrip(), ["message", "done"]),
        ("/messages", "event: ping\ndata: {}\n\n", ["ping"]),
        (RUNS, SSE.replace("event: done\n", ""), ["thread.run.created", "done"]),
    ],
)
def test_a_stream_of_any_api_is_imported_with_its_own_end(imports, path, sse, names):
    (interaction,) = cassette_from(imports(streamed(path, sse)).text).interactions
    assert [event.name for event in interaction.stream] == names
    assert not interaction.is_truncated


@pytest.mark.parametrize(
    ("path", "sse", "why"),
    [
        (
            "/responses",
            BEGUN,
            "is cut off: it ends with response.created, and " + none_of(RESPONSES),
        ),
        ("/chat/completions", CHUNK + 'data: {"cho', "is cut off: it ends within an event"),
        ("/responses", "", "is empty: its events were never recorded"),
        ("/chat/completions", "", "is empty: its events were never recorded"),
    ],
)
def test_a_stream_of_another_api_that_is_cut_off_is_refused_by_name(imports, path, sse, why):
    with pytest.raises(CassetteError) as raised:
        imports(streamed(path, sse))
    assert str(raised.value).endswith(f"x.yaml: the stream of POST {path} {why}")


def test_an_empty_answer_is_missing_when_the_query_requested_a_stream(imports):
    request = vcr_request("GET", "/responses/resp_1?stream=true", None)
    with pytest.raises(CassetteError, match="the stream of GET /responses/resp_1 is empty"):
        imports(vcr({"request": request, "response": vcr_answer("", {})}))


@pytest.mark.parametrize("headers", [SSE_TYPE, JSON_TYPE, {}])
@pytest.mark.parametrize(("code", "body"), [(500, '{"error": {"message": "No."}}'), (503, "")])
def test_a_refusal_of_a_stream_is_no_stream(imports, headers, code, body):
    (interaction,) = cassette_from(imports(streamed(RUNS, body, headers, code)).text).interactions
    assert (interaction.status, interaction.stream, interaction.is_truncated) == (code, None, False)
    assert (interaction.text if interaction.json is None else json.dumps(interaction.json)) == body


NO_FORMAT = (
    "this is not a recording that can be imported: vcrpy, VCR for Ruby, cassetter, HAR, test-proxy JSON or an SSE log"
)


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        ('{"type": "response.created"}\n{"type": "response.completed"}\n', "x.txt", f"{NO_FORMAT}; it is several JSON values, one after the other"),
        ('{"id": "resp_1", "object": "response"}', "x.json", NO_FORMAT),
    ],
)  # fmt: skip
def test_what_is_no_format_of_import_is_refused_in_a_line(imports, content, name, why):
    with pytest.raises(CassetteError) as raised:
        imports(content, name)
    assert str(raised.value).endswith(f"{name}: {why}")


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "x.yaml", "this file is empty"),
        (b"  \n", "x.yaml", "this file is empty"),
        (b"\xff\xfe\x00", "x.yaml", "this is not a text file"),
        (b"a: [", "x.yaml", "not valid YAML: "),
        (b"{a", "x.json", "not valid JSON: "),
        (b"a: 1", "x.yaml", "this is not a recording that can be imported: "),
        (b"[1]", "x.json", "this is not a recording that can be imported: "),
        (b"hello", "x.txt", "this is not a recording that can be imported: "),
        (b"!!python/object:os.system {}", "x.yaml", "not valid YAML: "),
        (b"runmock: 1\ninteractions: []", "x.yaml", "this is a cassette of runmock's already"),
        (b"interactions: []", "x.yaml", "this recording has no interaction in it"),
        (b"interactions: [{}]", "x.yaml", "interaction 0 has no 'request' as this format has it"),
        (b'{"Entries": [{}]}', "x.json", "entry 0 has no 'RequestMethod' as this format has it"),
        (b'{"log": {}}', "x.har", "'log' has no 'entries' as this format has it"),
        (b"event: ping\ndata: {}\n\n", "x.log", "this stream has no run in it, so its request cannot be made up"),
        (
            vcr({"request": vcr_request(path=RUNS), "response": vcr_answer("", SSE_TYPE)}).encode(),
            "x.yaml",
            f"the stream of POST {RUNS} is empty",
        ),
        (
            vcr({"request": vcr_request(path=RUNS), "response": vcr_answer(SSE[:-26], SSE_TYPE)}).encode(),
            "x.yaml",
            f"the stream of POST {RUNS} is cut off: it ends with thread.run.created, and neither done nor error",
        ),
        (
            one_thread(b"\xff\x00", {"Content-Encoding": ["gzip"]}).encode(),
            "x.yaml",
            "an answer says that it is packed as 'gzip'",
        ),
        (
            vcr({"request": vcr_request(path=RUNS, body='{"stream": true}'), "response": vcr_answer("", {})}).encode(),
            "x.yaml",
            f"the stream of POST {RUNS} is empty",
        ),
        (b"[" * 100_000, "x.json", "not valid JSON: "),
        (
            one_thread(gzip.compress(b"{}" * 50)[:-12], {}).encode(),
            "x.yaml",
            "an answer says that it is packed as 'gzip'",
        ),
        (one_thread(b"[" * 100_000).encode(), "x.yaml", None),
        (CASSETTER.encode(), "x.yaml", "a body is marked as hexadecimal, but it is not"),
        (one_thread(b"x", {"Content-Encoding": ["rot13"]}).encode(), "x.yaml", "an answer is packed as 'rot13'"),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(imports, content, name, message):
    if message is None:
        assert imports(content, name).interactions == 1
        return
    with pytest.raises(CassetteError) as raised:
        imports(content, name)
    assert message in str(raised.value)
    assert f"/{name}:" in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CassetteError, match=r"nowhere\.yaml: cannot be read: No such file or directory"):
        import_recording(tmp_path / "nowhere.yaml")


SECRETS = {
    "a key in a message": (
        '{"text": "my key is sk-proj-abcdefghijklmnopqrst"}',
        "the cassette would hold an OpenAI key in POST /threads; redact it",
    ),
    "a token": ('{"a": ["Bearer abcdefghijklmnopqrstuvwxyz"]}', "a bearer token"),
    "base64": (
        json.dumps({"a": base64.b64encode(b"the key: sk-abcdefghijklmnopqrstuvwx").decode()}),
        "an OpenAI key in base64",
    ),
    "a web token": ('{"a": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc"}', "a JSON web token"),
    "a signed URL": ('{"url": "https://x.blob/y?se=1&sig=abcdefghijkl"}', "a URL's signature"),
}


@pytest.mark.parametrize(("body", "kind"), SECRETS.values(), ids=SECRETS)
def test_a_secret_in_an_answer_refuses_the_cassette_and_is_not_shown(imports, body, kind):
    with pytest.raises(CassetteError) as raised:
        imports(one_thread(body))
    assert kind in str(raised.value)
    assert "abcdefgh" not in str(raised.value)


def test_what_only_a_name_gives_away_is_redacted_and_reported(imports):
    hexadecimal = "9f3c07ba5d1e84620ba7c9d35e18f246"
    done = imports(
        one_thread(json.dumps({"id": "thread_1", "metadata": {"api_key": hexadecimal, "a": "password=swordfish"}}))
    )
    (interaction,) = cassette_from(done.text).interactions
    assert interaction.json["metadata"] == {"api_key": "redacted", "a": "password=redacted"}
    assert done.warnings == (
        "POST /threads: a key in its answer was written as 'redacted'",
        "POST /threads: a password in its answer was written as 'redacted'",
    )


def test_request_ids_are_redacted_in_any_answer(imports):
    request_id = "req_0123456789abcdef0123456789abcdef"
    error = {"code": "server_error", "message": f"include the request ID {request_id} in your email"}
    done = imports(one_thread(json.dumps({"id": "run_1", "object": "thread.run", "last_error": error})))
    assert "include the request ID req_redacted in your email" in done.text
    assert done.warnings == ()


def test_the_environments_own_key_is_found_whatever_it_looks_like(imports, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "0123456789abcdef0123")
    with pytest.raises(CassetteError, match="a key of the environment"):
        imports(one_thread('{"a": "0123456789abcdef0123"}'))


def test_what_identifies_the_caller_in_an_error_is_redacted(imports):
    message = (
        "Incorrect API key provided: sk-proj-********************wxyz. Organization org-abcdefghijklmnopqrstuvwx, "
    )
    message += "project proj_abcdefghijklmnopqrstuvwx, include the request ID req_0123456789abcdef0123456789abcdef."
    done = imports(one_thread(json.dumps({"error": {"message": message}}), code=401))
    assert (
        "Incorrect API key provided: sk-redacted. Organization org-redacted, project proj_redacted, "
        "include the request ID req_redacted."
    ) in done.text


def test_headers_are_not_carried_over_but_those_that_steer_retries(imports):
    headers = JSON_TYPE | {
        "Retry-After": ["2"],
        "openai-organization": ["org-x"],
        "Set-Cookie": ["a=b"],
        "x-request-id": ["r"],
    }
    done = imports(one_thread('{"error": {"message": "Slow."}}', headers, 429))
    (interaction,) = cassette_from(done.text).interactions
    assert interaction.headers == (("retry-after", "2"),)
