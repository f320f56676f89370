"""Record modes at work: the real SDK, an upstream, and what the cassette is afterwards."""

import contextlib
import re

import pytest
from upstream import KEY, ROOT, WEATHER, Upstream, client, recorded, weather

import runmock
from runmock.tape.reading.cassette import load_cassette

ANSWER = "It is 21 degrees."
COLDER = WEATHER.replace('" 21"', '" 9"')
BAD = "runs: [{http: 401, error: invalid_api_key}]"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weather.runmock.yaml"


@pytest.fixture
def recording(path):
    """A cassette of the weather, recorded, and its bytes."""
    with recorded(path, Upstream()) as sdk:
        assert weather(sdk) == ANSWER
    return path.read_bytes()


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_what_is_not_there_is_recorded_and_plays_without_upstream(path, mode):
    with recorded(path, Upstream(), mode) as sdk:
        assert weather(sdk) == ANSWER
    silent = Upstream()
    with recorded(path, silent, "none") as sdk:
        assert weather(sdk) == ANSWER
    assert silent.heard == []


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_what_is_there_is_played(path, recording, mode):
    silent = Upstream(COLDER)
    with recorded(path, silent, mode) as sdk:
        assert weather(sdk) == ANSWER
    assert silent.heard == []
    assert path.read_bytes() == recording


@pytest.mark.parametrize("mode", ["all", "rewrite"])
def test_the_same_behaviour_leaves_every_byte_whatever_the_ids_times_polls_and_chunks(path, recording, mode):
    for number, chunk in enumerate((None, 1, 7, 100_000), 1):
        upstream = Upstream(salt="x" * number, later=1000 * number, chunk=chunk)
        with recorded(path, upstream, mode) as sdk:
            assert weather(sdk, polls=number) == ANSWER
        assert len(upstream.heard) > 4
        assert path.read_bytes() == recording


@pytest.mark.parametrize("mode", ["all", "rewrite"])
def test_other_behaviour_replaces_the_old(path, recording, mode):
    with recorded(path, Upstream(COLDER), mode) as sdk:
        assert weather(sdk) == "It is 9 degrees."
    assert path.read_bytes() != recording
    assert len(load_cassette(path).interactions) == recording.count(b"- request:")
    with recorded(path, Upstream(), "none") as sdk:
        assert weather(sdk) == "It is 9 degrees."


def test_once_misses_what_an_existing_cassette_does_not_have(path, recording):
    with pytest.raises(runmock.UnmatchedRequest) as raised, recorded(path, Upstream()) as sdk:
        weather(sdk, "Weather in Oslo?")
    assert f"cassette  {path}   mode once" in str(raised.value)
    assert path.read_bytes() == recording


def test_new_episodes_are_appended_and_nothing_else_is_touched(path, recording):
    with recorded(path, Upstream(COLDER, salt="x"), "new_episodes") as sdk:
        assert weather(sdk) == ANSWER
        assert weather(sdk, "Weather in Oslo?") == "It is 9 degrees."
    assert path.read_bytes().startswith(recording.rstrip())
    silent = Upstream()
    for questions in (("Weather in Oslo?", "Weather in Paris?"), ("Weather in Paris?", "Weather in Oslo?")):
        with recorded(path, silent, "none") as sdk:
            assert {question: weather(sdk, question) for question in questions} == {
                "Weather in Oslo?": "It is 9 degrees.",
                "Weather in Paris?": ANSWER,
            }
    assert silent.heard == []


def test_new_episodes_record_the_same_conversation_again_when_it_was_used_up(path, recording):
    with recorded(path, Upstream(salt="x"), "new_episodes") as sdk:
        assert [weather(sdk), weather(sdk)] == [ANSWER, ANSWER]
    assert path.read_text().count("- request: POST /threads\n") == 2
    with recorded(path, Upstream(), "none") as sdk:
        assert [weather(sdk), weather(sdk)] == [ANSWER, ANSWER]


def test_new_episodes_of_a_replayed_thread_are_refused_for_upstream_does_not_know_it(path, recording):
    silent = Upstream()
    with pytest.raises(runmock.UnmatchedRequest) as raised, recorded(path, silent, "new_episodes") as sdk:  # noqa: PT012 - the second call fails
        thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Weather in Paris?"}])
        sdk.beta.threads.runs.create(thread_id=thread.id, assistant_id="asst_other")
    assert str(raised.value) == (
        "upstream does not know thread_1: this test has it from the cassette\n"
        "  sent      POST /threads/thread_1/runs  (create_run)\n"
        f"  cassette  {path}   mode new_episodes\n"
        '  to record it: use_cassette(..., record_mode="all")'
    )
    assert silent.heard == []
    assert path.read_bytes() == recording


def test_all_keeps_what_this_test_did_not_use_and_rewrite_drops_it(path, recording):
    with recorded(path, Upstream(salt="x"), "new_episodes") as sdk:
        weather(sdk, "Weather in Oslo?")
    with recorded(path, Upstream(COLDER), "all") as sdk:
        weather(sdk)
    kept = load_cassette(path).interactions
    assert [interaction.body["messages"][0]["content"] for interaction in kept if interaction.path == "/threads"] == [
        "Weather in Paris?",
        "Weather in Oslo?",
    ]
    with recorded(path, Upstream(), "none") as sdk:
        assert weather(sdk) == "It is 9 degrees."
        assert weather(sdk, "Weather in Oslo?") == ANSWER
    with recorded(path, Upstream(), "rewrite") as sdk:
        weather(sdk, "Weather in Oslo?")
    assert [
        interaction.body["messages"][0]["content"]
        for interaction in load_cassette(path).interactions
        if interaction.path == "/threads"
    ] == ["Weather in Oslo?"]


def test_comments_and_scripts_stay_in_every_mode(path, recording):
    head = "# ours: how the weather is told\n"
    tail = "\n# what is scripted\nruns:\n  - match: {last_message: /never/}\n    reply: no # not yet\n"
    path.write_text(head + recording.decode() + tail)
    with recorded(path, Upstream(COLDER), "all") as sdk, contextlib.suppress(runmock.RunmockFailure):
        sdk.beta.threads.create(messages=[{"role": "user", "content": "Weather in Oslo?"}])
    text = path.read_text()
    assert text.startswith(head)
    assert text.endswith(tail)


@pytest.mark.parametrize("mode", ["new_episodes", "all"])
def test_lines_that_end_as_on_windows_stay_so(path, recording, mode):
    path.write_bytes(recording.replace(b"\n", b"\r\n"))
    with recorded(path, Upstream(COLDER, salt="x"), mode) as sdk:
        weather(sdk, "Weather in Oslo?")
    text = path.read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n") > recording.count(b"\n")
    assert len(load_cassette(path).interactions) == 2 * recording.count(b"- request:")


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_an_exception_in_the_block_writes_nothing(path, mode):
    for error in (ZeroDivisionError, SystemExit, KeyboardInterrupt):
        with pytest.raises(error), recorded(path, Upstream(), mode) as sdk:  # noqa: PT012 - the block is what fails
            weather(sdk)
            raise error
    assert list(path.parent.iterdir()) == []


def test_nothing_is_written_when_nothing_was_requested(path, recording):
    for mode in ("once", "new_episodes", "all", "rewrite", "verify"):
        with recorded(path, Upstream(), mode):
            pass
    assert path.read_bytes() == recording


def test_under_ci_nothing_is_recorded(path, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(runmock.CassetteNotFoundError), recorded(path, Upstream(), "once") as sdk:
        weather(sdk)
    monkeypatch.setenv("CI", "false")
    with recorded(path, Upstream(), "once") as sdk:
        weather(sdk)
    assert path.exists()


@pytest.mark.parametrize("mode", ["once", "all", "verify"])
def test_the_retired_service_is_not_called(path, mode):
    if mode == "verify":
        path.write_text(
            "interactions: [{request: POST /threads, body: {}, json: {id: thread_1, object: thread}}]\nrunmock: 1\n"
        )
    silent = Upstream()
    with (
        client(silent, "https://api.openai.com/v1") as sdk,
        pytest.raises(runmock.UnmatchedRequest) as raised,
        runmock.use_cassette(path, record_mode=mode),
    ):
        sdk.beta.threads.create()
    assert "the Assistants API was switched off there on 2026-08-26" in str(raised.value)
    assert "upstream= or --runmock-upstream" in str(raised.value)
    assert silent.heard == []


def test_upstream_replaces_the_clients_root(path):
    upstream = Upstream()
    with (
        client(upstream, "https://api.openai.com/v1") as sdk,
        runmock.use_cassette(path, record_mode="once", upstream="http://127.0.0.1:9/deep/api/v1/"),
    ):
        weather(sdk)
    assert {url.partition("/threads")[0] for _, url, _ in upstream.heard} == {"http://127.0.0.1:9/deep/api/v1"}
    assert {headers["host"] for *_, headers in upstream.heard} == {"127.0.0.1:9"}
    assert upstream.heard[0][2]["authorization"] == f"Bearer {KEY}"
    assert load_cassette(path).recorded.upstream == "http://127.0.0.1:9/deep/api/v1"


def test_the_cassette_names_its_origin_and_holds_no_key(path, recording):
    text = recording.decode()
    assert re.match(
        rf'runmock: 1\nrecorded: \{{at: 20[-0-9T:]+Z, from: 2026-01-01T00:00:01Z, upstream: "{ROOT}", sdk: openai [\d.]+\}}\n'
        r"interactions:\n",
        text,
    )
    assert KEY not in text


def test_runs_can_be_looked_at_while_they_are_recorded(path):
    with client(Upstream()) as sdk, runmock.use_cassette(path, record_mode="once") as session:
        weather(sdk)
        (run,) = session.runs
        assert (run.status, run.tool_outputs, run.request["assistant_id"]) == (
            "completed",
            {"get_weather": "21"},
            "asst_mine",
        )
        assert [request.operation for request in session.requests][:2] == ["create_thread", "create_run"]


def test_a_cassette_is_needed_to_record_into():
    with pytest.raises(runmock.UsageError) as raised, runmock.use_cassette(record_mode="once"):
        pytest.fail("the block does not run")
    assert str(raised.value) == "record mode once needs a cassette to record into: name one"


def test_a_retry_plays_as_two_answers(path):
    upstream = Upstream("runs: [{http: 500, error: server_error}, {reply: Hello}]")
    with client(upstream) as sdk, runmock.use_cassette(path, record_mode="once"):
        retrying = sdk.with_options(max_retries=1)
        assert retrying.beta.threads.create_and_run(assistant_id="asst_mine").status == "queued"
    assert [interaction.status for interaction in load_cassette(path).interactions] == [500, 200]
    with client(Upstream()) as sdk, runmock.use_cassette(path):
        assert sdk.with_options(max_retries=1).beta.threads.create_and_run(assistant_id="asst_mine").status == "queued"
