"""What the service refuses in requests, with its texts; docs/protocol/responses.md#refused-requests."""

import pytest
from response_conversation import Responses

from runmock.apis.responses.api import RESPONSES
from runmock.core.engine.pace import Pace
from runmock.core.engine.run_status import RunState, RunStatus

HI = "runs: [{reply: Hi}]"


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        (
            {"temperature": -1},
            "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
            "temperature",
            "decimal_below_min_value",
        ),
        (
            {"max_output_tokens": 10},
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 10 instead.",
            "max_output_tokens",
            "integer_below_min_value",
        ),
        ({"inputs": "a"}, "Unknown parameter: 'inputs'.", "inputs", "unknown_parameter"),
        (
            {"input": 5},
            "Invalid type for 'input': expected one of a string or array of objects, but got an integer instead.",
            "input",
            "invalid_type",
        ),
        (
            {"input": [{"content": "a"}]},
            "Missing required parameter: 'input[0].role'.",
            "input[0].role",
            "missing_required_parameter",
        ),
        (
            {"input": [{"type": "function_call_output", "output": "a"}]},
            "Missing required parameter: 'input[0].call_id'.",
            "input[0].call_id",
            "missing_required_parameter",
        ),
        (
            {"input": [5]},
            "Invalid type for 'input[0]': expected an object, but got an integer instead.",
            "input[0]",
            "invalid_type",
        ),
        (
            {"input": [{"type": 5}]},
            "Invalid type for 'input[0].type': expected a string, but got an integer instead.",
            "input[0].type",
            "invalid_type",
        ),
    ],
)
def test_the_schema_is_checked(body, message, param, code):
    service = Responses(HI)
    assert service.refused("POST", "/responses", {"model": "gpt-4o", **body}) == (400, message, param, code)
    assert service.left == 1


def test_a_page_has_a_hundred_items_at_most():
    service = Responses(HI)
    path = f"/conversations/{service.asks('POST', '/conversations', {})['id']}/items"
    assert service.refused("GET", f"{path}?limit=1000") == (
        400,
        "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 1000 instead.",
        "limit",
        "integer_above_max_value",
    )
    assert service.asks("GET", f"{path}?limit=3&include[]=reasoning.encrypted_content")["data"] == []


def test_items_of_kinds_that_nobody_knows_pass():
    items = [
        {"role": "user", "content": [{"type": "input_hologram", "x": 1}]},
        {"type": "hologram_call", "x": 1},
        {"type": "message", "role": "assistant", "content": "a", "phase": "commentary"},
    ]
    assert Responses(HI).creates(items)["status"] == "completed"


def test_a_server_without_a_cassette_takes_more():
    service = Responses(is_stock=True)
    assert service.asks("GET", f"/responses/{service.creates()['id']}/input_items?limit=0")["data"] == []


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/v1/responses", "create_response"),
        ("POST", "/openai/v1/responses/", "create_response"),
        ("POST", "/openai/responses", "create_response"),
        ("POST", "/api/projects/weather/openai/v1/responses", "create_response"),
        ("POST", "/api/projects/weather/agents/rain/endpoint/protocols/openai/responses", "create_response"),
        ("POST", "/gateway/responses", "create_response"),
        ("GET", "/v1/responses/resp_1/input_items", "list_input_items"),
        ("DELETE", "/v1/conversations/conv_1/items/msg_1", "delete_item"),
        ("GET", "/v1/responses", None),
        ("POST", "/v1/my_responses", None),
        ("POST", "/files/file_1/responses", None),
    ],
)
def test_requests_are_known_by_their_paths(method, path, name):
    found = RESPONSES.identify(method, path)
    assert (None if found is None else found.name) == name


def test_a_payload_shows_the_state_of_a_response():
    shown = RESPONSES.run_state({"object": "response", "id": "resp_1", "status": "completed"})
    assert (shown.id, shown.status) == ("resp_1", "completed")
    in_conversation = RESPONSES.run_state({"object": "response", "conversation": {"id": "conv_1"}})
    assert in_conversation.conversation_id == "conv_1"
    odd = RESPONSES.run_state({"object": "response", "id": 1, "status": 2, "conversation": {"id": 3}})
    assert odd == RunState(None, None, None)
    assert RESPONSES.run_state({"object": "list"}) is None
    assert RESPONSES.run_state("a") is None


def test_an_answer_shows_the_state_of_its_response():
    service = Responses("runs: [{reply: a, poll: 1, pace: 40ms}]")
    service.stage.pace = Pace(factor=1)
    conversation = service.asks("POST", "/conversations", {})["id"]
    made = service.creates(background=True, conversation=conversation)
    path = f"/responses/{made['id']}"
    states = [service.replies("GET", path).current_run() for _ in range(3)]
    looks = [("queued", 40), ("in_progress", 40), ("completed", 0)]
    assert states == [RunState(made["id"], conversation, RunStatus(status), ms) for status, ms in looks]
    stream = service.replies("GET", f"{path}?stream=true")
    assert stream.current_run() == RunState(made["id"], conversation, RunStatus.COMPLETED)
