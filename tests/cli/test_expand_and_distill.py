"""`runmock distill` and `runmock expand` as a user calls them."""

import re

import pytest

from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.tape.reading.cassette import cassette_from, load_cassette

SCRIPT = "runmock: 1\nruns:\n  - steps:\n      - calls:\n          - get_weather: {city: Paris}\n        outputs: [warm]\n      - reply: Go out!\n"


def test_a_script_expanded_and_distilled_is_the_same_text(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    assert runmock_command("expand", "a.yaml", "-o", "b.yaml").err == "wrote b.yaml\n"
    ran = runmock_command("distill", "b.yaml")
    assert (ran.code, ran.out, ran.err) == (0, SCRIPT, "")


def test_a_polling_application_gets_no_events(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    streamed, polled = (
        cassette_from(runmock_command("expand", "a.yaml", *more).out).interactions for more in ((), ("--poll",))
    )
    assert [interaction.stream is not None for interaction in streamed] == [False, False, True, True]
    assert not [interaction for interaction in polled if interaction.stream is not None]
    assert polled[-1].json["data"][0]["content"][0]["text"]["value"] == "Go out!"


def test_the_requests_may_be_those_of_a_recording(runmock_command, tmp_path, examples):
    recording = examples / "recorded_weather.yaml"
    runmock_command("distill", recording, "-o", "short.yaml")
    runmock_command("expand", "short.yaml", "--like", recording, "-o", "long.yaml")
    original, again = (load_cassette(path).interactions for path in (recording, tmp_path / "long.yaml"))
    assert [(interaction.method, interaction.path, interaction.body) for interaction in again] == [
        (interaction.method, interaction.path, interaction.body) for interaction in original
    ]
    assert [event.name for event in again[1].stream] == [event.name for event in original[1].stream][:6] + [
        event.name for event in again[1].stream
    ][6:]


def test_what_a_script_cannot_express_is_reported_once_for_each_reason(runmock_command, examples):
    ran = runmock_command("distill", examples / "recorded_weather.yaml")
    assert ran.code == 0
    assert "runs:\n  - steps:\n" in ran.out
    assert ran.err.count("not in the script: ") == ran.err.count("\n  ")
    assert (
        "not in the script: line 40: POST /threads/thread_1/runs/run_1/submit_tool_outputs  stream[0][1].usage."
        in ran.err
    )
    assert "  a script gives the tokens of a run, and divides them among its steps\n" in ran.err


def test_the_reason_why_a_run_is_kept_as_it_was_recorded_is_reported(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    runmock_command("expand", "a.yaml", "-o", "b.yaml")
    text = (tmp_path / "b.yaml").read_text()
    (tmp_path / "c.yaml").write_text(
        "".join(line for line in text.splitlines(True) if "message.in_progress" not in line)
    )
    ran = runmock_command("distill", "c.yaml")
    assert "  - events:\n      - thread.run.created: {id: run_1," in ran.out
    assert ran.err == (
        "as it was recorded: line 25: POST /threads/thread_1/runs/run_1/submit_tool_outputs  run_1 under 'events:'\n"
        "  here the stream has thread.message.delta, where a script's has thread.message.in_progress\n"
    )


RUN = "id: run_1, object: thread.run, thread_id: thread_1, assistant_id: asst_1"


@pytest.mark.parametrize(
    ("answers", "key", "why"),
    [
        (
            f"json: {{{RUN}, status: completed, usage: null}}",
            "json:",
            "json.status is completed, and of a scripted run it is queued",
        ),
        (
            f"stream: [thread.run.created: {{{RUN}, status: queued}}, thread.run.completed: {{{RUN}, status: completed}}, done]",
            "events:",
            "here the stream has thread.run.completed, where a script's has thread.run.queued",
        ),
    ],
)
def test_the_reason_is_the_first_thing_that_a_script_plays_otherwise(runmock_command, tmp_path, answers, key, why):
    stream = "stream: true, " if answers.startswith("stream") else ""
    (tmp_path / "a.yaml").write_text(
        f"runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n"
        f"  body: {{{stream}assistant_id: asst_1}}\n  {answers}\n"
    )
    ran = runmock_command("distill", "a.yaml")
    assert f"  - {key}" in ran.out
    assert ran.err.startswith(
        f"as it was recorded: line 3: POST /threads/thread_1/runs  run_1 under '{key}'\n  {why}\n"
    )


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
def test_an_application_whose_requests_cannot_be_made_up_is_reported(runmock_command, tmp_path, match, why):
    (tmp_path / "a.yaml").write_text(f"runmock: 1\nruns:\n- match: {match}\n  reply: a\n")
    ran = runmock_command("expand", "a.yaml")
    assert ran.code == 1
    assert ran.err.startswith(f"Error: a.yaml:3: {why}")
    assert ran.err.endswith("ask with the requests of a recording: --like RECORDING\n")


def test_a_script_that_does_not_answer_a_recording_is_reported(runmock_command, tmp_path, examples):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- match: {last_message: Rome}\n  reply: a\n")
    ran = runmock_command("expand", "a.yaml", "--like", examples / "recorded_weather.yaml")
    assert ran.code == 1
    assert "no scripted run matches this request" in ran.err


WITH_IDS = """\
runmock: 1
runs:
  - steps:
      - calls: [{name: get_weather, arguments: {city: Paris}, id: call_weather}]
      - file_search: {results: [{file_id: file-1, file_name: a.txt, score: 0.5}]}
      - code_interpreter: {input: plot(), images: [file-plot]}
      - reply:
          - {text: "[0]", annotations: [{type: file_citation, text: "[0]", file_citation: {file_id: file-cited}}]}
          - image_file: file-picture
  - json: {id: run_canned, object: thread.run, thread_id: thread_canned, status: completed}
"""
IDS = ("call_weather", "file-1", "file-plot", "file-cited", "file-picture", "run_canned", "thread_canned")


@pytest.mark.parametrize("arguments", [("expand",), ("expand", "--poll"), ("show", "--full")])
@pytest.mark.parametrize("written", IDS)
def test_an_id_that_the_author_wrote_stays_and_a_made_up_one_is_an_alias(runmock_command, tmp_path, arguments, written):
    (tmp_path / "a.yaml").write_text(WITH_IDS)
    out = runmock_command(*arguments, "a.yaml").out
    assert f" {written}" in out
    assert "file_1" not in out
    assert {"thread_1", "run_1"} <= set(re.findall(r"(?:thread|run)_\w+", out))


def test_show_names_an_image_by_the_id_in_the_script(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(WITH_IDS)
    assert "-> file-plot" in runmock_command("show", "a.yaml").out


def test_a_script_and_its_recording_with_other_ids_of_files_are_equal_for_diff(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(WITH_IDS)
    recorded = runmock_command("expand", "a.yaml").out
    for number, text in enumerate(["file-1", "file-plot", "file-cited", "file-picture"], 1):
        recorded = recorded.replace(text, f"file_{number}")
    (tmp_path / "b.yaml").write_text(recorded)
    assert runmock_command("diff", "a.yaml", "b.yaml").code == 0


def test_an_output_file_with_the_same_content_is_left_alone(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPT)
    runmock_command("expand", "a.yaml", "-o", "b.yaml")
    before = (tmp_path / "b.yaml").stat().st_mtime_ns
    assert runmock_command("expand", "a.yaml", "-o", "b.yaml").err == "unchanged: b.yaml\n"
    assert (tmp_path / "b.yaml").stat().st_mtime_ns == before


@pytest.mark.parametrize(("command", "code"), [("show", 1), ("expand", 1), ("diff", 2)])
def test_a_fault_that_never_strikes_is_reported_without_a_traceback(runmock_command, tmp_path, command, code):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- {reply: Hi, stall: {for: 1s, after: 99}}\n")
    ran = runmock_command(command, "a.yaml", *(["a.yaml"] if command == "diff" else []))
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("Error: a.yaml: a fault of the script did not happen: stall after 99 events")


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


OLD = """\
runmock: 1
recorded: {at: 2024-05-01T10:00:00Z, upstream: https://gateway.example/v1}
interactions:
  - request: POST /threads
    body: {}
    json: {id: thread_1, object: thread, created_at: +0s}
  - request: POST /threads/thread_1/runs
    body: {assistant_id: asst_x}
    json: {id: run_1, object: thread.run, thread_id: thread_1, assistant_id: asst_x, status: queued, created_at: +1s}
  - request: GET /threads/thread_1/runs/run_1
    json: {same: run_1, status: in_progress, started_at: +2s}
"""
REPLY = "runs:\n  - reply: Hello\n"
BARE = (
    OLD.replace("recorded", "# recorded")
    .replace("+0s", "1714557600")
    .replace("+1s", "1714557601")
    .replace("+2s", "1714557602")
)


def times(text):
    """When the recording begins, and every time in it in seconds from there; what ends 600 s later is left out."""
    at = re.search(r"recorded: \{at: (\S+?)[,}]", text)[1]
    return at, [
        int(offset) for offset in re.findall(r"_at: ([+-]?\d+)s?", text) if abs(int(offset)) not in range(600, 700)
    ]


@pytest.mark.parametrize(
    ("script", "like", "at"),
    [
        (REPLY, OLD, "2024-05-01T10:00:00Z"),
        (REPLY, BARE, "2024-05-01T10:00:00Z"),
        (f"defaults: {{clock: 2023-01-01T00:00:00Z}}\n{REPLY}", OLD, "2023-01-01T00:00:00Z"),
        (f"defaults: {{clock: 2023-01-01T00:00:00Z}}\n{REPLY}", None, "2023-01-01T00:00:00Z"),
        (REPLY, None, "2026-01-01T00:00:00Z"),
        (OLD.removeprefix("runmock: 1\n") + REPLY, None, "2024-05-01T10:00:00Z"),
    ],
    ids=["old", "without a header", "its own clock", "a clock alone", "alone", "an old recording beside the script"],
)
def test_times_count_from_a_beginning_that_fits_them(runmock_command, tmp_path, script, like, at):
    (tmp_path / "a.yaml").write_text(f"runmock: 1\n{script}")
    (tmp_path / "old.yaml").write_text(like or "")
    ran = runmock_command("expand", "a.yaml", *(["--like", "old.yaml"] if like else []))
    assert ran.code == 0
    begins, offsets = times(ran.out)
    assert begins == at
    assert offsets
    assert all(0 <= seconds < 60 for seconds in offsets)


def test_an_old_recording_without_a_header_is_shown_from_its_first_object_on(runmock_command, tmp_path):
    (tmp_path / "old.yaml").write_text(BARE)
    shown = runmock_command("show", "old.yaml").out
    assert [line.split() for line in shown.splitlines() if " s  " in line] == [
        ["0.00", "s", "queued"],
        ["1.00", "s", "in_progress"],
    ]


def test_the_end_that_was_never_recorded_is_reported_beside_what_the_script_plays_instead(runmock_command, tmp_path):
    (tmp_path / "old.yaml").write_text(OLD)
    ran = runmock_command("distill", "old.yaml")
    assert (ran.code, ran.out) == (0, 'runmock: 1\nruns:\n  - reply: ""\n')
    assert ran.err.startswith(
        "not in the script: line 10: GET /threads/thread_1/runs/run_1  how run_1 ended\n"
        "  the end of this run was never recorded, its last recorded status is in_progress: the script completes it "
        "with an empty reply\n"
    )


@pytest.mark.parametrize(
    ("request_line", "answer"),
    [
        ("POST /threads", "{id: thread_1, object: thread, created_at: +0s, metadata: {}, tool_resources: {}}"),
        ("POST /chat/completions", "{id: chatcmpl-1, object: chat.completion}"),
    ],
)
def test_a_recording_without_any_run_is_reported_and_its_script_answers_all_the_same(
    runmock_command, tmp_path, request_line, answer
):
    (tmp_path / "a.yaml").write_text(
        f"runmock: 1\ninteractions:\n- request: {request_line}\n  body: {{}}\n  json: {answer}\n"
    )
    ran = runmock_command("distill", "a.yaml", "-o", "b.yaml")
    assert ran.code == 0
    assert "no run is recorded here, so the script has no run; it answers the other requests\n" in ran.err
    deck = Deck()
    deck.load(load_cassette(tmp_path / "b.yaml"))
    method, path = request_line.split()
    reply = deck.answer(Request(method, "api.openai.com", f"/v1{path}", {}, {"openai-beta": "assistants=v2"}, b"{}"))
    assert reply.status == 200


def test_a_recording_that_only_speaks_of_runs_is_refused_in_a_line(runmock_command, tmp_path):
    listed = "{object: list, data: [{id: run_1, object: thread.run, thread_id: thread_x, status: completed}]}"
    (tmp_path / "a.yaml").write_text(
        f"runmock: 1\ninteractions:\n- request: GET /threads/thread_x/runs\n  json: {listed}\n"
    )
    ran = runmock_command("distill", "a.yaml", "-o", "b.yaml")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("Error: a.yaml: this recording speaks of runs, and no request in it creates one, ")
    assert not (tmp_path / "b.yaml").exists()


def test_runs_that_both_apis_can_play_are_expanded_on_the_one_that_is_named(runmock_command, tmp_path):
    text = "runmock: 1\nruns:\n  - reply: Hello!\n  - match: {api: assistants}\n    reply: Bye!\n"
    (tmp_path / "a.yaml").write_text(text)
    ran = runmock_command("expand", "--api", "responses", "a.yaml")
    assert [interaction.path for interaction in cassette_from(ran.out).interactions][:2] == ["/responses", "/threads"]
    (tmp_path / "b.yaml").write_text(ran.out)
    ran = runmock_command("distill", "b.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "runmock: 1\nruns:\n  - reply: Hello!\n  - reply: Bye!\n", "")
    ran = runmock_command("expand", "--api", "chat", "a.yaml")
    assert (ran.code, "'chat' is not one of 'assistants', 'responses'" in ran.err) == (2, True)


def test_what_stays_a_recording_is_named_once_and_with_its_reason(runmock_command, tmp_path):
    response = "{id: resp_2, object: response, created_at: 1, status: completed, output: []}"
    body = "{model: gpt-4o, input: Hi, previous_response_id: resp_1}"
    (tmp_path / "a.yaml").write_text(
        f"runmock: 1\ninteractions:\n- request: POST /responses\n  body: {body}\n  json: {response}\n"
    )
    ran = runmock_command("distill", "a.yaml")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "as it was recorded: line 3: POST /responses  resp_2 under 'interactions:'",
        "  a script refuses it: Previous response with id 'resp_1' not found.",
    ]
    assert cassette_from(ran.out).interactions[0].body["previous_response_id"] == "resp_1"
