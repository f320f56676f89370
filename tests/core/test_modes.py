"""interface.md, "Modes", row by row."""

import itertools

import pytest

from runmock.core.modes import TABLE, RecordMode

ROWS = {
    # mode: no file, no match | no file, match | file, no match | file, match
    "none": "refuse replay refuse replay",
    "once": "record replay refuse replay",
    "new_episodes": "record replay record replay",
    "all": "record record record record",
    "rewrite": "record record record record",
    "verify": "refuse compare refuse compare",
}


@pytest.mark.parametrize("mode", RecordMode)
def test_what_a_mode_does(mode):
    actions = [TABLE[mode, exists, matches] for exists, matches in itertools.product((False, True), repeat=2)]
    assert " ".join(actions) == ROWS[mode]


def test_every_row_is_there():
    assert len(TABLE) == 4 * len(RecordMode) == 4 * len(ROWS)
