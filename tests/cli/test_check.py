"""`runmock check` as a user calls it."""

import json
import shutil

from click.testing import CliRunner

from runmock.cli import main

BAD = "runmock: 1\nruns:\n- relpy: Hello\n"
GOOD = "runmock: 1\nruns:\n- reply: Hello\n"


def test_good_files_are_reported_in_a_line(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD)
    ran = runmock_command("check", "a.yaml", "b.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "2 cassettes, nothing found\n", "")


def test_a_finding_has_its_place_and_the_exit_code_is_1(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(BAD)
    ran = runmock_command("check", "a.yaml", "b.yaml")
    assert ran.code == 1
    assert ran.out == "b.yaml:3:3: format: unknown key 'relpy' in a run; did you mean 'reply'?\n"
    assert ran.err == "1 finding in 1 of 2 cassettes\n"


def test_json_is_a_list_also_when_nothing_was_found(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(BAD)
    assert json.loads(runmock_command("check", "--json", "a.yaml").out) == []
    ran = runmock_command("check", "--json", "b.yaml")
    assert ran.code == 1
    message = "unknown key 'relpy' in a run; did you mean 'reply'?"
    assert json.loads(ran.out) == [{"path": "b.yaml", "line": 3, "column": 3, "rule": "format", "message": message}]


def test_a_folder_is_looked_through_for_cassettes(runmock_command, tmp_path):
    for place in (
        "tests/cassettes/a.yaml",
        "tests/cassettes/deep/b.runmock.yaml",
        "node_modules/c.runmock.yaml",
        ".git/d.yaml",
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(BAD)
    (tmp_path / "tests/config.yaml").write_text("name: this is no cassette\n")
    ran = runmock_command("check", ".")
    assert [line.split(":")[0] for line in ran.out.splitlines()] == [
        "tests/cassettes/a.yaml",
        "tests/cassettes/deep/b.runmock.yaml",
    ]
    assert ran.err == "2 findings in 2 of 2 cassettes\n"


def test_a_folder_without_cassettes_is_an_error(runmock_command, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = runmock_command("check", "empty")
    assert ran.code == 1
    assert (
        ran.err == "Error: empty: there are no cassettes in this folder: no *.runmock.yaml, no YAML with 'runmock: 1'\n"
    )


def test_a_folder_of_other_tools_recordings_is_told_how_they_are_imported(runmock_command, tmp_path):
    (tmp_path / "vcr").mkdir()
    (tmp_path / "vcr/a.yml").write_text("---\nhttp_interactions:\n- request: {}\n  response: {body: !binary /w==}\n")
    (tmp_path / "vcr/b.yaml").write_text("interactions:\n- request: {}\n  response: {parsed_body: {}}\n")
    ran = runmock_command("check", "vcr")
    assert ran.out == (
        "vcr/a.yml:1:1: format: this is a recording of VCR for Ruby: runmock import vcr/a.yml\n"
        "vcr/b.yaml:1:1: format: this is a vcrpy cassette: runmock import vcr/b.yaml\n"
    )
    assert ran.code == 1


def test_many_files_are_checked_by_several_processes(runmock_command, tmp_path):
    for number in range(150):
        (tmp_path / f"{number:03}.runmock.yaml").write_text(BAD if number in {3, 77, 149} else GOOD)
    ran = runmock_command("check", ".")
    assert [line.split(":")[0] for line in ran.out.splitlines()] == [
        "003.runmock.yaml",
        "077.runmock.yaml",
        "149.runmock.yaml",
    ]
    assert ran.err.endswith("3 findings in 3 of 150 cassettes\n")


def test_a_file_that_is_named_twice_is_checked_once(runmock_command, tmp_path, examples):
    shutil.copytree(examples, tmp_path / "cassettes")
    count = len(list(examples.glob("*.yaml")))
    assert runmock_command("check", "cassettes", "cassettes/text.yaml").out == f"{count} cassettes, nothing found\n"


RUN = "id: run_1, object: thread.run, thread_id: thread_x"
ODD = f"""\
runmock: 1
interactions:
  - request: POST /threads/thread_x/runs
    body: {{assistant_id: asst_x, stream: true}}
    stream:
      - thread.run.created: {{{RUN}, status: queued}}
      - raw: "event: thread.run.queued\\ndata: {{\\n\\n"
      - thread.run.in_progress: {{{RUN}, status: in_progress}}
      - raw: |+
          event: thread.message.delta
          data: {{"id": "msg_1" "delta": 3}}

      - thread.run.completed: {{{RUN}, status: completed}}
      - done
"""
NOTES = (
    "a.yaml:7:9: note: the data of the event thread.run.queued is not JSON, and is played unchanged: it ends too early: "
    "a brace, a bracket or a quote is not closed (line 1, column 2 of the data)\n"
    "a.yaml:9:9: note: the data of the event thread.message.delta is not JSON, and is played unchanged: a comma, or a "
    "closing brace or bracket, is missing (line 1, column 16 of the data)\n"
)


def test_an_event_that_is_no_json_is_a_note_and_no_finding(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ODD)
    ran = runmock_command("check", "a.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "1 cassette, nothing found\n", NOTES)


def test_notes_are_not_in_the_list_of_json(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ODD)
    ran = runmock_command("check", "--json", "a.yaml")
    assert (ran.code, json.loads(ran.out), ran.err) == (0, [], NOTES)


def test_notes_stand_beside_findings(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ODD.removesuffix("      - done\n"))
    ran = runmock_command("check", "a.yaml")
    assert ran.code == 1
    assert ran.out == "a.yaml:13:9: truncated: the stream ends with thread.run.completed, and neither done nor error\n"
    assert ran.err == f"{NOTES}1 finding in 1 of 1 cassette\n"


def test_notes_of_many_files_are_reported_too(runmock_command, tmp_path):
    for number in range(70):
        (tmp_path / f"{number:02}.runmock.yaml").write_text(ODD if number == 3 else GOOD)
    ran = runmock_command("check", ".")
    assert (ran.code, ran.out) == (0, "70 cassettes, nothing found\n")
    assert ran.err.count("03.runmock.yaml:7:9: note: ") == 1


def test_a_log_of_events_is_no_cassette_and_the_message_names_the_command_that_converts_it(runmock_command, tmp_path):
    for name, text in {"a.sse": "event: a\ndata: {\n\n", "b.txt": "\ufeff: hi\ndata: {}\n\n"}.items():
        (tmp_path / name).write_text(text)
    ran = runmock_command("check", "a.sse", "b.txt")
    message = "1:1: format: these are server-sent events: runmock import"
    assert (ran.code, ran.out) == (1, f"a.sse:{message} a.sse\nb.txt:{message} b.txt\n")


def test_at_a_terminal_a_finding_is_in_colours(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / "a.yaml").write_text("runmock: 1\nrums: []\n")
    (tmp_path / "b.yaml").write_text(ODD)
    message = "unknown key 'rums' in a cassette; did you mean 'runs'?"
    ran = CliRunner().invoke(main, ["check", "a.yaml", "b.yaml"], color=True)
    assert ran.stdout == f"\x1b[1ma.yaml:2:1:\x1b[0m \x1b[31mformat:\x1b[0m {message}\n"
    assert "\x1b[1mb.yaml:7:9:\x1b[0m \x1b[33mnote:\x1b[0m the data of the event" in ran.stderr
    assert ran.stderr.endswith("\x1b[31m\x1b[1m1 finding in 1 of 2 cassettes\x1b[0m\n")
    monkeypatch.setenv("NO_COLOR", "1")
    assert CliRunner().invoke(main, ["check", "a.yaml"], color=True).stdout == f"a.yaml:2:1: format: {message}\n"


VCRPY = "interactions:\n- request: {method: GET, uri: 'https://a.example/'}\n  response: {}\nversion: 1\n"


def test_recordings_of_vcrpy_are_listed_where_there_is_no_cassette(runmock_command, tmp_path):
    (tmp_path / "old" / "inner").mkdir(parents=True)
    for name in ("old/a.yaml", "old/inner/b c.yaml"):
        (tmp_path / name).write_text(VCRPY)
    for name in ("old/other.yaml", "old/other.json"):
        (tmp_path / name).write_text('{"name": "something else"}')
    (tmp_path / "old" / "bytes.json").write_bytes(b"\xff\xfe")
    ran = runmock_command("check", "old")
    assert ran.code == 1
    assert ran.out == (
        "old/a.yaml:1:1: format: this is a vcrpy cassette: runmock import old/a.yaml\n"
        "old/inner/b c.yaml:1:1: format: this is a vcrpy cassette: runmock import 'old/inner/b c.yaml'\n"
    )
    assert ran.err.endswith("2 findings in 2 of 2 cassettes\n")


def test_beside_cassettes_they_are_other_tests_own(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(VCRPY)
    (tmp_path / "b.runmock.yaml").write_text(GOOD)
    ran = runmock_command("check", ".")
    assert (ran.code, ran.out) == (0, "1 cassette, nothing found\n")
    assert runmock_command("check", "a.yaml").out == (
        "a.yaml:1:1: format: this is a vcrpy cassette: runmock import a.yaml\n"
    )


def test_two_events_in_one_raw_frame_are_a_finding(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(ODD.replace("data: {\\n\\n", "data: {\\n\\nevent: x\\ndata: 1\\n\\n"))
    ran = runmock_command("check", "a.yaml")
    assert (ran.code, ran.out) == (1, "a.yaml:7:9: format: 'raw' is the text of one event, blank line included\n")
