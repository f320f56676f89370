"""An installed runmock costs next to nothing until a test uses it."""

import importlib.metadata
import subprocess
import sys

import httpx2
import pytest

HEAVY = ("yaml", "httpx", "httpx2", "pydantic", "respx", "openai", "anyio", "click", "rich")


def python(code):
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_plugin_imports_nothing_beyond_the_standard_library_and_pytest():
    new = python(
        "import sys, pytest; before = set(sys.modules); import pytest_runmock; print(*set(sys.modules) - before)"
    )
    foreign = {name.partition(".")[0] for name in new} - sys.stdlib_module_names
    assert foreign == {"pytest_runmock"}
    assert {name for name in new if "." in name} >= {"pytest_runmock.settings", "pytest_runmock.summary"}


def test_runmock_imports_nothing_but_itself():
    new = python("import sys; before = set(sys.modules); import runmock; print(*set(sys.modules) - before)")
    assert {name.partition(".")[0] for name in new} - sys.stdlib_module_names == {"runmock"}
    assert {name for name in new if name.startswith("runmock")} == {"runmock"}


def test_runmocks_errors_come_without_its_session():
    loaded = python("import sys, runmock; runmock.UnmatchedRequest; print(*sys.modules)")
    assert not loaded & set(HEAVY)


def test_every_public_name_is_there_and_no_other(runmock):
    import runmock as package

    for name in package.__all__:
        assert getattr(package, name).__name__ == name
        assert name in dir(package)
    with pytest.raises(AttributeError, match="module 'runmock' has no attribute 'sesion'"):
        package.sesion  # noqa: B018 - the access itself is tested


def test_the_version_is_that_of_the_distribution():
    import runmock as package

    assert package.__version__ == importlib.metadata.version("runmock")
    assert "__version__" in dir(package)


def test_what_a_session_shows_has_the_public_types(runmock):
    import runmock as package

    runmock.reply("Hello.")
    client = httpx2.Client(base_url="https://api.openai.com/v1", headers={"OpenAI-Beta": "assistants=v2"})
    thread = client.post("/threads/runs", json={"assistant_id": "asst_1"}).json()["thread_id"]
    client.get(f"/threads/{thread}/messages")
    client.post("/files", data={"purpose": "vision"}, files={"file": b"x"})
    client.post("/vector_stores", json={})
    assert isinstance(runmock, package.Session)
    assert {type(run) for run in runmock.runs} == {package.RunView}
    assert {type(request) for request in runmock.requests} == {package.RequestView}
    assert {type(file) for file in runmock.files} == {package.FileView}
    assert {type(store) for store in runmock.vector_stores} == {package.VectorStoreView}
    assert {type(verdict) for verdict in runmock.verdicts} == {package.Verdict}


@pytest.mark.parametrize(
    ("test", "expected"),
    [("def test_a(): pass", set()), ("def test_a(runmock): pass", {"yaml", "httpx", "httpx2", "pydantic", "respx"})],
    ids=["unused", "used"],
)
def test_a_run_of_pytest_imports_the_rest_only_for_a_test_that_plays(project, monkeypatch, test, expected):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    project.write("pytest.ini", "[pytest]\n")
    project.write("test_app.py", test)
    project.write(
        "conftest.py",
        "import sys\n\ndef pytest_unconfigure():\n    print('LOADED', *sys.modules)\n",
    )
    ran = project.run_apart("-p", "pytest_runmock", "-p", "no:cacheprovider")
    ran.counts(passed=1)
    loaded = next(line for line in ran.text.splitlines() if line.startswith("LOADED")).split()
    assert set(loaded) & {"yaml", "httpx", "httpx2", "pydantic", "respx", "openai"} == expected
