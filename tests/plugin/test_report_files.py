"""`--runmock-report=FILE.html` and `FILE.md`: what is in them, how tests ran, and what happens where one cannot be written."""

import json
import os
import re
import subprocess
import sys

import pytest
from markdown_it import MarkdownIt
from pytest_runmock.reports import markdown
from pytest_runmock.reports.results import Result

BOTH = ("--runmock-report=made/r.html", "--runmock-report=made/r.md")
TESTS = """
    def test_good(runmock):
        runmock.reply("Hi")
        assert app.ask() == "Hi"

    def test_wrong(runmock):
        runmock.reply("Hi")
        assert app.ask() == "Ho"

    def test_left(runmock):
        runmock.reply("Hi")
        runmock.reply("Ho")
        app.ask()

    def test_other():
        pass
"""


def scripts(project, file="made/r.html"):
    """The JSON texts in a page, by their ids."""
    text = (project.path / file).read_text(encoding="utf-8")
    found = re.findall(r'<script type="application/json" id="([^"]+)">(.*?)</script>', text, re.DOTALL)
    return {name: json.loads(data) for name, data in found}


def by_name(project):
    """The tests of a page by the last part of their ids."""
    return {test["id"].rpartition("::")[2]: test for test in scripts(project)["page"]["tests"]}


def text_in(project, file="made/r.md"):
    return (project.path / file).read_text(encoding="utf-8")


@pytest.fixture
def ran(project):
    """Run tests with both reports."""

    def run(text, *more, **how):
        project.test(text)
        return project.run(*BOTH, *more, **how)

    return run


def test_a_page_has_every_test_that_played_with_its_conversation_the_failed_ones_first(project, ran):
    result = ran(TESTS)
    assert f"runmock: the report is {project.path / 'made' / 'r.html'}" in result.text
    assert f"runmock: the report is {project.path / 'made' / 'r.md'}" in result.text
    page = scripts(project)["page"]
    assert page["title"] == f"Tests of {project.path.name}"
    assert page["about"][0] == "3 tests, 2 failed"
    tests = by_name(project)
    assert list(tests) == ["test_wrong", "test_left", "test_good"]
    assert [test["outcome"] for test in tests.values()] == ["failed", "error", "passed"]
    wrong, left = tests["test_wrong"], tests["test_left"]
    assert (wrong["runs"], wrong["requests"], wrong["mode"], wrong["cassettes"]) == (1, 6, "none", [])
    assert [problem["title"] for problem in wrong["problems"]] == ["AssertionError: assert 'Hi' == 'Ho'"]
    assert left["problems"][0] == {"title": "not played", "text": 'inline: run 1: reply "Ho"', "kind": "bad"}
    assert left["problems"][1]["title"] == "teardown: runmock: not everything on the cassette was played"
    document = scripts(project)[f"document-{tests['test_good']['document']}"]
    (thread,) = document["conversations"]
    assert [item["text"] for item in thread["items"] if item["kind"] == "message"] == ["Hello", "Hi"]
    assert [request["operation"] for request in document["requests"]][:2] == ["create_thread", "create_run"]
    assert document["isTimed"]
    assert "The table" not in result.text


def test_a_text_has_the_problems_and_no_more(project, ran):
    ran(TESTS)
    text = text_in(project)
    assert text.startswith(
        f"## {project.path.name.replace('_', chr(92) + '_')}: 3 tests, 2 failed\n\nrunmock played 3 runs in "
    )
    assert "### ❌ `test_app.py::test_wrong`\n\nfailed, 6 requests\n" in text
    assert "E       AssertionError: assert 'Hi' == 'Ho'\n" in text
    assert "### ❌ `test_app.py::test_left`\n\nerror, 6 requests\n" in text
    assert "test_good" not in text


def test_a_miss_is_in_both_with_what_differs(project, ran):
    ran("""
        def test_miss(runmock):
            runmock.when(last_message="/Rome/").reply("Roma")
            app.ask("Oslo")
    """)
    test = by_name(project)["test_miss"]
    assert "nearest   run 0" in test["problems"][0]["text"]
    document = scripts(project)[f"document-{test['document']}"]
    item = document["conversations"][-1]["items"][0]
    assert (document["conversations"][-1]["title"], item["kind"]) == ("Not answered", "unanswered")
    assert (item["operation"], item["request"]) == ("create_run", 1)
    assert document["requests"][1]["note"] == item["text"]
    assert "sent      Oslo" in text_in(project)


def test_a_verdict_is_a_warning_that_fails_nothing(project, ran):
    ran("""
        def test_impatient(runmock):
            runmock.reply("Hi")
            run = app.finish(app.start())
            for _ in range(9):
                app.get(f"/threads/{run['thread_id']}/runs/{run['id']}")
    """).counts(passed=1)
    (problem,) = by_name(project)["test_impatient"]["problems"]
    assert (problem["title"], problem["kind"]) == ("looks like a defect", "warn")
    assert "### ⚠️ `test_app.py::test_impatient`" in text_in(project)


@pytest.mark.parametrize("suffix", ["md", "html"])
def test_when_no_test_played_the_file_says_so(project, suffix):
    project.test("def test_it(): pass")
    project.run(f"--runmock-report=r.{suffix}").counts(passed=1)
    if suffix == "md":
        assert text_in(project, "r.md").endswith(
            ": no test played\n\nrunmock played 0 runs in 0 requests, from 0 cassettes.\n"
        )
    else:
        page = scripts(project, "r.html")["page"]
        assert (page["tests"], page["about"][0]) == ([], "no test played")


def test_a_module_that_is_not_collected_is_in_it(project, ran):
    project.write("test_broken.py", "import no_such_module\n")
    ran(TESTS, "--continue-on-collection-errors")
    tests = by_name(project)
    assert tests["test_broken.py"]["outcome"] == "error"
    assert tests["test_broken.py"]["problems"][0]["title"] == (
        "collect: ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert "### ❌ `test_broken.py`" in text_in(project)


def test_a_skipped_test_and_an_expected_failure_are_told_as_such(project, ran):
    ran("""
        def test_skip(runmock):
            runmock.reply("Hi")
            app.ask()
            pytest.skip("enough")

        @pytest.mark.xfail
        def test_expected(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Ho"
    """)
    assert {name: test["outcome"] for name, test in by_name(project).items()} == {
        "test_skip": "skipped",
        "test_expected": "xfailed",
    }


def test_workers_of_xdist_send_what_they_saw(project):
    project.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    project.test(TESTS)
    project.spread("-n", "2", *BOTH)
    tests = by_name(project)
    assert {test["outcome"] for test in tests.values()} == {"failed", "error", "passed"}
    documents = scripts(project)
    assert all(documents[f"document-{test['document']}"]["requests"] for test in tests.values())
    assert "3 tests, 2 failed" in text_in(project)


def test_of_a_test_that_runs_again_the_last_attempt_counts(project, ran):
    project.write(
        "conftest.py",
        """
        import pytest
        from _pytest.runner import runtestprotocol

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            for attempt in range(2):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
                has_failed = any(report.failed for report in reports)
                for report in reports:
                    if has_failed and not attempt and report.when == "call":
                        report.outcome = "rerun"
                    item.ihook.pytest_runtest_logreport(report=report)
                if not has_failed:
                    break
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True

        def pytest_report_teststatus(report):
            if report.outcome == "rerun":
                return "rerun", "R", "RERUN"
        """,
    )
    ran("""
        attempts = []

        def test_flaky(runmock):
            attempts.append(1)
            runmock.reply(f"attempt {len(attempts)}")
            assert app.ask() == "attempt 2"
    """)
    test = by_name(project)["test_flaky"]
    assert (test["outcome"], test["runs"]) == ("passed", 2)
    assert "attempt 2" in json.dumps(scripts(project)[f"document-{test['document']}"])
    assert scripts(project)["page"]["about"][0] == "1 test, none failed"


def test_a_subtest_that_fails_is_a_problem_of_its_test(project, ran):
    ran("""
        def test_all(runmock, subtests):
            for number in range(3):
                with subtests.test(number=number):
                    runmock.reply(str(number))
                    assert app.ask() == "1"
    """)
    test = by_name(project)["test_all"]
    assert test["outcome"] == "failed"
    assert len([problem for problem in test["problems"] if "assert" in problem["title"]]) == 2
    assert test["runs"] == 3


def test_a_chaos_pass_shows_each_experiment(project, ran):
    ran(
        """
        def test_it(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Hi"
        """,
        "--runmock-chaos=expire,fail",
    )
    tests = scripts(project)["page"]["tests"]
    assert len(tests) == 3
    assert any("expire" in f"{test['id']} {test['problems']}" for test in tests)
    assert text_in(project)


def test_a_session_that_several_tests_share_is_shown_as_a_whole(project, ran):
    project.write("cassettes/both.yaml", "runmock: 1\nruns:\n- reply: one\n- reply: two\n- reply: three\n")
    ran("""
        from runmock import runmock_session
        shared = runmock_session("both.yaml", scope="module")

        def test_a(shared): assert app.ask() == "one"
        def test_b(shared): assert app.ask() == "two"
    """)
    tests = by_name(project)
    (whole,) = [test for test in scripts(project)["page"]["tests"] if ", until " in test["id"]]
    assert whole["id"] == "the fixture shared of test_app.py, until test_app.py::test_b"
    texts = json.dumps(scripts(project)[f"document-{whole['document']}"])
    assert '"one"' in texts
    assert '"two"' in texts
    assert whole["outcome"] == "failed"
    assert "three" in json.dumps(whole["problems"])
    assert tests["test_a"]["document"] is None


def test_a_session_that_records_shows_what_was_answered(project, records):
    project.test("""
        @pytest.mark.runmock("new.yaml")
        def test_new():
            assert app.ask()
    """)
    records("once", *BOTH).counts(passed=1)
    test = by_name(project)["test_new"]
    assert (test["mode"], test["requests"] > 3) == ("once", True)
    document = scripts(project)[f"document-{test['document']}"]
    assert [request["status"] for request in document["requests"]] == [200] * test["requests"]
    assert document["conversations"][0]["items"]


def test_the_options_work_in_the_settings_of_a_project(project):
    (project.path / "pytest.ini").write_text(
        (project.path / "pytest.ini")
        .read_text()
        .replace("addopts =", "addopts = --runmock-report=made/r.html --runmock-report")
    )
    project.test(TESTS)
    ran = project.run()
    assert by_name(project)
    assert "answered" in ran.text  # the table


def test_the_environment_names_a_file(project, monkeypatch):
    monkeypatch.setenv("RUNMOCK_REPORT", "made/r.md")
    project.test(TESTS)
    project.run()
    assert "3 tests, 2 failed" in text_in(project)


def test_a_file_that_cannot_be_written_is_told_and_fails_nothing(project):
    project.write("made", "a file where a folder should be")
    project.test("def test_it(runmock):\n    runmock.reply('Hi')\n    assert app.ask() == 'Hi'\n")
    ran = project.run(*BOTH)
    ran.counts(passed=1)
    assert ran.exit == 0
    assert f"runmock: the report was not written to {project.path / 'made' / 'r.html'}: File exists" in ran.text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("report.pdf", "--runmock-report: a report is a page, FILE.html, or a text, FILE.md; 'report.pdf' is neither"),
        ("folder.html", "folder.html is a folder, not a file"),
        ("maybe", "--runmock-report cannot be 'maybe'; it is one of 1, true, yes, on, 0, false, no, off"),
    ],
)
def test_a_name_that_is_no_report_is_refused_before_any_test(project, value, message):
    (project.path / "folder.html").mkdir()
    project.test(TESTS)
    ran = project.run(f"--runmock-report={value}")
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert message in ran.result.stderr.str()


@pytest.mark.parametrize("option", ["", "--runmock-report", "--runmock-report=r.md"])
def test_without_a_file_nothing_is_imported_and_nothing_is_kept(project, option):
    project.test("""
        import sys

        def test_it(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Hi"
            print("LOADED", *(name for name in sys.modules if "viewer" in name or "witness" in name))
    """)
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    arguments = (
        "-q",
        "-s",
        "-p",
        "pytest_runmock",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        *filter(None, [option]),
    )
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=project.path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in finished.stdout, finished.stdout + finished.stderr
    assert ("LOADED\n" in finished.stdout) is (option != "--runmock-report=r.md")


HOSTILE = (
    "`a` ``b`` ```c``` | d | <img src=x onerror=alert(1)> </details> &amp; [e](javascript:f) ![g](h)",
    "```\n# a heading\n````\n<script>alert(1)</script>\n</details>\n",
    "\x00 \u202e right to left \u2028 \ud800 half a pair",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_shows_every_text_as_it_is(hostile):
    result = Result(f"test_a.py::test[{hostile}]", "failed", cassettes=[hostile])
    result.problems = [{"title": hostile, "text": hostile, "kind": "bad"}]
    text = markdown.markdown_text([result], f"a_b*{hostile}")
    tokens = MarkdownIt().parse(text)
    kinds = [token.type for token in tokens]
    assert kinds.count("fence") == 1
    assert kinds.count("heading_open") == 2
    html = [token.content for token in tokens if token.type == "html_block"]
    assert len(html) == 2
    assert html[1] == "</details>\n"
    assert re.findall(r"<[^>]*>", html[0]) == ["<details open>", "<summary>", "</summary>"]
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "text_special", "code_inline"}
    shown = "".join(child.content for child in inline)
    assert " ".join(hostile.split()[:3]).replace("\x00", "\ufffd").replace("\ud800", "?") in shown.replace("\\", "")


def test_markdown_stays_short():
    problems = [
        {"title": "long " * 500, "text": "é" * 100 + "\n" + "line\n" * 5_000 + "x" * 100_000, "kind": "bad"}
    ] * 9
    many = [Result(f"test_a.py::test[{number}]" + "y" * 5_000, "failed", problems=problems) for number in range(500)]
    text = markdown.markdown_text(many, "name")
    assert 20_000 < len(text.encode()) < 60_000
    shown = text.count("### ")
    assert text.endswith(f"And {500 - shown} more tests with problems.\n")
    assert "And 4 more problems.\n" in text
    assert text.count("<details") == text.count("</details>")
    few = [
        Result(f"test_{number}", "failed", problems=[{"title": "a", "text": "", "kind": "bad"}]) for number in range(21)
    ]
    assert markdown.markdown_text(few, "name").endswith("And 1 more test with problems.\n")
