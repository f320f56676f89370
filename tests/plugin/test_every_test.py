"""`runmock_every_test`: a test without mark and fixture has a session too, and reaches no provider by accident."""

import pytest
import pytest_runmock
from test_allow_hosts import GATEWAY

CHATS = """
    import gateway

    def test_chats():
        gateway.chat("http://litellm:4000/v1")
"""
FREE = """
    from runmock.transports.patching.mocker import Interception

    def test_free():
        assert not Interception.layers
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
    ran.shows(
        'to let it through: allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm test_app.py::test_chats'
    )
    ran.shows(
        "to record it: mark the test with @pytest.mark.runmock, then "
        "pytest --runmock-record=new_episodes test_app.py::test_chats"
    )


@pytest.mark.skipif(pytest.version_tuple < (9, 0), reason="this pytest has no settings in TOML's own values")
def test_toml_has_a_yes_of_its_own(gateway):
    gateway.write("pytest.toml", "[pytest]\nrunmock_every_test = true\n")
    gateway.test(CHATS)
    gateway.run("-c", "pytest.toml", plugins=[pytest_runmock]).counts(failed=1)
    gateway.write("pytest.toml", "[pytest]\nrunmock_every_test = false\nrunmock_report = true\n")
    gateway.test(FREE)
    gateway.run("-c", "pytest.toml", plugins=[pytest_runmock]).counts(passed=1)


@pytest.mark.parametrize("word", ["maybe", "2"])
def test_a_word_that_is_neither_yes_nor_no_is_refused(gateway, word):
    gateway.test(CHATS)
    ran = gateway.run("-o", f"runmock_every_test={word}")
    assert ran.exit != 0
    assert f"runmock_every_test cannot be '{word}'; it is one of 1, true, yes, on, 0, false, no, off" in (
        ran.result.stderr.str() + ran.text
    )


def test_a_setting_that_is_empty_sets_nothing(gateway):
    gateway.test(FREE)
    gateway.run("-o", "runmock_every_test=").counts(passed=1)


FILES = """
    import gateway
    import pytest


    class Item(pytest.Item):
        def runtest(self):
            {runs}


    class File(pytest.File):
        def collect(self):
            item = Item.from_parent(self, name="one")
            {marks}
            yield item


    def pytest_collect_file(file_path, parent):
        if file_path.suffix == ".case":
            return File.from_parent(parent, path=file_path)
"""


@pytest.fixture
def case(gateway):
    """Write a test that is no function of Python's and has no fixtures."""

    def write(runs, marks="pass"):
        gateway.write("conftest.py", FILES.format(runs=runs, marks=marks))
        gateway.write("a.case", "")
        return gateway

    return write


def test_a_test_that_has_no_fixtures_lets_nothing_out_either(case):
    ran = case("gateway.chat('http://litellm:4000/v1')").run("--runmock-every-test")
    ran.counts(failed=1)
    ran.shows('to let it through: allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm a.case::one')


def test_what_such_a_test_swallows_fails_it_too(case):
    ran = case("exec(\"try: gateway.chat('http://litellm:4000/v1')\\nexcept BaseException: pass\")").run(
        "--runmock-every-test"
    )
    ran.counts(passed=1, errors=1)
    ran.shows("runmock: the application swallowed this failure, or it happened in another thread")


def test_a_mark_excludes_such_a_test(case, live):
    marks = "item.add_marker(pytest.mark.runmock(allow_hosts=['*']))"
    case(f"assert gateway.batches({live.url!r}) == 404", marks).run("--runmock-every-test").counts(passed=1)
    ran = case("pass", "item.add_marker(pytest.mark.runmock(allow_hosts='litellm'))").run("--runmock-every-test")
    ran.counts(errors=1)
    ran.shows("allow_hosts is a list of names, not the text 'litellm'; write allow_hosts=['litellm']")


def test_such_a_test_is_on_its_own_without_it(case):
    case("from runmock.transports.patching.mocker import Interception; assert not Interception.layers").run().counts(
        passed=1
    )
    case("from runmock.transports.patching.mocker import Interception; assert not Interception.layers").run(
        "--runmock-every-test", "--runmock-disable"
    ).counts(passed=1)


@pytest.mark.parametrize("way", ["a fixture", "a finalizer", "teardown_method"])
def test_a_miss_in_a_teardown_leaves_nothing_open_for_the_next_test(gateway, way):
    gateway.test(f"""
        import gateway
        from runmock.transports.patching.mocker import Interception

        def chats():
            gateway.chat("http://litellm:4000/v1")

        @pytest.fixture
        def chatty(request):
            if {way!r} == "a finalizer":
                request.addfinalizer(chats)
            yield
            if {way!r} == "a fixture":
                chats()

        class TestIt:
            def teardown_method(self):
                if {way!r} == "teardown_method":
                    chats()

            def test_chats(self, chatty):
                pass

        @pytest.mark.runmock
        def test_next():
            assert len(Interception.layers) == 1
    """)
    ran = gateway.run("--runmock-every-test")
    ran.counts(passed=2, errors=1)
    ran.shows("POST http://litellm:4000/v1/chat/completions")


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
    ran.shows("runmock: the application swallowed this failure, or it happened in another thread")


def test_without_it_such_a_test_is_on_its_own(gateway):
    gateway.test(FREE)
    gateway.run().counts(passed=1)
    gateway.run("--runmock-every-test").counts(failed=1)
    gateway.run("--runmock-every-test", "--runmock-disable").counts(passed=1)
    gateway.run("-o", "runmock_every_test=no").counts(passed=1)


def test_the_mark_excludes_a_test(gateway, live):
    gateway.test(f"""
        import gateway

        @pytest.mark.runmock(allow_hosts=["*"])
        def test_batches():
            assert gateway.batches({live.url!r}) == 404
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


def test_leftovers_are_not_judged_there_but_in_tests_that_request_a_session(gateway):
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


def test_nothing_is_recorded_in_a_test_that_did_not_request_it(gateway, live, records):
    gateway.test(f"""
        import gateway

        def test_batches():
            gateway.batches({live.url!r})
    """)
    before = len(live.heard)
    records("all", "--runmock-every-test").counts(failed=1)
    assert len(live.heard) == before
    assert not (gateway.path / "cassettes").exists()


def test_tests_of_every_kind_have_a_session(gateway):
    gateway.test('''
        import unittest

        from runmock.transports.patching.mocker import Interception

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
            >>> from runmock.transports.patching.mocker import Interception
            >>> bool(Interception.layers)
            True
            """
    ''')
    gateway.run("--runmock-every-test", "--doctest-modules").counts(passed=6)


def test_a_miss_in_a_doctest_is_reported_once(gateway):
    gateway.test('''
        def documented():
            """
            >>> import gateway
            >>> gateway.chat("http://litellm:4000/v1")
            """
    ''')
    ran = gateway.run("--runmock-every-test", "--doctest-modules")
    ran.counts(failed=1)
    ran.shows("POST http://litellm:4000/v1/chat/completions")


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
    ran.shows("runmock: 1 test played 0 runs in 1 request, from 1 cassette")


def test_orphans_are_reported_though_every_test_has_a_session(gateway):
    gateway.replies("cassettes/gone.yaml", "never")
    gateway.test("def test_nothing():\n    pass\n")
    ran = gateway.run("--runmock-every-test", "--runmock-orphans")
    assert ran.orphans() == ["cassettes/gone.yaml"]
