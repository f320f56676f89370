"""What is wrong with a call of `runmock_session`, with its cassette, or with where its fixture is used."""

import subprocess
import sys
import textwrap

import pytest

import runmock

SCOPES = "function, class, module, package, session"


@pytest.mark.parametrize(
    ("arguments", "keywords", "text"),
    [
        (
            (),
            {"scope": "modul"},
            f"runmock_session: the scope 'modul' is not known; the scopes are {SCOPES}; did you mean 'module'?",
        ),
        ((), {"scope": print}, f"runmock_session: the scope {print!r} is not known; the scopes are {SCOPES}"),
        ((), {"scop": "module"}, "runmock_session has no keyword 'scop'; did you mean 'scope'?"),
        ((), {"record_mod": "all"}, "runmock_session has no keyword 'record_mod'; did you mean 'record_mode'?"),
        ((), {"pace": "fast"}, "runmock_session: "),
        (
            (),
            {"chaos": True},
            "runmock_session has no keyword 'chaos': a chaos pass runs a test several times; write @pytest.mark.runmock(chaos=...) above the test",
        ),
        (
            ({"runs": []},),
            {},
            "runmock_session takes the names of cassettes, not {'runs': []}; a script goes into script=",
        ),
        (("runs: []",), {}, "runmock_session takes the names of cassettes, not 'runs: []'; a script goes into script="),
        (
            (print,),
            {},
            f"runmock_session takes the names of cassettes, not {print!r}; it makes a fixture itself: shared = runmock_session(...)",
        ),
    ],
)
def test_a_wrong_argument_is_an_error_where_the_function_is_called(arguments, keywords, text):
    with pytest.raises(runmock.UsageError) as raised:
        runmock.runmock_session(*arguments, **keywords)
    assert str(raised.value).startswith(text)


@pytest.mark.parametrize("keyword", ["autouse", "name", "params"])
def test_it_has_no_keyword_of_pytests_fixtures(keyword):
    with pytest.raises(runmock.UsageError, match=f"runmock_session has no keyword '{keyword}'"):
        runmock.runmock_session(**{keyword: True})


def test_a_wrong_argument_in_a_module_of_tests_fails_its_collection_without_frames_of_runmock(project):
    project.test(
        "from runmock import runmock_session\nshared = runmock_session(record_mod='all')\ndef test_it(shared): pass"
    )
    ran = project.run()
    ran.counts(errors=1)
    assert "UsageError: runmock_session has no keyword 'record_mod'; did you mean 'record_mode'?" in ran.text
    assert "making.py" not in ran.text


def test_a_fixture_that_is_called_directly_says_so():
    shared = runmock.runmock_session("setup")
    with pytest.raises(pytest.fail.Exception, match='"runmock_session" called directly'):
        shared()


def test_importing_the_function_and_calling_it_imports_no_library():
    code = (
        "import sys; from runmock import runmock_session; runmock_session('setup', scope='module'); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"yaml", "httpx", "httpx2", "pydantic", "respx", "openai"} & set(run.stdout.split())


def test_without_the_plugin_the_fixture_says_what_is_missing(project):
    project.test("from runmock import runmock_session\nshared = runmock_session()\ndef test_it(shared): pass")
    ran = project.run("-p", "no:runmock")
    ran.counts(errors=1)
    assert (
        "runmock_session needs the plugin of runmock, which is not loaded; load it with -p pytest_runmock" in ran.text
    )


def shared(project, arguments, *args, more=""):
    """Run two tests that use the fixture `shared`."""
    head = f"from runmock import runmock_session\nshared = runmock_session({arguments})\n"
    project.test(
        f"{head}{textwrap.dedent(more)}\ndef test_a(shared): pass\ndef test_b(shared): pass\ndef test_c(): pass\n"
    )
    return project.run(*args)


def test_a_missing_cassette_fails_its_tests_at_set_up_and_is_told_once(project):
    project.replies("cassettes/setup.yaml", "one")
    ran = shared(project, "'setap'")
    ran.counts(passed=1, errors=2)
    ran.shows(
        """
        the fixture shared of test_app.py: there is no cassette 'setap'; did you mean 'setup'?
          looked for setap.runmock.yaml and setap.yaml in cassettes
          to record it: pytest --runmock-record=new_episodes test_app.py
            with --runmock-upstream=URL where its host has switched the API off
        """
    )
    ran.shows(
        """
        the fixture shared of test_app.py: there is no cassette 'setap'
          the error of test_app.py::test_a has the details
        """
    )
    assert ran.text.count("looked for") == 1


def test_a_missing_second_cassette_cannot_be_recorded(project):
    project.replies("cassettes/setup.yaml", "one")
    ran = shared(project, "'setup', 'other'")
    assert "only the first cassette of a test is recorded; write this one by hand, or name it first" in ran.text


def test_a_broken_cassette_is_told_once_with_its_place(project):
    project.write("cassettes/setup.yaml", "runmock: 1\nruns: [{relpy: Hello}]\n")
    ran = shared(project, "'setup'")
    ran.counts(passed=1, errors=2)
    assert ran.text.count("cassettes/setup.yaml:2:9: unknown key 'relpy' in a run; did you mean 'reply'?") == 1


def test_a_broken_script_names_the_fixture(project):
    ran = shared(project, "script='runmock: 1\\nruns: [{relpy: Hello}]'")
    assert (
        "script of the fixture shared of test_app.py:2:9: unknown key 'relpy' in a run; did you mean 'reply'?"
        in ran.text
    )


@pytest.mark.parametrize("skip", [False, True])
def test_collect_only_shows_the_error_and_its_tests(project, skip):
    more = "pytestmark = pytest.mark.skip" if skip else ""
    ran = shared(project, "'setap'", "--collect-only", more=more)
    assert ran.exit == (0 if skip else 1)
    assert ("fails test_app.py::test_a, test_app.py::test_b" in ran.text) is not skip


def test_a_skipped_test_is_not_failed(project):
    shared(project, "'setap'", more="pytestmark = pytest.mark.skip").counts(skipped=3)


def test_a_folder_in_the_place_of_the_cassette_is_an_error_of_the_fixture(project):
    (project.path / "cassettes/test_app/shared.runmock.yaml").mkdir(parents=True)
    ran = shared(project, "", "--runmock-record=all")
    ran.counts(passed=1, errors=2)
    assert "no cassette can be written here: this is a directory" in ran.text


def test_runmock_config_of_a_narrower_scope_is_an_error_with_the_line_to_write(project):
    ran = shared(project, "", more="@pytest.fixture\ndef runmock_config(): return {}\n")
    ran.counts(passed=1, errors=2)
    ran.shows(
        """
        the fixture shared of test_app.py has the scope module, and runmock_config only function
          to fix it: @pytest.fixture(scope="module") above runmock_config
        """
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{'record_mod': 'all'}", "runmock_config has no keyword 'record_mod'; did you mean 'record_mode'?"),
        ("{'chaos': True}", "chaos is a keyword of the marker only; runmock_config is read too late for it"),
        ("3", "runmock_config is a mapping of keywords, not 3"),
    ],
)
def test_a_wrong_runmock_config_names_the_fixture(project, value, text):
    ran = shared(project, "", more=f"@pytest.fixture(scope='module')\ndef runmock_config(): return {value}\n")
    ran.counts(passed=1, errors=2)
    assert f"the fixture shared of test_app.py: {text}" in ran.text


def test_an_indirect_parameter_is_refused(project):
    project.test(
        """
        from runmock import runmock_session
        shared = runmock_session(scope="function")

        @pytest.mark.parametrize("shared", [1], indirect=True)
        def test_it(shared): pass
        """
    )
    ran = project.run()
    ran.counts(errors=1)
    assert "test_app.py::test_it[1]: shared takes no indirect parameter: leave out indirect=True" in ran.text


def test_pytest_lists_the_fixture_with_its_module_and_scope(project):
    project.test("from runmock import runmock_session\nshared = runmock_session()\ndef test_it(shared): pass")
    result = project.pytester.runpytest_inprocess("--fixtures", "test_app.py")
    text = result.stdout.str()
    assert "fixtures defined from test_app" in text
    assert "shared [module scope]" in text
    assert "A session of `runmock_session`, which is open until the scope of the fixture ends." in text
