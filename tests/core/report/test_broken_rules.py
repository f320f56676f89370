"""Rules that every API has, as broken rules."""

import pytest
from toy_api import KITCHEN

from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.report.broken_rule import LONGEST, check_asked_for, check_same_text
from runmock.core.script.script import Source

KEYS = ("interactions", 0)
EVENT = StreamEvent("created", {})


@pytest.mark.parametrize(
    ("asked", "stream", "message"),
    [
        ({"body": {"stream": True}}, (EVENT,), None),
        ({"query": {"stream": ("true",)}}, (EVENT,), None),
        ({"body": {}}, None, None),
        ({"query": {"stream": ("false",)}}, None, None),
        ({"body": {"stream": True}}, None, "asks for a stream, but the answer is not a stream"),
        ({"query": {"stream": ("false", "true")}}, None, "asks for a stream, but the answer is not a stream"),
        ({"body": {"stream": "true"}}, (EVENT,), "asks for no stream, but the answer is a stream"),
        ({"body": None}, (EVENT,), "asks for no stream, but the answer is a stream"),
    ],
)
def test_a_stream_is_the_answer_to_who_asks_for_one(asked, stream, message):
    interaction = Interaction(
        Source("a.yaml", 0), "POST", "/v1/orders", **asked, stream=stream, identify=KITCHEN.identify
    )
    expected = [] if message is None else [("event-order", KEYS, f"the {interaction.operation.name} {message}")]
    assert [tuple(rule) for rule in check_asked_for(interaction, KEYS)] == expected


@pytest.mark.parametrize(
    ("known", "final", "message"),
    [
        ("It is", "It is", None),
        (None, "It is", None),
        ("", "It is", None),
        ("It is", None, None),
        ("It is", "", "the text: the deltas add up to 'It is', but here it is ''"),
        ("a" * LONGEST, "b", f"the text: the deltas add up to '{'a' * LONGEST}', but here it is 'b'"),
        ("a" * (LONGEST + 1), "b", f"the text: the deltas add up to '{'a' * LONGEST}...', but here it is 'b'"),
    ],
)
def test_a_text_is_the_same_in_the_finished_object(known, final, message):
    expected = [] if message is None else [("text", KEYS, message)]
    assert [tuple(rule) for rule in check_same_text("the text", known, final, KEYS)] == expected


def test_a_text_may_be_known_from_elsewhere():
    [rule] = check_same_text("the text", "a", "b", KEYS, "the event has")
    assert rule.message == "the text: the event has 'a', but here it is 'b'"
