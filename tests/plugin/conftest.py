"""A folder with a small application and its tests, and pytest run in it."""

import sys
import textwrap
from importlib import import_module
from pathlib import Path

import anyio.pytest_plugin
import pytest
import pytest_asyncio.plugin
import pytest_runmock

IMPORTED_ONCE = """
    anyio._backends._asyncio httpx2._client jiter xdist.dsession xdist.scheduler xdist.workermanage whole_sdk
    pytest_runmock.chaos.passes pytest_runmock.orphans.orphans pytest_runmock.playing pytest_runmock.shared.collected
    pytest_runmock.shared.ending pytest_runmock.shared.opening pytest_runmock.shared.refusing
    runmock.session.session runmock.viewer.page uvicorn.lifespan.on uvicorn.protocols.http.auto
"""
"""What is imported before need not be imported again by each run of pytest in this process."""
for name in IMPORTED_ONCE.split():
    import_module(name)

APP = '''
"""An application with a client of its own, made when it is imported."""
import os

import httpx2

client = httpx2.Client(
    base_url="https://api.openai.com/v1",
    verify=False,
    headers={"OpenAI-Beta": "assistants=v2", "Authorization": "Bearer sk-not-a-key"},
)


def post(path, **body):
    return client.post(path, json=body).json()


def get(path):
    return client.get(path).json()


def start(text="Hello", assistant="asst_1"):
    thread = post("/threads", messages=[{"role": "user", "content": text}])
    return post(f"/threads/{thread['id']}/runs", assistant_id=assistant)


def finish(run):
    while run["status"] in ("queued", "in_progress"):
        run = get(f"/threads/{run['thread_id']}/runs/{run['id']}")
    return run


def submit(run, *outputs):
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    submitted = [{"tool_call_id": call["id"], "output": output} for call, output in zip(calls, outputs)]
    return post(f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs", tool_outputs=submitted)


def answer(run):
    messages = get(f"/threads/{run['thread_id']}/messages")
    return messages["data"][0]["content"][0]["text"]["value"]


def ask(text="Hello", assistant="asst_1"):
    return answer(finish(start(text, assistant)))
'''

INI = """
[pytest]
asyncio_default_fixture_loop_scope = function
addopts = -p no:randomly -p no:cacheprovider -p no:xdist -p no:cov -p no:hypothesispytest -p no:unraisableexception
filterwarnings = default
"""

PLUGINS = (pytest_runmock, pytest_asyncio.plugin, anyio.pytest_plugin)
"""The plugins of a project's runs, unless a test says which."""


@pytest.fixture(autouse=True)
def _no_terminal_and_no_worker(monkeypatch):
    for name in ("COLUMNS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)


class Project:
    """A project in a folder of its own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path: Path = pytester.path
        self.write("app.py", APP)
        self.write("pytest.ini", INI)
        pytester.syspathinsert()

    def write(self, path, text):
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def replies(self, path, *texts):
        """Write a cassette of replies."""
        self.write(path, "runmock: 1\nruns:\n" + "".join(f"  - reply: {text}\n" for text in texts))

    def test(self, text, path="test_app.py"):
        """Write a module of tests; `app` and `pytest` are imported."""
        self.write(path, "import app\nimport pytest\n" + textwrap.dedent(text))

    def run(self, *args, **how) -> "Ran":
        """Run pytest in this process, with PLUGINS alone: with all that are installed it takes half as long again."""
        return self._without_others(self.pytester.runpytest_inprocess, *args, **{"plugins": PLUGINS} | how)

    def run_apart(self, *args) -> "Ran":
        """Run pytest in a process of its own, with the plugins that its arguments name: others take a second to start."""
        return self._without_others(self.pytester.runpytest_subprocess, "-ppytest_runmock", *args)

    def spread(self, *args) -> "Ran":
        """Run pytest in this process, and its tests in workers of xdist, each of which takes a second to start."""
        # pytest warns, once in a process, that it cannot rewrite the asserts of a plugin that is imported already.
        known = "-Wignore::pytest.PytestAssertRewriteWarning"
        return self._without_others(self.pytester.runpytest_inprocess, "-ppytest_runmock", "-pxdist", known, *args)

    @staticmethod
    def _without_others(run, *args, **how) -> "Ran":
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            environment.setenv("PYTHONDONTWRITEBYTECODE", "1")  # a file may be replaced within a second
            environment.setattr(sys, "dont_write_bytecode", True)
            return Ran(run(*args, **how))


class Ran:
    """The result and the output of a run of pytest."""

    def __init__(self, result: pytest.RunResult) -> None:
        self.result = result
        self.text = result.stdout.str()
        self.exit = result.ret

    def counts(self, **expected):
        found = self.result.parseoutcomes()
        assert {name: found.get(name, 0) for name in expected} == expected, self.text
        unexpected = {"failed", "errors", "error"} & (found.keys() - expected.keys())
        assert not unexpected, self.text

    def shows(self, expected):
        """The output has this block of lines, word for word."""
        block = textwrap.dedent(expected).strip("\n")
        assert block in self.text, f"not in the output:\n{block}\n\ninstead:\n{self.text}"

    def orphans(self):
        """The paths below the line that begins with `runmock: N of`."""
        lines = self.text.splitlines()
        start = next((number for number, line in enumerate(lines) if "used by no test" in line), None)
        found = []
        for line in lines[start + 1 :] if start is not None else ():
            if not line.startswith("  "):
                break
            found.append(line.strip())
        return found

    def error_text(self):
        """The block of the only failure: lines that begin with E, without the E."""
        return "\n".join(line[8:] for line in self.text.splitlines() if line.startswith("E   "))


@pytest.fixture
def project(pytester):
    return Project(pytester)


@pytest.fixture
def tape(tmp_path):
    """Write a cassette of replies."""

    def write(*texts, name="a.yaml"):
        path = tmp_path / name
        path.write_text("runmock: 1\nruns:\n" + "".join(f"  - reply: {text}\n" for text in texts))
        return path

    return write


@pytest.fixture
def live(_live):
    """A live API that gives stock replies."""
    _live.plays()
    return _live


@pytest.fixture
def records(project, live):
    """Run the project's tests in a record mode, against the live API."""
    return lambda mode, *more: project.run(f"--runmock-record={mode}", f"--runmock-upstream={live.url}", *more)


@pytest.fixture
def suite(project):
    """Two modules with four cassettes, of which one is used by no test."""
    project.test("""
        @pytest.mark.runmock("weather")
        def test_named():
            assert app.ask() == "warm"

        @pytest.mark.runmock
        def test_own():
            assert app.ask() == "own"
    """)
    project.test(
        """
        @pytest.mark.runmock
        class TestIt:
            @pytest.mark.parametrize("number", [1, 2])
            def test_each(self, number):
                assert app.ask() == "each"
    """,
        "test_other.py",
    )
    project.replies("cassettes/weather.yaml", "warm")
    project.replies("cassettes/test_app/test_own.runmock.yaml", "own")
    project.replies("cassettes/test_other/TestIt.test_each.runmock.yaml", "each")
    project.replies("cassettes/gone.yaml", "gone")
    project.write("cassettes/vcr.yaml", "version: 1\ninteractions: []\n")
    return project
