"""Whole runs of pytest in processes of their own: with a contender's plugin, and with none."""

import os
import subprocess
import sys
import tempfile
import time
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


def ran(folder, plugin):
    """What pytest printed of the tests in a folder. Raises CannotError when they did not pass."""
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # pytest would compile plugins anew each time
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotError(done.stdout[-200:] + done.stderr[-200:])
    return done.stdout


class Suite:
    """Rounds that run so many tests."""

    def __init__(self, who, *texts, tries=1):
        """A round tells the quickest of so many."""
        self.tries = tries
        self.plugin = [] if who == "floor" else plugin_of(who)
        self.text = "".join(text.format(number=number) for number, text in enumerate(texts))

    def round(self):
        return min(self._once() for _ in range(self.tries))

    def _once(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "test_it.py").write_text(self.text)
            began = time.perf_counter()
            ran(folder, self.plugin)
            return time.perf_counter() - began


def start(who):
    """One test that uses nothing of the plugin's."""
    return Suite(who, PLAIN, tries=3)


class Fixtures:
    """Rounds that tell how many seconds so many tests with a fixture take more than without it, but for the first."""

    def __init__(self, who):
        self.with_it = Suite(who, *[WITH[who]] * TESTS)
        self.alone = Suite(who, WITH[who], *[PLAIN] * (TESTS - 1))

    def round(self):
        return self.with_it.round() - self.alone.round()
