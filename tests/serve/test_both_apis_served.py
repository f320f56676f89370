"""`runmock serve` for both APIs: one cassette, or none, and what neither a script nor a WebSocket answers."""

import httpx
import openai
import pytest

SCRIPT = """
runs:
- match: {last_message: /trip/}
  steps:
  - calls: [get_weather: {city: Paris}, get_weather: {city: Oslo}]
    outputs: ["21", any]
  - reply: Paris has $outputs.call_1.
- match: {last_message: /trip/}
  steps:
  - calls: [get_weather: {city: Paris}, get_weather: {city: Oslo}]
    outputs: ["21", any]
  - reply: Paris has $outputs.call_1.
- match: {api: responses}
  reply: For Responses.
- match: {api: assistants}
  reply: For Assistants.
"""
FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
NESTED, FLAT = [{"type": "function", "function": FUNCTION}], [{"type": "function", **FUNCTION}]


def by_assistants(client, question):
    """The answer of a run, whose calls get outputs."""
    runs = client.beta.threads.runs
    thread = {"messages": [{"role": "user", "content": question}]}
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", thread=thread, tools=NESTED)
    if run.status == "requires_action":
        calls = run.required_action.submit_tool_outputs.tool_calls
        outputs = [{"tool_call_id": call.id, "output": "21"} for call in calls]
        run = runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs)
    assert run.status == "completed"
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value


def by_responses(client, question):
    """The answer of a response; its calls are answered by another one."""
    response = client.responses.create(model="gpt-4o", input=question, tools=FLAT)
    calls = [item for item in response.output if item.type == "function_call"]
    if calls:
        outputs = [{"type": "function_call_output", "call_id": call.call_id, "output": "21"} for call in calls]
        response = client.responses.create(model="gpt-4o", input=outputs, previous_response_id=response.id, tools=FLAT)
    return response.output_text


def test_one_cassette_answers_both_apis(serve_here, cassette, connect):
    served = serve_here(cassette(SCRIPT))
    client = connect(served)
    answers = [ask(client, question) for ask in (by_assistants, by_responses) for question in ("My trip", "Hello")]
    assert answers == ["Paris has 21.", "For Assistants.", "Paris has 21.", "For Responses."]
    state = httpx.get(f"{served.url}/_runmock/state").json()
    assert state["left"] == {"count": 0, "first": []}
    operations = [request["operation"] for request in state["requests"]]
    assert operations.count("create_response") == 3
    assert operations.count("create_thread_and_run") == 2


def test_rewinding_forgets_responses_and_conversations(serve_here, cassette, connect):
    served = serve_here(cassette("runs: [{reply: Hi}]"))
    client = connect(served)
    response, conversation = client.responses.create(model="gpt-4o", input="Hi"), client.conversations.create()
    httpx.post(f"{served.url}/_runmock/rewind")
    for gone in (
        lambda: client.responses.retrieve(response.id),
        lambda: client.conversations.retrieve(conversation.id),
    ):
        with pytest.raises(openai.NotFoundError):
            gone()
    assert by_responses(client, "Hi") == "Hi"


def test_with_no_cassette_both_apis_have_the_same_reply_and_the_same_calls(stock, connect):
    client = connect(stock, _strict_response_validation=True)
    assert {ask(client, "Hi") for ask in (by_assistants, by_responses)} == {"Hello! How can I assist you today?"}
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", tools=NESTED, tool_choice="required")
    [nested] = run.required_action.submit_tool_outputs.tool_calls
    response = client.responses.create(model="gpt-4o", input="Hi", tools=FLAT, tool_choice="required")
    [flat] = response.output
    assert (flat.name, flat.arguments) == (nested.function.name, nested.function.arguments)
    with client.responses.stream(model="gpt-4o", input="Hi") as stream:
        assert stream.get_final_response().output_text == "Hello! How can I assist you today?"


def counted(client):
    return client.responses.input_tokens.count(model="gpt-4o", input="Hi").input_tokens


def test_what_no_script_answers_is_501_with_the_interaction_that_does(serve_here, cassette, connect):
    path = cassette("runs: [{reply: Hi}]")
    served = serve_here(path)
    client = connect(served)
    with pytest.raises(openai.InternalServerError) as raised:
        counted(client)
    message = raised.value.body["message"]
    entry = message.splitlines()[-1]
    assert message == (
        "no script answers this request, but an interaction on a cassette can\n"
        "  sent      POST /responses/input_tokens  (count_input_tokens)\n"
        "  api       Responses\n"
        f"  cassette  {path}   mode none\n"
        "  played    nothing\n"
        f"  to answer it: add this to interactions in {path}\n"
        '{"request": "POST /responses/input_tokens", "body": {"model": "gpt-4o", "input": "Hi"}, '
        '"json": {"object": "response.input_tokens", "input_tokens": 12}}'
    )
    path.write_text(f"runmock: 1\nruns: [{{reply: Hi}}]\ninteractions:\n- {entry}\n")
    httpx.post(f"{served.url}/_runmock/rewind")
    assert counted(client) == 12
    assert by_responses(client, "Hi") == "Hi"


def test_compaction_is_answered_by_its_interaction(serve_here, cassette, connect):
    path = cassette("runs: [{reply: Hi}]")
    served = serve_here(path)
    client = connect(served, _strict_response_validation=True)
    with pytest.raises(openai.InternalServerError) as raised:
        client.responses.compact(model="gpt-4o", input="Hi")
    entry = raised.value.body["message"].splitlines()[-1]
    path.write_text(f"runmock: 1\nruns: [{{reply: Hi}}]\ninteractions:\n- {entry}\n")
    httpx.post(f"{served.url}/_runmock/rewind")
    assert client.responses.compact(model="gpt-4o", input="Hi").object == "response.compaction"


def test_a_websocket_is_refused_in_words(serve):
    served = serve()
    upgrade = {"connection": "upgrade", "upgrade": "WebSocket", "sec-websocket-key": "x", "sec-websocket-version": "13"}
    answer = httpx.get(f"{served.base_url}/responses", headers=upgrade)
    assert (answer.status_code, answer.headers["x-should-retry"]) == (501, "false")
    assert answer.json()["error"] == {
        "message": "runmock has no WebSocket: stream with responses.create(stream=True) in place of responses.connect()",
        "type": "runmock_error",
        "param": None,
        "code": "no_websocket",
    }
    assert "WebSocket" not in served.end()[0]
