"""`runmock_every_test`: a test without mark and fixture has a session too, and reaches no provider by accident."""

import pytest
from test_allow_hosts import GATEWAY

CHATS = """
    import gateway

    def test_chats():
        gateway.chat("http://litellm:4000/v1")
"""
ON = {"ini": ("-o", "runmock_every_test=true"), "the command line": ("--runmock-every-test",)}


@pytest.fixture
def gateway(project):
    project.write("gateway.py", GATEWAY)
    return project


@pytest.mark.parametrize("options", ON.values(), ids=ON)
def test_a_test_without_mark_and_fixture_lets_nothing_out(gateway, options):
    gateway.test(CHATS)
    ran = gateway.run(*options)
    ran.counts(failed=1)
    ran.said(
        'to let it through: allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm test_app.py::test_chats'
    )
    ran.said(
        "to record it: mark the test with @pytest.mark.runmock, then "
        "pytest --runmock-record=new_episodes test_app.py::test_chats"
    )


def test_a_miss_that_the_application_swallows_fails_the_test_too(gateway):
    gateway.test("""
        import gateway

        def test_chats():
            try:
                gateway.chat("http://litellm:4000/v1")
            except BaseException:
                pass
    """)
    ran = gateway.run("--runmock-every-test")
    ran.counts(passed=1, errors=1)
    ran.said("runmock: the application swallowed what failed it, or it happened in another thread")


def test_without_it_such_a_test_is_on_its_own(gateway):
    gateway.test("""
        from runmock.transports.mocker import Interception

        def test_free():
            assert not Interception.layers
    """)
    gateway.run().counts(passed=1)
    gateway.run("--runmock-every-test").counts(failed=1)
    gateway.run("--runmock-every-test", "--runmock-disable").counts(passed=1)
    gateway.run("-o", "runmock_every_test=no").counts(passed=1)


def test_the_mark_takes_a_test_out(gateway, live):
    gateway.test(f"""
        import gateway

        @pytest.mark.runmock(allow_hosts=["*"])
        def test_models():
            assert gateway.models({live.url!r}) == 404
    """)
    before = len(live.heard)
    gateway.run("--runmock-every-test").counts(passed=1)
    assert len(live.heard) == before + 1


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_a_session_that_a_fixture_of_the_test_opens_answers_before_it(gateway, scope):
    gateway.replies("wide.yaml", *["wide"] * 4)
    gateway.test(f"""
        import threading
        import runmock

        @pytest.fixture(scope={scope!r})
        def wide():
            with runmock.use_cassette("wide.yaml"):
                yield

        def test_asks(wide):
            answers = [app.ask()]
            thread = threading.Thread(target=lambda: answers.append(app.ask()))
            thread.start()
            thread.join(30)
            with runmock.use_cassette() as block:
                block.reply("block")
                answers.append(app.ask())
            assert [*answers, app.ask()] == ["wide", "wide", "block", "wide"]

        @pytest.mark.runmock(script={{"runs": [{{"reply": "own"}}]}}, allow_unplayed=True)
        def test_marked(wide):
            assert app.ask() == ("wide" if {scope == "function"} else "own")
    """)
    gateway.run("--runmock-every-test").counts(passed=2)
    gateway.run().counts(passed=2)


def test_leftovers_are_not_judged_there_but_in_tests_that_ask_for_a_session(gateway):
    gateway.replies("cassettes/test_app/test_unmarked.runmock.yaml", "never")
    gateway.replies("cassettes/test_app/test_marked.runmock.yaml", "never")
    gateway.test("""
        def test_unmarked():
            pass

        def test_asks_later(request):
            request.getfixturevalue("runmock").reply("never")

        @pytest.mark.runmock
        def test_marked():
            pass

        def test_asks(runmock):
            runmock.reply("never")
    """)
    ran = gateway.run("--runmock-every-test")
    ran.counts(passed=4, errors=2)
    assert "ERROR test_app.py::test_marked" in ran.text
    assert "ERROR test_app.py::test_asks -" in ran.text


def test_nothing_is_recorded_in_a_test_that_did_not_ask_for_it(gateway, live, records):
    gateway.test(f"""
        import gateway

        def test_models():
            gateway.models({live.url!r})
    """)
    before = len(live.heard)
    records("all", "--runmock-every-test").counts(failed=1)
    assert len(live.heard) == before
    assert not (gateway.path / "cassettes").exists()


def test_tests_of_every_kind_have_one(gateway):
    gateway.test('''
        import unittest

        from runmock.transports.mocker import Interception

        class TestMethods:
            def setup_method(self):
                assert Interception.layers

            def test_method(self):
                assert Interception.layers

        class TestCase(unittest.TestCase):
            def setUp(self):
                assert Interception.layers

            def test_case(self):
                assert Interception.layers

        class TestAsync(unittest.IsolatedAsyncioTestCase):
            async def test_async(self):
                assert Interception.layers

        @pytest.mark.parametrize("number", [1, 2])
        def test_parameters(number):
            assert Interception.layers

        @pytest.fixture(scope="session", autouse=True)
        def everywhere():
            assert Interception.layers

        def documented():
            """
            >>> from runmock.transports.mocker import Interception
            >>> bool(Interception.layers)
            True
            """
    ''')
    gateway.run("--runmock-every-test", "--doctest-modules").counts(passed=6)


def test_the_line_at_the_end_counts_tests_that_sent_something(gateway):
    gateway.test("""
        def test_nothing():
            pass

        @pytest.mark.runmock
        def test_creates():
            app.post("/threads")
    """)
    gateway.replies("cassettes/test_app/test_creates.runmock.yaml", "Hello!")
    ran = gateway.run("--runmock-every-test", "--runmock-unused=ignore")
    ran.counts(passed=2)
    ran.said("runmock: 1 test played 0 runs in 1 request, from 1 cassette")


def test_orphans_are_not_told_for_tests_that_did_not_ask(gateway):
    gateway.replies("cassettes/gone.yaml", "never")
    gateway.test("def test_nothing():\n    pass\n")
    ran = gateway.run("--runmock-every-test", "--runmock-orphans")
    assert ran.orphans() == ["cassettes/gone.yaml"]
