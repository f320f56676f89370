"""A run of pytest as a whole: workers, random order, switched off, and what it prints at its end."""

import xml.etree.ElementTree as ET

import pytest
import pytest_recording.plugin
import pytest_runmock

MANY = """
    pytestmark = pytest.mark.runmock

    @pytest.mark.parametrize("number", range(6))
    def test_function(runmock, number):
        runmock.reply(f"answer {number}")
        assert app.ask() == f"answer {number}"
        assert len(runmock.runs) == 1

    class TestShared:
        @pytest.mark.runmock("shared")
        @pytest.mark.parametrize("city", ["Paris", "Oslo"])
        def test_method(self, runmock, city):
            assert app.ask(f"Weather in {city}?") == f"It is warm in {city}."
            assert len(runmock.requests) == 6

    def test_misses():
        app.post("/batches")

    @pytest.mark.skip
    def test_skipped():
        pass
"""


@pytest.fixture
def many(project):
    project.write(
        "cassettes/shared.yaml",
        """
        runmock: 1
        runs:
          - match: {last_message: /Paris/}
            reply: It is warm in Paris.
          - match: {last_message: /Oslo/}
            reply: It is warm in Oslo.
        """,
    )
    project.write(
        "conftest.py", "import pytest\n\n@pytest.fixture\ndef runmock_config():\n    return {'allow_unplayed': True}\n"
    )
    project.test(MANY)
    return project


@pytest.mark.parametrize(
    "arguments",
    [[], ["-n", "2"], ["-p", "randomly", "-p", "no:xdist"], ["-n", "2", "-p", "randomly", "--dist", "loadscope"]],
    ids=" ".join,
)
def test_every_order_and_number_of_workers_gives_the_same(many, arguments):
    many.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    run = many.spread if "-n" in arguments else many.run_apart
    ran = run("-p", "no:randomly", *arguments) if "randomly" not in arguments else run(*arguments)
    ran.counts(passed=8, failed=1, skipped=1)
    ran.shows("runmock: 9 tests played 8 runs in 49 requests, from 1 cassette")


def test_the_last_line_counts_tests_runs_requests_and_cassettes(project):
    project.replies("cassettes/one.yaml", "a", "b")
    project.test("""
        @pytest.mark.runmock("one", allow_unplayed=True)
        def test_asks():
            app.ask()

        @pytest.mark.runmock("one")
        def test_asks_twice():
            app.ask()
            app.ask()

        def test_sends_nothing(runmock):
            pass
    """)
    ran = project.run()
    ran.counts(passed=3)
    ran.shows("runmock: 2 tests played 3 runs in 18 requests, from 1 cassette")


def test_a_single_item_of_each_is_shown_in_the_singular(project):
    project.test("def test_a(runmock):\n    runmock.reply('a')\n    app.post('/threads/runs', assistant_id='a')\n")
    ran = project.run()
    ran.counts(passed=1)
    ran.shows("runmock: 1 test played 1 run in 1 request, from 0 cassettes")


@pytest.mark.parametrize("argument", ["", "runmock"])
def test_there_is_no_line_when_nothing_played(project, argument):
    project.test(f"def test_a({argument}):\n    pass\n")
    assert "runmock: " not in project.run().text


def test_a_failed_test_counts_once(project):
    project.test("def test_a(runmock):\n    runmock.reply('never')\n    app.post('/threads')\n")
    ran = project.run()
    ran.counts(passed=1, errors=1)
    ran.shows("runmock: 1 test played 0 runs in 1 request, from 0 cassettes")


def test_the_junit_report_has_the_miss_and_the_leftovers(many):
    many.test("@pytest.mark.runmock('shared', allow_unplayed=False)\ndef test_leaves():\n    pass\n", "test_more.py")
    many.run("--junitxml=report.xml").counts(passed=9, failed=1, skipped=1, errors=1)
    suite = ET.parse(many.path / "report.xml").getroot()[0]
    messages = {
        case.get("name"): detail.get("message")
        for case in suite
        for detail in case
        if detail.tag in ("failure", "error")
    }
    assert messages["test_misses"].startswith(
        "runmock.UnmatchedRequest: batches is another API than Assistants and Responses"
    )
    assert "run 0, line 3: when last_message /Paris/" in messages["test_leaves"]


@pytest.mark.parametrize("how", ["option", "environment", "ini"])
def test_nothing_is_intercepted_when_disabled(project, monkeypatch, how):
    project.test("""
        import threading
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class Echo(BaseHTTPRequestHandler):
            def do_POST(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'"from a real server"')

            def log_message(self, *arguments):
                pass

        @pytest.mark.runmock("no_such_cassette")
        def test_goes_out(runmock):
            runmock.reply("never")
            server = HTTPServer(("127.0.0.1", 0), Echo)
            threading.Thread(target=server.handle_request).start()
            with server:
                url = f"http://127.0.0.1:{server.server_port}/v1/threads"
                assert app.post(url) == "from a real server"
            assert runmock.requests == []
    """)
    if how == "environment":
        monkeypatch.setenv("RUNMOCK_DISABLE", "1")
    options = {"option": ["--runmock-disable"], "environment": [], "ini": ["-o", "runmock_disable=true"]}
    ran = project.run(*options[how])
    ran.counts(passed=1)
    assert "runmock:" not in ran.text


def test_other_options_of_the_same_meaning_do_not_clash(project):
    project.write(
        "conftest.py",
        "def pytest_addoption(parser):\n    parser.addoption('--record')\n    parser.addoption('--pace')\n",
    )
    project.test("def test_a(runmock):\n    assert app.post('/threads')['object'] == 'thread'\n")
    project.run("--record-mode=none", plugins=[pytest_runmock, pytest_recording.plugin]).counts(passed=1)


def test_pytest_may_run_within_pytest_again_and_again(project):
    project.write("pytest.ini", "[pytest]\n")
    project.write(
        "test_app.py",
        """
        pytest_plugins = ["pytester"]

        def test_within(pytester):
            pytester.makepyfile("def test_a(runmock): assert runmock.runs == []")
            for _ in range(2):
                pytester.runpytest_inprocess("-p", "pytest_runmock").assert_outcomes(passed=1)
    """,
    )
    project.run_apart("-p", "no:cacheprovider").counts(passed=1)
