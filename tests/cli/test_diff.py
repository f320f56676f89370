"""`runmock diff` as a user calls it: whole outputs, exit codes as diff has them."""

import json

ONE = """\
runmock: 1
runs:
- steps:
  - calls: [get_weather: {city: Paris}, get_time: {}]
    outputs: [warm, "12:00"]
  - reply: It is warm in Paris.
- reply: Good bye!
"""

OTHER = """\
runmock: 1
runs:
- steps:
  - calls: [get_weather: {city: Rome}, get_time: {}]
    outputs: [hot, "12:00"]
  - reply: It is hot in Rome.
- fail: server_error
- reply: Once more.
"""

PRINTED = """\
run 0: "Hello!"
  tools        - get_weather({"city": "Paris"}) -> warm
               + get_weather({"city": "Rome"}) -> hot
                 get_time({}) -> 12:00
  reply        It is [-warm-]{+hot+} in [-Paris.-]{+Rome.+}
run 1: "Hello!"
  reply        - Good bye!
               + ""
  status       - completed
               + failed
  error        - null
               + server_error Sorry, something went wrong.
run 2 only in b.yaml: "Hello!"
"""


def test_differences_are_shown_run_by_run(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ONE)
    (tmp_path / "b.yaml").write_text(OTHER)
    ran = runmock_command("diff", "a.yaml", "b.yaml")
    assert (ran.code, ran.out, ran.err) == (1, PRINTED, "")


def test_the_same_runs_are_no_difference(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ONE)
    runmock_command("expand", "a.yaml", "-o", "streamed.yaml")
    runmock_command("expand", "a.yaml", "--poll", "-o", "polled.yaml")
    for other in ("a.yaml", "streamed.yaml", "polled.yaml"):
        ran = runmock_command("diff", "a.yaml", other)
        assert (ran.code, ran.out) == (0, "")
    assert runmock_command("diff", "streamed.yaml", "polled.yaml").code == 0


def test_json_has_the_facts(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ONE)
    (tmp_path / "b.yaml").write_text(OTHER)
    ran = runmock_command("diff", "--json", "a.yaml", "b.yaml")
    found = json.loads(ran.out)
    assert ran.code == 1
    assert [(run["before"], run["after"]) for run in found] == [(0, 0), (1, 1), (None, 2)]
    assert found[0]["changes"][0]["before"][0] == {"tool": "get_weather", "input": {"city": "Paris"}, "output": "warm"}
    assert json.loads(runmock_command("diff", "--json", "a.yaml", "a.yaml").out) == []


def test_a_run_in_between_does_not_upset_the_others(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- reply: a\n- reply: b\n- reply: c\n")
    (tmp_path / "b.yaml").write_text("runmock: 1\nruns:\n- reply: a\n- reply: x\n- reply: b\n- reply: c\n")
    assert runmock_command("diff", "a.yaml", "b.yaml").out == 'run 1 only in b.yaml: "Hello!"\n'


def test_a_question_counts_between_recordings_and_not_against_a_script(runmock_command, tmp_path, examples):
    recording = (examples / "recorded_weather.yaml").read_text()
    (tmp_path / "a.yaml").write_text(recording)
    (tmp_path / "b.yaml").write_text(recording.replace("How warm is it in Paris?", "How cold is it in Paris?"))
    runmock_command("distill", "a.yaml", "-o", "short.yaml")
    printed = runmock_command("diff", "a.yaml", "b.yaml").out
    assert "question     - How warm is it in Paris?\n               + How cold is it in Paris?\n" in printed
    assert runmock_command("diff", "b.yaml", "short.yaml").code == 0


def test_a_refusal_is_compared_too(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns:\n- http: 429\n  error: rate_limit_exceeded\n  message: slow\n")
    (tmp_path / "b.yaml").write_text("runmock: 1\nruns:\n- http: 500\n  message: oh\n")
    printed = runmock_command("diff", "a.yaml", "b.yaml").out
    assert "status       - refused with 429\n               + refused with 500\n" in printed
