"""A miss fails the test whatever the application does with it, and at once."""

import pytest

HEAD = "runmock: the application swallowed this failure, or it happened in another thread or process"


@pytest.mark.parametrize("what", ["except BaseException:\n    pass", "finally:\n    return"])
def test_a_swallowed_miss_fails_the_test_at_its_end(project, what):
    body = "try:\n    app.ask()\n" + what
    project.test("def careless():\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    project.test(
        (project.path / "test_app.py").read_text()
        + "\ndef test_careless(runmock):\n    runmock.load({})\n    careless()\n"
    )
    ran = project.run("-W", "ignore::SyntaxWarning")
    ran.counts(passed=1, errors=1)
    ran.shows(f"""
        {HEAD}

        runmock.UnmatchedRequest: nothing says what the assistant does: there is no script, no recording and no verb
          sent      POST /threads""")


def test_every_swallowed_failure_is_reported(project):
    project.test("""
        @pytest.mark.runmock("never", script={"runs": [{"calls": ["a"], "outputs": ["1"]}]})
        def test_careless():
            run = app.finish(app.start())
            for attempt in (lambda: app.submit(run, "2"), app.ask, lambda: app.post("/batches")):
                try:
                    attempt()
                except BaseException:
                    pass
    """)
    project.write("cassettes/never.yaml", "runmock: 1\n")
    ran = project.run()
    ran.counts(passed=1, errors=1)
    assert ran.text.count(HEAD) == 1
    for part in ("runmock.OutputMismatch: ", "(create_run)", "v1/batches  (batches)"):
        assert part in ran.text


def test_of_many_ten_are_shown_and_the_rest_is_counted(project):
    project.test("""
        def test_careless(runmock):
            for _ in range(1012):
                try:
                    app.post("/threads/thread_1/runs", assistant_id="asst_1")
                except BaseException:
                    pass
    """)
    ran = project.run()
    ran.counts(passed=1, errors=1)
    assert ran.text.count("runmock.UnmatchedRequest: ") == 10
    ran.shows("\n\nand 1,002 more\n")


def test_a_miss_in_a_thread_fails_the_test(project):
    project.test("""
        import threading

        def test_threads(runmock):
            runmock.reply("a")
            app.ask()
            thread = threading.Thread(target=app.ask)
            thread.start()
            thread.join()
    """)
    ran = project.run("-W", "ignore::pytest.PytestUnhandledThreadExceptionWarning")
    ran.counts(passed=1, errors=1)
    ran.shows(HEAD)


def test_a_miss_in_a_pool_is_reported_once_when_its_result_is_read(project):
    project.test("""
        from concurrent.futures import ThreadPoolExecutor

        def test_pool(runmock):
            with ThreadPoolExecutor() as pool:
                pool.submit(app.ask).result()
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert HEAD not in ran.text


@pytest.mark.parametrize(("ending", "expected"), [("gather(task)", {"failed": 1}), ("wait([task])", {"errors": 1})])
def test_a_miss_in_a_task_fails_the_test(project, ending, expected):
    project.test(f"""
        import asyncio
        import httpx2

        async def ask():
            async with httpx2.AsyncClient(headers=app.client.headers) as client:
                await client.post("https://api.openai.com/v1/threads/runs", json={{"assistant_id": "a"}})

        @pytest.mark.asyncio
        async def test_tasks(runmock):
            task = asyncio.create_task(ask())
            await asyncio.{ending}
    """)
    ran = project.run()
    ran.counts(**expected)
    ran.shows("runmock.UnmatchedRequest: nothing says what the assistant does")
    assert (HEAD in ran.text) is ("errors" in expected)


def test_a_miss_in_a_task_group_is_reported_once(project):
    project.test("""
        import asyncio
        import httpx2

        async def ask(client):
            await client.post("https://api.openai.com/v1/threads/runs", json={"assistant_id": "a"})

        @pytest.mark.asyncio
        async def test_group(runmock):
            async with httpx2.AsyncClient(headers=app.client.headers) as client, asyncio.TaskGroup() as group:
                group.create_task(ask(client))
                group.create_task(ask(client))
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert ran.text.count("(create_thread_and_run)") == 2
    assert HEAD not in ran.text


@pytest.mark.parametrize(
    ("raised", "is_shown_again"),
    [("raise ValueError", False), ("raise ValueError from miss", False), ("raise ValueError from None", True)],
)
def test_a_miss_that_became_another_error_is_shown_again_only_when_that_hides_it(project, raised, is_shown_again):
    project.test(f"""
        def test_wraps(runmock):
            try:
                app.post("/batches")
            except BaseException as miss:
                {raised}
    """)
    ran = project.run()
    ran.counts(failed=1, errors=int(is_shown_again))
    assert ran.text.count("runmock.UnmatchedRequest: batches is another API") == 1


def test_a_miss_in_a_fixture_is_an_error_of_the_test(project):
    project.test("""
        @pytest.fixture
        def greeting():
            return app.ask()

        @pytest.mark.runmock
        def test_greets(greeting):
            pass
    """)
    ran = project.run()
    ran.counts(errors=1)
    assert HEAD not in ran.text


def test_other_fixtures_are_played_to_before_and_after_the_test(project):
    project.test("""
        @pytest.fixture(autouse=True)
        def greetings():
            assert app.ask() == "before"
            yield
            assert app.ask() == "after"

        @pytest.mark.runmock(script={"runs": [{"reply": "before"}, {"reply": "in"}, {"reply": "after"}]})
        def test_greets():
            assert app.ask() == "in"
    """)
    project.run().counts(passed=1)


SDK = """
    import time

    import anyio
    import openai

    NO_SLEEP = "the SDK waits: it tries again"

    def careful(call):
        try:
            call()
        except Exception as error:
            raise AssertionError("an application may catch this") from error

    @pytest.fixture(autouse=True)
    def no_sleep(monkeypatch):
        monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(NO_SLEEP))
        monkeypatch.setattr(anyio, "sleep", lambda seconds: pytest.fail(NO_SLEEP))

    @pytest.mark.runmock(script={"runs": [{"reply": "Never.", "match": {"assistant_id": "other"}}]})
    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    class TestSdk:
        def test_sync(self, runmock):
            client = openai.OpenAI(api_key="sk-not-a-key")
            thread = client.beta.threads.create()
            careful(lambda: client.beta.threads.runs.create(thread.id, assistant_id="asst_1"))

        def test_async(self, runmock):
            async def ask():
                client = openai.AsyncOpenAI(api_key="sk-not-a-key")
                thread = await client.beta.threads.create()
                await client.beta.threads.runs.create(thread.id, assistant_id="asst_1")

            careful(lambda: anyio.run(ask))
"""


def test_a_miss_gets_through_the_sdk_and_except_exception_without_a_retry(project):
    project.test(SDK)
    ran = project.run()
    ran.counts(failed=2)
    assert ran.text.count("runmock.UnmatchedRequest: no scripted run matches this request") == 2
    assert "may catch this" not in ran.text
    ran.shows("runmock: 2 tests played 0 runs in 4 requests")
