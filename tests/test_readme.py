"""The README's code blocks, run as a newcomer would run them."""

import gc
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

from runmock.cli import main
from runmock.core.engine.chaos import EXPERIMENTS
from runmock.core.http.exchange import Request
from runmock.core.report.verdicts import RULES as VERDICTS
from runmock.deck.deck import Deck
from runmock.documents.check.findings import RULES
from runmock.tape.reading.cassette import cassette_from

README = (Path(__file__).parent.parent / "README.md").read_text()
FILE = re.compile(r"^```(?:python|yaml)\n# (?P<name>[\w./]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_first_five_minutes_work_as_written(pytester: pytest.Pytester):
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    apart = {"test_recording.py", "test_chaos.py"}
    tests = [name for name in files if name.startswith("test_") and name not in apart]
    assert len(tests) == 7

    result = pytester.runpytest_subprocess("-W", "ignore:The Assistants API is deprecated", *tests)

    result.assert_outcomes(passed=8)


def test_the_failures_that_it_shows_are_the_real_failures(pytester: pytest.Pytester):
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    (pytester.path / "cassettes").mkdir()
    (pytester.path / "cassettes" / "two_cities.yaml").write_text(files["cassettes/two_cities.yaml"])
    (pytester.path / "my_app.py").write_text(files["my_app.py"])
    changed = files["test_cassette.py"].replace("Paris or Oslo?", "Rome or Oslo?")
    (pytester.path / "test_cassette.py").write_text(changed)

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-W", "ignore:The Assistants API is deprecated")

    shown = next(block for block in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if "Unmatched" in block)
    failures = re.sub(r"^E +", "", "\n".join(result.outlines), flags=re.MULTILINE)
    assert re.sub(r"\s+", " ", shown).strip() in re.sub(r"\s+", " ", failures)


def test_a_typo_is_reported_as_the_readme_shows(pytester: pytest.Pytester):
    (pytester.path / "cassettes").mkdir()
    (pytester.path / "cassettes" / "weather.yaml").write_text("runmock: 1\nruns:\n  - relpy: Hello\n")
    pytester.makepyfile("import pytest\n\n@pytest.mark.runmock('weather')\ndef test_x(): pass\n")

    result = pytester.runpytest_inprocess("-p", "no:asyncio")

    shown = next(block for block in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if "relpy" in block)
    assert shown.strip() in result.outlines


def test_the_recording_that_it_shows_plays():
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    deck = Deck()
    deck.load(cassette_from(files["cassettes/recorded_weather.yaml"]))
    received = []
    for method, path, body in (
        ("POST", "/threads", {}),
        ("POST", "/threads/thread_1/runs", {"assistant_id": "asst_weather", "stream": True}),
        ("GET", "/threads/thread_1/runs/run_1", None),
    ):
        content = b"" if body is None else json.dumps(body).encode()
        reply = deck.answer(Request(method, "gateway.example", f"/v1{path}", body=content))
        received.append(b"".join(frame.data for frame in reply.frames))
    assert received[1].count(b"event: thread.message.delta") == 3
    assert json.loads(received[2])["status"] == "completed"
    assert deck.leftovers() == []


def test_the_editor_is_pointed_at_the_file_that_the_command_writes():
    (written,) = re.findall(r"^\$ runmock schema > (\S+)$", README, re.MULTILINE)
    (settings,) = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL) if "yaml." in block
    )
    (named,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", README, re.MULTILINE)
    assert settings == {"yaml.schemas": {f"./{written}": "*.runmock.yaml"}}
    assert Path(named).name == written


def test_the_recording_in_a_test_works_as_written(pytester: pytest.Pytester):
    for name in ("my_app.py", "test_recording.py", "conftest.py"):
        (pytester.path / name).write_text(
            next(found["text"] for found in FILE.finditer(README) if found["name"] == name)
        )
    command = re.search(r"^\$ (pytest --runmock-record=once .*)$", README, re.MULTILINE)[1]
    served = [sys.executable, "-m", "runmock", "serve", "--port", "0"]
    with subprocess.Popen(served, cwd=pytester.path, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip().removeprefix("OPENAI_BASE_URL=")
        typed = command.replace("http://127.0.0.1:8765/v1", url).split()[1:]
        with warnings.catch_warnings(action="ignore"):
            recorded = pytester.runpytest_inprocess("-p", "no:asyncio", "-W", "ignore", *typed)
            gc.collect()  # the application of the README does not close its client
        process.terminate()
        process.stdout.read()
    shown = README[README.index("$ pytest --runmock-record=once") :].partition("$ pytest test_recording.py")[0]
    lines = [line for line in shown.splitlines() if line.startswith("runmock: ")]
    assert [line for line in recorded.outlines if line.startswith("runmock: ")] == lines
    played = pytester.runpytest_inprocess("-p", "no:asyncio", "-W", "ignore", "test_recording.py")
    played.assert_outcomes(passed=1)


COMMANDS = re.compile(r"^\$ (runmock (?:show|check|expand|distill|diff) .*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)


def test_the_documents_are_printed_as_the_readme_shows(tmp_path, monkeypatch):
    (tmp_path / "cassettes").mkdir()
    for name in ("cassettes/two_cities.yaml", "cassettes/recorded_weather.yaml"):
        (tmp_path / name).write_text(next(found["text"] for found in FILE.finditer(README) if found["name"] == name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = COMMANDS.findall(README)
    assert len(shown) == 5
    for command, expected in shown:
        ran = CliRunner().invoke(main, command.split()[1:])
        assert [line.rstrip() for line in ran.output.splitlines()] == expected.splitlines(), command


def test_the_rules_are_those_of_check():
    rows = dict(re.findall(r"^\| `([a-z][a-z-]+)` \| (.*) \|$", README[README.index("| rule |") :], re.MULTILINE))
    assert rows == dict(RULES)


def test_the_chaos_pass_reports_what_the_readme_shows(pytester: pytest.Pytester):
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    for name in ("test_chaos.py", "test_broken_off.py"):
        (pytester.path / name).write_text(files[name])

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:randomly", "-W", "ignore", "test_chaos.py")

    result.assert_outcomes(passed=2, failed=2, skipped=1)
    shown = next(block for block in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if "silently wrong" in block)
    assert shown in "\n".join(result.outlines)


def test_what_may_go_wrong_is_what_the_readme_names():
    section = README[README.index("### Verdicts") : README.index("## In your editor")]
    kinds = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert kinds == list(VERDICTS)
    usual, others = re.search(r"The names are (.*?); and, only .*? does so, (.*?)\.\n", section, re.DOTALL).groups()
    named = [re.findall(r"`(\w+)`", names) for names in (usual, others)]
    assert named == [[name for name, item in EXPERIMENTS.items() if item.is_usual is it] for it in (True, False)]


def test_a_cassette_in_which_something_goes_wrong_is_read():
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    (run,) = cassette_from(files["cassettes/broken_off.yaml"]).script.runs
    assert (run.refusals[0].error.status, run.faults[0].kind, run.faults[0].step) == (429, "truncate", 1)
