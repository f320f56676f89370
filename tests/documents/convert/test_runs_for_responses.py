"""Scripted runs that are kept for Responses, as documents: an application is made up that asks this API."""

import pytest

from runmock.core.errors import CassetteError
from runmock.documents.check.checking import check_text
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.show.made_up import mark
from runmock.documents.story.story_of import story_of
from runmock.documents.story.timeline_lines import timeline_lines
from runmock.tape.reading.cassette import cassette_from


def requests_of(run, *, is_streamed=True):
    """The requests of an application for one run, each with its body and its answer."""
    cassette = cassette_from(f"runmock: 1\nruns:\n  - {run}\n")
    return expanded(cassette, is_streamed=is_streamed)


def lines_of(interactions):
    return [f"{interaction.method} {interaction.path}" for interaction in interactions]


def test_calls_are_answered_until_the_run_ends():
    calls = "calls: [get_weather: {city: Paris}, f], outputs: [/^21/, any]"
    run = f"{{match: {{api: responses}}, steps: [{{{calls}}}, {{calls: [g], outputs: {{g: yes}}}}, {{reply: Hi}}]}}"
    first, second, third = requests_of(run, is_streamed=False)
    assert first.body["input"] == "Hello!"
    assert [tool["name"] for tool in first.body["tools"]] == ["get_weather", "f", "g"]
    assert [item["output"] for item in second.body["input"]] == ["21", "the output of f"]
    assert [item["output"] for item in third.body["input"]] == ["yes"]
    assert [item.body.get("previous_response_id") for item in (second, third)] == [first.json["id"], second.json["id"]]
    assert third.json["output"][0]["content"][0]["text"] == "Hi"


def test_a_stream_is_asked_for_unless_the_run_says_otherwise():
    (asked,) = requests_of("{match: {api: responses}, reply: Hi}")
    assert asked.body["stream"] is True
    assert asked.stream[-1].name == "response.completed"
    (asked,) = requests_of("{match: {api: responses, stream: false}, reply: Hi}")
    assert asked.json["object"] == "response"


def test_the_request_meets_the_conditions_and_offers_the_tools():
    match = "{api: responses, model: /^o1/, last_message: /tr.p/, instructions: Be brief., metadata: {a: b}, body: {top_p: 1}}"
    (asked,) = requests_of(f"{{match: {match}, code_interpreter: x, file_search: {{}}, reply: Hi}}")
    assert {key: value for key, value in asked.body.items() if key != "tools"} == {
        "model": "o1",
        "input": "trap",
        "instructions": "Be brief.",
        "metadata": {"a": "b"},
        "top_p": 1,
        "stream": True,
    }
    assert [tool["type"] for tool in asked.body["tools"]] == ["file_search", "code_interpreter"]


def test_tools_of_the_condition_and_unoffered_ones_are_not_added():
    (asked, _) = requests_of("{match: {api: responses}, calls: [f], unoffered: true}")
    assert "tools" not in asked.body
    tools = "[{type: function, name: f, parameters: {}}]"
    (asked, _) = requests_of(f"{{match: {{api: responses, body: {{tools: {tools}}}}}, calls: [f]}}")
    assert [tool["name"] for tool in asked.body["tools"]] == ["f"]


@pytest.mark.parametrize(("ending", "status"), [("cancel: true", "cancelled"), ("stuck: in_progress", "in_progress")])
def test_what_only_a_background_response_does_is_looked_at_there(ending, status):
    created, *looks = requests_of(f"{{match: {{api: responses}}, {ending}}}")
    assert created.body["background"] is True
    assert (len(looks), looks[-1].json["status"]) == (3, status)


def test_a_refusal_is_asked_for_as_often_as_it_comes():
    refused = requests_of("{match: {api: responses}, http: 429, times: 2}")
    assert [interaction.status for interaction in refused] == [429, 429]


def test_a_condition_that_the_service_refuses_is_an_error():
    with pytest.raises(CassetteError, match="the request that the match of run 0 describes is refused: Invalid type"):
        requests_of("{match: {api: responses, body: {temperature: warm}}, reply: Hi}")


@pytest.mark.parametrize("run", ["{json: {object: response}}", "{events: [response.completed: {response: {id: r}}]}"])
def test_canned_answers_of_this_api_are_asked_for_here(run):
    assert lines_of(requests_of(run)) == ["POST /responses"]


def test_runs_of_both_apis_are_expanded_into_one_recording_which_plays():
    text = "runmock: 1\nruns:\n  - {match: {api: responses}, reply: Hi}\n  - {reply: Ho}\n"
    cassette = cassette_from(text)
    recording = cassette_from(expanded_text(cassette, expanded(cassette)))
    assert lines_of(recording.interactions)[:2] == ["POST /responses", "POST /threads"]


def test_ids_that_the_author_wrote_into_the_response_stay():
    (asked,) = requests_of(
        "{match: {api: responses}, reply: Hi, response: {prompt: {id: pmpt_mine}}}", is_streamed=False
    )
    assert asked.json["prompt"] == {"id": "pmpt_mine"}


def test_what_the_model_thinks_is_in_the_timeline_of_a_run_before_what_follows():
    cassette = cassette_from(
        "runmock: 1\nruns:\n  - steps: [{reasoning: [a, b], calls: [f]}, {reasoning: []}, {reply: Hi}, {reasoning: last}]"
    )
    interactions = expanded(cassette)
    story = story_of(interactions)
    mark(story, cassette.script, dict.fromkeys(range(len(interactions)), cassette.script.runs[0]))
    lines = [line.text for line in timeline_lines(story.runs[0]) if line.kind != "status"]
    assert lines == ["reasoning: a", "reasoning: b", "f({})", "reasoning: (no summary)", "Hi"]


GOOD = [
    "runs: [{json: {object: response, status: in_progress}}]",
    "runs: [{events: [response.created: {}, response.completed: {}]}]",
    "ids: strict\nassistants: [{id: asst_1}]\nruns: [{match: {api: responses, assistant_id: asst_2}, reply: a}]",
    "runs: [{match: {api: responses}, reasoning: [], response: {user: Ada}, reply: a}]",
]


@pytest.mark.parametrize("text", GOOD)
def test_the_rules_of_assistants_are_not_those_of_this_api(text):
    assert list(check_text(f"runmock: 1\n{text}\n", "c")) == []


def test_a_run_that_no_request_can_get_is_found():
    (finding,) = check_text("runmock: 1\nruns:\n- match: {api: assistants}\n  json: {object: response}\n", "c")
    assert str(finding) == "c:3:11: format: 'json' has an answer of responses, so no request of assistants gets it"


def test_a_fault_that_only_streams_of_this_api_have_is_asked_of_it():
    (asked,) = requests_of("{reply: Hi there, garbage: sequence_gap}")
    numbers = [event.data["sequence_number"] for event in asked.stream]
    assert (asked.path, numbers) == ("/responses", [0, 1, 2, 3, 4, 6, 7, 8, 9, 10])
