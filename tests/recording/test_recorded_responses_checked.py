"""What the SDK records of Responses breaks no rule; what an application leaves out is found in its recording."""

import pytest
from upstream import Upstream, recorded

from runmock.documents.check.checking import findings_and_notes

TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
CALLING = """
runs:
  - steps:
      - reasoning: Which city?
        calls: [get_weather: {city: Paris}, get_weather: {city: Oslo}]
      - reply: [It is, " 21", " degrees."]
  - reply: A second run.
"""
BACKGROUND = """
runs:
  - {reply: [One, " two", " three"]}
"""


@pytest.fixture
def found(tmp_path):
    """Records what `converse` does with a script; returns what `check` says of it."""

    def found(script, converse):
        path = tmp_path / "weather.runmock.yaml"
        with recorded(path, Upstream(script)) as sdk:
            converse(sdk)
        return [f"{finding.rule}: {finding.message}" for finding in findings_and_notes(path)]

    return found


def outputs(response, *, leave_out=0):
    """The items with an output for each call of a response, but for the last ones."""
    calls = [item for item in response.output if item.type == "function_call"]
    answered = calls[: len(calls) - leave_out]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": "21"} for call in answered]


def test_a_tool_loop_by_the_previous_response(found):
    def converse(sdk):
        asked = sdk.responses.create(model="gpt-4o", input="How warm?", tools=[TOOL])
        sdk.responses.create(model="gpt-4o", input=outputs(asked), previous_response_id=asked.id)

    assert found(CALLING, converse) == []


def test_a_tool_loop_in_a_conversation(found):
    def converse(sdk):
        conversation = sdk.conversations.create(metadata={"user": "Ada"}).id
        asked = sdk.responses.create(model="gpt-4o", input="How warm?", tools=[TOOL], conversation=conversation)
        sdk.conversations.items.create(conversation, items=outputs(asked))
        sdk.responses.create(model="gpt-4o", input=[], tools=[TOOL], conversation=conversation)
        sdk.conversations.items.list(conversation)
        sdk.conversations.delete(conversation)

    assert found(CALLING, converse) == []


def test_a_streamed_tool_loop_with_the_whole_history(found):
    def converse(sdk):
        question = {"role": "user", "content": "How warm?"}
        with sdk.responses.stream(model="gpt-4o", input=[question], tools=[TOOL], store=False) as stream:
            asked = stream.get_final_response()
        history = [question, *(item.model_dump(exclude_none=True) for item in asked.output), *outputs(asked)]
        with sdk.responses.stream(model="gpt-4o", input=history, tools=[TOOL], store=False) as stream:
            stream.until_done()

    assert found(CALLING, converse) == []


def test_a_background_stream_that_is_read_in_three_parts(found):
    def converse(sdk):
        stream = sdk.responses.create(model="gpt-4o", input="Count.", background=True, stream=True)
        events = [next(stream) for _ in range(5)]
        stream.close()
        response_id = events[0].response.id
        stream = sdk.responses.retrieve(response_id, stream=True, starting_after=events[-1].sequence_number)
        events = [next(stream) for _ in range(2)]
        stream.close()
        list(sdk.responses.retrieve(response_id, stream=True, starting_after=events[-1].sequence_number))
        sdk.responses.retrieve(response_id)

    cut = [f"truncated: the answer to {request} has no end" for request in ("POST /responses", "GET /responses/resp_1")]
    assert found(BACKGROUND, converse) == cut


def test_a_background_response_that_nobody_polls_to_its_end(found):
    def converse(sdk):
        created = sdk.responses.create(model="gpt-4o", input="Count.", background=True)
        sdk.responses.retrieve(created.id)

    [message] = found(BACKGROUND, converse)
    assert message.startswith("unfinished: the end of resp_1 was never recorded: its last status is ")


def test_a_background_response_that_is_cancelled(found):
    def converse(sdk):
        created = sdk.responses.create(model="gpt-4o", input="Count.", background=True)
        sdk.responses.cancel(created.id)

    assert found(BACKGROUND, converse) == []


def test_an_output_that_the_application_never_sends(found):
    def converse(sdk):
        asked = sdk.responses.create(model="gpt-4o", input="How warm?", tools=[TOOL])
        with pytest.raises(Exception, match="No tool output found"):
            sdk.responses.create(model="gpt-4o", input=outputs(asked, leave_out=1), previous_response_id=asked.id)

    whose = "and no request of this recording has its output"
    assert found(CALLING, converse) == [f"note: resp_1 announced call_{number}, {whose}" for number in (1, 2)]
