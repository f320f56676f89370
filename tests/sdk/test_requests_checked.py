"""A request that the service would refuse is refused, with the service's words, through the SDK."""

import openai
import pytest
from sdk_ways import ASSISTANT, question

TOOL = {"type": "function", "function": {"name": "get weather"}}

REFUSED = {
    "wrong type": (
        {"instructions": 3},
        "instructions",
        "invalid_type",
        "Invalid type for 'instructions': expected a string, but got an integer instead.",
    ),
    "unknown parameter": (
        {"extra_body": {"temprature": 1}},
        "temprature",
        "unknown_parameter",
        "Unknown parameter: 'temprature'.",
    ),
    "temperature": (
        {"temperature": 3},
        "temperature",
        "decimal_above_max_value",
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
    ),
    "too much metadata": (
        {"metadata": {str(number): "x" for number in range(17)}},
        "metadata",
        "object_above_max_properties",
        "object with at most 16 properties, but got an object with 17 properties instead.",
    ),
    "metadata that is not text": (
        {"metadata": {"modified": True}},
        "metadata.modified",
        "invalid_type",
        "Invalid type for 'metadata.modified': expected a string, but got a boolean instead.",
    ),
    "a tool's name": (
        {"tools": [TOOL]},
        "tools[0].function.name",
        "invalid_value",
        "does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    ),
}
"""What is asked for, and the service's `param`, `code` and message."""


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("stream", [False, True], ids=["polled", "streamed"])
def test_the_service_refuses_what_its_schema_forbids(runmock, client, what, stream):
    sent, param, code, message = REFUSED[what]
    thread = client.beta.threads.create(**question())
    with pytest.raises(openai.BadRequestError) as error:
        client.beta.threads.runs.create(thread.id, assistant_id=ASSISTANT, stream=stream, **sent)
    error_raised = error.value
    assert (error_raised.param, error_raised.code, error_raised.type) == (param, code, "invalid_request_error")
    assert error_raised.body["message"].endswith(message)


BETA = {"OpenAI-Beta": "assistants=v2"}


def test_a_missing_assistant_id_is_named(runmock, client):
    thread = client.beta.threads.create(**question())
    with pytest.raises(openai.BadRequestError) as error:
        client.post(f"/threads/{thread.id}/runs", cast_to=object, body={}, options={"headers": BETA})
    assert (error.value.param, error.value.body["message"]) == (
        "assistant_id",
        "Missing required parameter: 'assistant_id'.",
    )


@pytest.mark.parametrize("beta", ["assistants=v1", None])
def test_the_beta_header_is_required(runmock, client, beta):
    headers = {"OpenAI-Beta": beta or openai.Omit()}
    with pytest.raises(openai.BadRequestError) as error:
        client.beta.threads.create(extra_headers=headers)
    assert error.value.code == "invalid_beta"


def test_a_refused_request_uses_up_no_script(runmock, client):
    runmock.reply("Hi")
    with pytest.raises(openai.BadRequestError):
        client.beta.threads.create_and_run(assistant_id=ASSISTANT, temperature=3)
    assert client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT).status == "completed"


def test_list_limits_are_checked(runmock, client):
    thread = client.beta.threads.create(**question())
    with pytest.raises(openai.BadRequestError) as error:
        client.beta.threads.messages.list(thread.id, limit=101).data  # noqa: B018 - pages are asked for when read
    assert error.value.param == "limit"
