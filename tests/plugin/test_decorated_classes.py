"""`use_cassette` as a decorator of classes of tests, as pytest runs them and as unittest does."""

import io
import unittest

import pytest
from short_client import ask, ask_async

import runmock
from runmock.transports.patching.mocker import Interception

USE = "from short_client import ask, ask_async\nfrom runmock import use_cassette\nimport unittest\nreceived = []\n"


@pytest.fixture(autouse=True)
def _nothing_stays():
    yield
    assert not Interception.layers


def by_unittest(*classes):
    """Run classes of tests with unittest; the result."""
    loader = unittest.TestLoader()
    suite = unittest.TestSuite([loader.loadTestsFromTestCase(kind) for kind in classes])
    return unittest.TextTestRunner(stream=io.StringIO()).run(suite)


def passed(result, count):
    assert (result.testsRun, result.errors, result.failures) == (count, [], [])


def test_each_test_of_a_test_case_has_a_session_of_its_own_with_its_set_up_and_teardown(tape):
    received = []

    @runmock.use_cassette(tape("set-up", "body", "teardown", "clean-up"))
    class Tests(unittest.TestCase):
        def setUp(self):
            self.addCleanup(lambda: received.append(ask()))
            received.append(ask())

        def tearDown(self):
            received.append(ask())

        def test_one(self):
            received.append(ask())

        def test_two(self):
            self.test_one()

    passed(by_unittest(Tests), 2)
    assert received == ["set-up", "body", "teardown", "clean-up"] * 2
    assert Tests.__name__ == "Tests"


def test_each_test_of_an_async_test_case_has_them_too(tape):
    received = []

    @runmock.use_cassette(tape("a", "b", "c", "d", "e", "f"))
    class Tests(unittest.IsolatedAsyncioTestCase):
        def setUp(self):
            received.append(ask())

        async def asyncSetUp(self):
            self.addAsyncCleanup(self.receive)
            await self.receive()

        async def asyncTearDown(self):
            await self.receive()

        def tearDown(self):
            received.append(ask())

        async def receive(self):
            received.append(await ask_async())

        async def test_one(self):
            await self.receive()

        async def test_two(self):
            await self.receive()

    with runmock.use_cassette() as outer:
        passed(by_unittest(Tests), 2)
    assert received == ["a", "b", "c", "d", "e", "f"] * 2
    assert outer.requests == []


def test_the_fixtures_of_a_test_case_class_have_a_session_around_the_tests(tape):
    received = []

    @runmock.use_cassette(tape("a", "b", "c"))
    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            cls.addClassCleanup(lambda: received.append(ask()))
            received.append(ask())

        @classmethod
        def tearDownClass(cls):
            received.append(ask())

        def test_one(self):
            received.append(ask())

        def test_two(self):
            received.append(ask())

    passed(by_unittest(Tests), 2)
    assert received == ["a", "a", "a", "b", "c"]


def test_a_set_up_of_a_class_that_fails_is_an_error_and_closes_its_session(tape):
    @runmock.use_cassette(tape("a"))
    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            raise ZeroDivisionError

        def test_one(self):
            """Does not run."""

    result = by_unittest(Tests)
    assert (result.testsRun, len(result.errors)) == (0, 1)


def test_a_subclass_that_sets_up_in_its_own_way_is_played_to_as_well(tape):
    received = []

    @runmock.use_cassette(tape("a"))
    class Base(unittest.TestCase):
        def test_one(self):
            received.append(ask())

    class Tests(Base):
        def setUp(self):
            """Calls no other."""

    passed(by_unittest(Tests), 1)
    assert received == ["a"]


def test_of_two_decorated_classes_the_subclass_is_inside(tape):
    received = []

    @runmock.use_cassette(tape("base", name="base.yaml"))
    class Base(unittest.TestCase):
        def test_one(self):
            received.append(ask())

    @runmock.use_cassette(tape("sub", name="sub.yaml"))
    class Tests(Base):
        pass

    passed(by_unittest(Base, Tests), 2)
    assert received == ["base", "sub"]


def test_a_decorated_test_of_a_decorated_class_is_inside(tape):
    received = []

    @runmock.use_cassette(tape("class", name="class.yaml"))
    class Tests(unittest.TestCase):
        @runmock.use_cassette(tape("test", name="test.yaml"))
        def test_one(self):
            received.append(ask())

    passed(by_unittest(Tests), 1)
    assert received == ["test"]


def test_a_cassette_that_is_not_there_is_an_error_of_each_test_that_is_not_skipped(tmp_path):
    @runmock.use_cassette(tmp_path / "none.yaml")
    class Tests(unittest.TestCase):
        def test_one(self):
            """Does not run."""

        @unittest.skip("not today")
        def test_two(self):
            """Nor does this one."""

    result = by_unittest(Tests)
    assert (len(result.errors), len(result.skipped)) == (1, 1)
    assert "there is no such cassette" in result.errors[0][1]


def test_what_fails_in_a_test_is_its_failure_and_closes_its_session(tape):
    @runmock.use_cassette(tape("a"))
    class Tests(unittest.TestCase):
        def test_one(self):
            self.fail("it fails")

        def test_two(self):
            with self.subTest("sub"):
                self.fail("it fails too")

        @unittest.expectedFailure
        def test_three(self):
            self.fail("as expected")

    result = by_unittest(Tests)
    assert (len(result.failures), len(result.expectedFailures)) == (2, 1)


@pytest.mark.parametrize("fails", [False, True])
def test_a_test_case_that_is_debugged_is_played_to_and_closes_its_session(tape, fails):
    received = []

    @runmock.use_cassette(tape("a"))
    class Tests(unittest.TestCase):
        def test_one(self):
            received.append(ask())
            if fails:
                raise ZeroDivisionError

    if fails:
        with pytest.raises(ZeroDivisionError):
            Tests("test_one").debug()
    else:
        Tests("test_one").debug()
    assert received == ["a"]


@pytest.mark.parametrize("base", ["object", "unittest.TestCase", "unittest.IsolatedAsyncioTestCase"])
def test_pytest_collects_the_tests_of_a_decorated_class_and_plays_to_them(project, base):
    project.replies("a.yaml", "a")
    project.test(
        f"""
        {USE.replace(chr(10), chr(10) + " " * 8)}
        class Base:
            def test_inherited(self):
                assert ask() == "a"

        @use_cassette("a.yaml")
        class TestIt(Base, {base}):
            def test_own(self):
                assert ask() == "a"

            {"async " if "Async" in base else ""}def test_other(self):
                assert {"await ask_async()" if "Async" in base else "ask()"} == "a"

            def helper(self):
                raise AssertionError("it is no test")
    """.replace("Base, object", "Base")
    )
    project.run().counts(passed=3)


def test_a_class_of_pytest_has_its_set_up_and_teardown_in_the_sessions(project):
    project.replies("a.yaml", "a", "b", "c", "d")
    project.test("""
        from short_client import ask
        from runmock import use_cassette
        received = []

        @pytest.fixture
        def answer():
            received.append(("fixture", ask()))

        @use_cassette("a.yaml")
        class TestIt:
            @classmethod
            def setup_class(cls):
                received.append(("class", ask()))

            def teardown_class(cls):
                received.append(("class", ask()))

            def setup_method(self, method):
                received.append((method.__name__, ask()))

            def teardown_method(self):
                received.append(("after", ask()))

            @pytest.mark.parametrize("number", [1, 2])
            def test_it(self, number, answer):
                received.append((number, ask()))

            @staticmethod
            def test_static():
                received.append(("static", ask()))

            @classmethod
            def test_of_class(cls):
                received.append(("of class", ask()))

        def test_at_last():
            assert received == [
                ("class", "a"),
                *(("test_it", "a"), ("fixture", "b"), (1, "c"), ("after", "d")),
                *(("test_it", "a"), ("fixture", "b"), (2, "c"), ("after", "d")),
                *(("test_static", "a"), ("static", "b"), ("after", "c")),
                *(("test_of_class", "a"), ("of class", "b"), ("after", "c")),
                ("class", "b"),
            ]
    """)
    project.run().counts(passed=5)


def test_a_set_up_of_pytests_that_fails_closes_its_session(project):
    project.replies("a.yaml", "a")
    project.test("""
        from runmock import use_cassette
        from runmock.transports.patching.mocker import Interception

        @use_cassette("a.yaml")
        class TestMethod:
            def setup_method(self):
                raise ZeroDivisionError

            def test_it(self):
                pass

        @use_cassette("a.yaml")
        class TestClass:
            def setup_class(self):
                raise ZeroDivisionError

            def test_it(self):
                pass

        @use_cassette("none.yaml")
        class TestMissing:
            def test_it(self):
                pass

        def test_at_last():
            assert not Interception.layers
    """)
    project.run().counts(passed=1, errors=3)


def test_async_tests_of_a_class_are_played_to_by_every_plugin_that_runs_them(project):
    project.replies("a.yaml", "a", "b")
    project.test("""
        from short_client import ask, ask_async
        from runmock import use_cassette

        @use_cassette("a.yaml")
        class TestIt:
            def setup_method(self):
                assert ask() == "a"

            @pytest.mark.asyncio
            async def test_asyncio(self):
                assert await ask_async() == "b"

            @pytest.mark.anyio
            async def test_anyio(self, anyio_backend):
                assert await ask_async() == "b"
    """)
    project.run().counts(passed=3)


def test_classes_of_tests_within_a_class_are_played_to(project):
    project.replies("a.yaml", "a")
    project.test("""
        from short_client import ask
        from runmock import use_cassette

        @use_cassette("a.yaml")
        class TestOuter:
            class TestInner:
                def test_it(self):
                    assert ask() == "a"
    """)
    project.run().counts(passed=1)


def test_a_test_case_with_set_up_functions_of_pytest_is_played_to_in_them(project):
    project.replies("a.yaml", "a", "b", "c")
    project.test("""
        import unittest
        from short_client import ask
        from runmock import use_cassette

        @use_cassette("a.yaml")
        class TestIt(unittest.TestCase):
            def setup_method(self, method):
                assert ask() == "a"

            def teardown_method(self, method):
                assert ask() == "c"

            def test_it(self):
                assert ask() == "b"
    """)
    project.run().counts(passed=1)


def test_a_test_that_is_called_by_hand_is_played_to_alone(tape):
    @runmock.use_cassette(tape("a"))
    class TestIt:
        def test_it(self):
            return ask()

        async def test_async(self):
            return await ask_async()

    import asyncio

    assert TestIt().test_it() == "a"
    assert asyncio.run(TestIt().test_async()) == "a"


def test_a_decorated_class_of_the_plugins_test_is_inside(project):
    project.replies("a.yaml", "class")
    project.test("""
        import unittest
        from short_client import ask, ask_async
        from runmock import use_cassette

        @pytest.mark.runmock(script={"runs": [{"reply": "own"}]}, allow_unplayed=True)
        @use_cassette("a.yaml")
        class TestPlain:
            def test_it(self):
                assert ask() == "class"

        @pytest.mark.runmock(script={"runs": [{"reply": "own"}]}, allow_unplayed=True)
        @use_cassette("a.yaml")
        class TestCase(unittest.IsolatedAsyncioTestCase):
            async def test_it(self):
                assert await ask_async() == "class"
    """)
    project.run().counts(passed=2)


@pytest.mark.parametrize(
    "text",
    [
        "class Application(object):\n    def ask(self): ...",
        "class TestIt(unittest.TestCase):\n    def helper(self): ...",
    ],
)
def test_a_class_without_tests_is_refused_at_collection(project, text):
    project.test("import unittest\nfrom runmock import use_cassette\n@use_cassette()\n" + text)
    ran = project.run()
    ran.counts(errors=1)
    assert "use_cassette finds no test in the class" in ran.text


RECORDED = """
import os, unittest
import app
from runmock import use_cassette

def tell(name, number):
    assert app.ask(f"{name} {number}") == app.ask(f"{name} {number}")

@use_cassette("it.yaml", record_mode=os.environ["MODE"], upstream=os.environ["LIVE"])
class TestIt(CLASS):
    def test_one(self):
        app.ask("one")

    def test_two(self):
        app.ask("two")

    def test_three(self):
        app.ask("three")
        assert not os.environ.get("FAILS")
"""


@pytest.mark.parametrize("base", ["object", "unittest.TestCase", "unittest.IsolatedAsyncioTestCase"])
@pytest.mark.parametrize("mode", ["once", "all", "rewrite"])
def test_the_tests_of_a_class_record_into_one_cassette(project, live, monkeypatch, base, mode):
    monkeypatch.setenv("LIVE", live.url)
    monkeypatch.setenv("MODE", mode)
    project.write("test_app.py", RECORDED.replace("CLASS", base))
    project.run().counts(passed=3)
    text = (project.path / "it.yaml").read_text()
    assert [text.count(word) for word in ("content: one", "content: two", "content: three")] == [1, 1, 1]
    if mode != "once":
        project.run().counts(passed=3)
    monkeypatch.setenv("MODE", "none")
    project.run().counts(passed=3)


@pytest.mark.parametrize("base", ["object", "unittest.TestCase", "unittest.IsolatedAsyncioTestCase"])
def test_a_test_that_fails_records_nothing_and_the_others_do(project, live, monkeypatch, base):
    for name, value in (("LIVE", live.url), ("MODE", "once"), ("FAILS", "yes")):
        monkeypatch.setenv(name, value)
    project.write("test_app.py", RECORDED.replace("CLASS", base))
    project.run().counts(passed=2, failed=1)
    text = (project.path / "it.yaml").read_text()
    assert [text.count(word) for word in ("content: one", "content: two", "content: three")] == [1, 1, 0]
