"""A corpus of planted secrets: each is redacted, or its interaction is left out; no message contains it."""

import base64
import json

import pytest

from runmock.apis.registry import identified
from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer
from runmock.recording.recording import Recording
from runmock.tape.secrets.in_interactions import keys_of

KEY = "sk-proj-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"
PLAIN = "mysecretpassphrase0042"
"""A key that has no shape of its own: it is known because the request came with it."""
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
ORG, PROJECT = "org-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y", "proj_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"
REQUEST_ID = "req_0123456789abcdef0123456789abcdef"
AWS, GITHUB, GOOGLE = (
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6yAb12",
    "AIzaSyZx9qLm2Vt7Rw4Kp8Nd3HcJ6yAb12Cd3",
)
SLACK = "xoxb-1234567890-abcdefghij"
HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"
SIGNATURE = "sig=Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y%3D"
COOKIE = "__cf_bm=Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y-1234"


def b64(text, *, urlsafe=False):
    return (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(text.encode()).decode()


def delta(piece):
    part = {"index": 0, "type": "text", "text": {"value": piece}}
    return {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [part]}}


def stream(*events):
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return {"kind": "text/event-stream", "answer_body": f"{body}event: done\ndata: [DONE]\n\n"}


MESSAGE = ("thread.message.created", {"id": "msg_1", "object": "thread.message"})
ERROR = "Incorrect API key provided: {}. You can find your API key at https://platform.openai.com/account/api-keys."

CORPUS = {
    # in headers of the request
    "authorization": ({"headers": {"authorization": f"Bearer {KEY}"}}, KEY),
    "api-key": ({"headers": {"api-key": PLAIN}}, PLAIN),
    "x-api-key": ({"headers": {"x-api-key": PLAIN}}, PLAIN),
    "basic": ({"headers": {"authorization": f"Basic {b64('me:' + PLAIN)}"}}, PLAIN),
    "cookie": ({"headers": {"cookie": COOKIE}}, COOKIE),
    "organisation": ({"headers": {"openai-organization": ORG}}, ORG),
    "project": ({"headers": {"openai-project": PROJECT}}, PROJECT),
    "user agent": ({"headers": {"user-agent": f"app/{KEY}"}}, KEY),
    # in headers of the answer
    "set-cookie": ({"answer_headers": {"set-cookie": COOKIE}}, COOKIE),
    "request id": ({"answer_headers": {"x-request-id": REQUEST_ID}}, REQUEST_ID),
    "organisation in a header": ({"answer_headers": {"openai-organization": ORG}}, ORG),
    "project in a header": ({"answer_headers": {"openai-project": PROJECT}}, PROJECT),
    "location": ({"answer_headers": {"location": f"https://x/y?{SIGNATURE}"}}, SIGNATURE),
    # in the URL
    "query key": ({"query": {"key": (KEY,)}}, KEY),
    "query api-key": ({"query": {"api-key": (PLAIN,)}}, PLAIN),
    "query token": ({"query": {"access_token": (JWT,)}}, JWT),
    "query sig": ({"query": {"sig": ("Zx9qLm2Vt7Rw4Kp8",)}}, "Zx9qLm2Vt7Rw4Kp8"),
    "query signed by AWS": ({"query": {"X-Amz-Credential": (AWS,)}}, AWS),
    "query twice": ({"query": {"token": (KEY, PLAIN)}}, PLAIN),
    "query of another name": ({"query": {"q": (KEY,)}}, KEY),
    "path": ({"path": f"/v1/files/{KEY}"}, KEY),
    "path, escaped": ({"path": f"/v1/files/{KEY.replace('-', '%2D')}"}, KEY.replace("-", "%2D")),
    # in the body of the request
    "metadata": ({"body": {"metadata": {"key": KEY}}}, KEY),
    "message": ({"body": {"messages": [{"role": "user", "content": f"my key is {KEY}, keep it"}]}}, KEY),
    "instructions": ({"body": {"instructions": f"Authorization: Bearer {JWT}"}}, JWT),
    "tool output": ({"body": {"tool_outputs": [{"output": json.dumps({"token": GITHUB})}]}}, GITHUB),
    "known key": ({"headers": {"api-key": PLAIN}, "body": {"a": PLAIN}}, PLAIN),
    "base64": ({"body": {"a": b64(f"key={KEY};")}}, b64(f"key={KEY};")),
    "base64 for URLs": ({"body": {"a": b64(f"??>>{KEY}", urlsafe=True)}}, b64(f"??>>{KEY}", urlsafe=True)),
    "known key in base64": ({"headers": {"api-key": PLAIN}, "body": {"a": b64(f"xx{PLAIN}")}}, b64(f"xx{PLAIN}")),
    "key of a mapping": ({"body": {"metadata": {KEY: "x"}}}, KEY),
    "not JSON": ({"body": f"key={KEY}"}, KEY),
    "private key": ({"body": {"a": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow"}}, "MIIEow"),
    "URL with a password": ({"body": {"a": "postgres://ada:hunter2secret@db/x"}}, "hunter2secret"),
    # in the answer
    "nested": ({"answer_body": {"a": [{"b": {"c": [KEY]}}]}}, KEY),
    "arguments": ({"answer_body": {"arguments": json.dumps({"k": AWS})}}, AWS),
    "escaped in JSON": ({"answer_body": '{"a": "\\u0073k-proj-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"}'}, KEY),
    "Google": ({"answer_body": {"a": GOOGLE}}, GOOGLE),
    "Slack": ({"answer_body": {"a": SLACK}}, SLACK),
    "signed URL": ({"answer_body": {"url": f"https://x.blob.core.windows.net/f?se=1&{SIGNATURE}"}}, SIGNATURE),
    "cookie in a body": ({"answer_body": {"a": f"Cookie: {COOKIE}"}}, COOKIE),
    "plain text": ({"answer_body": f"token {GITHUB}", "kind": "text/plain"}, GITHUB),
    # behind names that give it away: it is redacted in its place
    "password": ({"body": {"metadata": {"password": "swordfish"}}}, "swordfish"),
    "password in a text": ({"body": {"a": "log in with password=swordfish"}}, "swordfish"),
    "api_key in a URL": ({"answer_body": {"a": f"https://a.example/b?api_key={HEX}&c=d"}}, HEX),
    "32 hex digits behind a key": ({"answer_body": {"key": HEX}}, HEX),
    "named beside its value": ({"answer_body": {"env": [{"name": "MY_TOKEN", "value": HEX}]}}, HEX),
    "output of a tool": ({"body": {"tool_outputs": [{"output": json.dumps({"client_secret": "ab12cd34"})}]}}, "ab12cd34"),
    "form": ({"body": f"grant_type=x&client_secret={HEX}"}, HEX),
    "text of an answer": ({"answer_body": "password: hunter2secret\n", "kind": "text/plain"}, "hunter2secret"),
    "basic authorisation": ({"answer_body": {"a": f"Authorization: Basic {b64('ada:hunter2secret')}"}}, b64("ada:hunter2secret")),
    "connection string": ({"answer_body": {"a": f"AccountName=a;AccountKey={HEX}{HEX}==;E=x"}}, HEX),
    "password in a path": ({"path": "/v1/files/password=swordfish/x"}, "swordfish"),
    "password in a query": ({"query": {"q": ("password=swordfish",)}}, "swordfish"),
    "password in deltas": (stream(MESSAGE, *(("thread.message.delta", delta(piece)) for piece in ("pass", "word=sword", "fish99"))), "fish99"),
    # ids of the account, wherever they stand
    "request id in a text": ({"answer_body": {"a": f"see {REQUEST_ID}"}}, REQUEST_ID),
    "request id that is sent": ({"body": {"a": f"see {REQUEST_ID}"}}, REQUEST_ID),
    "request id of a failed run": (stream(("thread.run.failed", {"id": "run_1", "object": "thread.run", "last_error": {"message": f"request ID {REQUEST_ID}"}})), REQUEST_ID),
    "request id in an event": ({"kind": "text/event-stream", "answer_body": f"event: error\ndata: <{REQUEST_ID}>\n\n"}, REQUEST_ID),
    "organisation in a text": ({"answer_body": {"a": f"of {ORG}"}}, ORG),
    "masked key in a stream": (stream(("error", {"message": ERROR.format("sk-pr***************HcJ6y")})), "HcJ6y"),
    # in error texts, which are redacted and still play
    "masked key": ({"status": 401, "answer_body": {"error": {"message": ERROR.format("sk-pr***************HcJ6y")}}}, "HcJ6y"),
    "masked key of Azure": ({"status": 401, "answer_body": {"error": {"message": ERROR.format("ab12*****9xyz")}}}, "9xyz"),
    "whole key": ({"status": 401, "answer_body": {"error": {"message": ERROR.format(KEY)}}}, KEY),
    "request id in an error": ({"status": 500, "answer_body": {"error": {"message": f"include the request ID {REQUEST_ID}."}}}, REQUEST_ID),
    "organisation in an error": ({"status": 429, "answer_body": {"error": {"message": f"Rate limit for {ORG} on"}}}, ORG),
    "project in an error": ({"status": 403, "answer_body": {"error": {"message": f"Project `{PROJECT}` does not"}}}, PROJECT),
    # in streams
    "delta": (stream(MESSAGE, ("thread.message.delta", delta(f"it is {KEY}"))), KEY),
    "split between deltas": (stream(MESSAGE, *(("thread.message.delta", delta(KEY[at : at + 5])) for at in range(0, 32, 5))), KEY[5:10]),
    "event that is not JSON": ({"kind": "text/event-stream", "answer_body": f"event: x\ndata: {KEY}\n\nevent: done\ndata: [DONE]\n\n"}, KEY),
}  # fmt: skip
"""What stands where, and the text that must not be in any file."""


def take(planted):
    body, answer_body = planted.get("body", {}), planted.get("answer_body", {})
    request = Request(
        "POST",
        "host",
        planted.get("path", "/v1/threads"),
        planted.get("query", {}),
        planted.get("headers", {}),
        (body if isinstance(body, str) else json.dumps(body)).encode(),
    )
    headers = {"content-type": planted.get("kind", "application/json"), **planted.get("answer_headers", {})}
    captured = CapturedAnswer(identified(request), "https://host", planted.get("status", 200), tuple(headers.items()))
    captured.feed((answer_body if isinstance(answer_body, str) else json.dumps(answer_body)).encode(), 1)
    captured.seal(AnswerEnd.WHOLE)
    return captured


def recording(path, *takes):
    """A recording of these, that is yet to be written."""
    made = Recording(path, RecordMode.ALL, existed=False)
    for captured in takes:
        made.begin(captured.incoming).take = captured
    return made


def test_the_corpus_is_large_enough():
    assert len(CORPUS) >= 50


@pytest.mark.parametrize(("planted", "secret"), CORPUS.values(), ids=CORPUS)
def test_no_secret_is_in_any_file_or_message(tmp_path, planted, secret):
    made = recording(tmp_path / "tape.yaml", take(planted), take({"answer_body": {"id": "thread_abcdefghijklmnop"}}))
    made.save_partial()
    files = [path.read_text() for path in tmp_path.iterdir()]
    messages = []
    try:
        made.write()
    except CassetteError as refused:
        messages = [str(refused), *refused.__notes__]
    files += [path.read_text() for path in tmp_path.iterdir()]
    assert len(files) == 2
    assert not any(secret in text for text in (*files, *messages, *made.warnings))
    assert all("thread_1" in text for text in files)  # what holds no secret is kept


@pytest.mark.parametrize("name", [name for name, (planted, _) in CORPUS.items() if planted.get("status", 200) >= 400])
def test_error_texts_are_redacted_and_kept(tmp_path, name):
    assert recording(tmp_path / "tape.yaml", take(CORPUS[name][0])).write()
    assert "error: {message: " in (tmp_path / "tape.yaml").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "run_abcdefghijklmnopqrstuvwx",
        "file-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y",
        "asst_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y",
        "https://platform.openai.com/account/api-keys",
        "task-force, risk-management-and-assessment, desk-research-about-something",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMgbm90aGluZyBzZWNyZXQ=",
        "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "the bearer of bad news",
        "org-chart, proj_x",
        "see https://example.com/a?b=c&signal=on",
        "12:30, sessions=2",
    ],
)
def test_what_is_no_secret_is_kept(tmp_path, text):
    made = recording(tmp_path / "tape.yaml", take({"answer_body": {"a": text}}))
    assert (made.write(), made.warnings) == (True, [])
    assert text in (tmp_path / "tape.yaml").read_text()


@pytest.mark.parametrize(("planted", "secret"), CORPUS.values(), ids=CORPUS)
def test_no_secret_is_in_a_cassette_that_is_recorded_in_a_test(tmp_path, planted, secret):
    message = ""
    try:
        recording(tmp_path / "tape.yaml", take(planted)).write()
    except CassetteError as refused:
        message = str(refused)
    files = [file.read_text() for file in tmp_path.iterdir()]
    assert not any(secret in text for text in (*files, message))
    assert [file.name for file in tmp_path.iterdir()] == ["tape.yaml.partial" if message else "tape.yaml"]


@pytest.mark.parametrize(
    ("name", "value", "keys"),
    [
        ("authorization", f"Bearer {KEY}", [KEY]),
        ("authorization", f"Basic {base64.b64encode(f'me:{PLAIN}'.encode()).decode()}", [PLAIN]),
        ("api-key", PLAIN, [PLAIN]),
        ("cookie", f"session={PLAIN}; other={HEX}; theme=dark", [PLAIN, HEX]),
        ("accept", PLAIN, []),
    ],
)
def test_the_keys_of_a_request_are_its_tokens_its_password_and_the_values_of_its_cookies(name, value, keys):
    assert set(keys) <= set(keys_of(Request("POST", "gateway.example", "/v1/threads", headers={name: value})))
    assert bool(keys) == bool(keys_of(Request("POST", "gateway.example", "/v1/threads", headers={name: value})))
