"""`--runmock-orphans`: cassettes that no test uses, and none that one might."""

import pytest

ALL_USED = "runmock: no test leaves one of"


@pytest.fixture
def suite(project):
    """Two modules with four cassettes, of which one is used by no test."""
    project.test("""
        @pytest.mark.runmock("weather")
        def test_named():
            assert app.ask() == "warm"

        @pytest.mark.runmock
        def test_own():
            assert app.ask() == "own"
    """)
    project.test(
        """
        @pytest.mark.runmock
        class TestIt:
            @pytest.mark.parametrize("number", [1, 2])
            def test_each(self, number):
                assert app.ask() == "each"
    """,
        "test_other.py",
    )
    project.replies("cassettes/weather.yaml", "warm")
    project.replies("cassettes/test_app/test_own.runmock.yaml", "own")
    project.replies("cassettes/test_other/TestIt.test_each.runmock.yaml", "each")
    project.replies("cassettes/gone.yaml", "gone")
    project.write("cassettes/vcr.yaml", "version: 1\ninteractions: []\n")
    return project


def orphans(ran):
    """The paths below the line that begins with `runmock: N of`."""
    lines = ran.text.splitlines()
    start = next((number for number, line in enumerate(lines) if "used by no test" in line), None)
    found = []
    for line in lines[start + 1 :] if start is not None else ():
        if not line.startswith("  "):
            break
        found.append(line.strip())
    return found


def test_a_cassette_that_no_test_uses_is_told_and_fails_the_run(suite):
    ran = suite.run("--runmock-orphans")
    ran.counts(passed=4)
    ran.said("runmock: 1 of 4 cassettes used by no test\n  cassettes/gone.yaml")
    assert ran.exit == pytest.ExitCode.TESTS_FAILED


def test_without_orphans_the_run_passes(suite):
    (suite.path / "cassettes/gone.yaml").unlink()
    ran = suite.run("--runmock-orphans")
    ran.said("runmock: no test leaves one of 3 cassettes unused")
    assert ran.exit == pytest.ExitCode.OK


def test_unasked_nothing_is_told(suite):
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
    assert orphans(ran) == ["cassettes/gone.yaml"]


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
    assert orphans(suite.run("--runmock-orphans")) == ["cassettes/gone.yaml"]


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
    ran.said("runmock: no test leaves one of 4 cassettes unused")


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
    assert orphans(ran) == ["cassettes/gone.yaml"]
    ran.said("runmock: 1 cassette may be used by tests that did not run\n  cassettes/loaded.yaml")


def test_a_folder_of_ones_own_is_known_when_its_tests_ran(project):
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
    assert orphans(project.run("--runmock-orphans")) == ["tapes/gone.runmock.yaml"]
    ran = project.run("--runmock-orphans", "-k", "nothing")
    assert orphans(ran) == []
    ran.said("runmock: 2 cassettes may be used by tests that did not run")


@pytest.mark.parametrize("arguments", [("test_app.py",), ("test_app.py::test_own",), ("--ignore", "test_other.py")])
def test_with_a_part_of_the_tests_only_their_own_folders_are_judged(suite, arguments):
    suite.replies("cassettes/test_app/test_gone.runmock.yaml", "gone")
    ran = suite.run("--runmock-orphans", *arguments)
    assert orphans(ran) == ["cassettes/test_app/test_gone.runmock.yaml"]
    ran.said("""
        runmock: 2 cassettes not judged: only a part of the tests was collected
          cassettes/gone.yaml
          cassettes/test_other/TestIt.test_each.runmock.yaml
    """) if "named" not in arguments else None


@pytest.mark.parametrize(
    "text", ["import nothing_of_this_name", "import pytest\npytest.skip('-', allow_module_level=True)"]
)
def test_a_file_that_was_not_collected_may_use_what_others_do_not(suite, text):
    suite.write("test_other.py", text)
    ran = suite.run("--runmock-orphans", "--continue-on-collection-errors")
    assert orphans(ran) == []
    assert "runmock: 2 cassettes not judged" in ran.text


def test_a_folder_may_be_given(suite):
    suite.replies("elsewhere/old.runmock.yaml", "old")
    ran = suite.run("--runmock-orphans=elsewhere")
    assert orphans(ran) == ["elsewhere/old.runmock.yaml"]


def test_a_folder_that_is_not_there_is_an_error(suite):
    ran = suite.run_apart("--runmock-orphans=nowhere")
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert "--runmock-orphans: there is no folder" in ran.result.stderr.str()


def test_testpaths_say_where_tests_are(suite):
    suite.write("pytest.ini", (suite.path / "pytest.ini").read_text() + "testpaths = tests\nrunmock_orphans = true\n")
    suite.write("tests/test_a.py", "def test_a():\n    pass\n")
    suite.replies("tests/cassettes/old.yaml", "old")
    assert orphans(suite.run()) == ["tests/cassettes/old.yaml"]


def test_a_failing_test_keeps_its_exit_code_and_its_cassette(suite):
    suite.replies("cassettes/weather.yaml", "cold")
    ran = suite.run("--runmock-orphans")
    assert orphans(ran) == ["cassettes/gone.yaml"]
    assert ran.exit == pytest.ExitCode.TESTS_FAILED


def test_workers_of_xdist_tell_together(suite):
    suite.test("""
        def test_load(runmock):
            runmock.load("cassettes/weather.yaml")
            assert app.ask() == "warm"

        @pytest.mark.runmock
        def test_own():
            assert app.ask() == "own"
    """)
    suite.write("pytest.ini", (suite.path / "pytest.ini").read_text().replace("-p no:xdist ", ""))
    ran = suite.run_apart("--runmock-orphans", "--runmock-report", "-n", "2")
    ran.counts(passed=4)
    assert ran.text.count("6 scripted") == 4
    ran.said("runmock: 1 of 4 cassettes used by no test\n  cassettes/gone.yaml")
    assert ran.exit == pytest.ExitCode.TESTS_FAILED
