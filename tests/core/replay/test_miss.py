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


def history(turns, **changed):
    """The items of a stateless conversation; `changed` are texts by `turn_N`."""
    return [
        {"role": "user" if turn % 2 == 0 else "assistant", "content": changed.get(f"turn_{turn}", f"text {turn}")}
        for turn in range(turns)
    ]


def differences_of(recorded, sent):
    """The rows below `nearest` of a miss whose request has another input than the recorded one."""
    recording = Recording({"interactions": [{"request": "POST /responses", "body": {"input": recorded}, "json": {}}]})
    lines = text(request_of("POST", "/v1/responses", {"input": sent}), recording).splitlines()
    assert "operation agrees; input differs" in lines[3]
    return [line.strip() for line in lines[4:-1]]


def test_of_a_long_list_only_the_items_that_differ_are_shown_with_their_index():
    assert differences_of(history(200), history(200, turn_7="No", turn_150="Yes")) == [
        "input[7].content: cassette  text 7",
        "input[7].content: sent      No",
        "input[150].content: cassette  text 150",
        "input[150].content: sent      Yes",
    ]


def test_an_item_that_only_one_side_has_shifts_no_others():
    long = history(100)
    more = {"role": "user", "content": "And?"}
    assert differences_of(long, [*long[:3], more, *long[3:]]) == [
        "input[3]: cassette  (nothing)",
        'input[3]: sent      {"role": "user", "content": "And?"}',
    ]
    assert differences_of([*long, more], long) == [
        'input[100]: cassette  {"role": "user", "content": "And?"}',
        "input[100]: sent      (nothing)",
    ]


def test_an_item_that_differs_in_several_values_is_shown_whole():
    other = {"type": "function_call_output", "call_id": "c", "output": "21"}
    assert differences_of(history(100), [*history(99), other])[1] == (
        'input[99]: sent      {"type": "function_call_output", "call_id": "c", "output": "21"}'
    )


def test_many_differences_are_counted():
    changed = {f"turn_{turn}": "No" for turn in range(0, 40, 2)}
    rows = differences_of(history(100), history(100, **changed))
    assert (len(rows), rows[-1]) == (11, "and 15 more places in input")


@pytest.mark.parametrize(
    ("end", "other", "shown_recorded", "shown_sent"),
    [
        ("Paris", "Rome", f"...{'a' * 40}Paris", f"...{'a' * 40}Rome"),
        ("", " and more", f"...{'a' * 40}", f"...{'a' * 40} and more"),
    ],
)
def test_long_texts_are_shown_from_a_little_before_their_difference(end, other, shown_recorded, shown_sent):
    assert differences_of(f"{'a' * 1000}{end}", f"{'a' * 1000}{other}") == [
        f"cassette  {shown_recorded}",
        f"sent      {shown_sent}",
    ]


def test_a_short_list_is_shown_whole():
    assert differences_of(history(2), history(2, turn_1="No"))[1].startswith('sent      [{"role": "user"')


def test_a_long_value_of_another_kind_is_cut_off():
    (recorded, sent) = differences_of(history(100), "Hi")
    assert recorded.endswith("characters)")
    assert sent == "sent      Hi"


def test_of_a_long_condition_the_parts_are_shown_that_are_not_met():
    items = ", ".join(f"{{content: /text {turn}$/}}" for turn in range(40))
    script = f"runs: [{{match: {{body: {{top_p: 1, model: gpt-x, input: [{items}]}}}}, reply: a}}]"
    body = {"top_p": 1, "model": "gpt-4o", "input": history(41, turn_7="No")}
    assert text(CREATE, script=script, facts={**FACTS, "body": body}).splitlines()[3:-1] == [
        "  nearest   run 0, line 1: body differs",
        "              body.model: cassette  gpt-x",
        "              body.model: sent      gpt-4o",
        "              body.input[7].content: cassette  /text 7$/",
        "              body.input[7].content: sent      No",
        "              body.input[40]: cassette  (nothing)",
        '              body.input[40]: sent      {"role": "user", "content": "text 40"}',
    ]


def test_a_run_with_answers_of_another_api_is_nearest_where_no_other_is_left():
    script = "runs: [{json: {object: response}}, {match: {api: responses, model: /4o/}, reply: a}]"
    assert "  nearest   run 0, line 1: api differs\n              cassette  responses\n" in text(
        CREATE, script="runs: [{json: {object: response}}]", facts={**FACTS, "api": "assistants"}
    )
    assert "  nearest   run 1, line 1: model agrees; api differs\n" in text(
        CREATE, script=script, facts={**FACTS, "api": "assistants"}
    )


def test_the_api_is_named_where_it_has_to_be():
    assert "(create_run)\n  api       Assistants\n  cassette " in text(CREATE, api="Assistants")
