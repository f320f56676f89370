"""The text of a miss, whole."""

import json

import pytest
from recording import Recording, request_of

from runmock.core.replay.miss import Miss
from runmock.core.script.playlist import Playlist
from runmock.tape.reading.cassette import Cassette, cassette_from

TWO_CALLS = """
interactions:
  - {request: POST /threads, json: {id: thread_1}}
  - request: POST /threads/thread_1/runs/run_1/submit_tool_outputs
    body: {stream: true, tool_outputs: [{tool_call_id: call_1, output: a}, {tool_call_id: call_2, output: b}]}
    stream: [done]
"""
SUBMIT = {"stream": True, "tool_outputs": [{"tool_call_id": "call_1", "output": "a"}]}


def text(sent, *recordings, script=None, **options):
    playlist = None
    if script is not None:
        playlist = Playlist()
        cassette = script if isinstance(script, Cassette) else cassette_from(script)
        playlist.add(cassette.script.runs)
    defaults = {"cassettes": ("weather.yaml",), "mode": "none", "played": ()}
    players = tuple(recording.player for recording in recordings)
    return Miss(sent=sent, players=players, playlist=playlist, **defaults | options).text()


def test_a_miss_shows_what_was_sent_what_came_nearest_and_how_to_record_it():
    recording = Recording(TWO_CALLS)
    sent = request_of("POST", "/v1/threads/thread_1/runs/run_1/submit_tool_outputs", SUBMIT)
    assert text(
        sent,
        recording,
        played=("0 create_thread",),
        ways_out=(("to record it", "pytest --runmock-record=all x.py::y"),),
    ) == (
        "nothing left on the cassette for this request\n"
        "  sent      POST /threads/thread_1/runs/run_1/submit_tool_outputs  (submit_tool_outputs, stream)\n"
        "  cassette  weather.yaml   mode none\n"
        "  nearest   interaction 1, line 4: operation, run_id and stream agree; tool_call_ids differ\n"
        "              cassette  call_1, call_2\n"
        "              sent      call_1\n"
        "  played    0 create_thread\n"
        "  to record it: pytest --runmock-record=all x.py::y"
    )


def test_several_differences_are_named_each():
    recording = Recording(
        "interactions: [{request: POST /threads/thread_1/runs, body: {assistant_id: a, model: x}, json: {}}]"
    )
    sent = request_of("POST", "/threads/thread_2/runs", {"assistant_id": "b", "model": "x"})
    assert text(sent, recording) == (
        "nothing left on the cassette for this request\n"
        "  sent      POST /threads/thread_2/runs  (create_run)\n"
        "  cassette  weather.yaml   mode none\n"
        "  nearest   interaction 0, line 1: operation, stream and model agree; thread_id and assistant_id differ\n"
        "              thread_id: cassette  thread_1\n"
        "              thread_id: sent      thread_2\n"
        "              assistant_id: cassette  a\n"
        "              assistant_id: sent      b\n"
        "  played    nothing"
    )


def test_a_single_agreement_agrees_and_a_single_difference_differs():
    recording = Recording(
        {"interactions": [{"request": "POST /threads", "body": {"metadata": {"a": "b"}}, "json": {}}]}
    )
    assert "  nearest   interaction 0: operation agrees; metadata differs\n" in text(
        request_of("POST", "/threads"), recording
    )


def test_nothing_need_agree():
    recording = Recording("interactions: [{request: POST /files, json: {}}]")
    assert "  nearest   interaction 0, line 1: operation differs\n" in text(request_of("GET", "/files"), recording)


def test_of_another_operation_the_fields_are_not_compared():
    recording = Recording("interactions: [{request: POST /threads, body: {metadata: {a: b}}, json: {}}]")
    assert (
        "  nearest   interaction 0, line 1: operation differs\n"
        "              cassette  create_thread\n"
        "              sent      create_run\n"
        "  played    nothing"
    ) in text(CREATE, recording)


def test_what_was_played_already_is_marked():
    recording = Recording("interactions: [{request: POST /threads, json: {}}]")
    recording.sends("POST", "/threads")
    assert "nearest   interaction 0, line 1: the same request, but it was played already\n" in text(
        request_of("POST", "/threads"), recording
    )


def test_without_any_cassette_nothing_is_near():
    assert text(request_of("GET", "/batches"), cassettes=()) == (
        "nothing left on the cassette for this request\n"
        "  sent      GET /batches\n"
        "  cassette  none   mode none\n"
        "  nearest   none\n"
        "  played    nothing"
    )


def test_of_several_recordings_the_nearest_is_shown():
    far = Recording("interactions: [{request: GET /files, json: {}}]")
    near = Recording("interactions: [{request: POST /threads, body: {metadata: {a: b}}, json: {}}]")
    assert "operation agrees; metadata differs" in text(request_of("POST", "/threads"), far, near)


FACTS = {
    "assistant_id": "asst_1",
    "model": "gpt-4o",
    "last_message": "hi",
    "instructions": None,
    "metadata": {},
    "stream": False,
    "body": {},
}
CREATE = request_of("POST", "/threads/thread_1/runs", {"assistant_id": "asst_1"})


def test_of_scripted_runs_the_one_whose_conditions_are_met_most_is_nearest():
    script = """
        runs:
          - {match: {model: gpt-x, last_message: /trip/}, reply: a}
          - {match: {model: gpt-4o, assistant_id: asst_1, last_message: /trip/}, reply: b}
          - {match: {stream: true, model: gpt-x}, reply: c}
    """
    assert text(CREATE, script=script, facts=FACTS) == (
        "nothing left on the cassette for this request\n"
        "  sent      POST /threads/thread_1/runs  (create_run)\n"
        "  cassette  weather.yaml   mode none\n"
        "  nearest   run 1, line 4: assistant_id and model agree; last_message differs\n"
        "              cassette  /trip/\n"
        "              sent      hi\n"
        "  played    nothing"
    )


def test_a_scripted_run_in_no_file_has_no_line():
    script = {"runs": [{"match": {"metadata": {"a": "b"}, "stream": True}, "reply": "a"}]}
    assert (
        "  nearest   run 0: metadata and stream differ\n"
        '              metadata: cassette  {"a": "b"}\n'
        "              metadata: sent      {}\n"
        "              stream: cassette  true\n"
        "              stream: sent      false\n"
    ) in text(CREATE, script=script, facts=FACTS)


def test_a_miss_shows_when_every_scripted_run_was_used():
    assert "  nearest   none: every scripted run was used\n" in text(CREATE, script="runs: []", facts=FACTS)


def test_when_every_scripted_run_was_used_a_recording_may_still_be_near():
    recording = Recording("interactions: [{request: POST /threads/thread_1/runs, body: {assistant_id: b}, json: {}}]")
    assert "assistant_id differs" in text(CREATE, recording, script="runs: []", facts=FACTS)


def test_a_request_that_creates_no_run_is_compared_with_the_recording():
    recording = Recording("interactions: [{request: POST /threads, body: {metadata: {a: b}}, json: {}}]")
    assert "metadata differs" in text(request_of("POST", "/threads"), recording, script="runs: [{reply: a}]")


def test_of_a_long_session_the_latest_are_listed():
    message = text(request_of("POST", "/v1/threads"), played=("1002 create_run", "1003 create_run"), forgotten=1_002)
    assert message.endswith("  played    1,002 before, then 1002 create_run, 1003 create_run")


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        ("paris", "/paris/i  (a text without slashes has to be the same)"),
        ("Paris", "/Paris/  (a text without slashes has to be the same)"),
        ("in (Paris)?", None),
        ("/paris/", "/paris/i  (upper and lower case differ)"),
        ("/Rome/", None),
        ("Rome", None),
        ("''", None),
        ("in Paris", "/in Paris/i  (a text without slashes has to be the same)"),
        ("Paris?", r"/Paris\?/  (a text without slashes has to be the same)"),
    ],
)
def test_what_would_nearly_match_is_shown(condition, hint):
    script = f"runs: [{{match: {{last_message: {condition}}}, reply: a}}]"
    lines = text(CREATE, script=script, facts=FACTS | {"last_message": "In Paris?"}).splitlines()
    found = [line.strip() for line in lines if "to match it" in line]
    assert found == ([] if hint is None else [f"to match it: last_message: {hint}"])


ODD = "So, {it's} [here]: a # b"
WRITTEN = r"/so, \{it's\} \[here\]: a # b/i"
WHY = "  (a text without slashes has to be the same)"


def condition_shown(script):
    lines = text(CREATE, script=script, facts=FACTS | {"last_message": ODD}).splitlines()
    (found,) = [line.partition("to match it: ")[2] for line in lines if "to match it" in line]
    return found.removesuffix(WHY)


def test_a_pattern_is_quoted_where_yaml_would_read_something_else():
    match = {"last_message": ODD.lower()}
    condition = condition_shown(f"runs: [{{match: {json.dumps(match)}, reply: a}}]")
    assert condition == """last_message: '/so, \\{it''s\\} \\[here\\]: a # b/i'"""
    assert cassette_from(f"runs: [{{match: {{{condition}}}, reply: a}}]").script.runs[0].match.last_message == WRITTEN


def test_a_pattern_is_written_as_python_reads_it_where_python_wrote_the_run():
    script = {"runs": [{"match": {"last_message": ODD.lower()}, "reply": "a"}]}
    assert condition_shown(script) == f"last_message={WRITTEN!r}"
    assert condition_shown(cassette_from(script, "script of a test")) == f'"last_message": {json.dumps(WRITTEN)}'


def test_a_request_of_another_api_is_shown_by_its_url_once():
    message = text(
        request_of("GET", "/models"),
        url="https://a.example/v1/models",
        name="models",
        headline="models is another API than Assistants and Responses, and nothing answers it",
    )
    assert message == (
        "models is another API than Assistants and Responses, and nothing answers it\n"
        "  sent      GET https://a.example/v1/models  (models)\n"
        "  cassette  weather.yaml   mode none\n"
        "  played    nothing"
    )


def test_a_request_of_no_api_that_is_known_has_no_name():
    message = text(
        request_of("GET", "/x"),
        url="https://a.example/x",
        headline="this request is not of the Assistants API, and nothing answers it",
        near_route=(("route", "r"),),
    )
    assert message == (
        "this request is not of the Assistants API, and nothing answers it\n"
        "  sent      GET https://a.example/x\n"
        "  cassette  weather.yaml   mode none\n"
        "  route     r\n"
        "  played    nothing"
    )
