"""A cassette is only called an orphan when it is sure: each of these was once called one, or may be."""

import textwrap

import pytest

LOADS = "runmock.load('cassettes/loaded.yaml')"
OWN_FOLDER = """
    from pathlib import Path

    @pytest.fixture
    def runmock_cassette_dir():
        return Path("tapes").resolve()

"""
PATH = """
from pathlib import Path
FILES = sorted(Path("cassettes").glob("*.yaml"))
@pytest.mark.parametrize("path", FILES)
def test_a(path, runmock):
    runmock.load(path)
"""
STEM = """
from pathlib import Path
FILES = sorted(Path("cassettes").glob("*.yaml"))
@pytest.mark.parametrize("name", [one.stem for one in FILES])
def test_a(name, runmock):
    runmock.load(f"cassettes/{name}.yaml")
"""
BAD = "@pytest.fixture\ndef bad(runmock):\n    "
UNSURE = {
    "a test that fails before it opens it": (f"def test_a(runmock):\n    assert not 'this'\n    {LOADS}\n", []),
    "a test whose set-up fails": (f"{BAD}1 / 0\n\ndef test_a(bad):\n    {LOADS}\n", []),
    "a test whose teardown fails": (f"{BAD}yield\n    1 / 0\n    {LOADS}\n\ndef test_a(bad):\n    pass\n", []),
    "a test that is expected to fail": (f"@pytest.mark.xfail\ndef test_a(runmock):\n    1 / 0\n    {LOADS}\n", []),
    "a test that -x does not reach": (f"def test_a():\n    1 / 0\n\ndef test_b(runmock):\n    {LOADS}\n", ["-x"]),
    "a parameter that is a path": (PATH, ["--collect-only"]),
    "a parameter that is a name": (STEM, ["-k", "nothing"]),
}


@pytest.mark.parametrize("reason", UNSURE)
def test_it_may_be_used_by(project, reason):
    test, arguments = UNSURE[reason]
    project.replies("cassettes/loaded.yaml", "a")
    project.test(test)
    ran = project.run("--runmock-orphans", *arguments)
    assert ran.orphans() == []
    ran.shows(
        "runmock: 1 cassette may be used by tests that did not run or did not pass\n  cassettes/loaded.yaml",
    )


def test_a_module_that_a_skipped_test_imports_may_name_it(project):
    project.replies("cassettes/loaded.yaml", "a")
    project.write("helpers.py", "def load(mock):\n    mock.load('cassettes/loaded.yaml')\n")
    project.test("import helpers\n@pytest.mark.skip\ndef test_a(runmock):\n    helpers.load(runmock)\n")
    assert project.run("--runmock-orphans").orphans() == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("conftest.py", "from pathlib import Path\nTEXT = Path('cassettes/loaded.yaml').read_text()\n"),
        ("test_b.py", "def test_b():\n    app.os.system('cat cassettes/loaded.yaml > /dev/null')\n"),
    ],
    ids=["before pytest looks on", "in another process"],
)
def test_what_a_source_names_may_have_been_opened(project, path, text):
    project.replies("cassettes/loaded.yaml", "a")
    project.replies("cassettes/gone.yaml", "a")
    project.test("def test_a():\n    pass\n")
    project.write(path, "import app\n\n" + textwrap.dedent(text))
    ran = project.run("--runmock-orphans")
    assert ran.orphans() == ["cassettes/gone.yaml"]
    ran.shows("runmock: 1 cassette opened by no test, but named in a source\n  cassettes/loaded.yaml")


def test_a_name_inside_another_word_is_another_name(project):
    project.replies("cassettes/load.yaml", "a")
    project.test("def test_loading():\n    reload = 1\n")
    assert project.run("--runmock-orphans", "-k", "nothing").orphans() == ["cassettes/load.yaml"]


def test_what_was_just_recorded_is_used(project):
    project.test(
        textwrap.dedent(OWN_FOLDER)
        + textwrap.dedent("""
            import httpx2
            import runmock as mock

            def asks():
                answer = {"id": "thread_1", "object": "thread"}
                transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json=answer))
                with httpx2.Client(transport=transport, headers=app.client.headers) as client:
                    client.get("https://gateway.example/v1/threads/thread_1")

            @pytest.mark.runmock
            def test_own():
                asks()

            def test_use():
                with mock.use_cassette("cassettes/" + "us" + "ed.yaml", record_mode="once"):
                    asks()
        """)
    )
    ran = project.run("--runmock-orphans", "--runmock-record=once")
    ran.counts(passed=2)
    ran.shows("runmock: no orphans among 2 cassettes")


def test_nothing_is_judged_while_runmock_is_disabled(project):
    project.replies("tapes/test_own.runmock.yaml", "a")
    project.replies("cassettes/test_app/test_gone.runmock.yaml", "a")
    project.test(textwrap.dedent(OWN_FOLDER) + "@pytest.mark.runmock\ndef test_own():\n    pass\n")
    ran = project.run("--runmock-orphans", "--runmock-disable")
    assert ran.orphans() == []
    ran.shows("runmock: 2 of 2 cassettes not judged: runmock is disabled")
    assert ran.exit == pytest.ExitCode.OK


def test_a_virtual_environment_has_no_cassettes_of_the_project(project):
    project.test("def test_a():\n    pass\n")
    project.write("env/pyvenv.cfg", "")
    project.replies("env/lib/site-packages/runmock/cli/demo.runmock.yaml", "a")
    project.run("--runmock-orphans").shows("runmock: no orphans among 0 cassettes")
