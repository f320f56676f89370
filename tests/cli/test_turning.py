"""`runmock distill` and `runmock expand` as a user calls them."""

import pytest

from runmock.tape.cassette import cassette_from, load_cassette

SCRIPT = "runmock: 1\nruns:\n  - steps:\n      - calls:\n          - get_weather: {city: Paris}\n        outputs: [warm]\n      - reply: Go out!\n"


def test_a_script_expanded_and_distilled_is_the_same_text(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    assert runmock_command("expand", "a.yaml", "-o", "b.yaml").err == "wrote b.yaml\n"
    ran = runmock_command("distill", "b.yaml")
    assert (ran.code, ran.out, ran.err) == (0, SCRIPT, "")


def test_a_polling_application_hears_no_events(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    streamed, polled = (
        cassette_from(runmock_command("expand", "a.yaml", *more).out).interactions for more in ((), ("--poll",))
    )
    assert [one.stream is not None for one in streamed] == [False, False, True, True]
    assert not [one for one in polled if one.stream is not None]
    assert polled[-1].json["data"][0]["content"][0]["text"]["value"] == "Go out!"


def test_the_requests_may_be_those_of_a_recording(runmock_command, tmp_path, examples):
    recording = examples / "recorded_weather.yaml"
    runmock_command("distill", recording, "-o", "short.yaml")
    runmock_command("expand", "short.yaml", "--like", recording, "-o", "long.yaml")
    asked, again = (load_cassette(path).interactions for path in (recording, tmp_path / "long.yaml"))
    assert [(one.method, one.path, one.body) for one in again] == [(one.method, one.path, one.body) for one in asked]
    assert [event.name for event in again[1].stream] == [event.name for event in asked[1].stream][:6] + [
        event.name for event in again[1].stream
    ][6:]


def test_what_a_script_cannot_say_is_told_once_for_each_reason(runmock_command, examples):
    ran = runmock_command("distill", examples / "recorded_weather.yaml")
    assert ran.code == 0
    assert "runs:\n  - steps:\n" in ran.out
    assert ran.err.count("not in the script: ") == ran.err.count("\n  ")
    assert (
        "not in the script: line 40: POST /threads/thread_1/runs/run_1/submit_tool_outputs  stream[0][1].usage."
        in ran.err
    )
    assert "  a script says the tokens of a run, and divides them among its steps\n" in ran.err


@pytest.mark.parametrize(
    ("match", "why"),
    [
        (
            r"{last_message: '/(?<=never)x(?!y)\bz\B/'}",
            "no example of /(?<=never)x(?!y)\\bz\\B/ can be made, for 'last_message' in run 0",
        ),
        ("{body: {temperature: 9}}", "the request that the match of run 0 describes is refused: "),
    ],
)
def test_an_application_that_cannot_be_made_up_is_told(runmock_command, tmp_path, match, why):
    (tmp_path / "a.yaml").write_text(f"runmock: 1\nruns:\n- match: {match}\n  reply: a\n")
    ran = runmock_command("expand", "a.yaml")
    assert ran.code == 1
    assert ran.err.startswith(f"Error: a.yaml:3: {why}")
    assert ran.err.endswith("ask with the requests of a recording: --like RECORDING\n")


def test_a_script_that_does_not_answer_a_recording_is_told(runmock_command, tmp_path, examples):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- match: {last_message: Rome}\n  reply: a\n")
    ran = runmock_command("expand", "a.yaml", "--like", examples / "recorded_weather.yaml")
    assert ran.code == 1
    assert "nothing left on the cassette for this request" in ran.err


def test_a_file_that_says_it_already_is_left_alone(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    runmock_command("expand", "a.yaml", "-o", "b.yaml")
    before = (tmp_path / "b.yaml").stat().st_mtime_ns
    assert runmock_command("expand", "a.yaml", "-o", "b.yaml").err == "unchanged: b.yaml\n"
    assert (tmp_path / "b.yaml").stat().st_mtime_ns == before


@pytest.mark.parametrize(("command", "code"), [("show", 1), ("expand", 1), ("diff", 2)])
def test_a_fault_that_never_strikes_is_told_and_is_no_traceback(runmock_command, tmp_path, command, code):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- {reply: Hi, stall: {for: 1s, after: 99}}\n")
    ran = runmock_command(command, "a.yaml", *(["a.yaml"] if command == "diff" else []))
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("Error: a.yaml: a fault of the script never struck: stall after 99 events")


def test_a_stream_that_breaks_off_is_recorded_as_far_as_it_came(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- {reply: one two, disconnect: true}\n")
    assert runmock_command("expand", "a.yaml", "-o", "b.yaml").code == 0
    ran = runmock_command("check", "b.yaml")
    assert (ran.code, ran.out) == (
        1,
        "b.yaml:14:5: truncated: the answer to POST /threads/thread_1/runs has no end\n",
    )
    for name in ("a.yaml", "b.yaml"):
        assert "streamed, in_progress (the stream breaks off)" in runmock_command("show", name).out
    assert runmock_command("diff", "a.yaml", "b.yaml").code == 0
