"""Requests that say a conversation again: what they say is in the file once, and is read in full."""

import pytest

from runmock.core.errors import CassetteError
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import Header, cassette_text

HEAD = "runmock: 1\ninteractions:\n"
FIRST = """- request: POST /responses
  body: {input: [{role: user, content: How warm}]}
  json: {id: resp_1, object: response, output: [{id: fc_1, type: function_call, status: completed, call_id: call_1}]}
"""
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "21"}
CALL = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1"}
ASKED = {"role": "user", "content": "How warm"}


def inputs(text):
    return [interaction.body["input"] for interaction in cassette_from(HEAD + text).interactions]


def second(said, answer="resp_2"):
    return f"- request: POST /responses\n  body: {{input: {said}}}\n  json: {{id: {answer}, object: response}}\n"


def test_what_was_said_before_is_read_in_full():
    said = "[{input_of: resp_1}, {same: fc_1}, {type: function_call_output, call_id: call_1, output: '21'}]"
    third = second("[{input_of: resp_2}, {role: user, content: And now}]", "resp_3")
    assert inputs(FIRST + second(said) + third) == [
        [ASKED],
        [ASKED, CALL, OUTPUT],
        [ASKED, CALL, OUTPUT, {"role": "user", "content": "And now"}],
    ]


def test_an_item_may_have_changed():
    said = "[{input_of: resp_1}, {same: fc_1, drop: [id, status], name: get_weather}]"
    changed = {"type": "function_call", "call_id": "call_1", "name": "get_weather"}
    assert inputs(FIRST + second(said)) == [[ASKED], [ASKED, changed]]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("[{input_of: resp_9}]", "7:19: no request above was answered with 'resp_9'; did you mean 'resp_1'"),
        ("[{input_of: 5}]", "no request above was answered with '5'"),
        ("[{same: fc_9}]", "no object above has the id 'fc_9'"),
    ],
)
def test_what_nobody_said_is_an_error(said, message):
    with pytest.raises(CassetteError, match=message):
        inputs(FIRST + second(said))


def test_a_text_and_other_apis_stay_as_they_are():
    other = "- request: POST /threads\n  body: {input: [{input_of: resp_1}]}\n  json: {}\n"
    assert inputs(second("How warm") + other) == ["How warm", [{"input_of": "resp_1"}]]


def written(*interactions):
    """The text of interactions, when it has read back to the same."""
    text = cassette_text(Header(1_767_225_600), interactions)
    read = cassette_from(text).interactions
    assert [(one.body, one.json) for one in read] == [(one.body, one.json) for one in interactions]
    return text


def test_what_was_said_before_is_written_once():
    said = (
        "[{role: user, content: How warm}, {same: fc_1}, {type: function_call_output, call_id: call_1, output: '21'}]"
    )
    last = second("[{role: user, content: How warm}, {role: user, content: Again}]", "resp_3")
    text = written(*cassette_from(HEAD + FIRST + second(said) + last).interactions)
    assert text.count("How warm") == 1
    assert "body: {input: [{input_of: resp_1}, {same: fc_1}, {type: function_call_output," in text
    assert "body: {input: [{input_of: resp_1}, {role: user, content: Again}]}" in text


def test_a_conversation_that_is_told_twice_is_written_twice():
    text = written(*cassette_from(HEAD + FIRST + second("[{role: user, content: How cold}]")).interactions)
    assert "body: {input: [{role: user, content: How cold}]}" in text


def test_an_input_without_an_answer_is_remembered_by_nobody():
    refused = "- request: POST /responses\n  body: {input: [{role: user, content: Hi}]}\n  status: 500\n  text: Oops\n"
    text = written(*cassette_from(HEAD + refused + refused).interactions)
    assert text.count("[{role: user, content: Hi}]") == 2
