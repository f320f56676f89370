"""`--runmock-report`: what each test played, from which cassette, and how long it took."""

import re


def table(ran):
    """The rows of the table, with the time left out."""
    lines = ran.text.splitlines()
    start = next(number for number, line in enumerate(lines) if re.fullmatch(r"-+ runmock -+", line))
    rows = []
    for line in lines[start + 1 :]:
        if line.startswith("runmock: "):
            break
        rows.append(re.split(r" {2,}", re.sub(r"  \d+  (?=test_)", "  #  ", line)))
    return rows


def test_each_test_that_played_has_a_row_below_its_cassette(project):
    project.replies("cassettes/weather.yaml", "warm", "cold")
    project.write(
        "cassettes/taped.yaml",
        """
        runmock: 1
        interactions:
        - request: GET /threads/thread_1
          json: {id: thread_1, object: thread}
        """,
    )
    project.test("""
        @pytest.mark.runmock("weather")
        def test_weather():
            assert [app.ask(), app.ask()] == ["warm", "cold"]

        @pytest.mark.runmock("taped")
        def test_taped():
            assert app.get("/threads/thread_1")["id"] == "thread_1"

        def test_inline(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Hi"

        @pytest.mark.runmock("taped", "weather", allow_unplayed=True)
        def test_both():
            assert (app.get("/threads/thread_1")["id"], app.ask()) == ("thread_1", "warm")

        @pytest.mark.runmock("weather", allow_unplayed=True)
        def test_cold():
            assert app.ask() == "warm"

        @pytest.mark.runmock("weather", allow_unplayed=True)
        def test_nothing():
            pass

        def test_other():
            pass
    """)
    ran = project.run("--runmock-report")
    ran.counts(passed=7)
    assert table(ran) == [
        ["", "mode", "runs", "requests", "answered", "ms", "test"],
        ["(no cassette)"],
        ["", "none", "1", "6", "6 scripted", "#", "test_app.py::test_inline"],
        ["cassettes/taped.yaml"],
        ["", "none", "0", "1", "1 replayed", "#", "test_app.py::test_taped"],
        ["cassettes/taped.yaml, cassettes/weather.yaml"],
        ["", "none", "1", "7", "1 replayed, 6 scripted", "#", "test_app.py::test_both"],
        ["cassettes/weather.yaml"],
        ["", "none", "1", "6", "6 scripted", "#", "test_app.py::test_cold"],
        ["", "none", "2", "12", "12 scripted", "#", "test_app.py::test_weather"],
    ]


def test_without_the_option_there_is_no_table(project):
    project.test("""
        def test_inline(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Hi"
    """)
    assert "answered" not in project.run().text


def test_nothing_played_is_no_table(project):
    project.test("def test_a():\n    pass\n")
    assert "answered" not in project.run("--runmock-report").text


def test_it_may_stand_in_the_ini_file_and_breaks_no_name_where_the_terminal_is_narrow(project, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    project.write("pytest.ini", (project.path / "pytest.ini").read_text() + "runmock_report = true\n")
    project.test("""
        def test_with_a_name_that_is_longer_than_other_names_are(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Hi"
    """)
    assert table(project.run())[-1][-1] == "test_app.py::test_with_a_name_that_is_longer_than_other_names_are"


def test_a_failed_test_has_a_row_too(project):
    project.test("""
        def test_fails(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Ho"
    """)
    ran = project.run("--runmock-report")
    ran.counts(failed=1)
    assert [row[-1] for row in table(ran)] == ["test", "(no cassette)", "test_app.py::test_fails"]
