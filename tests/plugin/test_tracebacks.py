"""The traceback of a failure shows the application's frames, not those of the SDK and of runmock."""

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
    for told in ("in_the_application(openai", "deeper(client)", "create_and_poll(thread_id"):
        assert told in ran.text
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
    for told in ("app.ask()", 'post(f"/threads/'):
        assert told in ran.text
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
    for told in ("create_and_poll(thread_id", "/openai/_base_client.py", "/httpx2/_client.py", "runmock/deck.py"):
        assert told in ran.text


def test_the_native_style_names_the_miss_by_its_public_name(sdk):
    ran = sdk.run("--tb=native")
    ran.counts(failed=1)
    ran.said("runmock.UnmatchedRequest: no scripted run matches this request")
    assert "/openai/" not in ran.text


def test_one_line_is_enough_to_know_what_was_sent(sdk):
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


def test_other_errors_keep_their_frames(project):
    project.test("""
        def test_asks(runmock):
            app.client.get("http://127.0.0.1:1/nobody/listens")
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert "/httpx2/_client.py" in ran.text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('runmock.reply("a", usag={})', "reply(usag=): unknown option 'usag'; did you mean 'usage'?"),
        ('runmock.calls(("x", 1))', "calls(): argument 1 should be a mapping of arguments"),
        ('runmock.reply("a").events([])', "events() says all about a run"),
        ('runmock.load("runs: []")', "load(): takes the path of a cassette"),
        ("runmock.http(status=200)", "http(status=): 'status' should be at least 400"),
        ("runmock.fail(cod=1)", "got an unexpected keyword argument 'cod'"),
        ("use_cassette(record_mode='al')", "record mode 'al' is not known"),
        ("transport(5)", "transport takes the paths of cassettes"),
        ("runmock.reply('a'), runmock.assert_all_played()", "not everything on the cassette was played"),
    ],
)
def test_a_mistake_in_a_script_shows_the_line_that_made_it(project, line, told):
    project.test(f"""
        from runmock import transport, use_cassette

        @pytest.mark.runmock(allow_unplayed=True)
        def test_says(runmock):
            {line}
    """)
    ran = project.run("--tb=long")
    ran.counts(failed=1)
    assert told in ran.text
    assert f">       {line}" in ran.text
    assert "runmock/" not in ran.text.partition("short test summary")[0].replace("pytest_runmock/", "")
