"""An answer that is in a script may have anything: it is sent, told in a stream, retrieved and continued all the same."""

import pytest
from response_conversation import Responses, text_of

ODD = [
    {"output": None},
    {"output": {"a": 1}},
    {"output": [1, None, "a", {}, {"type": [1]}, {"type": "function_call"}]},
    {"output": [{"type": "message", "content": "text"}]},
    {"output": [{"type": "message", "content": ["a", None, {"type": "output_text", "text": None}]}]},
    {"output": [{"type": "message", "content": [{"text": "ab", "annotations": [1, {"index": 9}, {"index": "a"}]}]}]},
    {"output": [{"type": "message", "content": [{"type": "refusal"}]}]},
    {"output": [{"type": "reasoning", "summary": ["a", {"type": "summary_text"}], "encrypted_content": "x"}]},
    {"output": [{"type": "function_call", "call_id": "call_a", "arguments": {"a": 1}}]},
    {"output": [{"type": "code_interpreter_call", "code": None, "outputs": []}]},
    {"output": [], "id": 5},
    {"output": [], "id": None, "usage": 5, "conversation": 5},
    {"output": [], "status": "banana", "usage": {}},
    {"output": [], "status": None},
    {"output": [], "created_at": "yesterday"},
]


@pytest.mark.parametrize("given", ODD, ids=str)
def test_what_is_written_is_what_is_sent(given):
    canned = {"object": "response", "id": "resp_1", "created_at": 1, **given}
    service = Responses({"runmock": 1, "runs": [{"json": canned}, {"json": canned}, {"reply": "Hi"}]})
    made = service.creates()
    assert {key: made[key] for key in canned} == canned
    found = service.streams()
    assert found[-1][1]["response"] == {**made, **canned}
    told = [data["item"] for name, data in found if name == "response.output_item.done"]
    assert told == (given["output"] if isinstance(given["output"], list) else [])
    assert [view.status for view in service.backend.views()] == ["completed"] * 2
    if canned["id"] == "resp_1" and not any("call_id" in item for item in told if isinstance(item, dict)):
        assert text_of(service.creates(previous_response_id="resp_1")) == "Hi"


@pytest.mark.parametrize("data", [None, 5, {}, {"response": None}, {"response": {"output": 5}}], ids=str)
def test_events_may_have_any_data(data):
    events = [{"response.created": data}, {"response.output_item.done": data}, {"response.completed": data}]
    service = Responses({"runmock": 1, "runs": [{"events": events}, {"reply": "Hi"}]})
    names = ("response.created", "response.output_item.done", "response.completed")
    assert service.streams() == [(name, {"type": name, **data} if isinstance(data, dict) else data) for name in names]
    [view] = service.backend.views()
    assert text_of(service.creates(previous_response_id=view.id)) == "Hi"
