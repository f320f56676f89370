"""A response to a request: text, calls, what continues what, and how often."""

import pytest
from response_conversation import Responses, answers, calls_of, kinds, text_of

from runmock.core.engine.stage import NothingScripted
from runmock.core.errors import OutputMismatch, ScriptError

TRIP = """
runmock: 1
runs:
  - match: {last_message: /trip/}
    steps:
      - calls:
          - get_weather: {city: Paris}
          - get_weather: {city: Oslo}
        outputs: [/21/, any]
      - calls: [{get_weather: {city: Rome}}]
      - reply: Paris has $outputs.call_1, Rome $outputs.call_3.
  - reply: Bye.
"""
AGAIN = "runs: [{calls: [{get_weather: {}}], usage: {prompt_tokens: 11, completion_tokens: 5}}, {reply: second}]"


def test_a_text_is_a_message_item():
    made = Responses("runs: [{reply: Hello Ada!}]").creates()
    assert (made["object"], made["status"], made["model"]) == ("response", "completed", "gpt-4o")
    [item] = made["output"]
    assert (item["type"], item["role"], item["status"]) == ("message", "assistant", "completed")
    assert item["content"] == [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello Ada!"}]
    assert item["id"][4:20] == made["id"][5:21]
    assert len(made["id"]) == len("resp_") + 50
    assert list(made)[:6] == ["id", "object", "created_at", "status", "background", "billing"]
    assert list(made)[-1] == "metadata"


def test_a_tool_loop_goes_on_by_the_previous_response():
    service = Responses(TRIP)
    first = service.creates("a trip")
    assert [call["call_id"] for call in calls_of(first)] == ["call_1", "call_2"]
    second = service.continues(first, "21", "-4")
    third = service.continues(second, "30")
    assert text_of(third) == "Paris has 21, Rome 30."
    assert third["previous_response_id"] == second["id"]
    assert text_of(service.creates("Bye")) == "Bye."
    assert service.left == 0


def test_a_tool_loop_goes_on_in_a_history_without_ids():
    service = Responses(TRIP)
    history = [{"role": "user", "content": "a trip"}]
    for outputs in (("21", "-4"), ("30",)):
        made = service.creates(history, store=False)
        bare = [{key: item[key] for key in ("type", "call_id", "name", "arguments")} for item in calls_of(made)]
        history += [*bare, *answers(made, *outputs)]
    assert text_of(service.creates(history)) == "Paris has 21, Rome 30."


def test_a_tool_loop_goes_on_in_a_conversation():
    service = Responses(TRIP)
    conversation = service.asks("POST", "/conversations", {})["id"]
    first = service.creates("a trip", conversation=conversation)
    second = service.creates(answers(first, "21", "-4"), conversation={"id": conversation})
    third = service.creates(answers(second, "30"), conversation=conversation)
    assert text_of(third) == "Paris has 21, Rome 30."
    listed = service.asks("GET", f"/conversations/{conversation}/items?order=asc")["data"]
    assert [item["type"] for item in listed] == [
        "message",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
        "function_call",
        "function_call_output",
        "message",
    ]
    assert third["conversation"] == {"id": conversation}


def test_a_request_that_is_sent_twice_gets_the_same_again():
    service = Responses(TRIP)
    first = service.creates("a trip")
    found = [service.continues(first, "21", "-4") for _ in range(2)]
    assert [item["arguments"] for made in found for item in calls_of(made)] == ['{"city":"Rome"}'] * 2
    ends = [service.continues(made, degrees) for made, degrees in zip(found, ("30", "31"), strict=True)]
    assert [text_of(end) for end in ends] == ["Paris has 21, Rome 30.", "Paris has 21, Rome 31."]
    assert service.left == 1


def test_outputs_are_checked_as_on_assistants():
    service = Responses(TRIP)
    first = service.creates("a trip")
    with pytest.raises(OutputMismatch, match=r"get_weather \(call_1\)"):
        service.continues(first, "warm", "-4")


def test_calls_of_another_run_have_other_ids():
    service = Responses("runs: [{calls: [{get_weather: {}}]}, {calls: [{get_weather: {}}]}]")
    ids = [calls_of(service.creates(f"question {number}"))[0]["call_id"] for number in range(2)]
    assert ids == ["call_1", "call_2"]


def test_substitutions_count_the_runs_own_calls():
    service = Responses("runs: [{calls: [{get_weather: {}}]}, {calls: [{get_weather: {}}], reply: $outputs.call_1}]")
    service.creates("first")
    second = service.creates("second")
    assert text_of(service.continues(second, "mine")) == "mine"


def test_usage_is_split_over_the_responses_of_a_run():
    service = Responses(AGAIN)
    first = service.creates()
    second = service.continues(first, "21")
    assert [made["usage"]["input_tokens"] for made in (first, second)] == [5, 6]
    assert [made["usage"]["output_tokens"] for made in (first, second)] == [2, 3]
    assert second["usage"]["total_tokens"] == 9


def test_what_matches_sees_the_expanded_request():
    service = Responses(
        "runs: [{match: {instructions: /brief/, last_message: Hi}, reply: a}, {match: {api: responses}, reply: b}]"
    )
    history = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
    ]
    assert text_of(service.creates(history)) == "a"
    assert text_of(service.creates("Hi")) == "b"


def test_runs_of_assistants_are_not_taken():
    service = Responses("runs: [{match: {api: assistants}, reply: a}, {json: {id: run_1, status: completed}}]")
    with pytest.raises(NothingScripted) as raised:
        service.creates()
    assert raised.value.facts["api"] == "responses"


def test_a_tool_that_is_not_offered_is_an_error_of_the_script():
    with pytest.raises(ScriptError, match="give the request the tool get_time"):
        Responses("runs: [{calls: [get_time]}]").creates()
    made = Responses("runs: [{calls: [get_time], unoffered: true}]").creates(tools=[])
    assert calls_of(made)[0]["name"] == "get_time"


def test_with_no_cassette_the_stock_reply_and_the_stock_call_are_made():
    service = Responses(is_stock=True)
    assert text_of(service.creates()) == "Hello! How can I assist you today?"
    made = service.creates(tool_choice={"type": "function", "name": "get_weather"})
    assert calls_of(made)[0]["arguments"] == "{}"
    assert service.creates(tool_choice="required")["output"][0]["type"] == "function_call"
    assert service.creates(tool_choice={"type": "file_search"})["output"][0]["type"] == "file_search_call"


def test_a_stream_has_the_services_order():
    found = Responses("runs: [{reply: One two}]").streams()
    assert kinds(found) == (
        "created in_progress output_item.added content_part.added output_text.delta output_text.done "
        "content_part.done output_item.done completed"
    )
    assert [data["sequence_number"] for _, data in found] == list(range(len(found)))
    assert all(data["type"] == name for name, data in found)
    deltas = [data for name, data in found if name == "response.output_text.delta"]
    assert [data["delta"] for data in deltas] == ["One", " two"]
    assert {len(data["delta"]) + len(data["obfuscation"]) for data in deltas} == {16}
    assert found[-1][1]["response"]["output"][0]["content"][0]["text"] == "One two"


def test_padding_can_be_left_out():
    found = Responses("runs: [{reply: One}]").streams(stream_options={"include_obfuscation": False})
    assert all("obfuscation" not in data for _, data in found)


def test_calls_are_streamed_one_after_the_other():
    found = Responses("runs: [{calls: [{get_weather: {city: Paris}}, {get_weather: {}}]}]").streams()
    one = "output_item.added function_call_arguments.delta function_call_arguments.done output_item.done"
    assert kinds(found) == f"created in_progress {one} {one} completed"
    assert [data["output_index"] for name, data in found if name == "response.output_item.added"] == [0, 1]


def test_each_request_may_offer_other_tools():
    rounds = "[{calls: [get_weather]}, {calls: [get_time]}, {calls: [get_weather]}, {calls: [get_date]}]"
    service = Responses(f"runs: [{{steps: {rounds}}}]")
    offered = {"tools": [{"type": "function", "name": "get_time"}]}
    third = service.continues(service.continues(service.creates(), "21", **offered), "noon", **offered)
    assert calls_of(third)[0]["name"] == "get_weather"
    with pytest.raises(ScriptError, match="does not offer: get_date"):
        service.continues(third, "21", **offered)
