"""`runmock show` as a user calls it: whole outputs."""

from runmock.documents.checking import check_text
from runmock.tape.cassette import cassette_from, load_cassette
from runmock.tape.differences import differences, essence

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


def lines(text):
    """Without the spaces that fill lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


def test_a_recording_is_told_as_people_read_it(runmock_command, tmp_path, examples):
    (tmp_path / "cassettes").symlink_to(examples)
    assert lines(runmock_command("show", "cassettes/recorded_weather.yaml").out) == WEATHER


def test_a_script_is_shown_as_it_plays(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "runmock: 1\nruns:\n- http: 429\n  error: rate_limit_exceeded\n  message: slow down\n"
        "- match: {last_message: /Oslo/}\n  steps:\n  - calls: [get_weather: {city: Oslo}]\n    outputs: [cold]\n"
        "  - reply: It is [red]cold[/red].\n    \n- fail: server_error\n"
    )
    told = lines(runmock_command("show", "a.yaml").out)
    assert "a script, played to an application that streams" in told
    assert "refused    create_run was refused with 429 rate_limit_exceeded\n             slow down\n" in told
    assert "  user       Oslo\n" in told
    assert 'get_weather({"city":"Oslo"})\n                     -> cold  3 deltas\n' in told
    assert "assistant  It is [red]cold[/red]." in told
    assert "failed (server_error: Sorry, something went wrong.)" in told


def test_what_is_wrong_stands_below(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {stream: true}\n  truncated: true\n"
        "  stream:\n  - thread.run.created: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}\n"
    )
    told = lines(runmock_command("show", "a.yaml").out)
    assert told.endswith("line 5: truncated: the answer to POST /threads/thread_1/runs has no end\n")
    assert "thread_1, which was there before" in told


def test_without_times_none_are_told(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {}\n"
        "  json: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}\n"
    )
    told = lines(runmock_command("show", "a.yaml").out)
    assert "no times were recorded" in told
    assert "0.00 s" not in told


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
            assert [list(differences(essence(one), essence(other))) for one, other in both] == [[]] * len(again)
            assert list(check_text(text, "full")) == []


