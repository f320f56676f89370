"""The fixtures runmock_config, runmock_cassette_dir and runmock_cassette_name, overridden at every scope."""

import pytest


def fixture(name, value, scope="function", arguments=""):
    return f"@pytest.fixture(scope={scope!r})\ndef {name}({arguments}):\n    return {value}\n"


@pytest.mark.parametrize("scope", ["function", "module", "package", "session"])
def test_the_folder_may_be_set_at_any_scope(project, scope):
    project.write(
        "conftest.py", "import pytest\n" + fixture("runmock_cassette_dir", f"{str(project.path)!r} + '/tapes'", scope)
    )
    project.replies("tapes/test_a.runmock.yaml", "found")
    project.test("@pytest.mark.runmock\ndef test_a():\n    assert app.ask() == 'found'\n")
    project.run().counts(passed=1)


def test_the_name_may_be_set_by_a_class(project):
    project.test("""
        @pytest.mark.runmock
        class TestNamed:
            @pytest.fixture(scope="class")
            def runmock_cassette_name(self):
                return "shared"

            def test_one(self):
                assert app.ask() == "found"

            def test_two(self):
                assert app.ask() == "found"
    """)
    project.replies("cassettes/test_app/shared.runmock.yaml", "found")
    project.run().counts(passed=2)


def test_the_name_may_be_made_of_the_default_name(project):
    project.test("""
        @pytest.fixture
        def runmock_cassette_name(runmock_cassette_name):
            return runmock_cassette_name.removeprefix("test_").upper()

        @pytest.mark.runmock
        def test_greets():
            assert app.ask() == "found"
    """)
    project.replies("cassettes/test_app/GREETS.yaml", "found")
    project.run().counts(passed=1)


BY_A_PARAMETER = '@pytest.mark.parametrize("runmock_cassette_name", ["one", "two"])'
BY_A_FIXTURE = """
@pytest.fixture(params=["one", "two"])
def runmock_cassette_name(request):
    return request.param
"""


@pytest.mark.parametrize(
    "parameters", [BY_A_PARAMETER, BY_A_FIXTURE], ids=["a parameter", "an override with parameters"]
)
def test_a_name_with_parameters_is_used_when_the_test_requests_it(project, parameters):
    test = "def test_greets(runmock_cassette_name):\n    assert app.ask() == runmock_cassette_name\n"
    project.test(f"{parameters}\n@pytest.mark.runmock\n{test}")
    for name in ("one", "two"):
        project.replies(f"cassettes/test_app/{name}.yaml", name)
    project.run().counts(passed=2)


def test_the_defaults_are_the_modules_folder_and_the_tests_name(project):
    project.test(
        """
        class TestAll:
            @pytest.mark.parametrize("city", ["Oslo"])
            def test_a(self, runmock_cassette_dir, runmock_cassette_name, runmock_config, request, city):
                assert runmock_cassette_dir == request.path.parent / "cassettes" / "test_deep"
                assert runmock_cassette_name == "TestAll.test_a[Oslo]"
                assert runmock_config == {}
        """,
        "deep/test_deep.py",
    )
    project.run().counts(passed=1)


@pytest.mark.parametrize("scope", ["function", "class", "module", "package", "session"])
def test_the_configuration_may_be_set_at_any_scope(project, scope):
    project.write("conftest.py", "import pytest\n" + fixture("runmock_config", {"allow_unplayed": True}, scope))
    project.replies("cassettes/test_app/test_a.runmock.yaml", "never")
    project.test("@pytest.mark.runmock\ndef test_a():\n    pass\n")
    project.run().counts(passed=1)


def test_a_nearer_configuration_may_build_on_the_one_further_up(project):
    project.write(
        "conftest.py", "import pytest\n" + fixture("runmock_config", {"pace": "3ms", "hosts": ["far"]}, "session")
    )
    project.test("""
        @pytest.fixture(scope="module")
        def runmock_config(runmock_config):
            return {**runmock_config, "pace": "4ms"}

        def test_of_module(runmock):
            assert runmock.deck.options.pace.fixed_ms == 4
            assert runmock.deck.options.hosts == ("far",)

        @pytest.mark.runmock(pace="5ms")
        class TestMarked:
            def test_of_class(self, runmock):
                assert runmock.deck.options.pace.fixed_ms == 5

            @pytest.mark.runmock(pace="6ms")
            def test_own(self, runmock):
                assert runmock.deck.options.pace.fixed_ms == 6
                assert runmock.deck.options.hosts == ("far",)
    """)
    project.run().counts(passed=3)


@pytest.mark.parametrize("where", ["marker", "config"])
def test_a_script_may_stand_in_the_marker_or_the_configuration(project, where):
    script = {"script": {"runs": [{"reply": "scripted"}]}}
    project.write("conftest.py", "import pytest\n" + fixture("runmock_config", script if where == "config" else {}))
    marker = f"@pytest.mark.runmock(**{script})\n" if where == "marker" else ""
    project.test(marker + "def test_a(runmock):\n    assert app.ask() == 'scripted'\n")
    project.run().counts(passed=1)


def test_a_host_of_the_configuration_is_runmocks(project):
    project.write("conftest.py", "import pytest\n" + fixture("runmock_config", {"hosts": ["*.example.com"]}, "session"))
    project.test("""
        def test_a(runmock):
            runmock.reply("from the gateway")
            response = app.httpx2.post("https://llm.example.com/v1/models", json={})
    """)
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("(models)")


def test_the_host_of_openai_base_url_is_runmocks(project, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/api/v1")
    project.test("""
        import os

        def test_a(runmock):
            app.httpx2.get(os.environ["OPENAI_BASE_URL"] + "/batches")
    """)
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("(batches)")


def test_the_fixture_may_be_built_on(project):
    project.test("""
        @pytest.fixture
        def runmock(runmock):
            runmock.reply("always")
            return runmock

        def test_a(runmock):
            assert app.ask() == "always"

        @pytest.mark.runmock
        def test_b():
            assert app.ask() == "always"

        def test_c(request):
            assert request.getfixturevalue("runmock").runs == []
            assert app.ask() == "always"
    """)
    project.run().counts(passed=3)


def test_a_test_may_get_the_fixture_by_usefixtures(project):
    project.test("""
        @pytest.mark.usefixtures("runmock")
        class TestAll:
            def test_a(self):
                assert app.ask() == "found"
    """)
    project.replies("cassettes/test_app/TestAll.test_a.yaml", "found")
    project.run().counts(passed=1)


def test_a_named_cassette_is_looked_for_in_the_folder_that_was_set(project):
    project.write(
        "conftest.py", "import pytest\n" + fixture("runmock_cassette_dir", f"{str(project.path)!r} + '/tapes'")
    )
    project.replies("tapes/greeting.yaml", "from the folder")
    project.replies("cassettes/greeting.yaml", "from the usual place")
    project.replies("cassettes/other.yaml", "from the usual place")
    project.test("""
        @pytest.mark.runmock("greeting")
        def test_a():
            assert app.ask() == "from the folder"

        @pytest.mark.runmock("other")
        def test_b():
            assert app.ask() == "from the usual place"

        @pytest.mark.runmock("nowhere")
        def test_c():
            pass
    """)
    ran = project.run()
    ran.counts(passed=2, errors=1)
    ran.shows("  looked for nowhere.runmock.yaml and nowhere.yaml in tapes and cassettes")
