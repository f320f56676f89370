"""The table of record modes, row by row."""

import itertools

import pytest

from runmock.core.replay.record_modes import (
    TABLE,
    RecordMode,
    asks_upstream,
    can_ask_upstream,
    can_record,
    in_shared_cassette,
    needs_new_file,
)

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


@pytest.mark.parametrize(
    ("mode", "existed", "records", "may_ask"),
    [
        ("none", False, False, False),
        ("none", True, False, False),
        ("once", False, True, True),
        ("once", True, False, False),
        ("new_episodes", True, True, True),
        ("all", True, True, True),
        ("rewrite", False, True, True),
        ("verify", True, False, True),
    ],
)
def test_which_modes_record_and_which_ask_upstream(mode, existed, records, may_ask):
    assert can_record(RecordMode(mode), existed=existed) is records
    assert asks_upstream(RecordMode(mode), existed=existed) is may_ask


def test_only_once_needs_a_cassette_that_was_not_there():
    assert [mode for mode in RecordMode if needs_new_file(mode)] == [RecordMode.ONCE]


def test_a_shared_cassette_is_not_rewritten():
    modes = {mode: in_shared_cassette(mode) for mode in RecordMode}
    assert modes == {mode: mode for mode in RecordMode} | {RecordMode.REWRITE: RecordMode.ALL}


def test_only_none_never_asks_upstream():
    assert [mode for mode in RecordMode if not can_ask_upstream(mode)] == [RecordMode.NONE]
