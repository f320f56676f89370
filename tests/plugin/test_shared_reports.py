"""`runmock_session` beside the report, the chaos pass, orphans, the line at the end, and workers of xdist."""

import textwrap

import pytest
from test_created import with_xdist

HEAD = """
from runmock import runmock_session

def replies(*texts):
    return {"runs": [{"reply": text} for text in texts]}
"""


@pytest.fixture
def tests(project):
    """Write a module of tests, and run it."""

    def run(text, *args):
        project.test(HEAD + textwrap.dedent(text))
        return project.run(*args)

    return run


BOTH = """
    shared = runmock_session("setup")

    @pytest.fixture(scope="module")
    def asked(shared):
        yield app.ask()
        app.ask()

    def test_a(asked): app.ask()
    def test_b(shared, runmock):
        runmock.reply("own")
        app.ask()
    def test_c(): pass
"""


def test_the_line_at_the_end_counts_each_test_once(project, tests):
    project.replies("cassettes/setup.yaml", "one", "two", "three")
    tests(BOTH).shows("runmock: 3 tests played 4 runs in 24 requests, from 1 cassette")


def test_the_report_has_a_row_for_what_each_test_played_in_the_session(project, tests):
    project.replies("cassettes/setup.yaml", "one", "two", "three")
    ran = tests(BOTH, "--runmock-report")
    rows = [line.split() for line in ran.text.splitlines() if line.startswith("  none ")]
    assert [(row[1], row[2], *row[6:]) for row in rows] == [
        ("1", "6", "test_app.py::test_b"),
        ("2", "12", "test_app.py::test_a", "(shared)"),
        ("1", "6", "test_app.py::test_c", "(shared)"),
    ]


def test_verdicts_of_the_session_are_in_the_report_at_its_last_test(tests):
    text = """
        shared = runmock_session(script=replies("one"))

        def test_a(shared):
            run = app.finish(app.start())
            for _ in range(9):
                app.get(f"/threads/{run['thread_id']}/runs/{run['id']}")

        def test_b(shared): pass
    """
    ran = tests(text, "--runmock-report")
    assert "runmock: 1 test did something that looks like a defect; --runmock-report shows it" in ran.text
    assert ran.text.index("test_app.py::test_b (shared)") < ran.text.index("looks like a defect: ")


def test_a_chaos_pass_leaves_out_tests_without_a_session_of_their_own_and_says_so_once(tests):
    ran = tests(
        """
        shared = runmock_session(script=replies("one", "two", "three"))

        @pytest.fixture(scope="module")
        def asked(shared):
            return app.ask()

        def test_a(asked): app.ask()
        def test_b(asked): app.ask()
        def test_c(asked, runmock):
            runmock.reply("own")
            assert app.finish(app.start())["status"] in ("completed", "expired")
        """,
        "--runmock-chaos=expire",
    )
    ran.counts(passed=4)
    line = (
        "runmock: warning: a chaos pass leaves out tests that play only in a session of runmock_session; "
        "those with the fixture runmock or a mark are in it"
    )
    assert ran.text.count(line) == 1
    assert "test_app.py::test_c\n  not noticed     expire: run_" in ran.text


def test_the_cassettes_of_a_session_are_no_orphans(project, tests):
    for name in ("setup", "other", "gone", "test_app/own"):
        project.replies(f"cassettes/{name}.runmock.yaml", "one")
    text = """
        shared = runmock_session("setup", "other", allow_unplayed=True)
        own = runmock_session(allow_unplayed=True)

        @pytest.mark.skip
        def test_it(shared, own): pass
    """
    ran = tests(text, "--runmock-orphans")
    assert ran.orphans() == ["cassettes/gone.runmock.yaml"]
    ran = tests(text.replace("@pytest.mark.skip", ""), "--runmock-orphans")
    assert ran.orphans() == ["cassettes/gone.runmock.yaml"]


def test_the_cassette_of_a_session_that_no_test_uses_is_an_orphan(project, tests):
    project.replies("cassettes/test_app/own.runmock.yaml", "one")
    ran = tests("own = runmock_session()\n\ndef test_it(): pass", "--runmock-orphans")
    assert ran.orphans() == ["cassettes/test_app/own.runmock.yaml"]


def test_each_worker_of_xdist_has_a_session_and_leftovers_need_all_tests_in_one(project):
    with_xdist(project)
    project.write(
        "conftest.py",
        "import pytest\n" + HEAD + 'shared = runmock_session(script=replies("one", "two"), scope="session")\n',
    )
    for name in ("a", "b"):
        project.test("def test_it(shared): assert app.ask() == 'one'", f"test_{name}.py")
    ran = project.spread("-n", "2", "--dist", "loadfile", "--runmock-report")
    ran.counts(passed=2)
    assert "test_a.py::test_it (shared)" in ran.text
    assert "runmock: 2 tests played 2 runs in 12 requests, from 1 cassette" in ran.text
    ran = project.spread("-n", "1", "test_a.py", "test_b.py")
    ran.counts(passed=1, failed=1)


def test_a_leftover_under_xdist_is_an_error_when_one_worker_ran_all_tests(project):
    with_xdist(project)
    project.test(HEAD + 'shared = runmock_session(script=replies("one", "two"))\ndef test_it(shared): app.ask()')
    ran = project.spread("-n", "2")
    ran.counts(passed=1, errors=1)
    assert 'run 1: reply "two"' in ran.text
