"""Every verb, played to the SDK's client of the Responses API; then what the session shows of it."""

import inspect

import openai
import pytest

from runmock import OutputMismatch, ScriptError, Session, UsageError, use_cassette
from runmock.session.verbs.verbs import Verbs

WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}


@pytest.fixture
def client():
    return openai.OpenAI(api_key="sk-...", max_retries=0)


@pytest.fixture
def create(client):
    """Create a response; the question is `Hi`, and `get_weather` is offered."""
    return lambda **options: client.responses.create(
        **{"model": "gpt-4o", "input": "Hi", "tools": [WEATHER], **options}
    )


def output(call, text):
    return {"type": "function_call_output", "call_id": call.call_id, "output": text}


def text_of(response):
    return response.output_text


def first(response):
    return response.output[0].content[0]


JSON = {"object": "response", "output": [], "metadata": {"canned": "yes"}}
CREATED = {"type": "response.created", "sequence_number": 0, "response": {"id": "resp_x", "object": "response"}}
ANSWERS = {
    "reply": (lambda session: session.reply("Hel", "lo"), text_of, "Hello"),
    "reply with JSON": (lambda session: session.reply(json={"a": 1}), text_of, '{"a":1}'),
    "reply with options": (
        lambda session: session.reply(
            "a", usage={"prompt_tokens": 3, "completion_tokens": 4}, model="gpt-9", metadata={"a": "b"}
        ),
        lambda response: (response.usage.input_tokens, response.usage.output_tokens, response.model, response.metadata),
        (3, 4, "gpt-9", {"a": "b"}),
    ),
    "reply with fields of the response": (
        lambda session: session.reply("a", response={"service_tier": "flex"}),
        lambda response: response.service_tier,
        "flex",
    ),
    "refusal": (lambda session: session.refusal("I can't."), lambda response: first(response).refusal, "I can't."),
    "calls": (
        lambda session: session.calls(get_weather={"city": "Paris"}),
        lambda response: (response.status, [(call.name, call.arguments) for call in response.output]),
        ("completed", [("get_weather", '{"city":"Paris"}')]),
    ),
    "fail": (
        lambda session: session.fail("rate_limit_exceeded", "Slow down."),
        lambda response: (response.status, response.error.code, response.error.message),
        ("failed", "rate_limit_exceeded", "Slow down."),
    ),
    "incomplete": (
        lambda session: session.reply("Hel").incomplete(),
        lambda response: (response.status, response.incomplete_details.reason, text_of(response)),
        ("incomplete", "max_output_tokens", "Hel"),
    ),
    "sunset": (lambda session: session.sunset() and session.reply("It lives."), text_of, "It lives."),
    "json": (lambda session: session.json(JSON), lambda response: response.metadata, {"canned": "yes"}),
    "when": (
        lambda session: session.when(api="responses", last_message="/H/", model="gpt-4o", stream=False).reply("a"),
        text_of,
        "a",
    ),
    "when of another": (
        lambda session: session.when(api="assistants").reply("a") and session.reply("b"),
        text_of,
        "b",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.runmock(allow_unplayed=True)
def test_a_verb_answers_a_create(name, runmock, create):
    script, look, expected = ANSWERS[name]
    script(runmock)
    assert look(create()) == expected


STREAMS = {
    "reply": (lambda session: session.reply("Hel", "lo"), ["Hel", "lo"], None),
    "disconnect": (lambda session: session.reply("Hel", "lo").disconnect(), ["Hel"], openai.APIConnectionError),
    "truncate": (lambda session: session.reply("Hel", "lo").truncate(), ["Hel"], None),
    "stall": (lambda session: session.reply("Hel", "lo").stall(3_600), ["Hel"], openai.APITimeoutError),
    "garbage": (lambda session: session.reply("Hel", "lo").garbage(kind="duplicate"), ["Hel", "lo", "lo"], None),
    "error_event": (lambda session: session.reply("Hel", "lo").error_event("server_error"), ["Hel"], openai.APIError),
    "stuck": (lambda session: session.stuck(), [], openai.APITimeoutError),
    "events": (lambda session: session.events([("response.created", CREATED), {"keepalive": {}}]), [], None),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_verb_shapes_a_stream(name, runmock, create):
    script, expected, error = STREAMS[name]
    script(runmock)
    deltas = []

    def read():
        deltas.extend(event.delta for event in create(stream=True) if event.type == "response.output_text.delta")

    if error is None:
        read()
    else:
        with pytest.raises(error):
            read()
    assert deltas == expected


def test_http_refuses_as_often_as_it_says_and_a_retry_is_answered(runmock):
    runmock.http(429, error="rate_limit_exceeded", retry_after="1ms", times=2).reply("Third time lucky.")
    patient = openai.OpenAI(api_key="sk-...", max_retries=2)
    assert patient.responses.create(model="m", input="Hi").output_text == "Third time lucky."
    assert [request.operation for request in runmock.requests] == ["create_response"] * 3


def test_cancel_in_the_background(runmock, create, client):
    runmock.cancel()
    assert create(background=True).status == "queued"
    runmock.reply("Done.").cancel("refused")
    response = create(background=True)
    assert client.responses.cancel(response.id).status == "completed"


@pytest.mark.parametrize(
    ("script", "advice"),
    [
        (lambda session: session.cancel(), "create it with background=True"),
        (lambda session: session.expire(), "use fail: server_error, or stuck: in_progress"),
    ],
)
def test_a_verb_that_this_api_has_no_answer_for_is_a_script_error(script, advice, create):
    with use_cassette() as session:
        script(session)
        with pytest.raises(ScriptError, match=advice):
            create()


def test_every_verb_is_tested_here():
    verbs = {name for name, member in vars(Verbs).items() if inspect.isfunction(member) and not name.startswith("_")}
    tested = {*ANSWERS, *STREAMS, "http", "cancel", "expire"}
    assert verbs - tested == set()


def test_a_chain_of_verbs_is_one_run_with_a_response_for_each_round(runmock, create):
    runmock.calls(get_weather={"city": "Paris"}).calls(get_weather={"city": "Oslo"}).reply(
        "$outputs.call_2, $last_message"
    )
    before = create()
    for text in ("21", "-4"):
        before = create(input=[output(before.output[0], text)], previous_response_id=before.id)
    (run,) = runmock.runs
    assert (run.api, run.status, run.thread_id, run.conversation_id) == ("responses", "completed", None, None)
    assert run.id == run.responses[0]["id"]
    assert [len(run.responses), len(run.requests), run.request] == [3, 3, run.requests[0]]
    assert run.tool_outputs == runmock.tool_outputs == {"get_weather": ["21", "-4"]}
    assert [part["text"] for message in run.messages for part in message["content"]] == ["-4, Hi"]
    assert repr(runmock) == "<runmock session: 1 run, 3 requests>"


def test_a_run_is_looked_at_while_its_outputs_are_awaited(runmock, create):
    runmock.calls(get_weather={}).reply("a")
    response = create()
    assert runmock.runs[0].status == "requires_action"
    create(input=[output(response.output[0], "21")], previous_response_id=response.id)
    assert runmock.runs[0].status == "completed"


def test_requests_are_shown_by_their_operation(runmock, client, create):
    runmock.reply("a")
    conversation = client.conversations.create()
    create(conversation=conversation.id)
    client.conversations.items.list(conversation.id)
    assert [(request.method, request.path, request.operation) for request in runmock.requests] == [
        ("POST", "/conversations", "create_conversation"),
        ("POST", "/responses", "create_response"),
        ("GET", f"/conversations/{conversation.id}/items", "list_items"),
    ]
    assert runmock.requests[1].json["input"] == "Hi"
    assert "sk-..." not in repr(runmock.requests[1].headers)
    assert runmock.runs[0].conversation_id == conversation.id


def test_a_run_that_waits_takes_more_verbs_and_one_that_has_begun_none(runmock, create):
    run = runmock.reply("a")
    run.reply("b")
    assert [item.content[0].text for item in create().output] == ["a", "b"]
    with pytest.raises(UsageError, match="the application has created this run already"):
        run.reply("c")


def test_wrong_outputs_fail_the_call(create):
    script = {"runs": [{"calls": ["get_weather"], "outputs": ["/21/"], "reply": "a"}]}
    with use_cassette(script=script) as session:
        response = create()
        with pytest.raises(OutputMismatch, match="get_weather"):
            create(input=[output(response.output[0], "cold")], previous_response_id=response.id)
        assert [type(failure) for failure in session.failures] == [OutputMismatch]


def test_a_mapping_has_the_keys_of_this_api(runmock, create):
    runmock.load(
        {
            "runs": [
                {"match": {"api": "responses"}, "reasoning": "A number.", "reply": "21", "response": {"user": "Ada"}},
            ]
        }
    )
    response = create()
    assert ([item.type for item in response.output], response.user) == (["reasoning", "message"], "Ada")


def test_the_sessions_of_other_clients_are_this_one(runmock):
    runmock.reply("a")
    assert isinstance(runmock, Session)
    with openai.AzureOpenAI(
        api_key="k", api_version="2025-04-01-preview", azure_endpoint="https://r.openai.azure.com"
    ) as azure:
        assert azure.responses.create(model="m", input="Hi").output_text == "a"


def test_a_run_of_assistants_has_the_same_fields(runmock, client):
    runmock.reply("a")
    client.beta.threads.create_and_run_poll(assistant_id="asst_1")
    (run,) = runmock.runs
    assert (run.api, run.responses, run.conversation_id) == ("assistants", [], None)
    assert run.requests == [run.request]
