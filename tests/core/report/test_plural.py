"""Numbers of things for people."""

import pytest

from runmock.core.report.plural import counted


@pytest.mark.parametrize(("number", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1234, "1,234 runs")])
def test_a_single_thing_is_no_several(number, text):
    assert counted(number, "run") == text
