"""Every refusal of Responses and Conversations through the SDK: what an application does, and which error it gets."""

import json

import openai
import pytest
import sdk_clients
from response_refusals import CASSETTE, SERVICE, Scene, refused

import runmock

MODELS = {400: openai.BadRequestError, 401: openai.AuthenticationError, 404: openai.NotFoundError}
BUSY = "Another process is currently operating on this conversation. Please retry in a few seconds."
QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
KEY = "Incorrect API key provided: ****. You can find your API key at https://platform.openai.com/account/api-keys."
SCRIPTED = {
    "unknown model": (
        {"http": 400, "error": "model_not_found"},
        ("The requested model 'gpt-4o' does not exist.", "invalid_request_error", "model", "model_not_found"),
    ),
    "unknown model, in other words": (
        {"http": 404, "error": "model_not_found", "message": "No such model."},
        ("No such model.", "invalid_request_error", None, "model_not_found"),
    ),
    "wrong key": (
        {"http": 401},
        (
            KEY,
            "invalid_request_error",
            None,
            "invalid_api_key",
        ),
    ),
    "quota": (
        {"http": 429, "error": "insufficient_quota"},
        (QUOTA, "insufficient_quota", None, "insufficient_quota"),
    ),
    "conversation busy": (
        {"http": 400, "error": "conversation_locked"},
        (BUSY, "invalid_request_error", "conversation", "conversation_locked"),
    ),
}


@pytest.mark.parametrize("what", SERVICE)
def test_what_the_service_refuses_by_itself(client, what):
    with runmock.use_cassette(script=CASSETTE):
        found, expected = refused(client, what, lambda: pytest.raises(MODELS[SERVICE[what][1].status]))
    assert found == expected


@pytest.mark.parametrize("what", SCRIPTED)
def test_what_it_refuses_where_a_script_says_so(client, what):
    refusal, expected = SCRIPTED[what]
    script = json.dumps({"runmock": 1, "runs": [{"reply": "Hi"}, refusal, {"reply": "Bye"}]})
    with runmock.use_cassette(script=script):
        scene = Scene(client.with_options(max_retries=0))
        conversation = scene.conversation()
        scene.creates(conversation=conversation)
        with pytest.raises(openai.APIStatusError) as raised:
            scene.creates(conversation=conversation)
        assert raised.value.status_code == refusal["http"]
        assert [*raised.value.body.items()] == [*zip(("message", "type", "param", "code"), expected, strict=True)]
        assert scene.creates(conversation=conversation).output_text == "Bye"


RAW = {
    "no JSON": b'{"model": "gpt-4o",',
    "a comma too many": b'{"model": "gpt-4o",}',
    "bytes that are no text": b'{"model": "gpt-4o\xff"}',
    "half a character": b'{"model": "gpt-4o", "input": "\\ud83d"}',
}


@pytest.mark.parametrize("what", RAW)
@pytest.mark.parametrize("path", ["/responses", "/conversations"])
def test_a_body_that_is_not_json(what, path):
    with runmock.use_cassette(script="runs: []"), sdk_clients.library.Client(verify=sdk_clients.TLS) as http:
        answer = http.post(
            f"https://api.openai.com/v1{path}",
            content=RAW[what],
            headers={"content-type": "application/json", "authorization": "Bearer sk-test"},
        )
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "message": "Invalid body: failed to parse JSON value. Please check the value to ensure it is valid JSON. "
            "(Common errors include trailing commas, missing closing brackets, missing quotation marks, etc.)",
            "type": "invalid_request_error",
            "param": None,
            "code": "invalid_json",
        }
    }


def test_a_body_that_is_no_object(client):
    with runmock.use_cassette(script="runs: []"), pytest.raises(openai.BadRequestError) as raised:
        client.post("/responses", cast_to=object, body=["Hi"])
    assert raised.value.body["message"] == "Invalid type: expected an object, but got an array instead."


@pytest.mark.parametrize(
    ("base_url", "is_refused"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://x.openai.azure.com/openai/v1", True),
        ("https://gateway.example/v1", False),
    ],
)
def test_parameters_of_their_own_pass_at_gateways(base_url, is_refused):
    with (
        runmock.use_cassette(script="runs: [{reply: Hi}]", hosts=["gateway.example"]),
        openai.OpenAI(
            api_key="k", base_url=base_url, http_client=openai.DefaultHttpxClient(verify=sdk_clients.TLS)
        ) as at,
    ):

        def asks():
            return at.responses.create(model="m", input="Hi", extra_body={"guardrail": "strict"})

        if not is_refused:
            assert asks().output_text == "Hi"
            return
        with pytest.raises(openai.BadRequestError) as raised:
            asks()
        assert raised.value.body["message"] == "Unknown parameter: 'guardrail'."
