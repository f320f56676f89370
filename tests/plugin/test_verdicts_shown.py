"""Verdicts in the output of pytest: beside a failure, in the table of `--runmock-report`, and counted at the end."""

import pytest

DEFECT = """
    def test_polls_on(runmock):
        runmock.fail("server_error")
        run = app.start()
        for _ in range(9):
            run = app.get(f"/threads/{run['thread_id']}/runs/{run['id']}")
        assert run["status"] == STATUS

    def test_well(runmock):
        runmock.reply("Hi")
        assert app.ask() == "Hi"
"""
VERDICT = r"polled_after_end: run_\w+ had ended, and was retrieved 6 times in a row"


@pytest.fixture
def ran(project):
    def run(*args, status="failed"):
        project.test(DEFECT.replace("STATUS", repr(status)))
        return project.run(*args)

    return run


def test_they_are_counted_at_the_end(ran):
    result_of_pytest = ran()
    result_of_pytest.counts(passed=2)
    result_of_pytest.shows("runmock: 1 test did something that looks like a defect; --runmock-report shows it")


def test_the_report_shows_them_below_their_test(ran):
    result_of_pytest = ran("--runmock-report")
    result_of_pytest.result.stdout.re_match_lines(
        [r".*test_app.py::test_polls_on", rf"    looks like a defect: {VERDICT}"]
    )


def test_a_failure_shows_them(ran):
    result_of_pytest = ran(status="completed")
    result_of_pytest.counts(passed=1, failed=1)
    result_of_pytest.result.stdout.re_match_lines([r"-+ runmock verdicts -+", VERDICT])


def test_assert_resilient_fails_the_test_with_them(project):
    project.test("""
        def test_half(runmock):
            runmock.calls("get_weather").reply("Hi")
            app.finish(app.start())
            assert [one.kind for one in runmock.verdicts] == ["outputs_never_submitted"]
            runmock.assert_resilient()
    """)
    result_of_pytest = project.run()
    assert (
        result_of_pytest.error_text()
        .lstrip()
        .startswith("AssertionError: runmock: the application did something that looks like a defect")
    )
    assert "outputs_never_submitted: run_" in result_of_pytest.error_text()
