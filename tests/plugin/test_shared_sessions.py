"""`runmock_session`: which tests and fixtures play in the session of a wider scope, and what is left at its end."""

import textwrap

import pytest

HEAD = """
from runmock import runmock_session

def replies(*texts):
    return {"runs": [{"reply": text} for text in texts]}
"""


@pytest.fixture
def tests(project):
    """Write a module of tests, and run it."""

    def run(text, *args, **counts):
        project.test(HEAD + textwrap.dedent(text))
        ran = project.run(*args)
        ran.counts(**counts)
        return ran

    return run


ASSISTANT = """
    import openai

    client = openai.OpenAI(api_key="sk-not-a-key")
    shared = runmock_session("setup", scope={scope!r})
    deleted = []

    @pytest.fixture(scope={scope!r})
    def assistant(shared):
        assistant = client.beta.assistants.create(model="gpt-4o", name="Weather")
        yield assistant
        deleted.append(client.beta.assistants.delete(assistant.id))
        assert shared.requests[-1].operation == "delete_assistant"

    @pytest.fixture(scope="session", autouse=True)
    def at_the_very_end():
        yield
        assert [one.deleted for one in deleted] == [True]

    class TestIt:
        @pytest.mark.parametrize("answer", ["first", "second"])
        def test_it(self, assistant, shared, answer):
            run = client.beta.threads.create_and_run_poll(
                assistant_id=assistant.id, thread={{"messages": [{{"role": "user", "content": "Hi"}}]}}
            )
            assert client.beta.assistants.retrieve(assistant.id).name == "Weather"
            assert run.status == "completed"
            assert shared.runs[-1].messages[0]["content"][0]["text"]["value"] == answer
"""


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_an_assistant_of_a_wider_scope_is_made_used_and_deleted_in_one_session(project, tests, scope):
    project.write("cassettes/setup.yaml", "runmock: 1\nids: strict\nruns: [{reply: first}, {reply: second}]\n")
    tests(ASSISTANT.format(scope=scope), passed=2)


def test_the_scope_is_the_module_unless_it_is_named(tests):
    tests(
        """
        shared = runmock_session(script=replies("one", "two"))

        def test_a(shared):
            assert app.ask() == "one"

        class TestB:
            def test_b(self, shared):
                assert app.ask() == "two"
                assert [run.status for run in shared.runs] == ["completed", "completed"]
        """,
        passed=2,
    )


def test_with_the_scope_function_each_test_has_its_own_session(tests):
    tests(
        """
        shared = runmock_session(script=replies("one"), scope="function")

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(shared, number):
            assert app.ask() == "one"
            assert len(shared.runs) == 1
        """,
        passed=2,
    )


def test_the_fixture_is_not_autouse(tests):
    tests(
        """
        shared = runmock_session(script=replies("one"), allow_unplayed=True)

        def test_without_it(request):
            assert "shared" not in request.fixturenames
            from runmock.transports.patching.mocker import Interception
            assert not Interception.layers

        def test_with_it(shared):
            assert app.ask() == "one"
        """,
        passed=2,
    )


def test_the_session_has_its_verbs(tests):
    tests(
        """
        shared = runmock_session()

        @pytest.fixture(scope="module")
        def scripted(shared):
            shared.calls(get_weather={"city": "Paris"}).reply("$outputs.get_weather degrees.")

        def test_it(scripted, shared):
            run = app.finish(app.start())
            app.finish(app.submit(run, "21"))
            assert app.answer(run) == "21 degrees."
            assert shared.tool_outputs == {"get_weather": "21"}
        """,
        passed=1,
    )


def test_a_fixture_of_conftest_is_used_by_several_modules(project):
    project.write("conftest.py", HEAD + 'shared = runmock_session(script=replies("one", "two"), scope="session")\n')
    project.test("def test_a(shared): assert app.ask() == 'one'", "test_a.py")
    project.test("def test_b(shared): assert app.ask() == 'two'", "tests/test_b.py")
    project.run().counts(passed=2)


def test_a_fixture_of_conftest_for_modules_has_a_session_for_each_module(project):
    project.write("conftest.py", HEAD + 'shared = runmock_session(script=replies("one"))\n')
    for name in ("a", "b"):
        project.test("def test_it(shared): assert app.ask() == 'one'", f"test_{name}.py")
    project.run().counts(passed=2)


def test_the_scope_of_a_package_is_the_folder_of_its_conftest(project):
    for name in ("a", "b"):
        project.write(f"{name}/__init__.py", "")
        project.write(
            f"{name}/conftest.py",
            HEAD + f'shared = runmock_session(script=replies("{name} 1", "{name} 2"), scope="package")\n',
        )
        for number in (1, 2):
            project.test(f"def test_it(shared): assert app.ask() == '{name} {number}'", f"{name}/test_{number}.py")
    project.run().counts(passed=4)


def test_a_fixture_may_have_another_name_and_be_imported(project, tests):
    project.write("helpers/setting.py", HEAD + 'shared = runmock_session("setup")\n')
    project.write("helpers/__init__.py", "")
    project.replies("helpers/cassettes/setup.yaml", "one", "two")
    tests(
        """
        from helpers.setting import shared as another

        def test_it(another):
            assert app.ask() == "one"
        """,
        passed=1,
        errors=1,
    ).shows(
        """
        runmock: not everything on the cassette was played by the tests of the fixture another of helpers/setting.py
          helpers/cassettes/setup.yaml
            run 1, line 4: reply "two"
          to allow it: runmock_session(..., allow_unplayed=True), or --runmock-unused=warn
        """
    )


@pytest.mark.parametrize("scope", ["function", "class", "module", "session"])
def test_a_fixture_may_stand_in_a_class(tests, scope):
    tests(
        f"""
        class TestIt:
            shared = runmock_session(script=replies("one"), scope={scope!r})

            def test_it(self, shared):
                assert app.ask() == "one"

        class TestOther:
            def test_it(self, request):
                with pytest.raises(pytest.FixtureLookupError):
                    request.getfixturevalue("shared")
        """,
        "-Werror::DeprecationWarning",
        passed=2,
    )


def test_a_unittest_class_has_the_fixture_by_usefixtures(tests):
    tests(
        """
        import unittest
        shared = runmock_session(script=replies("in set up", "one", "two", "in teardown"))

        @pytest.mark.usefixtures("shared")
        class ItTest(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                assert app.ask() == "in set up"

            def test_1(self):
                self.assertEqual(app.ask(), "one")

            def test_2(self):
                self.assertEqual(app.ask(), "two")

            @classmethod
            def tearDownClass(cls):
                assert app.ask() == "in teardown"
        """,
        passed=2,
    )


@pytest.mark.parametrize("kind", ["anyio", "asyncio"])
def test_async_tests_and_fixtures_play_in_it(tests, kind):
    tests(
        """
        import pytest_asyncio
        from short_client import ask_async
        shared = runmock_session(script=replies("set-up", "one", "two", "teardown"))
        @pytest.fixture(scope="module")
        def anyio_backend():
            return "asyncio"

        if "KIND" == "anyio":
            fixture, mark = pytest.fixture(scope="module"), pytest.mark.anyio
        else:
            fixture = pytest_asyncio.fixture(scope="module", loop_scope="module")
            mark = pytest.mark.asyncio(loop_scope="module")

        @fixture
        async def asked(shared, anyio_backend):
            assert await ask_async() == "set-up"
            yield
            assert await ask_async() == "teardown"
            assert len(shared.runs) == 4

        @mark
        @pytest.mark.parametrize("answer", ["one", "two"])
        async def test_it(asked, answer):
            assert await ask_async() == answer
        """.replace("KIND", kind),
        passed=2,
    )


def test_a_test_may_request_it_in_its_body(tests):
    tests(
        """
        shared = runmock_session(script=replies("one", "two"))

        def test_a(request):
            shared = request.getfixturevalue("shared")
            assert app.ask() == "one"
            assert len(shared.runs) == 1

        def test_b(shared):
            assert app.ask() == "two"
        """,
        passed=2,
    )


def test_a_finalizer_of_a_fixture_plays_in_the_session_that_the_fixture_requests(tests):
    tests(
        """
        first = runmock_session(script=replies("first 1", "first 2"))
        second = runmock_session(script=replies("second 1", "second 2"))

        @pytest.fixture(scope="module")
        def of_first(first, request):
            request.addfinalizer(lambda: answers.append(app.ask()))
            return app.ask()

        @pytest.fixture(scope="module")
        def of_second(second, request):
            request.addfinalizer(lambda: answers.append(app.ask()))
            return app.ask()

        answers = []

        @pytest.fixture(scope="session", autouse=True)
        def at_the_very_end():
            yield
            assert answers == ["first 2", "second 2"]

        def test_both(first, second):
            pass

        def test_it(of_second, of_first):
            assert (of_first, of_second) == ("first 1", "second 1")
        """,
        passed=2,
    )


@pytest.mark.parametrize("order", ["first, second", "second, first"])
def test_of_two_sessions_at_once_each_plays_to_the_fixtures_that_request_it(tests, order):
    tests(
        f"""
        first = runmock_session(script=replies("first 1", "first 2", "first 3"))
        second = runmock_session(script=replies("second"), scope="session")

        def test_both({order}):
            pass

        @pytest.fixture(scope="module")
        def asked(first):
            yield app.ask()
            assert app.ask() == "first 3"

        @pytest.fixture(scope="module")
        def through_another(asked):
            return app.ask()

        @pytest.fixture(scope="module")
        def wider(second):
            return app.ask()

        def test_it(asked, wider, through_another):
            assert [asked, through_another, wider] == ["first 1", "first 2", "second"]
        """,
        passed=2,
    )


def test_what_the_tests_own_session_lacks_is_not_asked_of_a_wider_one(tests):
    ran = tests(
        """
        shared = runmock_session(script=replies("shared"))

        def test_own(shared, runmock):
            runmock.reply("own")
            assert app.ask() == "own"
            assert len(runmock.runs) == 1
            assert not shared.requests
            app.ask()

        def test_shared(shared):
            assert app.ask() == "shared"
        """,
        passed=1,
        failed=1,
    )
    assert "runmock.UnmatchedRequest: nothing left on the cassette for this request" in ran.text


def test_files_of_the_wider_session_are_not_those_of_the_tests_own(tests):
    tests(
        """
        import openai

        client = openai.OpenAI(api_key="sk-not-a-key")
        shared = runmock_session()

        @pytest.fixture(scope="module")
        def uploaded(shared):
            file = client.files.create(file=("a.txt", b"Hello"), purpose="assistants")
            yield file.id
            assert client.files.delete(file.id).deleted

        def test_own(uploaded, runmock):
            with pytest.raises(openai.NotFoundError):
                client.files.retrieve(uploaded)
            assert not runmock.files

        def test_shared(uploaded, shared):
            assert client.files.retrieve(uploaded).filename == "a.txt"
            assert [file.id for file in shared.files] == [uploaded]
        """,
        passed=2,
    )


def test_a_wider_session_that_is_open_plays_to_tests_without_one(tests):
    tests(
        """
        shared = runmock_session(script=replies("one", "two"))

        def test_with_it(shared):
            assert app.ask() == "one"

        def test_without_it():
            assert app.ask() == "two"
        """,
        passed=2,
    )


def test_it_answers_before_the_session_that_every_test_has(tests):
    tests(
        """
        shared = runmock_session(script=replies("one"))

        def test_with_it(shared):
            assert app.ask() == "one"
        """,
        "--runmock-every-test",
        passed=1,
    )


def test_a_miss_names_the_fixture_and_the_tests_of_its_scope(tests):
    ran = tests(
        """
        shared = runmock_session()

        def test_it(shared):
            app.ask()
        """,
        failed=1,
    )
    assert "nothing says what the assistant does: there is no script, no recording and no verb" in ran.text
    assert 'to answer it, with the fixture shared: shared.reply("Hello!")' in ran.text
    assert "to record it: pytest --runmock-record=new_episodes --runmock-upstream=URL test_app.py\n" in ran.text


@pytest.mark.parametrize(
    ("scope", "argument"),
    [("function", "tests/test_a.py::TestA::test_it"), ("class", "tests/test_a.py::TestA"), ("session", ".")],
)
def test_the_command_of_a_miss_runs_the_scope(project, scope, argument):
    project.test(
        f"""
        from runmock import runmock_session
        shared = runmock_session(scope={scope!r})

        class TestA:
            def test_it(self, shared):
                app.ask()
        """,
        "tests/test_a.py",
    )
    ran = project.run()
    ran.counts(failed=1)
    assert f"pytest --runmock-record=new_episodes --runmock-upstream=URL {argument}\n" in ran.text


def test_a_miss_that_the_application_caught_fails_the_test_in_which_it_happened(tests):
    ran = tests(
        """
        shared = runmock_session(script=replies("one"))

        def test_a(shared):
            assert app.ask() == "one"
            try:
                app.ask()
            except BaseException:
                pass

        def test_b(shared):
            pass
        """,
        passed=2,
        errors=1,
    )
    assert "ERROR at teardown of test_a" in ran.text
    assert "runmock: the application swallowed this failure, or it happened in another thread" in ran.text


def test_a_miss_in_the_set_up_of_a_fixture_is_reported_once_for_each_of_its_tests(tests):
    ran = tests(
        """
        shared = runmock_session()

        @pytest.fixture(scope="module")
        def asked(shared):
            return app.ask()

        def test_a(asked): pass
        def test_b(asked): pass
        """,
        errors=2,
    )
    assert "swallowed" not in ran.text


LEFT = """
    shared = runmock_session("setup")

    def test_a(shared): assert app.ask() == "one"
    def test_b(shared): assert app.ask() == "two"
    def test_without_it(): pass
"""


@pytest.fixture
def left(project, tests):
    """Run tests that leave a run of three."""
    project.replies("cassettes/setup.yaml", "one", "two", "three")
    return lambda *args, **counts: tests(LEFT, *args, **counts)


def test_what_was_not_played_is_one_error_at_the_last_test_of_the_scope(left):
    ran = left(passed=3, errors=1)
    assert "ERROR at teardown of test_without_it" in ran.text
    ran.shows(
        """
        runmock: not everything on the cassette was played by the tests of the fixture shared of test_app.py
          cassettes/setup.yaml
            run 2, line 5: reply "three"
          to allow it: runmock_session(..., allow_unplayed=True), or --runmock-unused=warn
        """
    )


def test_leftovers_may_be_a_warning_or_ignored(left):
    assert "PytestWarning" not in left("--runmock-unused=ignore", passed=3).text
    ran = left("--runmock-unused=warn", passed=3)
    assert "PytestWarning: runmock: not everything on the cassette was played by the tests of" in ran.text
    assert "to allow it: runmock_session(..., allow_unplayed=True), or --runmock-unused=ignore" in ran.text


def test_the_keyword_allows_leftovers_and_the_command_line_wins(project, tests):
    project.replies("cassettes/setup.yaml", "one", "two", "three")
    text = LEFT.replace('"setup"', '"setup", allow_unplayed=True')
    tests(text, passed=3)
    tests(text, "--runmock-unused=fail", passed=3, errors=1)


@pytest.mark.parametrize(
    "args", [("-k", "not test_b"), ("--deselect", "test_app.py::test_b"), ("test_app.py::test_a",)]
)
def test_leftovers_are_not_judged_when_not_all_tests_of_the_fixture_ran(left, args):
    left(*args)


def test_leftovers_are_not_judged_when_a_test_of_the_fixture_failed_or_was_skipped(project, tests):
    project.replies("cassettes/setup.yaml", "one", "two", "three")
    tests(LEFT + "    def test_c(shared): assert False\n", passed=3, failed=1)
    tests(LEFT + "    def test_c(shared): pytest.skip('today')\n", passed=3, skipped=1)
    tests(LEFT + "    @pytest.mark.xfail\n    def test_c(shared): assert False\n", passed=3, xfailed=1)


def test_leftovers_of_the_whole_run_are_not_judged_when_files_were_left_out(project):
    project.write(
        "tests/conftest.py", HEAD + 'shared = runmock_session(script=replies("one", "two"), scope="session")\n'
    )
    project.test("def test_a(shared): app.ask()", "tests/test_a.py")
    project.test("def test_b(): pass", "tests/test_b.py")
    project.test("def test_c(): pass", "test_c.py")
    project.run("tests/test_a.py").counts(passed=1)
    project.run("tests").counts(passed=2, errors=1)


def test_leftovers_of_two_sessions_are_one_error(tests):
    ran = tests(
        """
        first = runmock_session(script=replies("one"))
        second = runmock_session(script=replies("two"))

        def test_it(first, second): pass
        """,
        passed=1,
        errors=1,
    )
    assert ran.text.count("not everything on the cassette was played by the tests of the fixture") == 2
    assert 'reply "one"' in ran.text
    assert 'reply "two"' in ran.text


def test_a_session_is_over_when_its_scope_is_over(tests):
    tests(
        """
        class TestA:
            shared = runmock_session(script=replies("one"), scope="class")

            def test_it(self, shared):
                assert app.ask() == "one"
                TestA.session = shared

        def test_after():
            from runmock.transports.patching.mocker import Interception
            assert not Interception.layers
            assert len(TestA.session.runs) == 1
        """,
        passed=2,
    )


def test_where_runmock_is_disabled_the_fixture_gives_a_session_that_does_nothing(tests):
    tests(
        """
        shared = runmock_session("missing")

        def test_it(shared):
            from runmock.transports.patching.mocker import Interception
            shared.reply("Hello")
            assert not Interception.layers
        """,
        "--runmock-disable",
        passed=1,
    )


def test_two_replies_in_a_row_are_shown_when_a_test_fails(tests):
    ran = tests(
        """
        shared = runmock_session()

        def test_it(shared):
            shared.reply("one").reply("two")
            assert False
        """,
        failed=1,
    )
    assert "runmock script" in ran.text


def test_a_test_that_ends_the_session_and_fails_shows_what_else_was_wrong(tests):
    ran = tests(
        """
        shared = runmock_session()

        @pytest.fixture
        def broken(shared):
            yield
            raise ValueError("broken")

        def test_it(shared, broken):
            try:
                app.ask()
            except BaseException:
                pass
        """,
        passed=1,
        errors=1,
    )
    assert "ValueError: broken" in ran.text
    assert "the application swallowed this failure" in ran.text
