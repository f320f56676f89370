"""`runmock import` as a user calls it."""

import json

import pytest
from click.testing import CliRunner

from runmock.cli import main
from runmock.tape.importers.kinds import KINDS
from runmock.tape.reading.cassette import load_cassette

RUN = {"id": "run_abcdefghijklmnop", "object": "thread.run", "thread_id": "thread_x", "assistant_id": "asst_1"}
LOG = f"event: thread.run.created\ndata: {json.dumps(RUN)}\n\nevent: done\ndata: [DONE]\n\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call the command in a folder of its own; its exit code and its lines."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        result = CliRunner().invoke(main, ["import", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output.splitlines()

    return called


def test_a_file_becomes_a_cassette_beside_it(run, tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    code, lines = run("a.log")
    assert (code, lines) == (0, ["a.log -> a.runmock.yaml: 1 interaction, 2 events, 6 lines became 8"])
    assert load_cassette(tmp_path / "a.runmock.yaml").interactions[0].stream[0].data["id"] == "run_1"


def test_what_was_redacted_in_its_place_is_reported_on_lines_of_its_own(run, tmp_path):
    changed_run = RUN | {"metadata": {"password": "swordfish"}}
    (tmp_path / "a.log").write_text(LOG.replace(json.dumps(RUN), json.dumps(changed_run)))
    assert run("a.log") == (
        0,
        [
            "a.log -> a.runmock.yaml: 1 interaction, 2 events, 6 lines became 8",
            "a.log: POST /threads/thread_x/runs: a password in its answer was written as 'redacted'",
        ],
    )
    assert "swordfish" not in (tmp_path / "a.runmock.yaml").read_text()


def test_what_a_recording_may_have_lost_is_reported_on_a_line_of_its_own(run, tmp_path):
    request = {"method": "GET", "uri": "https://api.openai.com/v1/files/f/content", "headers": {}, "body": ""}
    response = {"status_code": 200, "headers": {"content-type": ["image/png"]}, "content": "PNG"}
    (tmp_path / "a.json").write_text(json.dumps({"interactions": [{"request": request, "response": response}]}))
    code, lines = run("a.json")
    assert code == 0
    assert lines[1:] == [
        "a.json: interaction 0: bytes that are no UTF-8 may be missing from its answer, which has no length"
    ]


def test_the_help_names_every_kind_of_recording(run):
    text = " ".join(" ".join(run("--help")[1]).split())
    assert [kind.name for kind in KINDS if kind.name not in text] == []
    assert "parsed_body" in text
    assert "status_code, content" in text


def test_again_it_is_unchanged(run, tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    run("a.log")
    assert run("a.log")[1] == ["a.log -> a.runmock.yaml: 1 interaction, 2 events, 6 lines became 8, unchanged"]


def test_a_cassette_with_other_content_is_never_replaced(run, tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "a.runmock.yaml").write_text("mine")
    code, lines = run("a.log")
    assert (code, lines) == (
        1,
        [
            "a.log: a.runmock.yaml exists with other content; move it away first",
            "Error: 1 of 1 file could not be imported",
        ],
    )
    assert (tmp_path / "a.runmock.yaml").read_text() == "mine"


def test_a_bad_file_does_not_keep_the_others_away_and_stems_are_numbered(run, tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("a.log", "b/a.log"):
        (tmp_path / name).write_text(LOG)
    (tmp_path / "bad.yaml").write_text("a: [")
    code, lines = run("a.log", "bad.yaml", "b/a.log", "-o", "out")
    assert code == 1
    assert lines[0].startswith("a.log -> out/a.runmock.yaml: ")
    assert lines[1].startswith("bad.yaml:2:1: not valid YAML: ") or lines[1].startswith("bad.yaml:1:")
    assert lines[2].startswith("b/a.log -> out/a_2.runmock.yaml: ")
    assert lines[3] == "Error: 1 of 3 files could not be imported"


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(run, tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "file").write_text("")
    code, lines = run("a.log", "-o", "file/below")
    assert code == 1
    assert lines[0].startswith("a.log: file/below/a.runmock.yaml cannot be written: ")


def test_its_help_has_examples(run):
    code, lines = run("--help")
    assert code == 0
    assert "runmock import tests/cassettes/test_weather.yaml" in " ".join(" ".join(lines).split())


OPEN = f"event: thread.run.queued\ndata: {json.dumps(RUN)[:-1]}\n\n"


@pytest.mark.parametrize(
    ("odd", "note"),
    [
        (OPEN, "9 lines became 9, 1 frame that is not JSON is kept as it came (line 5)"),
        (OPEN * 2, "12 lines became 10, 2 frames that are no JSON are kept as they came (lines 5, 8)"),
    ],
)
def test_events_that_are_no_json_are_reported_with_their_lines(run, tmp_path, odd, note):
    (tmp_path / "a.log").write_text(LOG.replace("event: done", f"{odd}event: done"))
    events = 2 + odd.count("event:")
    assert run("a.log") == (0, [f"a.log -> a.runmock.yaml: 1 interaction, {events} events, {note}"])


def answered_with(log):
    """A vcrpy cassette, a HAR archive and a test-proxy record, in which this stream is an answer."""
    url, body = (
        "https://api.openai.com/v1/threads/thread_x/runs",
        json.dumps({"assistant_id": "asst_1", "stream": True}),
    )
    kind = "text/event-stream"
    vcr = {
        "request": {"method": "POST", "uri": url, "body": body, "headers": {}},
        "response": {"status": {"code": 200}, "headers": {"content-type": [kind]}, "body": {"string": log}},
    }
    har = {
        "startedDateTime": "2025-10-30T21:58:52.000Z",
        "request": {"method": "POST", "url": url, "postData": {"text": body}},
        "response": {"status": 200, "headers": [{"name": "content-type", "value": kind}], "content": {"text": log}},
    }
    proxy = {
        "RequestMethod": "POST",
        "RequestUri": url,
        "RequestBody": json.loads(body),
        "StatusCode": 200,
        "ResponseHeaders": {"Content-Type": kind},
        "ResponseBody": log.splitlines(keepends=True),
    }
    return {"vcr": {"interactions": [vcr]}, "har": {"log": {"entries": [har]}}, "proxy": {"Entries": [proxy]}}


@pytest.mark.parametrize("kind", ["vcr", "har", "proxy"])
def test_events_that_are_no_json_are_counted_whoever_recorded_them(run, tmp_path, kind):
    for count, odd in enumerate(("", OPEN)):
        name = f"{kind}{count}.json"
        (tmp_path / name).write_text(json.dumps(answered_with(LOG.replace("event: done", f"{odd}event: done"))[kind]))
        code, lines = run(name)
        assert code == 0
        assert lines[0].endswith(", 1 frame that is not JSON is kept as it came") == bool(count)


def test_a_log_that_is_no_json_is_refused_with_its_line(run, tmp_path):
    (tmp_path / "a.log").write_text(OPEN)
    code, lines = run("a.log")
    assert code == 1
    assert lines[0] == (
        f"a.log:2:{len(json.dumps(RUN)) + 6}: the data of the event thread.run.queued is not JSON: it ends too early: a brace, "
        "a bracket or a quote is not closed; no other event names a run, so the request cannot be made up"
    )
