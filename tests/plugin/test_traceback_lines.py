"""Tracebacks at instructions that have no line, as an exception that a signal raises may have them."""

from pathlib import Path
from types import TracebackType

import pytest
from pytest_runmock.tracebacks import shorten

import runmock

OURS = str(Path(runmock.__file__).parent / "somewhere.py")


def calls(function):
    """Call a function from one of runmock's files."""
    names = {"function": function}
    exec(compile("def called():\n    function()\n", OURS, "exec"), names)
    names["called"]()


def fails():
    raise ValueError("broken")


@pytest.mark.parametrize("run", [fails, lambda: calls(fails)])
def test_an_entry_without_a_line_gets_the_first_line_of_its_function(run, pytestconfig):
    with pytest.raises(ValueError, match="broken") as caught:
        run()
    error = caught.value
    entry = error.__traceback__
    error.__traceback__ = TracebackType(entry.tb_next, entry.tb_frame, 2**20, -1)
    assert error.__traceback__.tb_lineno is None
    shorten(pytest.CallInfo(None, caught, 0, 0, 0, "call", _ispytest=True), pytestconfig)
    lines = []
    while (entry := error.__traceback__ if not lines else entry.tb_next) is not None:
        lines.append((entry.tb_frame.f_code.co_name, entry.tb_lineno))
    name = test_an_entry_without_a_line_gets_the_first_line_of_its_function
    assert lines[0] == (name.__name__, name.__code__.co_firstlineno)
    assert "called" not in dict(lines)
    assert lines[-1][0] == "fails"
