"""With no cassette at all: every response is the stock reply, and whatever id a request names is there."""

import json

import pytest
from response_conversation import Responses, answers, calls_of, events, kinds, text_of

from runmock.core.engine.stage import NothingScripted

HELLO = "Hello! How can I assist you today?"
NOW = {"type": "function", "name": "now", "parameters": {"type": "object", "properties": {}}}
WEATHER = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
MINE, CONVERSATION = "/responses/resp_mine", "/conversations/conv_mine"
ITEM = f"{CONVERSATION}/items/msg_mine"
MESSAGE = {"type": "message", "role": "user", "content": "Hi"}


@pytest.fixture
def service():
    return Responses(is_stock=True)


def called(response):
    return [(call["name"], json.loads(call["arguments"])) for call in calls_of(response)]


def test_every_request_has_the_stock_reply(service):
    assert [text_of(service.creates(tools=[])) for _ in range(2)] == [HELLO, HELLO]
    assert service.creates(input=None, model=None)["model"] == "gpt-4o"


def test_every_stream_has_it_too(service):
    found = service.streams()
    assert kinds(found).endswith("completed")
    assert text_of(found[-1][1]["response"]) == HELLO


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, []),
        ("auto", []),
        ("none", []),
        ("required", [("now", {})]),
        ({"type": "function", "name": "weather"}, [("weather", {"city": "city"})]),
        ({"type": "function", "name": "elsewhere"}, [("elsewhere", {})]),
        ({"type": "custom", "name": "elsewhere"}, []),
        ({"type": "web_search"}, []),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "weather"}]},
            [("weather", {"city": "city"})],
        ),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "elsewhere"}]},
            [("elsewhere", {})],
        ),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "weather"}]}, []),
        ({"type": "allowed_tools", "mode": "required", "tools": []}, []),
    ],
)
def test_a_function_is_called_where_the_request_makes_it(service, choice, expected):
    response = service.creates(tools=[NOW, WEATHER], tool_choice=choice)
    assert called(response) == expected
    if expected:
        response = service.continues(response, "21", tools=[NOW, WEATHER], tool_choice=choice)
    assert text_of(response) == HELLO


@pytest.mark.parametrize("kind", ["code_interpreter", "file_search"])
def test_a_tool_of_the_service_is_used_where_the_request_makes_it(service, kind):
    for choice in ("required", {"type": kind}):
        response = service.creates(tools=[{"type": kind}], tool_choice=choice)
        assert [item["type"] for item in response["output"]] == [f"{kind}_call", "message"]


@pytest.mark.parametrize(
    ("path", "kind"), [(MINE, "response"), (CONVERSATION, "conversation"), (f"{MINE}/input_items", "list")]
)
def test_what_a_path_names_is_there(service, path, kind):
    found = service.asks("GET", path)
    assert (service.status, found["object"]) == (200, kind)
    assert found.get("id") in {path.rpartition("/")[2], None}


def test_a_response_that_a_path_names_is_polled_to_its_end(service):
    found = [service.asks("GET", MINE) for _ in range(4)]
    assert [response["status"] for response in found] == ["queued", "in_progress", "completed", "completed"]
    assert text_of(found[-1]) == HELLO
    assert {response["id"] for response in found} == {"resp_mine"}


def test_a_response_that_a_path_names_is_streamed(service):
    found = events(service.replies("GET", f"{MINE}?stream=true").frames)
    assert kinds(found).startswith("created queued in_progress")
    assert found[-1][1]["response"]["id"] == "resp_mine"
    later = events(service.replies("GET", f"{MINE}?stream=true&starting_after=2").frames)
    assert [data["sequence_number"] for _, data in later] == [data["sequence_number"] for _, data in found[3:]]


def test_a_response_that_a_path_names_is_cancelled_as_often_as_requested(service):
    assert [service.asks("POST", f"{MINE}/cancel")["status"] for _ in range(2)] == ["cancelled", "cancelled"]


def test_a_response_that_a_path_names_can_be_deleted_again_and_again(service):
    deleted = {"id": "resp_mine", "object": "response.deleted", "deleted": True}
    assert [service.asks("DELETE", MINE) for _ in range(2)] == [deleted, deleted]
    assert service.asks("GET", MINE)["status"] == "queued"


def test_what_a_request_continues_is_there(service):
    response = service.creates(previous_response_id="resp_mine", conversation="conv_mine")
    assert response["previous_response_id"] == "resp_mine"
    assert response["conversation"] == {"id": "conv_mine"}
    assert service.creates(conversation={"id": "conv_other"})["conversation"] == {"id": "conv_other"}
    assert [item["role"] for item in service.asks("GET", "/conversations/conv_other/items")["data"]] == [
        "assistant",
        "user",
    ]


def test_outputs_for_a_call_that_nobody_knows_are_accepted(service):
    output = {"type": "function_call_output", "call_id": "call_mine", "output": "21"}
    response = service.creates([output], previous_response_id="resp_mine")
    assert text_of(response) == HELLO
    assert text_of(service.creates("And?", previous_response_id=response["id"])) == HELLO


def test_a_call_without_its_output_is_refused_as_ever(service):
    response = service.creates(tools=[NOW], tool_choice="required")
    status, message, *_ = service.refused("POST", "/responses", {"input": "Hi", "previous_response_id": response["id"]})
    assert (status, message) == (400, f"No tool output found for function call {calls_of(response)[0]['call_id']}.")


def test_what_the_service_made_is_gone_after_it_was_deleted(service):
    response, conversation = service.creates(), service.asks("POST", "/conversations", {"items": [MESSAGE]})
    path = f"/conversations/{conversation['id']}"
    (item,) = service.asks("GET", f"{path}/items")["data"]
    for gone in (f"{path}/items/{item['id']}", path, f"/responses/{response['id']}"):
        service.asks("DELETE", gone)
        assert service.refused("GET", gone)[0] == 404
    assert service.refused("GET", f"{path}/items/msg_mine")[0] == 404
    assert service.refused("POST", "/responses", {"previous_response_id": response["id"]})[0] == 400


def test_a_response_that_was_not_stored_is_not_there(service):
    assert service.refused("GET", f"/responses/{service.creates(store=False)['id']}")[0] == 404


def test_a_conversation_is_updated_filled_and_created_again_after_it_was_deleted(service):
    assert service.asks("POST", CONVERSATION, {"metadata": {"a": "1"}})["metadata"] == {"a": "1"}
    added = service.asks("POST", f"{CONVERSATION}/items", {"items": [MESSAGE]})
    assert service.asks("GET", f"{CONVERSATION}/items")["data"] == added["data"]
    for _ in range(2):
        assert service.asks("DELETE", CONVERSATION)["deleted"] is True
        assert service.asks("GET", CONVERSATION)["metadata"] == {}


def test_an_item_that_a_path_names_is_a_message(service):
    assert service.asks("GET", ITEM) == {
        "id": "msg_mine",
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Hello!"}],
        "status": "completed",
    }
    for _ in range(2):
        assert service.asks("DELETE", ITEM)["object"] == "conversation"  # the SDK's type
        assert service.asks("GET", ITEM)["id"] == "msg_mine"


def test_lists_may_have_a_limit_of_0_and_texts_a_limit_of_none(service):
    for path in (f"{MINE}/input_items", f"{CONVERSATION}/items"):
        assert service.asks("GET", f"{path}?limit=0")["data"] == []
    assert text_of(service.creates(max_output_tokens=0)) == HELLO


def test_tokens_are_counted_by_a_stock_number(service):
    body = {"model": "gpt-4o", "input": "Hi", "previous_response_id": "resp_mine"}
    assert service.asks("POST", "/responses/input_tokens", body) == {
        "object": "response.input_tokens",
        "input_tokens": 12,
    }
    assert service.asks("POST", "/responses/input_tokens")["input_tokens"] == 12


def test_a_compacted_context_continues(service):
    made = service.asks("POST", "/responses/compact", {"model": "gpt-4o", "input": "Hi"})
    assert (made["object"], [item["type"] for item in made["output"]]) == ("response.compaction", ["compaction"])
    assert made["usage"]["total_tokens"] == made["usage"]["input_tokens"] + made["usage"]["output_tokens"]
    assert text_of(service.creates([*made["output"], MESSAGE])) == HELLO


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/responses/input_tokens", {"personality": "x" * 65}, "personality"),
        ("/responses/input_tokens", {"store": True}, "store"),
        ("/responses/compact", {}, "model"),
        ("/responses/compact", {"model": "gpt-4o", "stream": True}, "stream"),
    ],
)
def test_their_requests_are_checked_as_any(service, path, body, param):
    assert service.refused("POST", path, body)[::2] == (400, param)


def test_outputs_continue_the_response_that_asked_for_them(service):
    response = service.creates(tools=[NOW], tool_choice="required", store=False)
    history = [MESSAGE, *response["output"], *answers(response, "12:30")]
    assert text_of(service.creates(history, store=False)) == HELLO


@pytest.mark.parametrize("path", ["/responses/input_tokens", "/responses/compact"])
def test_with_a_cassette_no_script_answers_what_only_the_service_can(path):
    service = Responses("runs: [{reply: Hi}]")
    with pytest.raises(NothingScripted) as raised:
        service.asks("POST", path, {"model": "gpt-4o", "input": "Hi"})
    assert raised.value.facts is None
    assert service.refused("POST", path, {"model": "gpt-4o", "previous_response_id": "resp_none"})[0] == 400
