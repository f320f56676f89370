"""What each kind of step sends, and what it leaves behind."""

import json

import pytest
from conversation import MESSAGES, Service, calls_of, data_of, last_run, text_of

SEARCH = """
runs:
  - file_search: {results: [{file_name: handbook.pdf, score: 0.9, text: 30 days}, {file_id: file-2}]}
    reply: 30 days.
"""
INCLUDE = "include[]=step_details.tool_calls[*].file_search.results[*].content"


def parts(events):
    return [delta["delta"]["content"][0]["text"]["value"] for delta in data_of(events, "thread.message.delta")]


def deltas(events, name):
    return [delta["delta"]["step_details"]["tool_calls"] for delta in data_of(events, name)]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("It is  21 degrees.", ["It", " is", "  21", " degrees."]),
        ("[It i, s 21]", ["It i", "s 21"]),
        ("''", [""]),
        ("{json: {a: [1, é]}}", ['{"a":[1,"é"]}']),
        ("{json: null}", ["null"]),
        ("'  '", ["  "]),
    ],
)
def test_a_reply_is_streamed_in_deltas_and_then_whole(reply, expected):
    service = Service(f"runs:\n  - reply: {reply}")
    events = service.creates(stream=True)
    assert parts(events) == expected
    (message,) = data_of(events, "thread.message.completed")
    assert text_of(message) == text_of(service.messages()[0]) == "".join(expected)


def test_the_usage_of_a_message_counts_its_deltas():
    events = Service("runs: [{reply: [a, b, c]}]").creates(stream=True)
    (step,) = data_of(events, "thread.run.step.completed")
    assert step["usage"]["completion_tokens"] == 3


def test_a_message_names_its_author():
    service = Service("runs: [{reply: a}]")
    run = service.finishes(service.creates())
    (message,) = service.messages()
    assert (message["role"], message["run_id"], message["assistant_id"]) == ("assistant", run["id"], "asst_1")
    (step,) = service.steps(run)
    assert step["step_details"] == {"type": "message_creation", "message_creation": {"message_id": message["id"]}}


def test_annotations_find_their_places():
    service = Service("""
        runs:
          - reply:
              text: See [1] and [2].
              annotations:
                - {text: '[2]', file_citation: {file_id: file-2}}
                - {text: '[1]', file_citation: {file_id: file-1}}
    """)
    events = service.creates(stream=True)
    assert parts(events) == ["See", " ", "[1]", " and", " ", "[2]", "."]
    (message,) = data_of(events, "thread.message.completed")
    text = message["content"][0]["text"]
    for annotation in text["annotations"]:
        assert text["value"][annotation["start_index"] : annotation["end_index"]] == annotation["text"]


def test_an_annotation_of_no_text_stands_at_the_beginning():
    service = Service("runs: [{reply: {text: See, annotations: [{text: null}, {text: 3}, {start_index: null}]}}]")
    assert parts(service.creates(stream=True)) == ["See"]
    annotations = service.messages()[0]["content"][0]["text"]["annotations"]
    assert [(annotation["text"], annotation["start_index"], annotation["end_index"]) for annotation in annotations] == [
        ("", 0, 0),
        ("", 0, 0),
        ("", None, 0),
    ]


def test_annotations_may_stand_beside_deltas():
    service = Service("runs: [{reply: {chunks: [See, '[1]'], annotations: [{text: '[1]'}]}}]")
    events = service.creates(stream=True)
    assert parts(events) == ["See", "[1]"]
    (annotation,) = service.messages()[0]["content"][0]["text"]["annotations"]
    assert annotation["start_index"] == 3


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("$outputs.get_weather in $metadata.city", "21 in Paris"),
        ("$outputs.call_1 and $outputs.rain", "21 and no"),
        ("You said $last_message.", "You said how warm?."),
        ("$$5", "$5"),
    ],
)
@pytest.mark.parametrize("form", ["'{}'", "['{}']", "{{json: {{a: ['{}']}}}}"])
def test_a_reply_may_speak_of_what_went_before(reply, expected, form):
    service = Service(f"runs:\n  - calls: [get_weather, {{name: rain, id: c-2}}]\n    reply: {form.format(reply)}")
    service.asks("POST", MESSAGES, {"role": "user", "content": "how warm?"})
    run = service.finishes(service.creates(metadata={"city": "Paris"}))
    service.finishes(service.submits(run, **{"call_1": "21", "c-2": "no"}))
    assert expected in text_of(service.messages()[-1])


def test_values_of_json_that_are_no_texts_stay():
    service = Service("runs: [{reply: {json: {a: 1, b: [true, null, 0.5]}}}]")
    service.finishes(service.creates())
    assert json.loads(text_of(service.messages()[0])) == {"a": 1, "b": [True, None, 0.5]}


def test_without_a_message_of_the_user_the_last_message_is_empty():
    service = Service("runs: [{reply: '[$last_message]'}]")
    service.finishes(service.creates())
    assert text_of(service.messages()[0]) == "[]"


def test_calls_are_announced_one_after_the_other():
    service = Service("runs: [{calls: [f: {city: Paris}, g: {}]}]")
    events = service.creates(stream=True)
    heads = [call for calls in deltas(events, "thread.run.step.delta") for call in calls]
    assert [call["index"] for call in heads] == [0, 0, 0, 0, 0, 1, 1]
    assert heads[0] == {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "f", "arguments": "", "output": None},
    }
    assert "".join(call["function"]["arguments"] for call in heads if call["index"] == 0) == '{"city":"Paris"}'
    assert [call["id"] for call in calls_of(last_run(events))] == ["call_1", "call_2"]


def test_call_ids_go_on_from_round_to_round():
    service = Service("runs: [{steps: [calls: [f], calls: [{name: g, id: mine}, h]]}]")
    run = service.finishes(service.creates())
    assert [call["id"] for call in calls_of(run)] == ["call_1"]
    again = service.finishes(service.submits(run, call_1="1"))
    assert [call["id"] for call in calls_of(again)] == ["mine", "call_3"]


def test_arguments_may_be_broken():
    service = Service("""runs: [{calls: [f: '{"city": ']}]""")
    assert calls_of(service.finishes(service.creates()))[0]["function"]["arguments"] == '{"city": '


def test_a_code_interpreter_streams_its_input_then_its_outputs():
    service = Service("runs: [{code_interpreter: {input: print(1), logs: '1', images: [file-1]}, reply: '1'}]")
    events = service.creates(stream=True)
    inputs = [call["code_interpreter"] for (call,) in deltas(events, "thread.run.step.delta")]
    assert inputs == [
        {"input": "", "outputs": []},
        {"input": "print(1)"},
        {"outputs": [{"index": 0, "type": "logs", "logs": "1"}]},
        {"outputs": [{"index": 1, "type": "image", "image": {"file_id": "file-1"}}]},
    ]
    (call,) = data_of(events, "thread.run.step.completed")[0]["step_details"]["tool_calls"]
    assert call["code_interpreter"] == {
        "input": "print(1)",
        "outputs": [{"type": "logs", "logs": "1"}, {"type": "image", "image": {"file_id": "file-1"}}],
    }


def test_a_file_search_shows_its_results_when_it_is_completed():
    events = Service(SEARCH).creates(stream=True)
    ((call,),) = deltas(events, "thread.run.step.delta")
    assert (call["file_search"]["results"], call["file_search"]["ranking_options"]["ranker"]) == (
        [],
        "default_2024_08_21",
    )
    (found,) = data_of(events, "thread.run.step.completed")[0]["step_details"]["tool_calls"]
    assert [result["file_name"] for result in found["file_search"]["results"]] == ["handbook.pdf", "file.txt"]


@pytest.mark.parametrize(("query", "expected"), [("", [False, False]), (INCLUDE, [True, False])])
def test_the_content_of_results_is_included_when_requested(query, expected):
    service = Service(SEARCH)
    events = service.asks("POST", f"/threads/thread_1/runs?{query}", {"assistant_id": "asst_1", "stream": True})
    run = last_run(events)
    (streamed, _) = data_of(events, "thread.run.step.completed")
    listed = service.asks("GET", f"/threads/thread_1/runs/{run['id']}/steps?order=asc&{query}")["data"][0]
    retrieved = service.asks("GET", f"/threads/thread_1/runs/{run['id']}/steps/{listed['id']}?{query}")
    for step in (streamed, listed, retrieved):
        (call,) = step["step_details"]["tool_calls"]
        assert ["content" in result for result in call["file_search"]["results"]] == expected
