"""Responses that exist, conversations, their items, and what is refused."""

import pytest
from response_conversation import Responses, answers, text_of

BYE = "runs: [{reply: Hi}, {reply: Bye}]"


def test_a_response_is_retrieved_and_deleted():
    service = Responses(BYE)
    made = service.creates()
    assert service.asks("GET", f"/responses/{made['id']}") == made
    assert service.asks("DELETE", f"/responses/{made['id']}") == {
        "id": made["id"],
        "object": "response.deleted",
        "deleted": True,
    }
    text = f"Response with id '{made['id']}' not found."
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items")):
        assert service.refused(method, f"/responses/{made['id']}{path}") == (404, text, None, None)
    error = service.refused("POST", "/responses", {"input": "Hi", "previous_response_id": made["id"]})
    assert error == (
        400,
        f"Previous response with id '{made['id']}' not found.",
        "previous_response_id",
        "previous_response_not_found",
    )


def test_what_is_not_stored_cannot_be_retrieved():
    service = Responses(BYE)
    assert service.refused("GET", f"/responses/{service.creates(store=False)['id']}")[0] == 404


def test_a_foreground_response_cannot_be_cancelled():
    service = Responses(BYE)
    made = service.creates()
    assert service.refused("POST", f"/responses/{made['id']}/cancel")[:2] == (
        400,
        "Cannot cancel a synchronous response.",
    )


def test_input_items_are_the_whole_chain():
    service = Responses(BYE)
    first = service.creates("Hi")
    second = service.creates([{"role": "user", "content": "Bye"}], previous_response_id=first["id"])
    listed = service.asks("GET", f"/responses/{second['id']}/input_items")
    assert [item["role"] for item in listed["data"]] == ["user", "assistant", "user"]
    assert listed["data"][0]["content"] == [{"type": "input_text", "text": "Bye"}]
    assert (listed["has_more"], listed["first_id"]) == (False, listed["data"][0]["id"])
    assert service.asks("GET", f"/responses/{first['id']}/input_items?limit=1&order=asc")["data"][0]["role"] == "user"


IMAGE = {"type": "input_image", "detail": "low", "image_url": "https://a.example/a.png"}
FILE = {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,QQ=="}


def test_images_are_listed_where_they_are_included():
    service = Responses(BYE)
    question = {"role": "user", "content": [{"type": "input_text", "text": "Hi"}, IMAGE, FILE]}
    output = {"type": "function_call_output", "call_id": "call_x", "output": [IMAGE]}
    call = {"type": "function_call", "call_id": "call_x", "name": "a", "arguments": "{}"}
    made = service.creates([question, call, output])
    bare = [{**IMAGE, "image_url": None}, {**FILE, "file_data": None}]
    path = f"/responses/{made['id']}/input_items?order=asc"
    listed = service.asks("GET", path)
    assert list(listed) == ["object", "data", "first_id", "has_more", "last_id"]
    assert listed["data"][0]["content"][1:] == bare
    assert listed["data"][2]["output"] == bare[:1]
    included = service.asks("GET", f"{path}&include[]=message.input_image.image_url")["data"]
    assert included[0]["content"][1:] == [IMAGE, bare[1]]
    conversation = f"/conversations/{service.asks('POST', '/conversations', {'items': [question]})['id']}/items"
    [item] = service.asks("GET", conversation)["data"]
    assert item["content"][1:] == bare
    item_path = f"{conversation}/{item['id']}"
    assert service.asks("GET", item_path)["content"][1:] == bare
    assert service.asks("GET", f"{item_path}?include=message.input_image.image_url")["content"][1] == IMAGE
    [added] = service.asks("POST", conversation, {"items": [question]})["data"]
    assert added["content"][1:] == bare


def test_listed_items_have_their_keys_in_the_order_of_the_service():
    service = Responses("runs: [{calls: [{get_weather: {}}], reply: Hi}]")
    second = service.continues(service.creates(), "21")
    listed = service.asks("GET", f"/responses/{second['id']}/input_items?order=asc")["data"]
    assert [list(item) for item in listed] == [
        ["id", "type", "status", "content", "role"],
        ["id", "type", "status", "arguments", "call_id", "name"],
        ["id", "type", "status", "call_id", "output"],
    ]
    assert [item["id"].partition("_")[0] for item in listed] == ["msg", "fc", "fc"]


def test_a_conversation_is_made_changed_and_deleted():
    service = Responses("runs: []")
    items = [{"role": "user", "content": "Hi"}, {"type": "message", "role": "assistant", "content": "Hello"}]
    made = service.asks("POST", "/conversations", {"metadata": {"a": "b"}, "items": items})
    path = f"/conversations/{made['id']}"
    assert list(made) == ["id", "object", "created_at", "metadata"]
    assert service.asks("GET", path) == made
    assert service.asks("POST", path, {"metadata": {"c": "d"}})["metadata"] == {"c": "d"}
    assert service.asks("POST", path, {"metadata": None})["metadata"] == {}
    added = service.asks("POST", f"{path}/items", {"items": [{"type": "reasoning", "id": "rs_1", "summary": []}]})
    assert [item["id"] for item in added["data"]] == ["rs_1"]
    assert service.asks("POST", f"{path}/items", {"items": []})["data"] == []
    listed = service.asks("GET", f"{path}/items?order=asc")["data"]
    assert [item["type"] for item in listed] == ["message", "message", "reasoning"]
    assert listed[1]["content"][0]["type"] == "output_text"
    assert service.asks("GET", f"{path}/items/rs_1")["id"] == "rs_1"
    gone = {"id": "rs_1", "object": "conversation.item.deleted", "deleted": True}
    assert service.asks("DELETE", f"{path}/items/rs_1") == gone
    missing = "Item with id 'rs_1' not found in conversation."
    assert service.refused("GET", f"{path}/items/rs_1") == (404, missing, None, None)
    assert service.asks("DELETE", path) == {"id": made["id"], "object": "conversation.deleted", "deleted": True}
    text = f"Conversation with id '{made['id']}' not found."
    assert service.refused("GET", path) == (404, text, None, None)
    assert service.refused("POST", "/responses", {"input": "Hi", "conversation": made["id"]})[:2] == (404, text)


def test_a_conversation_grows_with_each_response():
    service = Responses(BYE)
    conversation = service.asks("POST", "/conversations")["id"]
    service.creates("Hi", conversation=conversation)
    assert text_of(service.creates("Bye", conversation=conversation)) == "Bye"
    listed = service.asks("GET", f"/conversations/{conversation}/items")["data"]
    assert [item["role"] for item in listed] == ["assistant", "user", "assistant", "user"]
    assert {item["status"] for item in listed} == {"completed"}


def test_both_states_are_refused():
    error = Responses(BYE).refused("POST", "/responses", {"previous_response_id": "resp_1", "conversation": "conv_1"})
    assert error == (
        400,
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
        None,
        "mutually_exclusive_parameters",
    )


def test_calls_and_outputs_belong_together():
    service = Responses("runs: [{calls: [{get_weather: {}}, {get_weather: {}}], reply: Hi}]")
    first = service.creates()
    before = {"previous_response_id": first["id"]}
    wanted = (400, "No tool output found for function call call_2.", "input", None)
    assert service.refused("POST", "/responses", {"input": answers(first, "21", "-4")[:1], **before}) == wanted
    assert service.refused("POST", "/responses", {"input": answers(first, "21", "-4")[:1]}) == (
        400,
        "No tool call found for function call output with call_id call_1.",
        "input",
        None,
    )
    stray = [{"type": "function_call_output", "call_id": "call_9", "output": "x"}]
    assert service.refused("POST", "/responses", {"input": stray}) == (
        400,
        "No tool call found for function call output with call_id call_9.",
        "input",
        None,
    )
    assert text_of(service.continues(first, [{"type": "input_text", "text": "21"}], "-4")) == "Hi"


def test_a_history_of_another_session_begins_a_run():
    service = Responses(BYE)
    history = [
        {"role": "user", "content": "Hi"},
        {"type": "function_call", "call_id": "call_x", "name": "a", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_x", "output": "1"},
    ]
    assert text_of(service.creates(history)) == "Hi"
    assert text_of(service.creates(None)) == "Bye"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"text": {"format": {"type": "json_object"}}}, {"format": {"type": "json_object"}, "verbosity": "medium"}),
        (
            {"text": {"format": {"type": "json_schema", "name": "a", "schema": {}}, "verbosity": "low"}},
            {
                "format": {"type": "json_schema", "description": None, "name": "a", "schema": {}, "strict": True},
                "verbosity": "low",
            },
        ),
    ],
)
def test_formats_are_repeated_as_the_service_repeats_them(given, shown):
    made = Responses(BYE).creates(prompt={"id": "pmpt_1"}, service_tier="flex", **given)
    assert (made["text"], made["prompt"]) == (shown, {"id": "pmpt_1", "variables": {}, "version": "1"})
    assert made["service_tier"] == "flex"
