"""What each kind of step becomes: its item, and its events."""

import pytest
from response_conversation import Responses, kinds, text_of

from runmock.apis.service.files.session_files import SessionFiles
from runmock.tape.reading.cassette import cassette_from


def test_a_refusal_is_a_part_of_a_message():
    service = Responses("runs: [{refusal: I cannot.}, {refusal: [I can, not.]}]")
    assert service.creates()["output"][0]["content"] == [{"type": "refusal", "refusal": "I cannot."}]
    found = service.streams()
    assert "content_part.added refusal.delta refusal.done content_part.done" in kinds(found)


def test_json_is_dumped_and_chunks_are_deltas():
    service = Responses(
        "runs: [{reply: {json: {degrees: 21, note: $last_message}}}, {reply: [He, llo]}, {reply: {json: [1, a]}}]"
    )
    assert text_of(service.creates()) == '{"degrees":21,"note":"Hi"}'
    deltas = [data["delta"] for name, data in service.streams() if name == "response.output_text.delta"]
    assert deltas == ["He", "llo"]
    assert text_of(service.creates()) == '[1,"a"]'


CITED = """
files: [{id: file-1, filename: a.txt, text: A}]
runs:
- reply:
    text: See a and b. Or c.
    annotations:
    - {text: a, file_citation: {file_id: file-1}}
    - {text: b, file_path: {file_id: file-2}}
    - {text: c, type: url_citation, url: https://a.example, title: A}
    - {text: never, file_citation: {file_id: file-1}}
"""


def test_citations_come_between_the_deltas():
    found = Responses("runmock: 1" + CITED).streams()
    names = [name.removeprefix("response.output_text.") for name, _ in found if "output_text" in name]
    assert names.index("annotation.added") < len(names) - 1 - names[::-1].index("delta")
    part = next(data["part"] for name, data in found if name == "response.content_part.done")
    first, second, third, last = part["annotations"]
    assert first == {"type": "file_citation", "file_id": "file-1", "filename": "file-1", "index": 5}
    assert (second["type"], second["filename"], second["start_index"]) == ("container_file_citation", "file-2", 10)
    assert third == {
        "type": "url_citation",
        "start_index": 16,
        "end_index": 17,
        "url": "https://a.example",
        "title": "A",
    }
    assert last["type"] == "file_citation"


def told(found):
    """The deltas of a text, and between them the numbers of its citations."""
    events = [data for name, data in found if name.startswith("response.output_text.")]
    return [
        data.get("delta", data.get("annotation_index")) for data in events if "logprobs" not in data or "delta" in data
    ]


OF_RESPONSES = """
runs:
- reply:
    text: See a and b.
    annotations:
    - {type: file_citation, file_id: file-1, filename: a.txt, index: 5}
    - {type: container_file_citation, file_id: cfile_1, filename: b.csv, start_index: 10, end_index: 11}
    - {type: container_file_citation, file_id: cfile_2, filename: c.csv, container_id: cntr_1, start_index: 0, end_index: 0}
    - {type: url_citation, start_index: 4, end_index: 99, url: https://a.example, title: A}
"""


def test_citations_may_have_the_form_of_this_api():
    found = Responses(OF_RESPONSES).streams()
    [item] = found[-1][1]["response"]["output"]
    file, made, other, page = item["content"][0]["annotations"]
    assert file == {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 5}
    assert (made["filename"], made["start_index"], made["end_index"]) == ("b.csv", 10, 11)
    assert made["container_id"].startswith("cntr_")
    assert len(made["container_id"]) == len("cntr_") + 48
    assert other["container_id"] == "cntr_1"
    assert page == {"type": "url_citation", "end_index": 99, "start_index": 4, "url": "https://a.example", "title": "A"}
    assert told(found) == ["See", " a", 0, " and", " b.", 1, 2, 3]


def test_pieces_that_a_script_fixes_stay_and_citations_come_after_the_piece_that_they_stand_in():
    run = "{reply: {chunks: [See a a, nd b.], annotations: [{text: and, file_citation: {file_id: file-1}}]}}"
    found = Responses(f"runs: [{run}]").streams()
    assert told(found) == ["See a a", "nd b.", 0]


def test_code_runs_in_one_container_for_each_response_or_conversation():
    run = "{steps: [{code_interpreter: print(1)}, {code_interpreter: print(2)}, {reply: Done}]}"
    service = Responses(f"runs: [{', '.join([run] * 4)}]")
    conversation = service.asks("POST", "/conversations")["id"]
    options = [{}, {}, {"conversation": conversation}, {"conversation": conversation}]
    items = [service.creates(**more)["output"] for more in options]
    first, second, third, fourth = [{item.get("container_id") for item in output[:2]} for output in items]
    assert [len(found) for found in (first, second, third, fourth)] == [1] * 4
    assert first != second
    assert third == fourth


def test_the_code_interpreter_has_outputs_where_they_are_included():
    run = "{code_interpreter: {input: print(1), logs: '1', images: [file-1]}, reply: Done}"
    service = Responses(f"runs: [{run}, {run}]")
    made = service.creates()
    assert [item["type"] for item in made["output"]] == ["code_interpreter_call", "message"]
    assert made["output"][0]["outputs"] is None
    found = service.streams(include=["code_interpreter_call.outputs"])
    assert (
        "output_item.added code_interpreter_call.in_progress code_interpreter_call_code.delta "
        "code_interpreter_call_code.done code_interpreter_call.interpreting code_interpreter_call.completed "
        "output_item.done"
    ) in kinds(found)
    call = found[-1][1]["response"]["output"][0]
    assert call["outputs"] == [
        {"type": "logs", "logs": "1"},
        {"type": "image", "url": "https://files.example/file-1"},
    ]


def test_a_file_of_the_cassette_is_a_data_url():
    cassette = """
runmock: 1
files: [{id: file-1, filename: a.png, base64: QQ==}]
runs: [{code_interpreter: {input: plot(), images: [file-1]}}]
"""
    service = Responses(cassette)
    service.stage.shared(SessionFiles).add(cassette_from(cassette).script)
    made = service.creates(include=["code_interpreter_call.outputs"])
    assert made["output"][0]["outputs"] == [{"type": "image", "url": "data:image/png;base64,QQ=="}]


def test_a_file_search_has_results_where_they_are_included():
    run = "{file_search: {results: [{file_id: file-1, file_name: a.txt, score: 0.5, text: A}]}, reply: Found}"
    service = Responses(f"runs: [{run}, {run}]")
    assert service.creates("Where?")["output"][0]["results"] is None
    found = service.streams("Where?", include=["file_search_call.results"])
    assert "file_search_call.in_progress file_search_call.searching file_search_call.completed" in kinds(found)
    call = found[-1][1]["response"]["output"][0]
    assert (call["queries"], call["results"]) == (
        ["Where?"],
        [{"attributes": {}, "file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "A"}],
    )


@pytest.mark.parametrize(
    ("reasoning", "texts"), [("[]", []), ("I think.", ["I think."]), ("[a, $last_message]", ["a", "Hi"])]
)
def test_reasoning_comes_before_what_follows(reasoning, texts):
    service = Responses(
        f"runs: [{{reasoning: {reasoning}, reply: Hi}}, {{steps: [{{reasoning: {reasoning}}}, {{reply: Hi}}]}}]"
    )
    for made in (service.creates(), service.creates()):
        item, message = made["output"]
        assert (item["type"], message["type"], item["content"]) == ("reasoning", "message", [])
        assert item["summary"] == [{"type": "summary_text", "text": text} for text in texts]
        assert "encrypted_content" not in item


def test_reasoning_is_streamed_and_encrypted_where_nothing_is_stored():
    service = Responses("runs: [{reasoning: I think so., reply: Hi}, {reasoning: [], reply: Hi}]")
    found = service.streams(store=False)
    assert (
        "output_item.added reasoning_summary_part.added reasoning_summary_text.delta reasoning_summary_text.done "
        "reasoning_summary_part.done output_item.done"
    ) in kinds(found)
    begun = next(data["item"] for name, data in found if name == "response.output_item.added")
    done = next(data["item"] for name, data in found if name == "response.output_item.done")
    assert begun["encrypted_content"] != done["encrypted_content"]
    assert "encrypted_content" in service.creates(include=["reasoning.encrypted_content"])["output"][0]


def test_a_canned_response_is_sent_as_it_is():
    service = Responses(
        "runs: [{json: {object: response, id: resp_1, status: completed, output: [{type: message, content: []}]}},"
        " {json: {object: response, status: failed}}]"
    )
    made = service.creates()
    assert (made["id"], made["output"]) == ("resp_1", [{"type": "message", "content": []}])
    assert kinds(service.streams()) == "created in_progress failed"


def test_canned_items_are_streamed():
    service = Responses("runs: [{json: {object: response, output: [{type: message, content: []}]}}]")
    assert kinds(service.streams()) == "created in_progress output_item.added output_item.done completed"


def test_canned_events_are_sent_as_they_are():
    events = (
        "[{response.created: {response: {id: resp_7}}}, {response.output_item.done: {item: {type: message, content: []}}},"
        " {response.hiccup: null}, {response.completed: {response: {id: resp_7, status: completed}, extra: 1}}]"
    )
    service = Responses(f"runs: [{{events: {events}}}, {{events: [{{response.created: {{}}}}]}}]")
    found = service.streams()
    assert kinds(found) == "created output_item.done hiccup completed"
    assert found[-1][1] == {
        "type": "response.completed",
        "response": {"id": "resp_7", "status": "completed"},
        "extra": 1,
    }
    assert service.asks("GET", "/responses/resp_7")["status"] == "completed"
    assert service.creates()["status"] == "completed"


def test_what_a_canned_response_leaves_out_stays_out():
    service = Responses(
        "runs: [{json: {object: response, output: []}}, {json: {odd: 1, object: response, id: resp_1}}]"
    )
    assert set(service.creates()) == {"object", "output", "id", "created_at", "status", "usage"}
    made = service.creates()
    assert [*made][:3] == ["odd", "object", "id"]
    assert service.asks("GET", "/responses/resp_1") == made


def test_a_canned_response_in_a_stream_has_begun_before_it_ends():
    canned = "{object: response, id: resp_1, billing: {}, status: incomplete, completed_at: 1, usage: {}, output: []}"
    service = Responses(f"runs: [{{json: {canned}}}]")
    found = service.streams()
    assert kinds(found) == "created in_progress incomplete"
    begun, last = found[0][1]["response"], found[-1][1]["response"]
    assert (begun["status"], begun["completed_at"], begun["usage"]) == ("in_progress", None, None)
    assert (last["status"], last["completed_at"]) == ("incomplete", 1)
    assert "billing" not in {**begun, **last}
    assert "billing" in service.asks("GET", "/responses/resp_1")


def test_items_that_no_step_makes_are_told_as_far_as_they_are_known():
    items = "[{type: hologram_call, status: completed, id: h_1}, {}, {type: message}, {type: function_call}]"
    service = Responses(f"runs: [{{json: {{object: response, output: {items}}}}}]")
    found = service.streams()
    begun = [data["item"] for name, data in found if name == "response.output_item.added"]
    assert begun == [
        {"type": "hologram_call", "status": "in_progress", "id": "h_1"},
        {},
        {"type": "message", "content": []},
        {"type": "function_call", "arguments": ""},
    ]
    assert [data["output_index"] for name, data in found if name == "response.output_item.done"] == [0, 1, 2, 3]


def test_canned_items_without_ids_are_not_in_the_conversation():
    service = Responses("runs: [{json: {object: response, output: [{type: message, content: []}]}}]")
    conversation = service.asks("POST", "/conversations")["id"]
    service.creates(conversation=conversation)
    assert [item["role"] for item in service.asks("GET", f"/conversations/{conversation}/items")["data"]] == ["user"]


def test_fields_of_the_response_and_of_the_run_are_set():
    service = Responses("runs: [{reply: Hi, response: {service_tier: flex}, model: gpt-9, metadata: {a: b}}]")
    made = service.creates(metadata={"c": "d"})
    assert (made["service_tier"], made["model"], made["metadata"]) == ("flex", "gpt-9", {"c": "d", "a": "b"})
