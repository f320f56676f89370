"""pytest-recording in the same test: vcrpy plays what is not runmock's, and a blocked network stays blocked."""

import pytest

pytest.importorskip("pytest_recording")

CASSETTE = """
version: 1
interactions:
  - request: {method: GET, uri: "http://weather.example/paris", body: "", headers: {}}
    response: {status: {code: 200, message: OK}, headers: {content-type: [text/plain]}, body: {string: "21"}}
"""

BOTH = """
    import openai
    import pytest
    {library} as library

    @pytest.mark.vcr("weather.yaml")
    @pytest.mark.block_network
    @pytest.mark.runmock(script={{"runs": [{{"reply": "It is 21 degrees."}}]}})
    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    def test_both(runmock, vcr):
        with library.Client() as http_client:
            assert http_client.get("http://weather.example/paris").text == "21"
            client = openai.OpenAI(api_key="sk-not-a-key", http_client=http_client)
            run = client.beta.threads.create_and_run_poll(assistant_id="asst_1")
        assert run.status == "completed"
        assert vcr.play_count == 1
        assert vcr.all_played
"""


@pytest.mark.parametrize("library", ["import httpx", "import httpx2"])
@pytest.mark.parametrize("mode", ["none", "once", "new_episodes"])
def test_both_play_and_neither_records_the_others(project_with_both, pytester, library, mode):
    file = pytester.path / "weather.yaml"
    file.write_text(CASSETTE)
    text = BOTH.format(library=library).replace('"weather.yaml"', f'"{file}"')
    result = project_with_both(text, f"--record-mode={mode}")
    result.assert_outcomes(passed=1)
    assert file.read_text() == CASSETTE


def test_what_is_nobodys_is_blocked(project_with_both):
    result = project_with_both("""
        import httpx2
        import pytest

        @pytest.mark.block_network
        def test_out(runmock):
            with pytest.raises(RuntimeError, match="Network is disabled"):
                httpx2.get("http://127.0.0.1:9/")
    """)
    result.assert_outcomes(passed=1)


def test_its_options_stay_its_own(project_with_both):
    result = project_with_both(
        """
        def test_modes(runmock, record_mode):
            assert record_mode == "all"
            assert str(runmock.deck.options.mode) == "none"
        """,
        "--record-mode=all",
    )
    result.assert_outcomes(passed=1)


GATEWAY = """
    import openai
    import pytest
    from runmock import UnmatchedRequest

    @pytest.mark.vcr("{file}")
    def test_gateway(runmock, vcr):
        with openai.OpenAI(api_key="k", base_url="http://litellm:4000/v1", max_retries=0) as client:
            assert client.batches.list().data == []
            assert vcr.play_count == 1
            with pytest.raises(UnmatchedRequest):
                client.batches.retrieve("another")
        runmock.deck._history.failures.clear()
"""
BATCHES = """
version: 1
interactions:
  - request: {method: GET, uri: "http://litellm:4000/v1/batches", body: "", headers: {}}
    response:
      status: {code: 200, message: OK}
      headers: {content-type: [application/json]}
      body: {string: '{"object": "list", "data": []}'}
"""


def test_what_an_openai_client_sends_to_a_gateway_is_played_by_vcrpy_and_never_let_out(project_with_both, pytester):
    """vcrpy lets out what it is to record; runmock does not."""
    file = pytester.path / "batches.yaml"
    file.write_text(BATCHES)
    project_with_both(GATEWAY.format(file=file), "--record-mode=new_episodes").assert_outcomes(passed=1)
    assert file.read_text() == BATCHES
