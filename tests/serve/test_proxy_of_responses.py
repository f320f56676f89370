"""`runmock record` with Responses: what goes by is kept whole, plays, stays on a second recording, and holds no secret."""

import openai
import pytest
from live import Live
from response_talks import SCRIPT, background, chained, in_a_conversation, stateless

import runmock
from runmock.tape.reading.cassette import load_cassette

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz"
TALKS = [chained, stateless, in_a_conversation, background]
TOOLS, AGAIN = SCRIPT.strip().removeprefix("runs:\n").rsplit("\n", 1)
RUNS = f"runs:\n{TOOLS}\n{TOOLS}\n{AGAIN}\n{TOOLS}\n{TOOLS}"
"""What the talks need, one after the other."""


@pytest.fixture
def tape(tmp_path):
    return tmp_path / "tape.yaml"


@pytest.fixture(scope="module")
def live():
    """An upstream in this process; `plays(script)` begins anew."""
    live = Live()
    yield live
    live.end()


@pytest.fixture
def recorded(serve, live, connect, tape):
    """Record talks through the proxy: what it printed, and its exit code."""

    def run(*talks, script):
        live.plays(script)
        proxy = serve("--upstream", live.url, "-o", tape, command="record")
        for talk in talks:
            talk(connect(proxy, api_key=KEY))
        return proxy.end()

    return run


def test_every_way_of_keeping_the_state_is_recorded_played_and_recorded_again(recorded, live, tape):
    printed, code = recorded(*TALKS, script=RUNS)
    assert (code, printed.splitlines()[-1]) == (0, f"wrote {tape}")
    before, count = tape.read_bytes(), len(live.heard)
    with (
        runmock.use_cassette(tape, allow_unplayed=False),
        openai.OpenAI(base_url=live.url, api_key="another", max_retries=0) as sdk,
    ):
        for talk in TALKS:
            talk(sdk)
    assert len(live.heard) == count
    printed, code = recorded(*TALKS, script=RUNS)
    assert (code, printed.splitlines()[-1]) == (0, f"unchanged: {tape}")
    assert tape.read_bytes() == before
    for word in (KEY, "obfuscation", "sequence_number"):
        assert word not in tape.read_text()


def test_a_worse_answer_does_not_replace_a_better_one(recorded, tape):
    def ask(sdk):
        sdk.responses.create(model="gpt-4o", input="Hi")

    def refused(sdk):
        with pytest.raises(openai.InternalServerError):
            ask(sdk)

    recorded(ask, script="runs: [{reply: Hi}]")
    before = tape.read_bytes()
    printed, code = recorded(refused, script="runs: [{http: 500, error: server_error}]")
    assert code == 1
    assert f"{tape}: the cassette stays as it was: in this recording POST /responses was answered with 500" in printed
    assert tape.read_bytes() == before


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_secret_in_an_answer_refuses_the_file(recorded, tape, is_streamed):
    def ask(sdk):
        answer = sdk.responses.create(model="gpt-4o", input="Which key?", stream=is_streamed)
        assert not is_streamed or list(answer)

    secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    printed, code = recorded(ask, script=f"runs: [{{reply: [{secret[:9]}, {secret[9:]}]}}]")
    assert code == 1
    assert "POST /responses or its answer holds a GitHub token" in printed
    assert not tape.exists()
    assert secret not in tape.with_name("tape.yaml.partial").read_text().replace(", ", "")


def test_a_stream_that_the_client_left_is_marked(recorded, tape):
    def leave(sdk):
        with sdk.responses.create(model="gpt-4o", input="Hi", stream=True) as stream:
            next(iter(stream))

    recorded(leave, script="runs: [{reply: " + "word " * 20_000 + "}]")
    (interaction,) = load_cassette(tape).interactions
    assert (interaction.stream[0].name, interaction.is_truncated) == ("response.created", True)
