"""Verdicts in what pytest tells: beside a failure, in the table of `--runmock-report`, and counted at the end."""

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
    told = ran()
    told.counts(passed=2)
    told.said("runmock: 1 test did what looks like a defect; --runmock-report tells it")


def test_the_report_tells_them_below_their_test(ran):
    told = ran("--runmock-report")
    told.result.stdout.re_match_lines([r".*test_app.py::test_polls_on", rf"    looks like a defect: {VERDICT}"])


def test_a_failure_tells_them(ran):
    told = ran(status="completed")
    told.counts(passed=1, failed=1)
    told.result.stdout.re_match_lines([r"-+ runmock verdicts -+", VERDICT])


def test_assert_resilient_fails_the_test_with_them(project):
    project.test("""
        def test_half(runmock):
            runmock.calls("get_weather").reply("Hi")
            app.finish(app.start())
            assert [one.kind for one in runmock.verdicts] == ["outputs_never_submitted"]
            runmock.assert_resilient()
    """)
    told = project.run()
    assert (
        told.told_error().lstrip().startswith("AssertionError: runmock: the application did what looks like a defect")
    )
    assert "outputs_never_submitted: run_" in told.told_error()
