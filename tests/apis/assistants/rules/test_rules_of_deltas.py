"""Deltas whose indices do not follow each other, and what is no delta of a text."""

import pytest

from runmock.apis.assistants.rules.delta_rules import check_step_delta
from runmock.apis.assistants.rules.known_objects import KnownCall, KnownStep


def checked(call, calls=None):
    step = KnownStep("run_1", calls=calls or {})
    delta = {"delta": {"step_details": {"tool_calls": [call]}}}
    return [rule.message for rule in check_step_delta("step_1", step, delta, ())], step.calls


@pytest.mark.parametrize("index", ["0", None, [], 1.5])
def test_an_index_is_a_number(index):
    assert checked({"index": index}) == ([f"a delta of step_1 has the index {index!r}, which is not a number"], {})


def test_a_delta_without_a_piece_adds_nothing_to_the_input():
    known = KnownCall("call_1", "function", '{"a"')
    assert checked({"index": 0, "type": "function", "function": {"output": None}}, {0: known}) == ([], {0: known})
    assert known.input == '{"a"'
