"""What the service refuses, word for word: docs/protocol/errors.md."""

import json

import pytest

from runmock.apis.service import refusals

SERVER = (
    "The server had an error processing your request. Sorry about that! You can retry your request, or contact us "
    "through our help center at help.openai.com if you keep seeing this error."
)
KEY = "Incorrect API key provided: ****. You can find your API key at https://platform.openai.com/account/api-keys."
BETA = "Please try again by setting the header 'OpenAI-Beta: assistants=v2'."

GUIDE = "See the migration guide for more information: https://platform.openai.com/docs/assistants/migration."


@pytest.mark.parametrize(
    ("refusal", "status", "message", "code"),
    [
        (refusals.not_found("thread", "thread_x"), 404, "No thread found with id 'thread_x'.", None),
        (refusals.not_found("run step", "step_x"), 404, "No run step found with id 'step_x'.", None),
        (refusals.active_run("thread_1", "run_1"), 400, "Thread thread_1 already has an active run run_1.", None),
        (
            refusals.message_while_active("thread_1", "run_1"),
            400,
            "Can't add messages to thread_1 while a run run_1 is active.",
            None,
        ),
        (refusals.not_waiting("completed"), 400, 'Runs in status "completed" do not accept tool outputs.', None),
        (
            refusals.wrong_outputs(("call_a", "call_b"), ["call_a"]),
            400,
            "Expected tool outputs for call_ids ['call_a', 'call_b'], got ['call_a']",
            None,
        ),
        (refusals.cannot_update("queued"), 400, "Cannot update run with status 'queued'.", None),
        (
            refusals.nothing_to_answer(),
            400,
            "Run creation requires a Thread with a user message or an assistant with instructions.",
            "invalid_thread",
        ),
        (refusals.cannot_cancel("completed"), 400, "Cannot cancel run with status 'completed'.", None),
        (refusals.sunset("GET", "/v1/threads"), 404, "Invalid URL (GET /v1/threads)", None),
        (
            refusals.not_json("a comma"),
            400,
            "We could not parse the JSON body of your request. (HINT: a comma) The body must be a JSON object.",
            None,
        ),
        (
            refusals.no_beta_header(),
            400,
            f"You must provide the 'OpenAI-Beta' header to access the Assistants API. {BETA}",
            "invalid_beta",
        ),
        (
            refusals.old_beta_header(),
            400,
            f"The v1 Assistants API has been deprecated. {BETA} {GUIDE}",
            "invalid_beta",
        ),
    ],
)
def test_the_text_of_the_service(refusal, status, message, code):
    assert refusal.status == status
    assert refusal.envelope() == {
        "error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    }


@pytest.mark.parametrize(
    ("status", "message", "kind", "code"),
    [
        (400, "Invalid request.", "invalid_request_error", None),
        (401, KEY, "invalid_request_error", "invalid_api_key"),
        (403, "You are not allowed to do this.", "invalid_request_error", None),
        (404, "The requested resource was not found.", "invalid_request_error", None),
        (418, "HTTP 418", "invalid_request_error", None),
        (
            429,
            "You've exceeded the rate limit, please slow down and try again later.",
            "invalid_request_error",
            "rate_limit_exceeded",
        ),
        (499, "HTTP 499", "invalid_request_error", None),
        (500, SERVER, "server_error", None),
        (502, "HTTP 502", "server_error", None),
        (503, "The server is overloaded or not ready yet.", "server_error", None),
    ],
)
def test_the_text_of_a_scripted_refusal(status, message, kind, code):
    refusal = refusals.scripted(status)
    assert (refusal.status, refusal.message, refusal.type, refusal.param, refusal.code) == (
        status,
        message,
        kind,
        None,
        code,
    )


def test_the_text_of_a_script_replaces_it():
    refusal = refusals.scripted(429, message="Slow.", code="slow", type=None, param="x")
    assert refusal == refusals.ServiceRefusal(429, "Slow.", "invalid_request_error", "x", "slow")


def test_a_refusal_is_json():
    reply = refusals.ServiceRefusal(400, "No.").reply([("retry-after", "2")])
    (frame,) = reply.frames
    assert (reply.status, reply.headers) == (400, (("content-type", "application/json"), ("retry-after", "2")))
    assert json.loads(frame.data)["error"]["message"] == "No."


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (refusals.not_json_by_name("text/plain"), 400, "Unsupported content type: 'text/plain'."),
        (refusals.too_large(16_777_216), 413, "this server takes 16,777,216 bytes."),
        (refusals.too_slow(30), 408, "did not come within 30 seconds."),
        (refusals.no_key(), 401, "You didn't provide an API key."),
    ],
)
def test_what_a_server_refuses_before_it_reads_a_body(refusal, status, words):
    assert (refusal.status, refusal.type, words in refusal.message) == (status, "invalid_request_error", True)


@pytest.mark.parametrize(
    ("key", "shown"),
    [("", "********"), ("short", "********"), ("x" * 16, "********"), ("sk-proj-0123456789", "sk-p********6789")],
)
def test_a_wrong_key_is_shown_in_part_when_it_is_long_enough_to_hide_the_rest(key, shown):
    assert refusals.wrong_key(key).message == (
        f"Incorrect API key provided: {shown}. You can find your API key at https://platform.openai.com/account/api-keys."
    )
    assert refusals.wrong_key(key).code == "invalid_api_key"


@pytest.mark.parametrize("length", range(1, 200))
def test_half_of_a_wrong_key_or_more_is_never_shown(length):
    key = "".join(chr(0x4E00 + number) for number in range(length))
    shown = [letter for letter in key if letter in refusals.wrong_key(key).message]
    assert len(shown) <= length / 2


@pytest.mark.parametrize(
    ("refusal", "message", "param", "code"),
    [
        (
            refusals.wrong_id("thread_id", "undefined", "thread"),
            "Invalid 'thread_id': 'undefined'. Expected an ID that begins with 'thread'.",
            "thread_id",
            "invalid_value",
        ),
        (
            refusals.unsupported_model("gpt-5-mini"),
            "The requested model 'gpt-5-mini' cannot be used with the Assistants API.",
            "model",
            "unsupported_model",
        ),
    ],
)
def test_the_text_of_the_service_about_a_parameter(refusal, message, param, code):
    assert refusal == refusals.ServiceRefusal(400, message, "invalid_request_error", param, code)


def test_azures_own_envelope_has_two_fields():
    reply = refusals.azure_not_found()
    assert (reply.status, json.loads(reply.body())) == (
        404,
        {"error": {"code": "404", "message": "Resource not found"}},
    )


BODIES = [{}, [], [{"a": [1, None]}], {"detail": "é"}, "text", "", 0, 1.5, False, None]


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_a_custom_body_is_sent_as_it_is(body):
    reply = refusals.Verbatim(502, "HTTP 502", body=body).reply([("retry-after", "2")])
    assert (reply.status, reply.headers) == (502, (("content-type", "application/json"), ("retry-after", "2")))
    assert json.loads(reply.body()) == body


@pytest.mark.parametrize(
    ("body", "kind", "sent"),
    [
        ("<html>Bad gateway</html>", "text/html", b"<html>Bad gateway</html>"),
        ("é", "text/plain; charset=utf-8", "é".encode()),
        ("text", "application/problem+json", b'"text"'),
        ({"a": 1}, "text/html", b'{\n  "a": 1\n}'),
    ],
)
def test_a_text_is_no_json_where_the_content_type_is_another(body, kind, sent):
    reply = refusals.Verbatim(502, "HTTP 502", body=body).reply([("Content-Type", kind)])
    assert (reply.headers, reply.body()) == ((("Content-Type", kind),), sent)
