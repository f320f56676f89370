"""`runmock.runs` of recordings: responses that answer each other's calls are one run, as they are where a script plays."""

import json

import pytest
from response_conversation import Responses

from runmock.apis.registry import identify
from runmock.apis.responses.recorded.recorded_runs import ResponsesRuns

SCRIPT = """
runs:
- steps:
  - calls: [{get_weather: {city: Paris}}, {get_weather: {city: Oslo}}]
  - reply: It was $outputs.get_weather.
- reply: Once more.
"""
CREATE = identify("POST", "/v1/responses")
RETRIEVE = identify("GET", "/v1/responses/resp_1")


def body_of(question="Hi", **options):
    return {"model": "gpt-4o", "input": question, **options}


def outputs_for(response):
    calls = [item for item in response["output"] if item["type"] == "function_call"]
    return [
        {"type": "function_call_output", "call_id": call["call_id"], "output": str(21 + n)}
        for n, call in enumerate(calls)
    ]


class Both:
    """Sends requests to a script, and notes them as if a recording had answered."""

    def __init__(self, script=SCRIPT):
        self.service, self.recorded = Responses(script), ResponsesRuns()

    def creates(self, question, **options):
        response = self.service.creates(question, **options)
        self.recorded.note(CREATE, body_of(question, **options), [response])
        return response

    def views(self):
        """The views of the script's runs and of the recording's."""
        return [*self.service.backend.views()], [*self.recorded.views()]


def facts(view):
    shown = [{key: value for key, value in told.items() if key != "billing"} for told in view.responses]
    return view.id, view.thread_id, view.status, view.tool_outputs, view.messages, view.usage, view.api, shown


def test_they_are_what_the_script_shows():
    both = Both()
    first = both.creates("How warm?")
    assert [view.status for view in both.views()[1]] == ["requires_action"]
    second = both.creates(outputs_for(first), previous_response_id=first["id"])
    both.creates("Again", previous_response_id=second["id"])
    scripted, recorded = both.views()
    assert list(map(facts, recorded)) == list(map(facts, scripted))
    assert recorded[0].tool_outputs == {"get_weather": ["21", "22"]}
    assert [len(view.requests) for view in recorded] == [2, 1]
    assert recorded[0].request == body_of("How warm?")


def test_a_stateless_history_ends_with_what_it_answers():
    both = Both()
    said = [{"role": "user", "content": "How warm?"}]
    first = both.creates(said, store=False)
    said += [*first["output"], *outputs_for(first)]
    second = both.creates(said, store=False)
    said += [*second["output"], {"role": "user", "content": "Again"}]
    both.creates(said, store=False)
    scripted, recorded = both.views()
    assert list(map(facts, recorded)) == list(map(facts, scripted))


def test_a_stream_shows_its_last_snapshot_and_a_retrieve_the_present():
    service, recorded = Responses("runs: [reply: Hello]"), ResponsesRuns()
    events = service.streams("Hi")
    recorded.note(CREATE, body_of(stream=True), [data for _, data in events])
    [view] = recorded.views()
    assert (view.status, len(view.responses), view.messages[0]["role"]) == ("completed", 1, "assistant")
    recorded.note(RETRIEVE, None, [{**events[-1][1]["response"], "status": "cancelled", "usage": None}])
    [view] = recorded.views()
    assert (view.status, view.usage, len(view.requests)) == ("cancelled", None, 1)


def test_a_conversation_is_named():
    told = {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "conversation": {"id": "conv_1"},
        "output": None,
    }
    recorded = ResponsesRuns()
    recorded.note(RETRIEVE, None, [told])
    [view] = recorded.views()
    assert (view.conversation_id, view.request, view.status) == ("conv_1", {}, "completed")


@pytest.mark.parametrize("payload", [None, [], {"object": "list"}, {"object": "response"}, {"response": None}, "x"])
def test_what_is_no_response_is_no_run(payload):
    recorded = ResponsesRuns()
    recorded.note(CREATE, "no body", [payload])
    assert [*recorded.views()] == []


def test_an_output_of_an_unknown_call_begins_a_run():
    recorded = ResponsesRuns()
    odd = {"type": "function_call", "call_id": 5}
    recorded.note(CREATE, {"input": outputs_for({"output": [{"type": "function_call", "call_id": "call_9"}]})}, [
        {"id": "resp_1", "object": "response", "status": "completed", "output": [odd]}
    ])  # fmt: skip
    [view] = recorded.views()
    assert (view.tool_outputs, view.status) == ({}, "completed")
    assert json.dumps(view.responses)
