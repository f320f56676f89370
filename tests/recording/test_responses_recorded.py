"""Responses and Conversations in a record mode: every request and event is kept in full, and plays without upstream."""

import pytest
from upstream import Upstream, recorded

import runmock
from runmock.tape.reading.cassette import load_cassette

SCRIPT = """
runs:
  - steps:
      - calls: [get_weather: {city: Paris}]
      - reply: [It is, " 21", " degrees."]
  - reply: [One, " two"]
  - reply: In a conversation.
"""
TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
OPENAI = "https://api.openai.com/v1"


def converse(sdk):
    """A tool loop, a stream, and a conversation with its items; what the application got."""
    asked = sdk.responses.create(model="gpt-4o", input="How warm?", tools=[TOOL])
    output = {"type": "function_call_output", "call_id": asked.output[0].call_id, "output": "21"}
    answer = sdk.responses.create(model="gpt-4o", input=[output], previous_response_id=asked.id)
    again = sdk.responses.retrieve(answer.id)
    events = [event.type for event in sdk.responses.create(model="gpt-4o", input="Count.", stream=True)]
    conversation = sdk.conversations.create(metadata={"user": "Ada"})
    sdk.responses.create(model="gpt-4o", input="Hi", conversation=conversation.id)
    items = [item.type for item in sdk.conversations.items.list(conversation.id, order="asc").data]
    sdk.responses.delete(answer.id)
    return [answer.output_text, again.output_text, events, conversation.metadata, items]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weather.runmock.yaml"


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_what_is_recorded_plays_without_upstream(path, mode):
    with recorded(path, Upstream(SCRIPT), mode) as sdk:
        heard = converse(sdk)
    silent = Upstream()
    with recorded(path, silent, "none", allow_unplayed=False) as sdk:
        assert converse(sdk) == heard
    assert silent.heard == []


def test_every_event_is_in_the_file(path):
    with recorded(path, Upstream(SCRIPT)) as sdk:
        heard = converse(sdk)
    (stream,) = [item.stream for item in load_cassette(path).interactions if item.stream is not None]
    assert [event.name for event in stream] == heard[2]
    assert [event.data["sequence_number"] for event in stream] == list(range(len(stream)))


def test_it_is_recorded_at_the_service_itself_which_lives(path):
    with recorded(path, Upstream(SCRIPT), root=OPENAI) as sdk:
        heard = converse(sdk)
    with recorded(path, Upstream(), "none", root=OPENAI) as sdk:
        assert converse(sdk) == heard


def test_where_a_script_answers_nothing_is_recorded(path):
    silent = Upstream()
    with recorded(path, silent, script={"runs": [{"reply": "From the script."}]}) as sdk:
        assert sdk.responses.create(model="gpt-4o", input="Hi").output_text == "From the script."
    assert silent.heard == []


def test_a_miss_at_the_service_itself_names_no_other_upstream(path):
    path.write_text("runmock: 1\ninteractions: [{request: POST /conversations, body: {}, json: {id: conv_1}}]\n")
    with recorded(path, Upstream(), "none", root=OPENAI) as sdk, pytest.raises(runmock.UnmatchedRequest) as raised:
        sdk.responses.create(model="gpt-4o", input="Hi")
    assert "to record it" in str(raised.value)
    assert "upstream=" not in str(raised.value)
