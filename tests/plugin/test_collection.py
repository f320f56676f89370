"""What is wrong in a cassette or a marker fails the tests that use it, at set-up."""

import pytest

TYPO = """
    runmock: 1
    runs:
      - relpy: Hello
"""


def test_a_typo_in_a_cassette_fails_its_test_at_set_up(project):
    project.write("cassettes/test_app/test_greets.runmock.yaml", TYPO)
    project.test("@pytest.mark.runmock\ndef test_greets():\n    pass\n")
    ran = project.run()
    ran.counts(errors=1)
    ran.shows("""
        ________________________ ERROR at setup of test_greets _________________________
        cassettes/test_app/test_greets.runmock.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?
        =========================== short test summary info ============================
    """)


def test_tests_beside_it_run(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.mark.runmock("bad")
        class TestBad:
            def test_in_class(self):
                pass

        @pytest.mark.runmock("missing")
        def test_missing():
            pass

        @pytest.mark.runmock("good")
        def test_beside_it():
            assert app.ask() == "good"
    """)
    project.replies("cassettes/good.yaml", "good")
    project.test("def test_good():\n    pass\n", "test_other.py")
    project.run().counts(passed=2, errors=2)


def test_each_error_is_shown_once_and_the_others_name_the_test_that_shows_it(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.write("cassettes/worse.yaml", "runmock: 1\nruns:\n  - {}\n  - http: 200\n")
    project.test("""
        @pytest.mark.runmock("bad")
        @pytest.mark.parametrize("number", range(3))
        def test_bad(number):
            pass

        @pytest.mark.runmock("worse")
        def test_worse():
            pass

        @pytest.mark.runmock("missing")
        @pytest.mark.parametrize("number", range(2))
        def test_missing(number):
            pass
    """)
    ran = project.run()
    ran.counts(errors=6)
    assert ran.text.count("did you mean 'reply'?") == 1
    assert ran.text.count("looked for missing.runmock.yaml") == 1
    ran.shows("""
        ________________________ ERROR at setup of test_bad[2] _________________________
        cassettes/bad.yaml:3:5: unknown key 'relpy' in a run
          the error of test_app.py::test_bad[0] has the details
    """)
    ran.shows("""
        test_app.py::test_missing[1]: there is no cassette 'missing'
          the error of test_app.py::test_missing[0] has the details
    """)
    ran.shows("cassettes/worse.yaml:4:5: 'http' should be at least 400, got 200")


def test_with_xdist_it_is_shown_once_by_all_workers_together(project):
    project.write("pytest.ini", "[pytest]\n")
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.mark.runmock("bad")
        @pytest.mark.parametrize("number", range(8))
        def test_bad(number):
            pass
    """)
    ran = project.spread("-n", "2")
    ran.counts(errors=8)
    assert "[gw0]" in ran.text
    assert "[gw1]" in ran.text
    assert ran.text.count("did you mean 'reply'?") == 1
    assert ran.text.count("has the details") == 7


def test_a_test_that_is_skipped_is_not_failed(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        import unittest

        pytestmark = pytest.mark.runmock("bad", "missing")

        @pytest.fixture
        def key():
            pytest.skip("no key")

        @pytest.mark.skip
        def test_marked():
            pass

        @pytest.mark.skipif("sys.version_info > (3,)")
        def test_skipped_on_a_condition():
            pass

        def test_skipped_by_a_fixture(key):
            pass

        @pytest.fixture
        def database():
            raise unittest.SkipTest("no database")

        def test_skipped_as_unittest_does(database):
            pass

        class Case(unittest.TestCase):
            @unittest.skip("not now")
            def test_skipped(self):
                pass

        @unittest.skipIf(True, "not now")
        class SkippedCase(unittest.TestCase):
            def test_skipped(self):
                pass

        @pytest.mark.xfail(run=False)
        def test_not_run():
            pass
    """)
    ran = project.run()
    ran.counts(skipped=6, xfailed=1)
    assert ran.exit == 0


def test_a_fixture_that_sends_a_request_is_answered_by_no_cassette_and_the_error_alone_is_shown(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.fixture
        def answer():
            return app.ask()

        @pytest.mark.runmock("bad")
        def test_bad(answer):
            pass
    """)
    ran = project.run()
    ran.counts(errors=1)
    ran.shows("""
        _________________________ ERROR at setup of test_bad __________________________
        cassettes/bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?
        =========================== short test summary info ============================
    """)


def test_a_fixture_that_is_requested_in_the_test_fails_it_there(project):
    project.write("cassettes/test_app/test_bad.yaml", TYPO)
    project.test("def test_bad(request):\n    request.getfixturevalue('runmock')\n")
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("cassettes/test_app/test_bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?")


def test_a_run_that_only_collects_shows_the_errors_and_its_exit_status_counts(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.mark.runmock("bad")
        @pytest.mark.parametrize("number", range(5))
        def test_bad(number):
            pass

        @pytest.mark.runmock("bad")
        @pytest.mark.skipif(True, reason="not now")
        def test_skipped():
            pass

        @pytest.mark.runmock("good")
        def test_good():
            pass
    """)
    project.replies("cassettes/good.yaml", "good")
    ran = project.run("--collect-only", "-q")
    assert ran.exit == 1
    ran.shows("""
        test_app.py::test_bad[4]
        test_app.py::test_skipped
        test_app.py::test_good
    """)
    ran.shows("""
        =================== runmock: what will fail tests at set-up ====================
        cassettes/bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?
          fails test_app.py::test_bad[0], test_app.py::test_bad[1], test_app.py::test_bad[2] and 2 more
    """)
    for args in (["-k", "good"], ["-k", "skipped"], ["--runmock-disable"]):
        ran = project.run("--collect-only", *args)
        assert (ran.exit, "will fail" in ran.text) == (0, False)


@pytest.mark.parametrize("args", [[], ["-p", "no:skipping"]])
def test_a_condition_that_cannot_be_evaluated_keeps_no_run_from_collecting(project, args):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.mark.runmock("bad")
        @pytest.mark.skipif("no_such_name")
        def test_bad():
            pass
    """)
    ran = project.run("--collect-only", "-q", *args)
    assert ran.exit == 1
    ran.shows(
        "cassettes/bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?\n  fails test_app.py::test_bad"
    )


@pytest.mark.parametrize("indirect", ["", ", indirect=True"])
def test_a_parameter_of_the_fixture_is_refused(project, indirect):
    project.test(f"""
        @pytest.mark.parametrize("runmock", ["paris", "oslo"]{indirect})
        def test_a(runmock):
            pass
    """)
    project.replies("cassettes/paris.yaml", "from Paris")
    ran = project.run()
    ran.counts(errors=2)
    ran.shows("""
        test_app.py::test_a[paris]: the fixture runmock takes no parameter; mark each case with its cassette:
          @pytest.mark.parametrize("city", [pytest.param("Paris", marks=pytest.mark.runmock("paris"))])
          or name none: each case then has the one of its own name, cassettes/<module>/<test>[<id>].runmock.yaml
    """)
    project.test("""
        @pytest.mark.parametrize("city", [pytest.param("Paris", marks=pytest.mark.runmock("paris"))])
        def test_a(city):
            assert app.ask() == f"from {city}"
    """)
    project.run().counts(passed=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("runmock_cassette_name", "'own'"), ("runmock_config", "{'pace': '0'}"), ("runmock_cassette_dir", "'tapes'")],
)
def test_a_setting_uses_its_parameter_as_its_value(project, name, value):
    test = f"""
        @pytest.mark.runmock
        @pytest.mark.parametrize("{name}", [{value}], ids=["x"])
        def test_a({name}):
            pass
    """
    project.test(test)
    project.run().counts(passed=1)
    project.test(test.replace(", ids", ", indirect=True, ids"))
    ran = project.run()
    ran.counts(errors=1)
    ran.shows(f"test_app.py::test_a[x]: {name} takes no indirect parameter: leave out indirect=True")


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ('script="runs: [{relpy: a}]"', "script of test_app.py::test_a:1:9: unknown key 'relpy' in a run; did you mean 'reply'?"),
        ('script={"runs": [{"relpy": "a"}]}', "script of test_app.py::test_a: runs[0].relpy: unknown key 'relpy' in a run; did you mean 'reply'?"),
        ("allow_unplaid=True", "test_app.py::test_a: @pytest.mark.runmock has no keyword 'allow_unplaid'; did you mean 'allow_unplayed'?"),
        (
            "xyzzy=1",
            "test_app.py::test_a: @pytest.mark.runmock has no keyword 'xyzzy'; they are record_mode, match_on, allow_unplayed, allow_truncated, pace, upstream, before_record, hosts, allow_hosts, script, chaos",
        ),
    ],
)  # fmt: skip
def test_an_error_in_the_marker_is_reported_as_well(project, marker, message):
    project.test(f"@pytest.mark.runmock({marker})\ndef test_a():\n    pass\n")
    ran = project.run()
    ran.counts(errors=1)
    assert message in ran.text.splitlines()


def test_a_test_that_only_requests_the_fixture_is_checked_too(project):
    project.write("cassettes/test_app/test_a.yaml", TYPO)
    project.test("def test_a(runmock):\n    pass\n")
    project.run().counts(errors=1)


def test_where_pytest_was_started_decides_how_a_path_is_shown(project, monkeypatch):
    project.write("deep/cassettes/bad.yaml", TYPO)
    project.test('@pytest.mark.runmock("bad")\ndef test_bad():\n    pass\n', "deep/test_deep.py")
    monkeypatch.chdir(project.path / "deep")
    project.run().shows("cassettes/bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?")


def test_nothing_is_looked_at_when_runmock_is_disabled(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.mark.runmock("bad", allow_unplaid=True)
        def test_bad():
            pass

        @pytest.mark.runmock("missing")
        def test_missing(runmock):
            assert runmock.runs == []
    """)
    project.run("--runmock-disable").counts(passed=2)


def test_an_error_is_in_the_junit_report(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test('@pytest.mark.runmock("bad")\ndef test_bad():\n    pass\n')
    project.run("--junitxml=report.xml").counts(errors=1)
    assert "did you mean &#x27;reply&#x27;" in (project.path / "report.xml").read_text().replace("'", "&#x27;")
