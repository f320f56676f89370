"""Names of cassettes in `use_cassette` and `transport`."""

import subprocess
import sys

import pytest

import runmock
from runmock.session.named_cassettes import is_name

ASKS = """
    import runmock

    def test_a():
        with runmock.use_cassette("weather"):
            assert app.ask() == "found"
"""
PLACES = [
    "tests/unit/cassettes/weather.runmock.yaml",
    "tests/unit/cassettes/weather.yaml",
    "tests/cassettes/weather.yaml",
]
PLACES += ["cassettes/weather.yaml"]


@pytest.mark.parametrize("place", PLACES)
def test_a_name_leads_to_the_file_that_the_marker_finds(project, place):
    project.test(ASKS, "tests/unit/test_app.py")
    project.replies(place, "found")
    project.replies("../cassettes/weather.runmock.yaml", "not this one")
    project.run().counts(passed=1)
    project.test(
        "import runmock\n@runmock.use_cassette('weather')\ndef test_b():\n    assert app.ask() == 'found'\n",
        "tests/unit/test_decorated.py",
    )
    project.run().counts(passed=2)


def test_what_a_helper_opens_is_looked_for_beside_the_running_test_then_beside_the_helper(project):
    project.write(
        "helpers/opening.py",
        """
        import app, runmock

        def ask(name):
            with runmock.use_cassette(name):
                return app.ask()
        """,
    )
    project.test(
        """
        import sys
        sys.path.insert(0, "helpers")
        import opening

        def test_a():
            assert [opening.ask("weather"), opening.ask("helped")] == ["of the test", "of the helper"]
        """,
        "tests/test_app.py",
    )
    project.replies("tests/cassettes/weather.yaml", "of the test")
    project.replies("helpers/cassettes/weather.yaml", "not this one")
    project.replies("helpers/cassettes/helped.yaml", "of the helper")
    project.run().counts(passed=1)


SCRIPT = """
import httpx2, runmock
with runmock.use_cassette(*{names}) as session:
    body = {{"assistant_id": "asst_1"}}
    for _ in {names}:
        httpx2.post("https://api.openai.com/v1/threads/runs", json=body, headers={{"OpenAI-Beta": "assistants=v2"}})
print(*[run.messages[0] if run.messages else run.status for run in session.runs])
print(session.deck.leftovers())
"""


def outside(folder, script):
    """What a script prints that runs without pytest."""
    return subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=False)


def test_outside_pytest_it_is_beside_the_calling_file_then_in_the_working_directory(project):
    project.write("deep/script.py", SCRIPT.format(names=["weather", "here", "plain"]))
    project.replies("deep/cassettes/weather.yaml", "beside")
    project.replies("cassettes/weather.yaml", "not this one")
    project.replies("cassettes/here.runmock.yaml", "here")
    project.replies("plain", "a file of 0.1.0")
    ran = outside(project.path, "deep/script.py")
    assert (ran.stdout.splitlines()[1:], ran.stderr) == (["[]"], "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("weather", True), ("wet weather", True), (".hidden", True), ("a.yaml", False), ("deep/er", False), ("deep/", False),
     ("", False), (".", False), ("..", False), ("/a", False), ("gpt-4.1", False)],
)  # fmt: skip
def test_what_has_a_separator_or_a_suffix_is_a_path(text, expected):
    assert is_name(text) is expected


def test_a_missing_cassette_shows_where_it_was_looked_for_and_how_it_is_recorded(tmp_path, monkeypatch):
    (tmp_path / "script.py").write_text("import runmock\nrunmock.use_cassette('wether').__enter__()\n")
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes/weather.yaml").write_text("runmock: 1\nruns: []\n")
    ran = outside(tmp_path, "script.py")
    assert ran.stderr.partition("CassetteNotFoundError: ")[2] == (
        f"{tmp_path}/cassettes/wether.runmock.yaml: there is no cassette 'wether'; did you mean 'weather'?\n"
        f"  looked for wether.runmock.yaml and wether.yaml in {tmp_path}/cassettes\n"
        '  to record it: use_cassette("wether", record_mode="once")\n'
    )


def test_a_second_missing_cassette_is_reported_without_a_way_to_record_it(project):
    project.test("""
        import runmock

        def test_a():
            runmock.use_cassette("weather", "oslo").__enter__()
    """)
    project.replies("cassettes/weather.yaml", "warm")
    ran = project.run()
    ran.counts(failed=1)
    folder = project.path / "cassettes"
    assert [line[2:].strip() for line in ran.text.splitlines() if line.startswith("E ")] == [
        f"runmock.CassetteNotFoundError: {folder}/oslo.runmock.yaml: there is no cassette 'oslo'",
        f"looked for oslo.runmock.yaml and oslo.yaml in {folder}",
    ]
    assert "to record it" not in ran.text
    assert "runmock/session/use_cassette.py" not in ran.text
    project.test("import runmock\ndef test_a():\n    runmock.transport('weather', 'oslo')\n")
    project.run().shows("CassetteNotFoundError: ")


RECORDS = """
    import runmock

    def test_a():
        with runmock.use_cassette("weather", record_mode={mode!r}, upstream={url!r}):
            app.ask()
"""


@pytest.mark.parametrize(
    ("mode", "there", "into"),
    [
        ("once", [], "tests/unit/cassettes/weather.runmock.yaml"),
        ("all", ["cassettes/weather.yaml"], "cassettes/weather.yaml"),
        (
            "all",
            ["tests/cassettes/weather.yaml", "cassettes/weather.yaml"],
            "tests/unit/cassettes/weather.runmock.yaml",
        ),
        ("all", ["tests/unit/cassettes/weather.yaml", "cassettes/weather.yaml"], "tests/unit/cassettes/weather.yaml"),
    ],
)
def test_a_recording_goes_beside_the_test_unless_the_name_means_one_file(project, live, mode, there, into):
    empty = "runmock: 1\ninteractions: []\n"
    for path in there:
        project.write(path, empty)
    project.test(RECORDS.format(mode=mode, url=live.url), "tests/unit/test_app.py")
    project.run().counts(passed=1)
    files = {str(file.relative_to(project.path)): file.read_text() for file in project.path.rglob("*.yaml")}
    assert {path for path, text in files.items() if text != empty} == {into}


@pytest.mark.parametrize("name", [{"runs": []}, "runmock: 1\nruns: []", "runs: []"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(runmock.UsageError) as raised:
        runmock.use_cassette(name)
    assert str(raised.value) == f"use_cassette takes the paths of cassettes, not {name!r}; a script goes into script="
