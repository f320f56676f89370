"""What is wrong in a cassette or a marker is found when the tests are collected, before one of them runs."""

import pytest

TYPO = """
    runmock: 1
    runs:
      - relpy: Hello
"""


def test_a_typo_in_a_cassette_fails_the_collection_of_its_module(project):
    project.write("cassettes/test_app/test_greets.runmock.yaml", TYPO)
    project.test("@pytest.mark.runmock\ndef test_greets():\n    pass\n")
    ran = project.run()
    ran.counts(errors=1)
    ran.said("""
        ________________________ ERROR collecting test_app.py _________________________
        cassettes/test_app/test_greets.runmock.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?
        =========================== short test summary info ============================
    """)


def test_other_modules_run_when_collection_errors_are_allowed(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test('@pytest.mark.runmock("bad")\ndef test_bad():\n    pass\n\ndef test_beside_it():\n    pass\n')
    project.test("def test_good():\n    pass\n", "test_other.py")
    ran = project.run("--continue-on-collection-errors")
    ran.counts(passed=1, errors=1)
    ran.said("cassettes/bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?")


def test_a_fault_in_a_class_leaves_the_rest_of_the_module_alone(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test("""
        @pytest.mark.runmock("bad")
        class TestBad:
            def test_in_class(self):
                pass

        def test_beside_it():
            pass
    """)
    ran = project.run("--continue-on-collection-errors")
    ran.counts(passed=1, errors=1)
    ran.said("ERROR test_app.py::TestBad - cassettes/bad.yaml:3:5: unknown key 'relpy'")


def test_each_fault_is_told_once(project):
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
    """)
    ran = project.run()
    ran.counts(errors=1)
    assert ran.text.count("did you mean 'reply'?") == 1
    ran.said("cassettes/worse.yaml:4:5: 'http' should be at least 400, got 200")


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ('script="runs: [{relpy: a}]"', "script of test_app.py::test_a:1:9: unknown key 'relpy' in a run; did you mean 'reply'?"),
        ('script={"runs": [{"relpy": "a"}]}', "script of test_app.py::test_a: runs[0].relpy: unknown key 'relpy' in a run; did you mean 'reply'?"),
        ("allow_unplaid=True", "test_app.py::test_a: runmock has no keyword 'allow_unplaid'; did you mean 'allow_unplayed'?"),
        (
            "xyzzy=1",
            "test_app.py::test_a: runmock has no keyword 'xyzzy'; they are record_mode, match_on, allow_unplayed, allow_truncated, pace, upstream, before_record, hosts, allow_hosts, script, chaos",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_the_marker_is_told_as_well(project, marker, told):
    project.test(f"@pytest.mark.runmock({marker})\ndef test_a():\n    pass\n")
    ran = project.run()
    ran.counts(errors=1)
    assert told in ran.text.splitlines()


def test_a_test_that_only_asks_for_the_fixture_is_looked_at_too(project):
    project.write("cassettes/test_app/test_a.yaml", TYPO)
    project.test("def test_a(runmock):\n    pass\n")
    project.run().counts(errors=1)


def test_where_pytest_was_started_decides_how_a_path_is_shown(project, monkeypatch):
    project.write("deep/cassettes/bad.yaml", TYPO)
    project.test('@pytest.mark.runmock("bad")\ndef test_bad():\n    pass\n', "deep/test_deep.py")
    monkeypatch.chdir(project.path / "deep")
    project.run().said("cassettes/bad.yaml:3:5: unknown key 'relpy' in a run; did you mean 'reply'?")


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


def test_a_collection_error_is_in_the_junit_report(project):
    project.write("cassettes/bad.yaml", TYPO)
    project.test('@pytest.mark.runmock("bad")\ndef test_bad():\n    pass\n')
    project.run("--junitxml=report.xml").counts(errors=1)
    assert "did you mean &#x27;reply&#x27;" in (project.path / "report.xml").read_text().replace("'", "&#x27;")
