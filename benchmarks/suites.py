"""Whole runs of pytest in processes of their own: with a contender's plugin, and with none.

What a plugin costs that no test uses is counted, as modules and system calls: both are the same in each run. What a
fixture costs is CPU time, which other processes disturb least.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from contenders import CannotError

TESTS = 500
PLAIN = "def test_{number}(): pass\n"
DISTRIBUTIONS = {"vcrpy": "pytest-recording"}
"""Where a contender's plugin is another distribution's."""
WITH = {
    "floor": PLAIN,
    "runmock": "def test_{number}(runmock): pass\n",
    "respx": "def test_{number}(respx_mock): pass\n",
    "pytest-httpx": "def test_{number}(httpx_mock): pass\n",
    "pytest-httpx2": "def test_{number}(httpx2_mock): pass\n",
    "vcrpy": "import pytest\n@pytest.mark.vcr\ndef test_{number}(): pass\n",
    "openai-responses": "import openai_responses\n@openai_responses.mock()\ndef test_{number}(): pass\n",
}
"""A test that uses a contender's fixture, and asks it nothing."""


def plugin_of(who):
    """The module of a contender's plugin for pytest."""
    name = DISTRIBUTIONS.get(who, who)
    found = [one for one in entry_points(group="pytest11") if one.dist is not None and one.dist.name == name]
    if not found:
        raise CannotError(f"{name} is not for this SDK")
    return [part for one in found for part in ("-p", one.module)]


def ran(folder, options, *before):
    """What pytest printed of the tests in a folder. Raises CannotError when they did not pass."""
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # pytest would compile plugins anew each time
    command = [*before, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotError(done.stdout[-200:] + done.stderr[-200:])
    return done.stdout


class Suite:
    """Tests in a folder, with some options of pytest."""

    def __init__(self, options, *texts):
        self.options = options
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        text = "".join(text.format(number=number) for number, text in enumerate(texts))
        (self.path / "test_it.py").write_text(text)

    def printed(self, *before):
        """What pytest prints, when it is started by this command."""
        return ran(self.path, self.options, *before)

    def cpu_s(self):
        """The CPU time that a run takes."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.printed()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


COUNTS_MODULES = """
import sys


def pytest_unconfigure():
    print("modules:", len(sys.modules))
"""


class Unused:
    """Rounds that count something of a run with one test that uses nothing of the plugin's."""

    def __init__(self, who):
        self.suite = Suite([] if who == "floor" else plugin_of(who), PLAIN)
        (self.suite.path / "conftest.py").write_text(COUNTS_MODULES)
        self.suite.printed()  # everything is compiled


class Modules(Unused):
    """The modules that are imported."""

    def round(self):
        return float(re.search(r"modules: (\d+)", self.suite.printed())[1])


class Calls(Unused):
    """The system calls, those of threads and other processes included."""

    def round(self):
        if shutil.which("strace") is None:
            raise CannotError("strace is not installed, which counts system calls")
        counts = self.suite.path / "counts"
        self.suite.printed("strace", "-f", "-c", "-o", str(counts))
        return float(re.search(r"(\d+) +\d* *total", counts.read_text())[1])


class Fixtures:
    """Rounds that tell how much CPU time so many tests with a fixture take more than without it, but for the first."""

    def __init__(self, who):
        plugin = [] if who == "floor" else plugin_of(who)
        self.with_it = Suite(plugin, *[WITH[who]] * TESTS)
        self.alone = Suite(plugin, WITH[who], *[PLAIN] * (TESTS - 1))

    def round(self):
        return self.with_it.cpu_s() - self.alone.cpu_s()


ASKING = """
def test_{number}(runmock):
    import openai

    runmock.reply("It was warm.")
    openai.OpenAI(api_key="not-a-key").responses.create(model="gpt-4o", input="How was summer?")

"""
REPORTS = ["--runmock-report=report.html", "--runmock-report=report.md"]


class Reports:
    """Rounds that tell the CPU time of so many tests that ask, with a page and a text of them, or for the floor without."""

    def __init__(self, who):
        options = [] if who == "floor" else REPORTS
        self.cpu_s = Suite([*plugin_of("runmock"), *options], *[ASKING] * TESTS).cpu_s

    def round(self):
        return self.cpu_s()
