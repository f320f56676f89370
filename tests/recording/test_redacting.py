"""What is redacted in its place: the recording is written, reports it, and plays for the request that was sent."""

import json

import httpx2
import pytest
from upstream import KEY, ROOT

import runmock
from runmock.apis.registry import identified
from runmock.core.http.exchange import Request
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.recorder import AnswerEnd
from runmock.deck.deck import Deck
from runmock.documents.check.checking import findings_and_notes
from runmock.recording.recording import Recording
from runmock.tape.reading.cassette import cassette_from, load_cassette

HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"
REQ = "req_0123456789abcdef0123456789abcdef"
UUID = "123e4567-e89b-12d3-a456-426614174000"
THREAD = {"id": "thread_A1", "object": "thread"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weather.runmock.yaml"


def client(answer=None, **response):
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, **(response or {"json": answer or THREAD})))
    headers = {"OpenAI-Beta": "assistants=v2", "Authorization": f"Bearer {KEY}"}
    return httpx2.Client(transport=transport, base_url=ROOT, headers=headers)


def recorded(path, send, sent_by):
    """Record what `send` does, and play it again; the answers of both."""
    answers = []
    for mode in ("once", "none"):
        with sent_by as http, runmock.use_cassette(path, record_mode=mode):
            answers.append(send(http))
        sent_by = client()
    return answers


SENT = {
    "a password in metadata": {"json": {"metadata": {"password": "swordfish"}}},
    "32 hex digits behind a key": {"json": {"metadata": {"key": HEX}}},
    "a password in a message": {"json": {"messages": [{"role": "user", "content": "use password=hunter2secret"}]}},
    "JSON in a message": {"json": {"messages": [{"role": "user", "content": json.dumps({"token": HEX, "n": [1]})}]}},
    "a URL with a password": {"json": {"metadata": {"db": "postgres://ada:hunter2@db.example/x"}}},
    "a connection string": {"json": {"metadata": {"db": f"AccountName=a;AccountKey={HEX}=="}}},
    "a query": {"json": {}, "params": {"order": "asc", "url": "https://a.example?password=swordfish"}},
    "a request id": {"json": {"metadata": {"note": f"failed with {REQ}"}}},
    "an organisation": {"json": {"metadata": {"note": "org-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"}}},
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_what_is_redacted_in_a_request_still_plays(path, sent):
    first, again = recorded(path, lambda http: http.post("/threads", **sent).json(), client())
    assert again["object"] == first["object"] == "thread"
    text = path.read_text()
    assert "redacted" in text
    assert not any(secret in text for secret in ("swordfish", HEX, "hunter2", REQ, "org-Zx9"))
    assert [finding for finding in findings_and_notes(path) if finding.rule == "secret"] == []


def test_a_request_that_differs_in_more_than_the_secret_is_a_miss(path):
    with client() as http, runmock.use_cassette(path, record_mode="once"):
        http.post("/threads", json={"metadata": {"password": "swordfish", "user": "ada"}})
    with client() as http, runmock.use_cassette(path), pytest.raises(runmock.UnmatchedRequest) as raised:
        http.post("/threads", json={"metadata": {"password": "swordfish", "user": "bob"}})
    assert "swordfish" not in str(raised.value)


def test_an_answer_is_redacted_and_stays_json(path):
    answer = THREAD | {"metadata": {"api_key": HEX, "arguments": json.dumps({"password": "swordfish", "n": 1})}}
    recorded(path, lambda http: http.post("/threads", json={}).json(), client(answer))
    (interaction,) = load_cassette(path).interactions
    assert interaction.json["metadata"]["api_key"] == "redacted"
    assert json.loads(interaction.json["metadata"]["arguments"]) == {"password": "redacted", "n": 1}


def test_what_before_record_makes_of_it_is_what_is_looked_at(path):
    def clean(interaction):
        interaction.body["metadata"]["password"] = "<password>"
        return interaction

    with client() as http, runmock.use_cassette(path, record_mode="once", before_record=clean):
        http.post("/threads", json={"metadata": {"password": "swordfish"}})
    (entry,) = load_cassette(path).interactions
    assert entry.body["metadata"] == {"password": "<password>"}


def test_verify_finds_no_difference_in_what_is_redacted(path):
    answer = THREAD | {"metadata": {"api_key": HEX}}
    for mode in ("once", "verify"):
        with client(answer) as http, runmock.use_cassette(path, record_mode=mode):
            http.post("/threads", json={"metadata": {"password": "swordfish"}})


def stream(*events):
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return f"{body}event: done\ndata: [DONE]\n\n"


def take(recording, answer, kind="text/event-stream", status=200, sent=None):
    request = Request("POST", "h", "/v1/threads/thread_1/runs", body=json.dumps(sent or {"stream": True}).encode())
    passage = recording.begin(identified(request))
    captured = passage.answered("https://h", status, (("content-type", kind),))
    captured.feed(answer.encode(), 1)
    captured.seal(AnswerEnd.WHOLE)


MESSAGE = {"id": "msg_1", "object": "thread.message", "run_id": "run_1"}
PLEASE = "Sorry about that! Please include the request ID {} in your email."
FAILED = {"id": "run_1", "object": "thread.run", "status": "failed", "thread_id": "thread_1"}
FAILURE = {"code": "server_error", "message": PLEASE.format(REQ)}
STEP = {"id": "step_1", "object": "thread.run.step", "run_id": "run_1", "last_error": FAILURE}

ANSWERS = {
    "a failed run of a stream": (stream(("thread.run.failed", FAILED | {"last_error": FAILURE})), "text/event-stream"),
    "a failed step of a stream": (stream(("thread.run.step.failed", STEP)), "text/event-stream"),
    "an error event": (stream(("error", {"error": FAILURE})), "text/event-stream"),
    "a flat error event": (stream(("error", FAILURE)), "text/event-stream"),
    "an event that is not JSON": (f"event: error\ndata: request ID {REQ}\n\n", "text/event-stream"),
    "a run as JSON": (json.dumps(FAILED | {"last_error": FAILURE}), "application/json"),
    "a list of steps": (json.dumps({"object": "list", "data": [STEP]}), "application/json"),
    "a text": (PLEASE.format(REQ), "text/plain"),
    "Azure's words": (json.dumps({"error": {"message": f"Error. (Request ID: {UUID})"}}), "application/json"),
    "Azure's key": (json.dumps({"error": {"code": "x", "innererror": {"request_id": UUID}}}), "application/json"),
    "Azure in a stream": (stream(("error", {"message": f"x-request-id: {UUID}"})), "text/event-stream"),
    "a message": (json.dumps(MESSAGE | {"content": f"it said {REQ}"}), "application/json"),
    "a whole key in a stream's error": (stream(("error", {"message": f"provided: {KEY}. You"})), "text/event-stream"),
}


@pytest.mark.parametrize(("answer", "kind"), ANSWERS.values(), ids=ANSWERS)
def test_request_ids_are_redacted_wherever_they_stand(path, answer, kind):
    recording = Recording(path, RecordMode.ONCE, existed=False)
    take(recording, answer, kind)
    assert recording.write()
    text = path.read_text()
    assert not any(secret in text for secret in (REQ, UUID, KEY))
    assert "redacted" in text
    assert recording.warnings == []  # nobody needs to do anything about it
    assert [finding for finding in findings_and_notes(path) if finding.rule == "secret"] == []


@pytest.mark.parametrize(
    "text", ["the org-chart of org-internationalization", "req_parameters_of_mine, proj_x", "sk-learn"]
)
def test_words_that_look_like_it_stay(path, text):
    recording = Recording(path, RecordMode.ONCE, existed=False)
    take(recording, json.dumps(MESSAGE | {"content": text}), "application/json")
    recording.write()
    assert text in path.read_text()


def test_deltas_and_the_text_that_they_add_up_to_are_redacted_alike(path):
    text = f"Use password=hunter2secret, and see {REQ}."
    parts = [{"index": 0, "type": "text", "text": {"value": text[at : at + 4]}} for at in range(0, len(text), 4)]
    deltas = [
        ("thread.message.delta", {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [part]}})
        for part in parts
    ]
    content = [{"type": "text", "text": {"value": text, "annotations": []}}]
    run = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1"}
    recording = Recording(path, RecordMode.ONCE, existed=False)
    events = [
        ("thread.run.created", run | {"status": "queued"}),
        ("thread.run.queued", run | {"status": "queued"}),
        ("thread.run.in_progress", run | {"status": "in_progress"}),
        ("thread.message.created", MESSAGE | {"status": "in_progress", "content": []}),
        ("thread.message.in_progress", MESSAGE | {"status": "in_progress", "content": []}),
        *deltas,
        ("thread.message.completed", MESSAGE | {"status": "completed", "content": content}),
        ("thread.run.completed", run | {"status": "completed"}),
    ]
    take(recording, stream(*events))
    recording.write()
    (interaction,) = load_cassette(path).interactions
    objects = [event.data for event in interaction.stream if event.name.startswith("thread.message")]
    redacted = "Use password=redacted, and see req_redacted."
    assert "".join(data["delta"]["content"][0]["text"]["value"] for data in objects if "delta" in data) == redacted
    assert objects[-1]["content"][0]["text"]["value"] == redacted
    assert recording.warnings == ["POST /threads/thread_1/runs: a password in its answer was written as 'redacted'"]
    assert [finding for finding in findings_and_notes(path) if finding.rule in {"secret", "text"}] == []


def test_a_warning_names_request_place_and_kind_and_never_the_value(path):
    recording = Recording(path, RecordMode.ONCE, existed=False)
    answer = json.dumps({"id": "run_1", "object": "thread.run", "metadata": {"api_key": HEX, "token": HEX}})
    for _ in range(2):
        take(
            recording,
            answer,
            "application/json",
            sent={"instructions": "password=swordfish", "metadata": {"pwd": "abcdef"}},
        )
    recording.write()
    assert recording.warnings == [
        "POST /threads/thread_1/runs: a password in its body was written as 'redacted'",
        "POST /threads/thread_1/runs: a key in its answer was written as 'redacted'",
        "POST /threads/thread_1/runs: a token in its answer was written as 'redacted'",
    ]


def test_what_an_issuer_made_refuses_the_recording_behind_any_name(path):
    recording = Recording(path, RecordMode.ONCE, existed=False)
    take(recording, json.dumps({"password": "gsk_" + "Zx9qLm2Vt7Rw4Kp8" * 3}), "application/json")
    with pytest.raises(runmock.CassetteError) as raised:
        recording.write()
    assert str(raised.value) == (
        f"{path}: nothing was written: POST /threads/thread_1/runs or its answer holds a Groq key; take it out with before_record in "
        "runmock_config"
    )


def test_a_known_key_behind_a_name_refuses_the_recording(path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "mysecretpassphrase0042")
    recording = Recording(path, RecordMode.ONCE, existed=False)
    take(recording, json.dumps({"api_key": "mysecretpassphrase0042"}), "application/json")
    with pytest.raises(runmock.CassetteError, match="holds a key of the environment"):
        recording.write()


def test_a_cassette_that_was_written_before_plays_for_the_same_request():
    deck = Deck()
    sent = {"metadata": {"password": "swordfish"}}
    deck.load(cassette_from({"interactions": [{"request": "POST /threads", "body": sent, "json": THREAD}]}))
    headers = {"openai-beta": "assistants=v2"}
    request = Request("POST", "api.openai.com", "/v1/threads", {}, headers, json.dumps(sent).encode())
    assert deck.answer(request).status == 200
