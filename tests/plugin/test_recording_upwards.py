"""Where a named cassette is recorded, when there is one further up."""

import textwrap

import pytest

ASKS = """
    @pytest.mark.runmock("weather")
    def test_a():
        app.ask("Paris")
"""
TEST = "tests/unit/test_app.py"
BESIDE, BETWEEN, ROOT = (f"{place}cassettes/weather" for place in ("tests/unit/", "tests/", ""))


def recorded(project):
    """The cassettes with recordings in them."""
    files = [file for file in project.path.rglob("*.yaml") if "interactions" in file.read_text()]
    return sorted(str(file.relative_to(project.path)) for file in files)


@pytest.mark.parametrize(
    ("mode", "there", "into"),
    [
        ("once", [], [f"{BESIDE}.runmock.yaml"]),
        ("new_episodes", [], [f"{BESIDE}.runmock.yaml"]),
        ("all", [f"{BETWEEN}.yaml"], [f"{BETWEEN}.yaml"]),
        ("rewrite", [f"{ROOT}.yaml"], [f"{ROOT}.yaml"]),
        ("all", [f"{BESIDE}.yaml", f"{ROOT}.yaml"], [f"{BESIDE}.yaml"]),
        ("all", [f"{BETWEEN}.yaml", f"{ROOT}.yaml"], [f"{BESIDE}.runmock.yaml"]),
        ("rewrite", [f"{BETWEEN}.yaml", f"{ROOT}.yaml"], [f"{BESIDE}.runmock.yaml"]),
    ],
)
def test_a_recording_goes_beside_the_test_unless_the_name_means_one_file(project, records, mode, there, into):
    project.test(ASKS, TEST)
    for path in there:
        project.write(path, "runmock: 1\ninteractions: []\n")
    before = {path: (project.path / path).read_text() for path in there}
    records(mode).counts(passed=1)
    changed = [path for path in recorded(project) if (project.path / path).read_text() != before.get(path)]
    assert changed == into


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_what_is_further_up_is_played_and_not_written_to_where_the_name_is_not_unique(project, live, records, mode):
    project.test(ASKS, TEST)
    records("all").counts(passed=1)
    text = (project.path / f"{BESIDE}.runmock.yaml").read_text()
    (project.path / f"{BESIDE}.runmock.yaml").unlink()
    for path in (BETWEEN, ROOT):
        project.write(f"{path}.yaml", text)
    live.heard.clear()
    records(mode).counts(passed=1)
    assert (live.heard, recorded(project)) == ([], [f"{ROOT}.yaml", f"{BETWEEN}.yaml"])
    project.test(ASKS + "        app.ask('Oslo')\n", TEST)
    records(mode).counts(**{"failed" if mode == "once" else "passed": 1})
    new = [] if mode == "once" else [f"{BESIDE}.runmock.yaml"]
    assert recorded(project) == [f"{ROOT}.yaml", f"{BETWEEN}.yaml", *new]
    assert (project.path / f"{BETWEEN}.yaml").read_text() == (project.path / f"{ROOT}.yaml").read_text() == text


def test_a_missing_cassette_shows_which_command_records_it_and_that_command_does(project, live, monkeypatch):
    project.test(ASKS.replace('"weather"', '"weather", record_mode="none"'), TEST)
    ran = project.run()
    ran.counts(errors=1)
    ran.shows("""
        tests/unit/test_app.py::test_a: there is no cassette 'weather'
          looked for weather.runmock.yaml and weather.yaml in tests/unit/cassettes, tests/cassettes and cassettes
          to record it: pytest --runmock-record=new_episodes tests/unit/test_app.py::test_a
            with --runmock-upstream=URL where its host has switched the API off
        =========================== short test summary info ============================
    """)
    monkeypatch.setenv("CI", "true")
    command = ran.text.partition("to record it: pytest ")[2].splitlines()[0].split()
    project.run(*command, f"--runmock-upstream={live.url}").counts(passed=1)
    assert recorded(project) == [f"{BESIDE}.runmock.yaml"]


def test_a_cassette_that_is_not_the_first_is_never_recorded(project, live, records):
    project.test(ASKS.replace('"weather"', '"weather", "oslo"'), TEST)
    ran = records("all")
    ran.counts(errors=1)
    ran.shows("""
        tests/unit/test_app.py::test_a: there is no cassette 'oslo'
          looked for oslo.runmock.yaml and oslo.yaml in tests/unit/cassettes, tests/cassettes and cassettes
          only the first cassette of a test is recorded; write this one by hand, or name it first
    """)
    assert (live.heard, recorded(project)) == ([], [])


def test_marks_that_add_up_record_into_the_cassette_of_the_nearest(project, records):
    project.test("pytestmark = pytest.mark.runmock('shared', allow_unplayed=True)\n" + textwrap.dedent(ASKS))
    project.write("cassettes/shared.yaml", "runmock: 1\ninteractions: []\n")
    records("all").counts(passed=1)
    assert recorded(project) == ["cassettes/shared.yaml", "cassettes/weather.runmock.yaml"]
    assert (project.path / "cassettes/shared.yaml").read_text() == "runmock: 1\ninteractions: []\n"
