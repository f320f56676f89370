"""What another process asks is recorded into the session's cassette; its requests go on with the real key."""

import json

import httpx
import openai
import pytest

import runmock
from runmock.serve.session_server import with_own_key
from runmock.tape.reading.cassette import load_cassette

REAL = "sk-proj-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6yAb1Ef5Gh"
BETA = {"OpenAI-Beta": "assistants=v2"}


@pytest.fixture
def live(_live, monkeypatch):
    """An upstream in this process; `keys` and `queries` are those that reached it."""
    _live.plays()
    _live.keys, _live.queries = [], []
    answer = _live.server.deck.answer

    def noting(request):
        _live.queries.append(dict(request.query))
        _live.keys.append((request.headers.get("authorization"), request.headers.get("api-key")))
        return answer(request)

    monkeypatch.setattr(_live.server, "deck", type("Noting", (), {"answer": staticmethod(noting)}))
    return _live


@pytest.fixture
def tape(tmp_path):
    return tmp_path / "tape.yaml"


def converse(client, text="Hi"):
    """A polled and a streamed run; the texts that came."""
    asked = {"messages": [{"role": "user", "content": text}]}
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", thread=asked)
    polled = client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value
    with client.beta.threads.create_and_run_stream(assistant_id="asst_1", thread=asked) as stream:
        return [polled, "".join(stream.text_deltas)]


@pytest.fixture
def child():
    """The SDK as another process has it: `child(session)`. A request of this process goes to the server just so."""
    opened = []

    def client(session, **more):
        environment = session.child_env
        made = openai.OpenAI(
            base_url=environment["OPENAI_BASE_URL"], api_key=environment["OPENAI_API_KEY"], max_retries=0, **more
        )
        opened.append(made)
        return made

    yield client
    for made in opened:
        made.close()


def test_what_was_recorded_plays(live, tape, child, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", REAL)
    with runmock.use_cassette(tape, record_mode="once", upstream=live.url) as session:
        key = session.child_env["OPENAI_API_KEY"]
        heard = converse(child(session))
        assert len(session.requests) == len(live.heard)
        assert {run.status for run in session.runs} == {"completed"}
    assert set(live.keys) == {(f"Bearer {REAL}", None)}
    text = tape.read_text()
    assert key not in text
    assert REAL not in text
    assert f'upstream: "{live.url}"' in text
    asked = len(live.heard)
    with runmock.use_cassette(tape, allow_unplayed=False) as session:
        assert converse(child(session)) == heard
    with runmock.use_cassette(tape), openai.OpenAI(api_key="sk-any", max_retries=0) as client:
        assert converse(client) == heard
    assert len(live.heard) == asked


def test_a_recording_has_the_requests_of_this_process_and_of_others_in_order(live, tape, child):
    with runmock.use_cassette(tape, record_mode="once", upstream=live.url) as session:
        with openai.OpenAI(api_key="sk-any", max_retries=0) as mine:
            thread = mine.beta.threads.create(metadata={"whose": "mine"})
        child(session).beta.threads.messages.create(thread.id, role="user", content="theirs")
    recorded = load_cassette(tape).interactions
    assert [interaction.operation.name for interaction in recorded] == ["create_thread", "create_message"]


def test_verify_compares_what_another_process_gets(live, tape, child):
    with runmock.use_cassette(tape, record_mode="once", upstream=live.url) as session:
        child(session).beta.threads.create_and_run_poll(assistant_id="asst_1")
    live.plays("runs: [{fail: server_error}]")

    def again():
        with runmock.use_cassette(tape, record_mode="verify", upstream=live.url) as session:
            child(session).beta.threads.create_and_run_poll(assistant_id="asst_1")

    with pytest.raises(runmock.CassetteError, match="differ"):
        again()


def test_a_secret_in_what_another_process_sends_refuses_the_recording(live, tape, child):
    def record():
        with runmock.use_cassette(tape, record_mode="once", upstream=live.url) as session:
            child(session).beta.threads.create(metadata={"note": REAL})

    with pytest.raises(runmock.CassetteError, match="POST /threads or its answer holds an OpenAI key"):
        record()
    assert not tape.exists()


def test_the_sessions_key_is_taken_out_of_what_is_sent_and_kept(live, tape, child):
    with runmock.use_cassette(tape, record_mode="once", upstream=live.url) as session:
        key = session.child_env["OPENAI_API_KEY"]
        made = child(session).beta.threads.create(metadata={"note": f"my {key}"}, extra_query={"a": key})
        assert made.metadata == {"note": "my redacted"}
        assert session.requests[0].json == {"metadata": {"note": "my redacted"}}
        assert live.queries == [{"a": ("redacted",)}]
    assert key not in tape.read_text()


def test_an_upstream_that_cannot_be_reached_is_a_502_and_nothing_is_written(tape, child):
    said = []

    def record():
        with runmock.use_cassette(tape, record_mode="once", upstream="http://127.0.0.1:9/v1") as session:
            with pytest.raises(openai.InternalServerError) as told:
                child(session).beta.threads.create()
            said.append((told.value.status_code, told.value.body["message"]))

    with pytest.raises(runmock.CassetteError, match=r"POST /v1/threads was never answered \(ConnectError\)"):
        record()
    assert [status for status, _ in said] == [502]
    assert said[0][1].startswith("upstream 127.0.0.1:9 cannot be reached: ConnectError")


def test_without_an_upstream_the_failure_says_what_to_name(tape, child):
    with runmock.use_cassette(tape, record_mode="once") as session:
        with pytest.raises(openai.APIStatusError, match=r"nothing can be recorded from api\.openai\.com"):
            child(session).beta.threads.create()
        assert len(session.failures) == 1


def test_azures_addresses_are_never_recorded_without_an_upstream(tape):
    def record():
        with runmock.use_cassette(tape, record_mode="once") as session:
            environment = session.child_env
            url = f"{environment['AZURE_OPENAI_ENDPOINT']}/openai/deployments/gpt/chat/completions"
            refused = httpx.post(url, json={}, headers={"api-key": environment["AZURE_OPENAI_API_KEY"]})
            assert refused.status_code == 502
            assert refused.json()["error"]["message"] == TO_NAME

    with pytest.raises(runmock.CassetteError, match="was never answered"):
        record()


TO_NAME = "name the service with upstream= or --runmock-upstream, to record what another process asks"


def test_a_stream_that_the_session_ends_is_recorded_without_its_end(tape, live, child):
    live.plays(json.dumps({"runmock": 1, "runs": [{"reply": ["a", "b"]}]}))
    with runmock.use_cassette(tape, record_mode="once", upstream=live.url, allow_truncated=True) as session:
        stream = child(session).beta.threads.create_and_run(assistant_id="asst_1", stream=True)
        next(iter(stream))
    stream.close()
    assert len(load_cassette(tape).interactions) == 1


KEY = "sk-runmock-1"


@pytest.mark.parametrize(
    ("sent", "environment", "expected"),
    [
        ({"authorization": f"Bearer {KEY}"}, {"OPENAI_API_KEY": "o"}, {"authorization": "Bearer o"}),
        ({"authorization": f"Bearer {KEY}"}, {"AZURE_OPENAI_API_KEY": "a"}, {"authorization": "Bearer a"}),
        ({"api-key": KEY}, {"OPENAI_API_KEY": "o", "AZURE_OPENAI_API_KEY": "a"}, {"api-key": "a"}),
        ({"api-key": KEY}, {"OPENAI_API_KEY": "o"}, {"api-key": "o"}),
        ({"authorization": f"Bearer {KEY}", "x": "y"}, {}, {"x": "y"}),
        ({"authorization": f"Bearer {KEY}"}, {"OPENAI_API_KEY": KEY, "AZURE_OPENAI_API_KEY": KEY}, {}),
    ],
)
def test_the_key_of_the_environment_takes_the_place_of_the_sessions(sent, environment, expected):
    assert with_own_key(sent, KEY, environment) == expected
