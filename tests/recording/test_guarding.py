"""What keeps cassettes safe: worse recordings, secrets, and what a user removes."""

import concurrent.futures

import httpx2
import pytest
from upstream import KEY, ROOT, Upstream, client, recorded, weather

import runmock
from runmock.tape.reading.cassette import load_cassette

OPENAI_KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weather.runmock.yaml"


@pytest.fixture
def recording(path):
    with recorded(path, Upstream()) as sdk:
        weather(sdk)
    return path.read_bytes()


def answering(status=200, body=None, headers=()):
    """A client whose upstream gives one answer to everything."""
    body = body or {"id": "thread_A1", "object": "thread"}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, json=body, headers=headers))
    return httpx2.Client(
        transport=transport, base_url=ROOT, headers={"OpenAI-Beta": "assistants=v2", "Authorization": f"Bearer {KEY}"}
    )


def begin(sent, question="Weather in Paris?", **more):
    return sent.post("/threads", json={"messages": [{"role": "user", "content": question}], **more})


@pytest.mark.parametrize("mode", ["all", "rewrite"])
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_worse_recording_never_replaces_a_better_recording(path, recording, mode, status):
    with (
        pytest.raises(runmock.CassetteError) as raised,
        answering(status, {"error": {"message": "no"}}) as sent,
        runmock.use_cassette(path, record_mode=mode),
    ):
        begin(sent)
    assert str(raised.value) == (
        f"{path}: the cassette stays as it was: in this recording POST /threads was answered with {status}"
    )
    assert path.read_bytes() == recording


@pytest.mark.parametrize("mode", ["all", "rewrite"])
def test_a_dead_upstream_costs_nothing(path, recording, mode):
    with (
        pytest.raises(runmock.CassetteError, match=r"was never answered \(ConnectError\)"),
        runmock.use_cassette(path, record_mode=mode),
        httpx2.Client(base_url="http://127.0.0.1:9/v1", headers={"OpenAI-Beta": "assistants=v2"}) as sent,
        pytest.raises(httpx2.ConnectError) as failed,
    ):
        begin(sent)
    assert path.read_bytes() == recording
    assert failed.value.__notes__ == ["runmock was recording, and http://127.0.0.1:9 did not answer"]


def test_a_dead_upstream_is_named_by_the_keyword_that_gives_it(path):
    with (
        pytest.raises(runmock.CassetteError),
        runmock.use_cassette(path, record_mode="once", upstream="http://127.0.0.1:9/v1"),
        httpx2.Client(base_url="http://gateway.example/v1", headers={"OpenAI-Beta": "assistants=v2"}) as sent,
        pytest.raises(httpx2.ConnectError) as failed,
    ):
        begin(sent)
    assert failed.value.__notes__ == [
        "runmock was recording, and http://127.0.0.1:9 did not answer, which upstream= or --runmock-upstream names"
    ]


@pytest.mark.parametrize("mode", ["all", "rewrite"])
def test_half_a_stream_never_replaces_a_whole_stream(path, recording, mode):
    with (  # noqa: PT012 - the block is what fails
        pytest.raises(runmock.CassetteError, match="has a stream without its end"),
        recorded(path, Upstream(), mode) as sdk,
    ):
        thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Weather in Paris?"}])
        with sdk.beta.threads.runs.create(thread_id=thread.id, assistant_id="asst_mine", stream=True) as stream:
            next(iter(stream))
    assert path.read_bytes() == recording


def test_errors_in_a_first_recording_are_kept(path):
    with (
        answering(401, {"error": {"message": f"Incorrect API key provided: {KEY}."}}) as sent,
        runmock.use_cassette(path, record_mode="once"),
    ):
        begin(sent)
    (interaction,) = load_cassette(path).interactions
    assert interaction.status == 401
    assert KEY not in path.read_text()


def test_a_secret_in_a_body_refuses_the_file_and_the_message_shows_where_not_what(path):
    with (
        pytest.raises(runmock.CassetteError) as raised,
        answering() as sent,
        runmock.use_cassette(path, record_mode="once"),
    ):
        begin(sent, metadata={"key": OPENAI_KEY})
    assert str(raised.value) == (
        f"{path}: nothing was written: POST /threads or its answer holds an OpenAI key; take it out with before_record in runmock_config"
    )
    assert not path.exists()


def test_before_record_removes_what_would_refuse_the_file(path):
    def clean(interaction):
        interaction.body["metadata"]["key"] = "redacted"
        return interaction

    with answering() as sent, runmock.use_cassette(path, record_mode="once", before_record=clean):
        begin(sent, metadata={"key": OPENAI_KEY})
    (entry,) = load_cassette(path).interactions
    assert entry.body["metadata"] == {"key": "redacted"}


def test_before_record_drops_what_it_returns_none_for(path):
    def only_threads(interaction):
        return interaction if interaction.request == "POST /threads" else None

    with recorded(path, Upstream(), before_record=only_threads) as sdk:
        weather(sdk)
    assert [entry.path for entry in load_cassette(path).interactions] == ["/threads"]
    with recorded(path.with_name("none.yaml"), Upstream(), before_record=lambda _: None) as sdk:
        weather(sdk)
    assert not path.with_name("none.yaml").exists()


def test_an_error_of_before_record_is_the_blocks_own_and_writes_nothing(path):
    with pytest.raises(ZeroDivisionError), recorded(path, Upstream(), before_record=lambda _: 1 / 0) as sdk:
        weather(sdk)
    assert not path.exists()


def test_before_record_has_to_be_a_function(path):
    with pytest.raises(runmock.UsageError) as raised:
        runmock.use_cassette(path, before_record="clean")
    assert str(raised.value) == "use_cassette: before_record is a function that takes an interaction, not 'clean'"


def test_an_answer_that_no_cassette_can_hold_is_reported(path):
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=iter([b"\xff"]), headers={"content-encoding": "rot13"})
    )
    with (
        pytest.raises(runmock.CassetteError, match="an answer is packed as 'rot13', which cannot be read"),
        runmock.use_cassette(path, record_mode="once", hosts=["gateway.example"]),
        httpx2.Client(transport=transport, base_url=ROOT) as sent,
    ):
        sent.get("/files/f/content")
    assert not path.exists()


def test_two_that_record_one_new_cassette_at_once_both_end_up_in_it(path):
    def recording(city):
        sdk = client(Upstream(SEVERAL, salt=city))
        session = runmock.use_cassette(path, record_mode="once")
        return session, sdk, city

    first, second = recording("Paris"), recording("Oslo")
    for session, *_ in (first, second):
        session.__enter__()
    for _, sdk, city in (first, second):  # the innermost session hears both
        weather(sdk, f"Weather in {city}?")
    second[0].__exit__(None, None, None)
    weather(first[1], "Weather in Rome?")
    first[0].__exit__(None, None, None)
    questions = [
        interaction.body["messages"][0]["content"]
        for interaction in load_cassette(path).interactions
        if interaction.path == "/threads"
    ]
    assert questions == ["Weather in Paris?", "Weather in Oslo?", "Weather in Rome?"]
    with recorded(path, Upstream(), "none") as sdk:
        for city in ("Rome", "Paris", "Oslo"):
            assert weather(sdk, f"Weather in {city}?") == "It is 21 degrees."


def test_many_threads_record_into_one_session(path):
    with (
        recorded(path, Upstream(SEVERAL)) as sdk,
        concurrent.futures.ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(lambda number: weather(sdk, f"Question {number}"), range(8)))
    assert set(answers) == {"It is 21 degrees."}
    with recorded(path, Upstream(), "none") as sdk, concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: weather(sdk, f"Question {number}"), reversed(range(8)))) == answers


SEVERAL = {"runs": [{"steps": [{"calls": [{"get_weather": {"city": "Paris"}}]}, {"reply": "It is 21 degrees."}]}] * 8}
