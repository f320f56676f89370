"""The applications of examples/: their own tests pass, each in a process of its own."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from runmock.cli import main

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(path.parent for path in FOLDER.glob("*/pyproject.toml"))
PLUGINS = {"pytest-asyncio": "pytest_asyncio.plugin", "runmock": "pytest_runmock"}
"""Packages of an example's tests that are plugins of pytest: the example is run with these and no others."""
IGNORED = (
    "The Assistants API is deprecated",
    "Using `httpx` with",  # starlette's client of tests, where no httpx2 is installed
)
MOST_LINES = 100

pytestmark = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)


def test_the_suite_of_an_example_passes(example, tmp_path):
    needed = tomllib.loads((example / "pyproject.toml").read_text())["dependency-groups"]["test"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    plugins = [f"-p{PLUGINS[name]}" for name in needed if name in PLUGINS]
    warnings = ["-Werror", *(f"-Wignore:{text}" for text in IGNORED)]
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={tmp_path}", *plugins, *warnings],
        cwd=example,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_an_example_is_small_and_has_what_a_reader_looks_for(example):
    code = [*example.glob("*.py"), *example.glob("tests/*.py")]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in code) <= MOST_LINES
    assert list(example.glob("cassettes/*.yaml"))
    assert CliRunner().invoke(main, ["check", str(example)]).exit_code == 0
    assert (example / "README.md").read_text(encoding="utf-8").startswith("# ")
    assert f"[{example.name}]({example.name}/README.md)" in (FOLDER / "README.md").read_text(encoding="utf-8")
