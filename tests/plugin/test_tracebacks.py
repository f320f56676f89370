"""The traceback of a failure shows the application's frames, not those of the SDK and of runmock."""

import textwrap

import pytest

SDK = """
    import openai

    def in_the_application(client):
        client.beta.threads.create()
        deeper(client)

    def deeper(client):
        client.beta.threads.runs.create_and_poll(thread_id="thread_1", assistant_id="asst_1")

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    @pytest.mark.runmock(script={"runs": [{"calls": ["a"], "match": {"model": "other"}}]})
    def test_asks():
        in_the_application(openai.OpenAI(api_key="sk-not-a-key"))
"""


@pytest.fixture
def sdk(project):
    project.test(SDK)
    return project


@pytest.mark.parametrize("style", ["auto", "long", "short"])
def test_a_miss_shows_the_applications_frames_only(sdk, style):
    ran = sdk.run(f"--tb={style}")
    ran.counts(failed=1)
    for expected in ("in_the_application(openai", "deeper(client)", "create_and_poll(thread_id"):
        assert expected in ran.text
    for hidden in ("/openai/", "/httpx2/", "/runmock/", "_base_client", "handle_request"):
        assert hidden not in ran.text
    assert len(ran.text.splitlines()) < 60


@pytest.mark.parametrize("style", ["auto", "long", "short"])
def test_so_does_one_of_a_test_case(project, style):
    project.test("""
        import unittest

        class TestIt(unittest.TestCase):
            @pytest.mark.runmock(script={"runs": [{"calls": ["a"], "match": {"model": "other"}}]})
            def test_asks(self):
                app.ask()
    """)
    ran = project.run(f"--tb={style}")
    ran.counts(failed=1)
    for expected in ("app.ask()", 'post(f"/threads/'):
        assert expected in ran.text
    for hidden in ("/httpx2/", "/runmock/", "handle_request", "_from_script"):
        assert hidden not in ran.text
    assert ran.text.count("no scripted run matches this request") == 1


def test_so_does_one_below_use_cassette(project):
    project.test("""
        import runmock

        @runmock.use_cassette()
        def test_asks():
            app.ask()
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert "app.ask()" in ran.text
    for hidden in ("/httpx2/", "/runmock/", "handle_request", "_from_script"):
        assert hidden not in ran.text


def test_full_trace_shows_them_all(sdk):
    ran = sdk.run("--full-trace")
    ran.counts(failed=1)
    for expected in (
        "create_and_poll(thread_id",
        "/openai/_base_client.py",
        "/httpx2/_client.py",
        "runmock/deck/deck.py",
    ):
        assert expected in ran.text


def test_the_native_style_names_the_miss_by_its_public_name(sdk):
    ran = sdk.run("--tb=native")
    ran.counts(failed=1)
    ran.shows("runmock.UnmatchedRequest: no scripted run matches this request")
    assert "/openai/" not in ran.text


def test_a_single_line_is_enough_to_know_what_was_sent(sdk):
    ran = sdk.run("--tb=line")
    ran.counts(failed=1)
    assert "test_app.py:11: runmock.UnmatchedRequest: no scripted run matches this request" in ran.text


def test_an_async_application_has_its_frames_too(project):
    project.test("""
        import openai

        async def in_the_application(client):
            await client.beta.threads.create()
            await client.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1")

        @pytest.mark.asyncio
        @pytest.mark.filterwarnings("ignore::DeprecationWarning")
        @pytest.mark.runmock(script={"runs": [{"calls": ["a"], "match": {"model": "other"}}]})
        async def test_asks():
            await in_the_application(openai.AsyncOpenAI(api_key="sk-not-a-key"))
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert "await client.beta.threads.runs.create(thread_id" in ran.text
    assert "/openai/" not in ran.text
    assert "/httpx2/" not in ran.text


@pytest.mark.parametrize("kind", ["a function", "a method of a TestCase", "a block", "a client"])
def test_a_miss_of_use_cassette_shows_the_applications_frames_only(project, kind):
    project.test(
        {
            "a function": """
            from runmock import use_cassette

            @use_cassette(script={"runs": []})
            def test_asks():
                app.ask()
        """,
            "a method of a TestCase": """
            import unittest
            from runmock import use_cassette

            class TestAsks(unittest.TestCase):
                @use_cassette(script={"runs": []})
                def test_asks(self):
                    app.ask()
        """,
            "a block": """
            from runmock import use_cassette

            def test_asks():
                with use_cassette(script={"runs": []}):
                    app.ask()
        """,
            "a client": """
            import httpx2, runmock

            def test_asks(monkeypatch):
                transport = runmock.transport(script={"runs": []})
                monkeypatch.setattr(app.client, "_transport", transport)
                app.ask()
        """,
        }[kind]
    )
    ran = project.run("--tb=short")
    ran.counts(failed=1)
    shown = ran.text.partition("FAILURES")[2].partition("short test summary")[0]
    frames = [line.strip() for line in shown.splitlines() if ": in " in line]
    assert list(dict.fromkeys(frame.partition(".py:")[0] for frame in frames)) == ["test_app", "app"]


MISSING = """
    {path}/cassettes/nothere.runmock.yaml: there is no cassette 'nothere'
      looked for nothere.runmock.yaml and nothere.yaml in {path}/cassettes
      to record it: use_cassette("nothere", record_mode="once")
"""
LEFT = """
    runmock: not everything on the cassette was played
      script of use_cassette
        run 0: reply "a"
      to allow it: leave out allow_unplayed=False
"""
DECORATED = {
    "function": "def test_a(): pass",
    "coroutine": "@pytest.mark.asyncio\nasync def test_a(): pass",
    "class": "class TestA:\n    def test_a(self): pass",
    "TestCase": "class TestA(unittest.TestCase):\n    def test_a(self): pass",
    "fixture": "def made():\n    yield\n\ndef test_a(made): pass",
}


@pytest.mark.parametrize("style", ["auto", "native"])
@pytest.mark.parametrize(
    ("given", "text"), [("'nothere'", MISSING), ("script={'runs': [{'reply': 'a'}]}, allow_unplayed=False", LEFT)]
)
@pytest.mark.parametrize("kind", DECORATED)
def test_where_no_frame_of_the_tests_is_left_the_text_stands_alone(project, monkeypatch, kind, given, text, style):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # of this test
    above = "@pytest.fixture\n" if kind == "fixture" else ""
    decorated = f"{above}@use_cassette({given})\n{DECORATED[kind]}\n"
    project.write("test_app.py", f"import unittest, pytest\nfrom runmock import use_cassette\n\n{decorated}")
    ran = project.run(f"--tb={style}")
    block = textwrap.dedent(text).strip().format(path=project.path)
    shown = ran.text.partition("test_a ___")[2].partition("\n")[2]
    assert shown.startswith(f"{block}\n=="), ran.text


def test_its_line_is_that_of_the_test(project, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    project.test("""
        from runmock import use_cassette

        @use_cassette("nothere")
        def test_a():
            pass
    """)
    ran = project.run("--tb=line")
    assert f"{project.path}/test_app.py:6: runmock.CassetteNotFoundError: {project.path}/cassettes/" in ran.text


def test_full_trace_shows_all_of_it(project):
    project.test("""
        from runmock import use_cassette

        @use_cassette("nothere")
        def test_a():
            pass
    """)
    ran = project.run("--full-trace")
    ran.counts(failed=1)
    assert "runmock/session/use_cassette.py" in ran.text


def test_a_block_that_helpers_open_shows_the_helpers(project):
    project.test("""
        from contextlib import ExitStack, contextmanager
        from runmock import use_cassette

        @contextmanager
        def opened(stack):
            yield stack.enter_context(use_cassette("nothere"))

        def test_a():
            with ExitStack() as stack, opened(stack):
                pass
    """)
    ran = project.run("--tb=short")
    ran.counts(failed=1)
    frames = [line for line in ran.text.splitlines() if ": in " in line]
    assert [frame.rpartition("/")[2].partition(":")[0] for frame in frames] == [
        "test_app.py",
        "contextlib.py",
        "test_app.py",
    ]


def test_what_is_wrong_above_a_class_or_a_fixture_is_reported_at_its_line(project):
    project.test("""
        from runmock import use_cassette

        @use_cassette("a")
        class TestNothing:
            pass
    """)
    ran = project.run("--tb=short")
    ran.counts(errors=1)
    assert 'test_app.py:6: in <module>\n    @use_cassette("a")\n' in ran.text
    assert "runmock/" not in ran.text.partition("short test summary")[0].replace("pytest_runmock/", "")


def test_the_plugins_hooks_are_in_no_traceback(project):
    project.write(
        "conftest.py",
        """
        import pytest

        @pytest.fixture
        def wrong():
            1 / 0

        @pytest.fixture
        def wrong_in_the_end():
            yield
            1 / 0
        """,
    )
    project.test("""
        def test_a(wrong):
            pass

        def test_b(wrong_in_the_end):
            pass

        def test_c(runmock, wrong):
            pass
    """)
    ran = project.run_apart("--tb=short")
    ran.counts(passed=1, errors=3)
    frames = [line.partition(":")[0] for line in ran.text.splitlines() if ": in " in line]
    assert frames == ["conftest.py"] * 3


def test_a_defect_of_runmock_keeps_its_frames(project):
    project.test("""
        import runmock.session.session

        def test_a(monkeypatch):
            monkeypatch.setattr("runmock.session.session.Deck", None)
            with runmock.use_cassette():
                pass
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert "runmock/session/use_cassette.py" in ran.text
    assert "runmock/session/session.py" in ran.text


def test_other_errors_keep_their_frames(project):
    project.test("""
        def test_asks(runmock):
            app.client.get("http://127.0.0.1:1/nobody/listens")
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert "/httpx2/_client.py" in ran.text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('runmock.reply("a", usag={})', "reply(usag=): unknown option 'usag'; did you mean 'usage'?"),
        ('runmock.calls(("x", 1))', "calls(): argument 1 should be a mapping of arguments"),
        ('runmock.reply("a").events([])', "events() describes a whole run"),
        ('runmock.load("runs: []")', "load(): takes the path of a cassette"),
        ("runmock.http(status=200)", "http(status=): 'status' should be at least 400"),
        ("runmock.fail(cod=1)", "fail(cod=): unknown option 'cod'; did you mean 'code'?"),
        ("runmock.when('x')", "when(): takes options by their names, got 'x'"),
        ("use_cassette(record_mode='al')", "use_cassette: record_mode 'al' is not known"),
        ("transport(5)", "transport takes the paths of cassettes"),
        ("runmock.reply('a'), runmock.assert_all_played()", "not everything on the cassette was played"),
    ],
)
def test_a_mistake_in_a_script_shows_the_line_that_made_it(project, line, expected):
    project.test(f"""
        from runmock import transport, use_cassette

        @pytest.mark.runmock(allow_unplayed=True)
        def test_says(runmock):
            {line}
    """)
    ran = project.run("--tb=long")
    ran.counts(failed=1)
    assert expected in ran.text
    assert f">       {line}" in ran.text
    assert "runmock/" not in ran.text.partition("short test summary")[0].replace("pytest_runmock/", "")
