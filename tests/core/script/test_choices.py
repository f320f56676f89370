"""Words for editors are the words that are read: each type of them has what its table has."""

from typing import get_args

import pytest

from runmock.core.errors import CassetteError, UsageError, VerbError
from runmock.core.replay.matching import MATCHERS
from runmock.core.replay.record_modes import RecordMode, RecordModeName
from runmock.core.script import choices
from runmock.core.script.faults import GARBAGE, FaultKind


@pytest.mark.parametrize(
    ("kind", "table"),
    [(RecordModeName, list(RecordMode)), (choices.Matcher, MATCHERS)],
    ids=["record modes", "matchers"],
)
def test_a_type_of_words_has_what_its_table_has(kind, table):
    assert list(get_args(kind)) == list(table)


def test_every_kind_of_garbage_is_a_fault_of_a_stream():
    assert set(get_args(choices.GarbageKind)) < set(FaultKind)
    assert set(get_args(choices.GarbageKind)) == set(GARBAGE)


def test_a_wrong_verb_is_a_wrong_use_and_a_wrong_cassette():
    error = VerbError("'usage' should be a mapping, got 5", "reply(usage=)")
    assert isinstance(error, UsageError)
    assert isinstance(error, CassetteError)
    assert str(error) == "reply(usage=): 'usage' should be a mapping, got 5"
