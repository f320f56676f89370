"""`runmock show` as a user calls it: whole outputs."""

import re

from runmock.documents.check.checking import check_text
from runmock.tape.comparing.differences import differences, essence
from runmock.tape.reading.cassette import cassette_from, load_cassette

WEATHER = """\
cassettes/recorded_weather.yaml
recorded 2026-11-22 10:23 UTC from https://gateway.example/v1, openai 3.57.0; 6 interactions, 28
events, 1 thread, 1 run, 190 + 23 tokens

thread_1
  user       How warm is it in Paris?
  run_1      asst_weather, gpt-4o, streamed, completed, 190 + 23 tokens
             0.00 s  queued
             0.20 s  in_progress
             0.60 s  get_weather({"city":"Paris"})
                     -> 21  3 deltas in 0.20 s
             0.90 s  requires_action
             3.94 s  queued
             4.94 s  in_progress
             5.94 s  message, 6 deltas in 0.71 s
             7.94 s  completed
  assistant  It is 21 degrees in Paris.
"""


def test_a_recording_is_shown_as_people_read_it(runmock_command, tmp_path, examples):
    (tmp_path / "cassettes").symlink_to(examples)
    assert runmock_command("show", "cassettes/recorded_weather.yaml").out == WEATHER


SCRIPT = """\
runmock: 1
runs:
- http: 429
  error: rate_limit_exceeded
  message: slow down
- match: {last_message: /Oslo/}
  steps:
  - calls: [get_weather: {city: Oslo}, get_rain, get_wind]
    outputs: [cold, any, /x/]
  - reply: It is [red]cold[/red].
- match: {last_message: Hi Bob}
  fail: server_error
- reply: Slowly, slowly.
  pace: 20ms
  usage: {prompt_tokens: 3, completion_tokens: 4}
  model: gpt-x
"""
SHOWN = """\
a.yaml
a script, played to a made-up application that streams; 13 interactions, 47 events, 4 threads, 3 runs, 3 + 4 tokens

thread_1
  user       Hello!  (made up)
  refused    create_run was refused with 429 rate_limit_exceeded
             slow down

thread_2
  user       Oslo  (made up)
  run_1      streamed, completed
             queued
             in_progress
             get_weather({"city":"Oslo"})
             -> cold  3 deltas
             get_rain({})
             -> the output of get_rain  (made up)  1 delta
             get_wind({})
             -> x  (made up)  1 delta
             requires_action
             queued
             in_progress
             message, 3 deltas
             completed
  assistant  It is [red]cold[/red].

thread_3
  user       Hi Bob
  run_2      streamed, failed (server_error: Sorry, something went wrong.)
             queued
             in_progress
             failed

thread_4
  user       Hello!  (made up)
  run_3      gpt-x, streamed, completed, 3 + 4 tokens
             0.00 s  queued
             0.04 s  in_progress
             0.06 s  message, 2 deltas in 0.02 s
             0.22 s  completed
  assistant  Slowly, slowly.
"""


def test_a_script_is_shown_as_it_plays_and_its_defaults_are_marked(runmock_command, tmp_path, monkeypatch):
    monkeypatch.delenv("COLUMNS")
    (tmp_path / "a.yaml").write_text(SCRIPT)
    assert runmock_command("show", "a.yaml").out == SHOWN


def test_the_application_of_a_script_is_as_its_cassette_has_it(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "runmock: 1\nassistants: [{id: asst_x, model: gpt-x}]\nruns:\n- reply: a\n"
        "- {match: {assistant_id: asst_y, model: gpt-y}, reply: b}\n"
        "- {match: {assistant_id: /z/, model: /z/}, reply: c}\n- json: {id: run_9, object: thread.run, thread_id: t, status: completed, model: gpt-z}\n"
    )
    printed = runmock_command("show", "a.yaml").out
    assert re.findall(r"run_\d +(.*), completed", printed) == [
        "asst_x, gpt-x, streamed",
        "asst_y, gpt-y, streamed",
        "streamed",
        "gpt-z, streamed",
    ]


def test_beside_a_recording_only_the_script_is_made_up(runmock_command, tmp_path, examples):
    recording = (examples / "recorded_weather.yaml").read_text()
    (tmp_path / "a.yaml").write_text(f"{recording}\nruns:\n- reply: Hello\n")
    printed = runmock_command("show", "a.yaml").out
    assert "user       How warm is it in Paris?\n" in printed
    assert "0.60 s  get_weather" in printed
    assert "user       Hello!  (made up)\n  run_2      streamed, completed\n             queued\n" in printed


def test_a_line_is_folded_where_the_terminal_ends_and_nowhere_else(runmock_command, tmp_path, monkeypatch):
    (tmp_path / "a.yaml").write_text(f"runmock: 1\nruns:\n- reply: {'word ' * 60}\n")
    monkeypatch.setenv("COLUMNS", "50")
    folded = runmock_command("show", "a.yaml").out
    monkeypatch.delenv("COLUMNS")
    whole = runmock_command("show", "a.yaml").out
    assert f"  assistant  {('word ' * 60).strip()}\n" in whole
    assert max(len(line) for line in folded.splitlines()) <= 50
    assert [line for line in [*folded.splitlines(), *whole.splitlines()] if line != line.rstrip()] == []


def test_what_is_wrong_stands_below(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {stream: true}\n  truncated: true\n"
        "  stream:\n  - thread.run.created: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}\n"
    )
    printed = runmock_command("show", "a.yaml").out
    assert printed.endswith("line 5: truncated: the answer to POST /threads/thread_1/runs has no end\n")
    assert "thread_1, which was there before" in printed


def test_without_recorded_times_none_are_shown(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {}\n"
        "  json: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}\n"
    )
    printed = runmock_command("show", "a.yaml").out
    assert "no times were recorded" in printed
    assert "0.00 s" not in printed


def test_full_is_a_cassette_with_nothing_shortened_that_plays_the_same(runmock_command, examples):
    for path in sorted(examples.glob("*.yaml")):
        text = runmock_command("show", "--full", path).out
        items = [line for line in text.splitlines() if line.startswith("      - ")]
        assert not [line for line in items if line.startswith(("      - text:", "      - arguments:", "      - code:"))]
        assert "same:" not in text
        assert ": +" not in text
        cassette = load_cassette(path)
        if cassette.interactions:
            again = cassette_from(text).interactions
            both = zip(cassette.interactions, again, strict=True)
            assert [list(differences(essence(interaction), essence(other))) for interaction, other in both] == [
                []
            ] * len(again)
            assert list(check_text(text, "full")) == []
