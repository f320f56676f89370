"""Subclasses of decorated classes of tests, and the fixtures of a class: none of their requests goes out."""

import io
import unittest

import pytest
from short_client import ask

import runmock
from runmock.session.decorators.collected_names import Collected
from runmock.transports.patching.mocker import Interception

IMPORTS = "import unittest\nfrom short_client import ask, ask_async\nfrom runmock import use_cassette\n"


@pytest.fixture(autouse=True)
def _nothing_stays():
    yield
    assert not Interception.layers


@pytest.fixture
def collected(project):
    """Run a file of tests, with the cassettes base.yaml and sub.yaml; how it went."""

    def running(text, **counts):
        project.replies("base.yaml", "base 1", "base 2", "base 3")
        project.replies("sub.yaml", "sub 1", "sub 2", "sub 3")
        project.test(IMPORTS + text)
        project.run().counts(**counts)

    return running


def by_unittest(*classes):
    """Run classes of tests with unittest, all of which pass."""
    loader = unittest.TestLoader()
    suite = unittest.TestSuite([loader.loadTestsFromTestCase(kind) for kind in classes])
    result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    assert (result.errors, result.failures) == ([], [])
    return result.testsRun


BASE = """
@use_cassette("base.yaml")
class TestBase:
    def test_base(self):
        assert ask() == "base 1"
"""


def test_the_set_up_of_a_subclass_that_calls_no_other_is_played_to(collected):
    collected(
        BASE
        + """
class TestSub(TestBase):
    def setup_method(self):
        assert ask() == "base 1"

    def teardown_method(self):
        assert ask() == "base 3"

    def test_base(self):
        assert ask() == "base 2"

    def test_sub(self):
        assert ask() == "base 2"
""",
        passed=3,
    )


def test_a_subclass_that_calls_the_set_up_above_it_has_one_session(collected):
    collected(
        """
@use_cassette("base.yaml")
class TestBase:
    def setup_method(self, method):
        self.received = [ask()]

    def teardown_method(self):
        assert ask() == "base 3"

    def test_base(self):
        assert self.received == ["base 1"]
        ask()

class TestSub(TestBase):
    def setup_method(self, method):
        super().setup_method(method)
        self.received.append(ask())

    def teardown_method(self):
        super().teardown_method()

    def test_base(self):
        assert self.received == ["base 1", "base 2"]
""",
        passed=2,
    )


def test_of_two_decorated_classes_of_pytest_the_subclass_is_inside(collected):
    collected(
        """
@use_cassette("base.yaml")
class TestBase:
    def setup_method(self):
        self.received = [ask()]

    def test_inherited(self):
        self.received.append(ask())
        assert self.received == [f"{self.name} 1", f"{self.name} 2"]

    name = "base"

@use_cassette("sub.yaml")
class TestSub(TestBase):
    name = "sub"

    def test_own(self):
        assert [*self.received, ask()] == ["sub 1", "sub 2"]

@use_cassette("sub.yaml")
class TestSubWithSetUp(TestBase):
    name = "sub"

    def setup_method(self):
        super().setup_method()

class TestSubOfSub(TestSub):
    def test_new(self):
        assert [*self.received, ask()] == ["sub 1", "sub 2"]
""",
        passed=7,
    )


def test_of_two_decorators_of_a_class_the_lower_is_inside(collected):
    collected(
        """
@use_cassette("base.yaml")
@use_cassette("sub.yaml")
class TestIt:
    def setup_method(self):
        assert ask() == "sub 1"

    def test_it(self):
        assert ask() == "sub 2"
""",
        passed=1,
    )


def test_tests_that_a_subclass_has_from_elsewhere_are_played_to(collected):
    collected(
        BASE
        + """
class Mixin:
    def setup_method(self):
        assert ask() == "base 1"

    def test_base(self):
        assert ask() == "base 2"

    @pytest.mark.asyncio
    async def test_mixed_in(self):
        assert await ask_async() == "base 2"

class TestSub(Mixin, TestBase):
    class TestInner:
        def test_inner(self):
            assert ask() == "base 1"
""",
        passed=4,
    )


def test_the_set_up_of_a_class_within_a_class_is_called_once(collected):
    collected(
        """
received = []

@use_cassette("base.yaml")
class TestOuter:
    def test_outer(self):
        pass

    class TestMiddle:
        def test_middle(self):
            pass

        class TestInner:
            def setup_method(self):
                received.append(ask())

            def teardown_method(self):
                received.append(ask())

            def test_one(self):
                received.append(ask())

            def test_two(self):
                received.append(ask())

def test_at_last():
    assert received == ["base 1", "base 2", "base 3"] * 2
""",
        passed=5,
    )


@pytest.mark.parametrize("is_decorated", [False, True])
def test_class_fixtures_of_a_subclass_that_call_no_other_are_played_to(collected, is_decorated):
    name = "sub" if is_decorated else "base"
    collected(
        f"""
@use_cassette("base.yaml")
class TestBase:
    def setup_class(cls):
        assert ask() == "base 1"

    def teardown_class(cls):
        assert ask() in ("base 2", "{name} 2")

    def test_base(self):
        pass

{"@use_cassette('sub.yaml')" if is_decorated else ""}
class TestSub(TestBase):
    def setup_class(cls):
        assert ask() == "{name} 1"

class TestTeardown(TestBase):
    def teardown_class(cls):
        assert ask() == "base 2"
""",
        passed=3,
    )


@pytest.mark.parametrize("base", ["object", "unittest.TestCase"])
def test_fixtures_of_the_class_are_played_to_in_the_session_of_its_set_up(collected, base):
    collected(
        f"""
received = []

@pytest.fixture(scope="class")
def shared():
    yield received.append(ask())
    received.append(ask())

@use_cassette("base.yaml")
@pytest.mark.usefixtures("shared")
class TestIt({base}):
    def test_one(self):
        received.append(ask())

    def test_two(self):
        received.append(ask())

@use_cassette("base.yaml")
class TestOwn({base}):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def own(cls):
        yield received.append(ask())
        received.append(ask())

    def test_one(self):
        received.append(ask())

def test_at_last():
    assert received == ["base 1", "base 1", "base 1", "base 2", "base 1", "base 1", "base 2"]
""",
        passed=4,
    )


def test_the_class_fixtures_of_a_test_case_subclass_are_played_to_in_one_session(tape):
    received = []

    @runmock.use_cassette(tape("base 1", "base 2", name="base.yaml"))
    class Base(unittest.TestCase):
        def test_base(self):
            """Sends nothing."""

    class Own(Base):
        @classmethod
        def setUpClass(cls):
            received.append(ask())

        @classmethod
        def tearDownClass(cls):
            received.append(ask())

    class OwnTearDown(Base):
        @classmethod
        def tearDownClass(cls):
            received.append(ask())

    @runmock.use_cassette(tape("sub 1", "sub 2", "sub 3", name="sub.yaml"))
    class Decorated(Own):
        @classmethod
        def setUpClass(cls):
            received.append(ask())
            super().setUpClass()

    assert by_unittest(Base, Own, OwnTearDown, Decorated) == 4
    assert received == ["base 1", "base 2", "base 1", "sub 1", "sub 2", "sub 3"]


@pytest.mark.parametrize("is_decorated", [False, True])
def test_a_test_case_with_tests_of_a_decorated_mixin_has_one_session_for_each(tape, is_decorated):
    received = []
    use = runmock.use_cassette(tape("set-up", "body", "again"), allow_unplayed=False)

    @use
    class Mixin:
        def test_mixed_in(self):
            received.append(ask())
            assert ask() == "again"

    class Tests(Mixin, unittest.TestCase):
        def setUp(self):
            received.append(ask())

        def run(self, result=None):
            return super().run(result)

        def test_own(self):
            self.test_mixed_in()

    class Sub(Tests):
        def run(self, result=None):
            return super().run(result)

    assert by_unittest(*map(use, [Tests, Sub]) if is_decorated else [Tests, Sub]) == 4
    assert received == ["set-up", "body"] * 4


def test_what_a_class_does_with_its_subclasses_it_still_does(tape):
    subclasses = []

    @runmock.use_cassette(tape("a"))
    class TestBase:
        def __init_subclass__(cls, *, name, **options):
            super().__init_subclass__(**options)
            subclasses.append((cls, name))

        def test_base(self):
            """Sends nothing."""

    class TestSub(TestBase, name="sub"):
        def test_sub(self):
            return ask()

    assert subclasses == [(TestSub, "sub")]
    assert TestSub().test_sub() == "a"


@pytest.mark.parametrize("base", ["object", "unittest.TestCase"])
def test_the_tests_of_a_subclass_record_into_the_cassette(project, live, monkeypatch, base):
    monkeypatch.setenv("LIVE", live.url)
    project.write(
        "test_app.py",
        f"""
import os, unittest
import app
from runmock import use_cassette

@use_cassette("it.yaml", record_mode="once", upstream=os.environ["LIVE"])
class TestBase({base}):
    def test_base(self):
        app.ask("one")

class TestSub(TestBase):
    def test_sub(self):
        app.ask("two")

    def test_base(self):
        app.ask("three")
""",
    )
    project.run().counts(passed=3)
    text = (project.path / "it.yaml").read_text()
    assert [text.count(f"content: {word}") for word in ("one", "two", "three")] == [1, 1, 1]
    project.run().counts(passed=3)


@pytest.mark.parametrize("base", ["object", "unittest.TestCase"])
def test_what_a_test_leaves_fails_it_where_that_is_set(project, base):
    project.test(
        f"""
{IMPORTS}
received = []

@use_cassette(script="runs: [{{reply: a}}]", allow_unplayed=False)
class TestIt({base}):
    def setup_class(cls):
        received.append("asks nothing")

    def test_one(self):
        assert ask() == "a"

    def test_two(self):
        pass
"""
    )
    ran = project.run()
    ran.counts(**({"passed": 1, "failed": 1} if "unittest" in base else {"passed": 2, "errors": 1}))
    assert "script of use_cassette" in ran.text


def test_methods_are_tests_that_pytest_is_configured_to_collect(project, live, monkeypatch):
    monkeypatch.setenv("LIVE", live.url)
    ini = project.path / "pytest.ini"
    ini.write_text(f"{ini.read_text()}\npython_functions = check_* *_works\npython_classes = *Checks\n")
    project.write(
        "test_app.py",
        """
import os
import app
from runmock import use_cassette

@use_cassette("it.yaml", record_mode="once", upstream=os.environ["LIVE"])
class ItChecks:
    def check_one(self):
        app.ask("one")

    class InnerChecks:
        def asking_works(self):
            app.ask("two")

    def test_no_test(self):
        raise AssertionError("it is not collected")
""",
    )
    project.run().counts(passed=2)
    text = (project.path / "it.yaml").read_text()
    assert [text.count(f"content: {word}") for word in ("one", "two")] == [1, 1]
    project.run().counts(passed=2)

    project.write(
        "test_app.py", "import runmock\n\n@runmock.use_cassette()\nclass ItChecks:\n    def test_it(self): ...\n"
    )
    ran = project.run()
    ran.counts(errors=1)
    assert "it decorates its methods check_*, *_works; decorate" in ran.text
    assert (Collected.functions, Collected.classes) == (("test",), ("Test",))
