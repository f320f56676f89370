"""Which session a test's requests belong to, when fixtures of several scopes have opened some."""

import textwrap

import pytest

SCOPES = ("class", "module", "package", "session")
HEAD = """
import asyncio, concurrent.futures, threading, unittest
import anyio, pytest_asyncio
from short_client import ask, ask_async
from runmock import use_cassette

OWN = {"runs": [{"reply": "own"}]}
def own(**given): return pytest.mark.runmock(script=OWN, **given)
def several(name): return {"runs": [{"reply": f"{name} {n}"} for n in range(9)]}

@pytest.fixture(scope="session")
def anyio_backend(): return "asyncio"
"""


@pytest.fixture
def tests(project):
    """Write the tests, with cassettes of that many replies, each with the cassette's name; and run them."""

    def run(text, *args, **counts):
        for name in ("wide", "narrow", "block"):
            project.replies(f"{name}.yaml", *[name] * 9)
        project.test(HEAD + textwrap.dedent(text))
        project.run("-p", "no:randomly", *args).counts(**counts)

    return run


FIXTURES = {
    "sync": """
        @pytest.fixture(scope=SCOPE)
        def wide():
            with use_cassette("wide.yaml") as session:
                assert ask() == "wide"
                yield session
                assert ask() == "wide"
    """,
    "pytest-asyncio": """
        @pytest_asyncio.fixture(scope=SCOPE, loop_scope=SCOPE)
        async def wide():
            async with use_cassette("wide.yaml") as session:
                assert await ask_async() == "wide"
                yield session
                assert await ask_async() == "wide"
    """,
    "anyio": """
        @pytest.fixture(scope=SCOPE)
        async def wide(anyio_backend):
            async with use_cassette("wide.yaml") as session:
                assert await ask_async() == "wide"
                yield session
                assert await ask_async() == "wide"
    """,
    "a decorated generator": """
        @pytest.fixture(scope=SCOPE)
        @use_cassette("wide.yaml")
        def wide():
            assert ask() == "wide"
            yield
            assert ask() == "wide"
    """,
}
BODIES = {
    "sync": """
        {mark}
        def test_{name}({fixtures}):
            assert ask() == {answer!r}
            with use_cassette("block.yaml"):
                assert ask() == "block"
    """,
    "pytest-asyncio": """
        {mark}
        @pytest.mark.asyncio(loop_scope=SCOPE)
        async def test_{name}({fixtures}):
            assert await ask_async() == {answer!r}
            async with use_cassette("block.yaml"):
                assert await ask_async() == "block"
    """,
    "anyio": """
        {mark}
        @pytest.mark.anyio
        async def test_{name}({fixtures}):
            assert await ask_async() == {answer!r}
            async with use_cassette("block.yaml"):
                assert await ask_async() == "block"
    """,
}
PAIRS = [
    ("sync", "sync"),
    ("sync", "pytest-asyncio"),
    ("sync", "anyio"),
    ("pytest-asyncio", "pytest-asyncio"),
    ("pytest-asyncio", "sync"),
    ("anyio", "anyio"),
    ("anyio", "sync"),
    ("a decorated generator", "sync"),
    ("a decorated generator", "anyio"),
]


def body(kind, scope, name, answer, fixtures="", mark=""):
    text = textwrap.dedent(BODIES[kind]).format(name=name, answer=answer, fixtures=fixtures, mark=mark)
    return text.replace("SCOPE", repr(scope))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("fixture", "kind"), PAIRS)
def test_the_tests_own_session_wins_over_a_wider_one_whichever_began_first(tests, scope, fixture, kind):
    tests(
        textwrap.dedent(FIXTURES[fixture]).replace("SCOPE", repr(scope))
        + body(kind, scope, "before", "own", "wide", "@own()")
        + body(kind, scope, "without", "wide", "wide")
        + body(kind, scope, "after", "own", "wide", "@own()")
        + body(kind, scope, "at_last", "wide", "wide"),
        passed=4,
    )


@pytest.mark.parametrize("fixture", FIXTURES)
def test_of_two_wider_sessions_that_of_the_narrower_scope_is_inside(tests, fixture):
    tests(
        textwrap.dedent(FIXTURES[fixture]).replace("SCOPE", "'session'")
        + textwrap.dedent("""
            @pytest.fixture(scope="module")
            def narrow():
                with use_cassette("narrow.yaml"):
                    yield

            def test_narrow_first(narrow, wide):
                assert ask() == "narrow"

            @own()
            def test_own(wide, narrow):
                assert ask() == "own"

            def test_again(wide, narrow):
                assert ask() == "narrow"
        """),
        passed=3,
    )


@pytest.mark.parametrize("kind", ["sync", "pytest-asyncio", "anyio"])
def test_a_session_that_a_fixture_of_the_test_opens_is_inner_to_the_tests_own(tests, kind):
    tests(
        textwrap.dedent(FIXTURES[kind]).replace(", loop_scope=SCOPE", "").replace("SCOPE", "'function'")
        + body(kind, "function", "it", "wide", "wide", "@own(allow_unplayed=True)"),
        passed=1,
    )


def test_a_sync_test_uses_the_session_of_an_async_fixture_of_its_own(tests):
    tests(
        textwrap.dedent(FIXTURES["anyio"]).replace("SCOPE", "'function'")
        + body("sync", "function", "it", "wide", "wide", "@own(allow_unplayed=True)"),
        passed=1,
    )


STARTED = {
    "thread": """
        @pytest.fixture(scope="module")
        def later():
            gate, received = threading.Event(), []
            with use_cassette("wide.yaml"):
                thread = threading.Thread(target=lambda: (gate.wait(30), received.append(ask())))
                thread.start()
                yield lambda: (gate.set(), thread.join(30), received[0])[2]

        @own()
        def test_it(later):
            assert [later(), ask()] == ["wide", "own"]
    """,
    "submitted": """
        @pytest.fixture(scope="module")
        def later():
            gate = threading.Event()
            with use_cassette("wide.yaml"), concurrent.futures.ThreadPoolExecutor() as executor:
                work = executor.submit(lambda: (gate.wait(30), ask())[1])
                yield lambda: (gate.set(), work.result(30))[1]

        @own()
        def test_it(later):
            assert [later(), ask()] == ["wide", "own"]
    """,
    "pytest-asyncio": """
        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def later():
            gate = asyncio.Event()
            async def waiting():
                await gate.wait()
                return await ask_async()
            async with use_cassette("wide.yaml"):
                task = asyncio.create_task(waiting())
                async def answer():
                    gate.set()
                    return await task
                yield answer

        @own()
        @pytest.mark.asyncio(loop_scope="module")
        async def test_it(later):
            assert [await later(), await ask_async()] == ["wide", "own"]
    """,
    "anyio": """
        @pytest.fixture(scope="module")
        async def later(anyio_backend):
            gate = asyncio.Event()
            async def waiting():
                await gate.wait()
                return await ask_async()
            async with use_cassette("wide.yaml"):
                task = asyncio.create_task(waiting())
                async def answer():
                    gate.set()
                    return await task
                yield answer

        @own()
        @pytest.mark.anyio
        async def test_it(later):
            assert [await later(), await ask_async()] == ["wide", "own"]
    """,
}


@pytest.mark.parametrize("how", STARTED)
def test_what_a_wider_fixture_has_started_belongs_to_its_session_also_while_a_test_runs(tests, how):
    tests(STARTED[how], passed=1)


@pytest.mark.parametrize("kind", ["pytest-asyncio", "anyio"])
def test_what_an_async_test_starts_belongs_to_the_test_in_a_task_of_a_wider_fixture_too(tests, kind):
    marks = {"pytest-asyncio": '@pytest.mark.asyncio(loop_scope="module")', "anyio": "@pytest.mark.anyio"}
    tests(
        textwrap.dedent(FIXTURES[kind]).replace("SCOPE", "'module'")
        + f"""
@pytest.mark.runmock(script=several("own"))
{marks[kind]}
async def test_it(wide):
    gate = asyncio.Event()
    async def waiting():
        await gate.wait()
        return await ask_async()
    before = asyncio.create_task(waiting())
    received = [await asyncio.to_thread(ask), await asyncio.get_running_loop().run_in_executor(None, ask)]
    async with use_cassette("block.yaml"):
        within = asyncio.create_task(waiting())
        gate.set()
        received += [await before, await within, await asyncio.to_thread(ask)]
    received.append(await ask_async())
    assert received == ["own 0", "own 1", "own 2", "block", "block", "own 3"]
    for _ in range(5):
        await ask_async()
""",
        passed=1,
    )


def test_the_set_up_of_a_wider_fixture_is_played_to_by_the_session_of_its_scope(tests):
    tests(
        """
        @pytest.fixture(scope="module")
        def wide():
            with use_cassette("wide.yaml"):
                yield

        @pytest.fixture(scope="module")
        def user(wide):
            return ask()

        @pytest.fixture(scope="module")
        async def async_user(wide, anyio_backend):
            return await ask_async()

        @own()
        def test_it(user, async_user):
            assert [user, async_user, ask()] == ["wide", "wide", "own"]
        """,
        passed=1,
    )


def test_a_wider_fixture_plays_in_the_session_that_it_requests_whichever_was_opened_last(tests):
    tests(
        """
        @pytest.fixture(scope="module")
        def wide():
            with use_cassette("wide.yaml"):
                yield

        @pytest.fixture(scope="module")
        def narrow():
            with use_cassette("narrow.yaml"):
                yield

        @pytest.fixture(scope="module")
        def user(wide):
            yield ask()
            assert ask() == "wide"

        @pytest.fixture(scope="module")
        async def async_user(user, anyio_backend):
            yield await ask_async()
            assert await ask_async() == "wide"

        @pytest.fixture(scope="module")
        def other(narrow, request):
            request.addfinalizer(lambda: received.append(ask()))
            return ask()

        received = []

        @pytest.fixture(scope="session", autouse=True)
        def at_the_end():
            yield
            assert received == ["narrow"]

        def test_wide(wide): pass
        def test_narrow(narrow): pass

        def test_it(other, user, async_user):
            assert [other, user, async_user] == ["narrow", "wide", "wide"]
        """,
        passed=3,
    )


def test_the_set_up_of_a_wider_fixture_without_a_session_is_played_to_by_the_tests(tests):
    tests(
        """
        @pytest.fixture(scope="module")
        def user():
            return ask()

        @own()
        def test_it(user):
            assert user == "own"
        """,
        passed=1,
    )


def test_a_wider_fixture_that_a_test_requests_in_its_body_is_an_outer_session_too(tests):
    tests(
        """
        @pytest.fixture(scope="module")
        def wide():
            with use_cassette("wide.yaml"):
                yield

        @own()
        def test_it(request):
            with use_cassette("block.yaml"):
                request.getfixturevalue("wide")
                assert ask() == "block"
            assert ask() == "own"

        def test_after(wide):
            assert ask() == "wide"
        """,
        passed=2,
    )


def test_set_up_functions_of_pytest_and_unittest_are_fixtures_of_their_scopes(tests):
    tests(
        """
        use = use_cassette("wide.yaml")

        def setup_module():
            use.__enter__()

        def teardown_module():
            use.__exit__(None, None, None)

        @own()
        def test_own():
            assert ask() == "own"

        def test_without():
            assert ask() == "wide"

        @own()
        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                use_narrow = use_cassette("narrow.yaml")
                use_narrow.__enter__()
                cls.addClassCleanup(use_narrow.__exit__, None, None, None)

            def test_it(self):
                assert ask() == "own"
        """,
        passed=3,
    )


def test_an_async_test_case_uses_its_own_session_in_all_its_parts(tests):
    tests(
        """
        @pytest.fixture(scope="module", autouse=True)
        def wide():
            with use_cassette("wide.yaml"):
                yield

        def test_before():
            assert ask() == "wide"

        @pytest.mark.runmock(script=several("own"), allow_unplayed=True)
        class TestCase(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                assert await ask_async() == "own 0"

            async def test_it(self):
                gate = asyncio.Event()
                async def waiting():
                    await gate.wait()
                    return await ask_async()
                before = asyncio.create_task(waiting())
                async with use_cassette("block.yaml"):
                    gate.set()
                    assert [await before, await ask_async()] == ["own 1", "block"]

            async def asyncTearDown(self):
                assert await ask_async() == "own 2"
        """,
        passed=2,
    )


def test_a_session_that_is_opened_before_all_tests_is_outermost(project, tests):
    project.write(
        "conftest.py",
        """
        import runmock

        def pytest_sessionstart(session):
            session.use = runmock.use_cassette("narrow.yaml")
            session.use.__enter__()

        def pytest_sessionfinish(session):
            session.use.__exit__(None, None, None)
        """,
    )
    tests(
        """
        @pytest.fixture(scope="session")
        def wide():
            with use_cassette("wide.yaml"):
                yield

        def test_before():
            assert ask() == "narrow"

        @own()
        def test_own():
            assert ask() == "own"

        def test_wide(wide):
            assert ask() == "wide"

        @own()
        class TestCase(unittest.IsolatedAsyncioTestCase):
            async def test_it(self):
                assert await ask_async() == "own"
        """,
        passed=4,
    )


def test_a_thread_that_outlives_its_test_belongs_to_the_next_test_which_reports_its_miss(project):
    project.test(
        HEAD
        + textwrap.dedent("""
        gate, ended = threading.Event(), threading.Event()

        def run():
            gate.wait(30)
            try:
                ask()
            except BaseException:
                pass
            ended.set()

        @own()
        def test_one():
            threading.Thread(target=run).start()
            ask()

        @own()
        def test_two():
            assert ask() == "own"
            gate.set()
            ended.wait(30)
    """)
    )
    ran = project.run()
    ran.counts(passed=2, errors=1)
    ran.shows("runmock: the application swallowed this failure, or it happened in another thread")


def test_the_tests_own_session_wins_in_every_worker(project):
    project.replies("wide.yaml", *["wide"] * 9)
    project.test("""
        import threading
        from runmock import use_cassette

        @pytest.fixture(scope="session", autouse=True)
        def wide():
            with use_cassette("wide.yaml"):
                yield

        @pytest.mark.runmock(script={"runs": [{"reply": "own"}]})
        @pytest.mark.parametrize("number", range(6))
        def test_own(number):
            received = []
            thread = threading.Thread(target=lambda: received.append(app.ask()))
            thread.start()
            thread.join(30)
            assert received == ["own"]

        @pytest.mark.parametrize("number", range(6))
        def test_wide(number):
            assert app.ask() == "wide"
    """)
    project.spread("-n", "2", "-p", "no:cacheprovider").counts(passed=12)


def test_a_wider_fixture_may_be_the_first_to_import_runmock(project):
    project.replies("wide.yaml", *["wide"] * 9)
    project.test("""
        @pytest.fixture(scope="module")
        def wide():
            import runmock
            with runmock.use_cassette("wide.yaml"):
                yield

        def test_wide(wide):
            assert app.ask() == "wide"

        @pytest.mark.runmock(script={"runs": [{"reply": "own"}]})
        def test_own(wide):
            assert app.ask() == "own"
    """)
    project.run_apart("-p", "no:cacheprovider").counts(passed=2)


def test_a_run_of_pytest_within_a_test_leaves_the_tests_session_its_own(project, runmock):
    runmock.reply("of this test")
    project.test("def test_it(): pass")
    from short_client import ask

    from runmock import use_cassette

    project.run().counts(passed=1)
    with use_cassette():
        assert runmock.is_around
    assert ask() == "of this test"


ASYNC = {
    "pytest-asyncio": (
        '@pytest_asyncio.fixture(scope="module", loop_scope="module")',
        '@pytest_asyncio.fixture(loop_scope="module")',
        '@pytest.mark.asyncio(loop_scope="module")',
    ),
    "anyio": ('@pytest.fixture(scope="module")', "@pytest.fixture", "@pytest.mark.anyio"),
}


@pytest.mark.parametrize("kind", ASYNC)
def test_an_async_fixture_of_the_test_belongs_to_the_test_in_a_loop_of_a_wider_scope_too(tests, kind):
    of_module, of_test, mark = ASYNC[kind]
    tests(
        f"""
        @pytest.fixture(scope="module")
        def wide():
            with use_cassette("wide.yaml"):
                yield

        {of_module}
        async def user(wide, anyio_backend):
            return await ask_async()

        {of_test}
        async def gives(user):
            answers = [await ask_async(), await asyncio.to_thread(ask)]
            yield answers
            assert await ask_async() == "own 3"

        {of_test}
        async def returns(gives):
            return await ask_async()

        @pytest.mark.runmock(script={{"runs": several("own")["runs"][:4]}})
        {mark}
        async def test_own(user, gives, returns):
            assert [user, gives, returns] == ["wide", ["own 0", "own 1"], "own 2"]

        @pytest.mark.runmock(script={{"runs": several("own")["runs"][:4]}})
        def test_again(gives, returns):
            assert [gives, returns] == [["own 0", "own 1"], "own 2"]
        """,
        passed=2,
    )


@pytest.mark.parametrize("kind", ["sync", "pytest-asyncio", "anyio"])
def test_whatever_follows_a_fixture_with_a_session_belongs_to_that_session(tests, kind):
    tests(
        textwrap.dedent(FIXTURES[kind]).replace(", loop_scope=SCOPE", "").replace("SCOPE", "'function'")
        + textwrap.dedent("""
            @pytest.fixture
            def user(wide):
                answers = [ask()]
                yield answers
                assert [*answers, ask()] == ["wide"] * 3

            @own(allow_unplayed=True)
            def test_it(user, request):
                request.addfinalizer(lambda: user.append(ask()))

            @own()
            def test_next():
                assert ask() == "own"
        """),
        passed=2,
    )


def test_a_server_in_a_thread_belongs_to_the_test_that_calls_it(tests):
    """As an application under test is often served: the thread begins before any session, and outlives the tests."""
    tests(
        """
        import http.server, urllib.request

        class Application(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/handed-in":
                    with concurrent.futures.ThreadPoolExecutor(1) as executor:
                        answer = executor.submit(ask).result(30)
                else:
                    answer = ask()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *args):
                pass

        def served():
            with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
                thread = threading.Thread(target=server.serve_forever)
                thread.start()
                def get(path="/"):
                    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}") as response:
                        return response.read().decode()
                yield get
                server.shutdown()
                thread.join(30)

        @pytest.fixture(scope="session")
        def server():
            yield from served()

        @pytest.fixture(scope="session")
        def late_server():
            yield from served()

        @pytest.fixture(scope="module")
        def wide():
            with use_cassette("wide.yaml"):
                yield

        @pytest.fixture(scope="module")
        def server_of_wide(wide):
            yield from served()

        @pytest.mark.parametrize("number", range(2))
        @pytest.mark.runmock(script={"runs": several("own")["runs"][:2]})
        def test_own(server, number):
            assert [server(), server("/handed-in")] == ["own 0", "own 1"]

        @pytest.mark.parametrize("number", range(2))
        @pytest.mark.runmock(script={"runs": several("own")["runs"][:2]})
        def test_begun_by_the_test(request, number):
            server = request.getfixturevalue("late_server")
            assert [server(), server("/handed-in")] == ["own 0", "own 1"]

        def test_block(server):
            with use_cassette("block.yaml"):
                assert [server(), server("/handed-in")] == ["block", "block"]

        def test_wide(wide, server, late_server):
            assert [server(), late_server()] == ["wide", "wide"]

        @own()
        def test_own_beside_wide(wide, server):
            assert server() == "own"

        @own()
        def test_begun_in_wide(server_of_wide):
            assert [server_of_wide(), ask()] == ["wide", "own"]
        """,
        passed=8,
    )


def test_a_session_that_a_thread_of_a_fixture_opens_is_not_the_tests(tests):
    tests(
        """
        @pytest.fixture
        def worker():
            gate, is_open = threading.Event(), threading.Event()
            def run():
                with use_cassette("block.yaml"):
                    is_open.set()
                    gate.wait(30)
            thread = threading.Thread(target=run)
            thread.start()
            is_open.wait(30)
            yield
            gate.set()
            thread.join(30)

        @pytest.fixture
        def user(worker):
            return ask()

        @pytest.mark.runmock(script={"runs": several("own")["runs"][:3]})
        def test_it(user, request):
            request.addfinalizer(lambda: ask() == "own 2" or 1 / 0)
            assert [user, ask()] == ["own 0", "own 1"]
        """,
        passed=1,
    )


def test_a_miss_in_the_teardown_of_one_test_leaves_the_others_their_own_sessions(project):
    for name in ("test_first.py", "test_second.py"):
        project.test(
            HEAD
            + textwrap.dedent("""
            ended = []

            @pytest.fixture
            def deletes():
                yield
                ask()

            @pytest.fixture
            def opened():
                yield
                ended.append("opened")

            @own()
            def test_one(opened, deletes):
                assert ask() == "own"

            @own()
            def test_two():
                assert [ask(), *ended] == ["own", "opened"]

            @own()
            def test_last(deletes):
                assert ask() == "own"
            """),
            name,
        )
    ran = project.run()
    ran.counts(passed=6, errors=4)
    assert "swallowed" not in ran.text
    assert ran.text.count("  cassette  script of ") == 4
    for name in ("test_first.py", "test_second.py"):
        assert ran.text.count(f"  cassette  script of {name}::test_one ") == 1


def test_a_miss_that_a_teardown_swallows_is_reported(project):
    project.test(
        HEAD
        + textwrap.dedent("""
        @pytest.fixture
        def deletes():
            yield
            try:
                ask()
            except BaseException:
                pass

        @own()
        def test_one(deletes):
            assert ask() == "own"
        """)
    )
    ran = project.run()
    ran.counts(passed=1, errors=1)
    ran.shows("runmock: the application swallowed this failure, or it happened in another thread")
