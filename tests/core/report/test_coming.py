"""What a deck waits for next, as people read it."""

import pytest
from recording import Recording

from runmock.core.engine.played_run import PlayedRun
from runmock.core.engine.run_status import RunStatus
from runmock.core.report.coming import coming
from runmock.core.report.leftovers import Leftover
from runmock.core.script.playlist import Playlist
from runmock.core.script.script import FunctionCall
from runmock.tape.reading.cassette import cassette_from


def playlist(text):
    waiting = Playlist()
    waiting.add(cassette_from(text).script.runs)
    return waiting


@pytest.mark.parametrize(
    ("runs", "texts"),
    [
        ("[]", []),
        ("[{reply: a}, {reply: b}]", ["run 0, for any request"]),
        ("[{match: {last_message: /Paris/}, reply: a}]", ["run 0, needs last_message /Paris/"]),
        (
            "[{reply: a}, {match: {stream: true, model: m}, reply: b}, {match: {api: responses}, reply: c}]",
            ["run 1, needs model m and stream true", "run 2, needs api responses", "run 0, for any request"],
        ),
        ("[{json: {object: response}}]", ["run 0, needs api responses"]),
    ],
)
def test_runs_with_match_come_whenever_their_request_does_and_the_others_in_order(runs, texts):
    assert [leftover.text for leftover in coming(playlist(f"runs: {runs}"), (), ())] == texts


def test_runs_that_wait_for_outputs_come_before_others_and_recorded_requests_before_both():
    recording = Recording(
        "interactions:\n- {request: POST /threads, body: {}, json: {}}\n- {request: POST /assistants, body: {}, json: {}}"
    )
    waiting = playlist("runs: [{calls: [f, g]}, {reply: a}]")
    run = waiting.in_order.popleft()
    calls = {name: FunctionCall(name, "{}") for name in ("f", "g")}
    played = [
        PlayedRun(
            id="run_1", script=run, request={}, status=RunStatus.REQUIRES_ACTION, calls=calls, waiting=("f", "g")
        ),
        PlayedRun(id="run_2", script=run, request={}, status=RunStatus.COMPLETED),
    ]
    recorded = [("weather.yaml", recording.player.unplayed()), ("empty.yaml", [])]
    assert list(coming(waiting, played, recorded)) == [
        Leftover("weather.yaml", "interaction 0, line 2: POST /threads (create_thread)"),
        Leftover("inline", "run 0, waits for outputs of f, g", is_begun=True),
        Leftover("inline", "run 1, for any request"),
    ]
