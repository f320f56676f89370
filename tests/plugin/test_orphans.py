"""`--runmock-orphans`: cassettes that no test uses, and none that a test might."""

import pytest


def test_a_cassette_that_no_test_uses_is_reported_and_fails_the_run(suite):
    ran = suite.run("--runmock-orphans")
    ran.counts(passed=4)
    ran.shows("runmock: 1 of 4 cassettes used by no test\n  cassettes/gone.yaml")
    assert ran.exit == pytest.ExitCode.TESTS_FAILED


def test_without_orphans_the_run_passes(suite):
    (suite.path / "cassettes/gone.yaml").unlink()
    ran = suite.run("--runmock-orphans")
    ran.shows("runmock: no orphans among 3 cassettes")
    assert ran.exit == pytest.ExitCode.OK


def test_without_the_option_nothing_is_reported(suite):
    ran = suite.run()
    assert "used by no test" not in ran.text
    assert ran.exit == pytest.ExitCode.OK


@pytest.mark.parametrize(
    "arguments",
    [
        ("-k", "named"),
        ("-m", "not runmock"),
        ("--deselect", "test_app.py::test_own"),
        ("-x",),
        ("--collect-only", "-q"),
    ],
)
def test_deselected_tests_use_their_cassettes(suite, arguments):
    ran = suite.run("--runmock-orphans", *arguments)
    assert ran.orphans() == ["cassettes/gone.yaml"]


@pytest.mark.parametrize("mark", ["skip", "skipif(True, reason='-')", "xfail(run=False)"])
def test_skipped_tests_use_their_cassettes(suite, mark):
    suite.test(f"""
        pytestmark = pytest.mark.{mark}

        @pytest.mark.runmock("weather")
        def test_named():
            pass

        @pytest.mark.runmock
        def test_own():
            pass
    """)
    assert suite.run("--runmock-orphans").orphans() == ["cassettes/gone.yaml"]


def test_what_tests_open_by_themselves_is_used(project):
    for name in ("loaded", "used", "read", "second"):
        project.replies(f"cassettes/{name}.yaml", "a")
    project.test("""
        import runmock as mock
        from pathlib import Path

        def test_load(runmock):
            runmock.load("cassettes/loaded.yaml")
            assert app.ask() == "a"

        def test_use():
            with mock.use_cassette("cassettes/used.yaml"):
                assert app.ask() == "a"

        def test_read():
            assert Path("cassettes/read.yaml").read_text()

        @pytest.mark.runmock("loaded", "second", allow_unplayed=True)
        def test_two():
            assert app.ask() == "a"
    """)
    ran = project.run("--runmock-orphans")
    ran.counts(passed=4)
    ran.shows("runmock: no orphans among 4 cassettes")


def test_what_a_test_that_did_not_run_may_open_is_not_called_an_orphan(project):
    project.replies("cassettes/loaded.yaml", "a")
    project.replies("cassettes/gone.yaml", "a")
    project.test("""
        def test_load(runmock):
            runmock.load("cassettes/loaded.yaml")
            assert app.ask() == "a"

        def test_other():
            pass
    """)
    ran = project.run("--runmock-orphans", "-k", "other")
    assert ran.orphans() == ["cassettes/gone.yaml"]
    ran.shows("runmock: 1 cassette may be used by tests that did not run or did not pass\n  cassettes/loaded.yaml")


def test_a_custom_folder_is_known_when_its_tests_ran(project):
    project.replies("tapes/test_own.runmock.yaml", "a")
    project.replies("tapes/gone.runmock.yaml", "a")
    project.test("""
        from pathlib import Path

        @pytest.fixture
        def runmock_cassette_dir():
            return Path("tapes").resolve()

        @pytest.mark.runmock
        def test_own():
            assert app.ask() == "a"
    """)
    assert project.run("--runmock-orphans").orphans() == ["tapes/gone.runmock.yaml"]
    ran = project.run("--runmock-orphans", "-k", "nothing")
    assert ran.orphans() == []
    ran.shows(
        "runmock: 2 of 2 cassettes not judged: only a run that passes shows where the cassette of test_app.py::test_own is"
    )


@pytest.mark.parametrize("arguments", [("test_app.py",), ("--ignore", "test_other.py")])
def test_with_a_part_of_the_tests_only_their_own_folders_are_judged(suite, arguments):
    suite.replies("cassettes/test_app/test_gone.runmock.yaml", "gone")
    ran = suite.run("--runmock-orphans", *arguments)
    assert ran.orphans() == ["cassettes/test_app/test_gone.runmock.yaml"]
    ran.shows("runmock: 2 of 5 cassettes not judged: test_other.py was not collected")
    assert ran.exit == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    "text", ["import nothing_of_this_name", "import pytest\npytest.skip('-', allow_module_level=True)"]
)
def test_a_file_that_was_not_collected_may_use_what_others_do_not(suite, text):
    suite.write("test_other.py", text)
    ran = suite.run("--runmock-orphans", "--continue-on-collection-errors")
    assert ran.orphans() == []
    assert "runmock: 2 of 4 cassettes not judged: test_other.py was not collected" in ran.text


def test_a_folder_may_be_named(suite):
    suite.replies("elsewhere/old.runmock.yaml", "old")
    ran = suite.run("--runmock-orphans=elsewhere")
    assert ran.orphans() == ["elsewhere/old.runmock.yaml"]


def test_a_folder_that_is_not_there_is_an_error(suite):
    ran = suite.run("--runmock-orphans=nowhere")
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert "--runmock-orphans: there is no folder" in ran.result.stderr.str()


def test_testpaths_name_where_tests_are(suite):
    suite.write("pytest.ini", (suite.path / "pytest.ini").read_text() + "testpaths = tests\nrunmock_orphans = true\n")
    suite.write("tests/test_a.py", "def test_a():\n    pass\n")
    suite.replies("tests/cassettes/old.yaml", "old")
    assert suite.run().orphans() == ["tests/cassettes/old.yaml"]


def test_a_failing_test_keeps_its_exit_code_and_its_cassette(suite):
    suite.replies("cassettes/weather.yaml", "cold")
    ran = suite.run("--runmock-orphans")
    assert ran.orphans() == ["cassettes/gone.yaml"]
    assert ran.exit == pytest.ExitCode.TESTS_FAILED


def test_workers_of_xdist_report_together(suite):
    suite.test("""
        def test_load(runmock):
            runmock.load("cassettes/weather.yaml")
            assert app.ask() == "warm"

        @pytest.mark.runmock
        def test_own():
            assert app.ask() == "own"
    """)
    suite.write("pytest.ini", (suite.path / "pytest.ini").read_text().replace("-p no:xdist ", ""))
    ran = suite.spread("--runmock-orphans", "--runmock-report", "-n", "2")
    ran.counts(passed=4)
    assert ran.text.count("6 scripted") == 4
    ran.shows("runmock: 1 of 4 cassettes used by no test\n  cassettes/gone.yaml")
    assert ran.exit == pytest.ExitCode.TESTS_FAILED
