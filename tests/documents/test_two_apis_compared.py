"""`diff` of a recording of Assistants and one of Responses: the same was said and called, or it shows where not."""

import pytest

from runmock.documents.compare import compared
from runmock.tape.reading.cassette import cassette_from

ASSISTANTS = """
- request: POST /threads/runs
  body: {assistant_id: asst_1, instructions: Be brief., thread: {messages: [{role: user, content: Warm?}]}}
  json: {id: run_1, object: thread.run, thread_id: thread_1, status: queued, assistant_id: asst_1, model: gpt-4o}
- request: GET /threads/thread_1/runs/run_1
  json: {same: run_1, status: requires_action, required_action: {submit_tool_outputs: {tool_calls: [{id: call_1, type: function, function: {name: get_weather, arguments: '{"city": "Paris"}'}}]}}}
- request: POST /threads/thread_1/runs/run_1/submit_tool_outputs
  body: {tool_outputs: [{tool_call_id: call_1, output: '21'}]}
  json: {same: run_1, status: queued, drop: [required_action]}
- request: GET /threads/thread_1/runs/run_1
  json: {same: run_1, status: completed}
- request: GET /threads/thread_1/messages
  json: {object: list, data: [{id: msg_1, object: thread.message, thread_id: thread_1, run_id: run_1, role: assistant, content: [{type: text, text: {value: It is 21., annotations: []}}]}]}
"""
RESPONSES = """
- request: POST /responses
  body: {model: gpt-5, input: Warm?}
  json: {id: resp_1, object: response, model: gpt-5, status: completed, output: [{id: fc_1, type: function_call, call_id: call_1, name: get_weather, arguments: '{"city":"Paris"}'}]}
- request: POST /responses
  body: {model: gpt-5, previous_response_id: resp_1, input: [{type: function_call_output, call_id: call_1, output: '21'}]}
  json: {id: resp_2, object: response, model: gpt-5, status: completed, output: [{id: msg_1, type: message, role: assistant, content: [{type: output_text, text: It is 21.}]}]}
"""


def cassette(interactions):
    return cassette_from(f"runmock: 1\ninteractions:{interactions}")


def test_the_same_said_and_called_is_no_difference():
    assert compared(cassette(ASSISTANTS), cassette(RESPONSES)) == []
    assert compared(cassette(RESPONSES), cassette(ASSISTANTS)) == []


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("It is 21.", "It is 22.", "reply"),
        ('"Paris"', '"Oslo"', "tools"),
        ("output: '21'", "output: '22'", "tools"),
        ("input: Warm?", "input: Cold?", "question"),
        ("id: resp_2, object: response, model: gpt-5, status: completed", "id: resp_2, object: response, status: incomplete", "status"),
    ],
)  # fmt: skip
def test_where_they_differ_is_shown(old, new, fact):
    [difference] = compared(cassette(ASSISTANTS), cassette(RESPONSES.replace(old, new)))
    assert [change.fact for change in difference.changes] == [fact]


def test_two_recordings_of_one_api_are_compared_in_full():
    [difference] = compared(cassette(RESPONSES), cassette(RESPONSES.replace("gpt-5", "gpt-4o")))
    assert [change.fact for change in difference.changes] == ["model"]


def test_why_a_response_failed_is_compared():
    failed = "\n- request: POST /responses\n  body: {input: Hi}\n  json: {id: resp_1, object: response, status: failed, error: {code: server_error, message: Oops}}\n"
    [difference] = compared(cassette(failed), cassette(failed.replace("Oops", "Ouch")))
    assert [(change.fact, change.after) for change in difference.changes] == [("error", "server_error Ouch")]
