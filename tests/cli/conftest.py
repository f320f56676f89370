from pathlib import Path

import pytest
from click.testing import CliRunner

from runmock.cli import main


class Ran:
    """What a command printed, and how it ended."""

    def __init__(self, result):
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


@pytest.fixture
def runmock_command(tmp_path, monkeypatch):
    """Call the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments: Ran(CliRunner().invoke(main, [str(argument) for argument in arguments]))


@pytest.fixture
def examples():
    """The folder of the example cassettes."""
    return Path(__file__).parents[2] / "cassettes"
