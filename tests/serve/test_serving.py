"""`runmock serve` from outside: what it answers, from cassettes and without, and how it starts over."""

import json
import socket
import time

import httpx
import openai
import pytest

from runmock.serve.running import bound

BETA = {"openai-beta": "assistants=v2"}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
                "required": ["city", "unit"],
            },
        },
    }
]


def ask(client, question="Hi"):
    """The assistant's answer, polled."""
    run = client.beta.threads.create_and_run_poll(
        assistant_id="asst_1", thread={"messages": [{"role": "user", "content": question}]}
    )
    assert run.status == "completed"
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value


def test_with_no_cassette_every_run_gets_the_stock_reply(stock, connect):
    assert ask(connect(stock)) == "Hello! How can I assist you today?"


def test_with_no_cassette_objects_are_what_strict_types_want(stock, connect):
    client = connect(stock, _strict_response_validation=True)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id="asst_1")
    assert run.instructions == ""
    assert {message.status for message in client.beta.threads.messages.list(thread.id)} == {"completed"}
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id="asst_1") as stream:
        instructions = [event.data.instructions for event in stream if event.event == "thread.run.created"]
    assert instructions == [""]


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "get_weather"}}])
def test_with_no_cassette_a_tool_that_must_be_called_is_called(stock, choice, connect):
    threads = connect(stock).beta.threads
    runs, thread = threads.runs, threads.create()
    run = runs.create_and_poll(thread_id=thread.id, assistant_id="asst_1", tools=TOOLS, tool_choice=choice)
    assert run.status == "requires_action"
    [call] = run.required_action.submit_tool_outputs.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == (
        "get_weather",
        {"city": "city", "unit": "celsius"},
    )
    outputs = [{"tool_call_id": call.id, "output": "21"}]
    run = runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)
    assert run.status == "completed"


def test_a_cassette_answers_as_the_live_service_does(serve_here, cassette, connect):
    client = connect(serve_here(cassette("runs: [{reply: From the cassette.}]")))
    assert ask(client) == "From the cassette."
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}])
    [message] = client.beta.threads.messages.list(thread.id)
    assert "status" not in message.to_dict()


def test_several_cassettes_are_tried_in_order(serve_here, cassette, connect):
    served = serve_here(cassette("runs: [{reply: One}]", "one.yaml"), cassette("runs: [{reply: Two}]", "two.yaml"))
    client = connect(served)
    assert [ask(client), ask(client)] == ["One", "Two"]


def test_a_miss_is_501_with_the_whole_text_and_is_not_sent_again(serve, cassette, connect):
    path = cassette("runs: [{reply: Hi}]")
    served = serve(path)
    client = connect(served, max_retries=2)
    ask(client)
    with pytest.raises(openai.InternalServerError) as raised:
        client.beta.threads.create_and_run(assistant_id="asst_1")
    assert raised.value.status_code == 501
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert raised.value.body["code"] == "unmatched_request"
    assert raised.value.body["message"] == (
        "nothing left on the cassette for this request\n"
        "  sent      POST /threads/runs  (create_thread_and_run)\n"
        f"  cassette  {path}   mode none\n"
        "  nearest   none: every scripted run was used\n"
        "  played    run 0\n"
        f'  to answer it: put this into {path}, line 2, behind column 18\n, {{"reply": "Hello!"}}\n'
        f"  to start over: curl -X POST {served.url}/_runmock/rewind"
    )
    requests = httpx.get(f"{served.url}/_runmock/state").json()["requests"]
    assert [request["operation"] for request in requests if request["status"] == 501] == ["create_thread_and_run"]


def test_an_output_that_the_script_does_not_expect_is_501_and_so_is_it_in_a_stream(serve_here, cassette, connect):
    client = connect(serve_here(cassette("runs: [{calls: [get_weather: {city: Oslo}], outputs: ['21'], reply: Hi}]")))
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", tools=TOOLS)
    [call] = run.required_action.submit_tool_outputs.tool_calls
    with pytest.raises(openai.InternalServerError, match="expects") as raised:
        client.beta.threads.runs.submit_tool_outputs(
            run.id, thread_id=run.thread_id, tool_outputs=[{"tool_call_id": call.id, "output": "99"}], stream=True
        )
    assert raised.value.body["code"] == "output_mismatch"


def test_what_goes_wrong_in_the_middle_of_a_stream_is_an_error_event(serve_here, cassette, connect):
    client = connect(serve_here(cassette("runs: [{reply: '$metadata.k', run: {metadata: {k: 5}}}]")))
    stream = client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)
    with pytest.raises(openai.APIError, match="runmock cannot play this"):
        list(stream)


def test_rewinding_starts_over_with_the_cassette_as_it_is_now(serve_here, cassette, connect):
    path = cassette("runs: [{reply: Before}]")
    served = serve_here(path)
    client = connect(served)
    assert ask(client) == "Before"
    path.write_text("runmock: 1\nruns: [{reply: After}]")
    state = httpx.post(f"{served.url}/_runmock/rewind").json()
    assert state["cassettes"] == [{"path": str(path), "runs": 1, "interactions": 0}]
    assert state["left"] == {"count": 1, "first": [f'{path}: run 0, line 2: reply "After"']}
    assert ask(client) == "After"


def test_a_cassette_that_broke_is_reported_and_the_cassette_before_goes_on(serve, cassette, connect):
    path = cassette("runs: [{reply: One}, {reply: Two}]")
    served = serve(path)
    client = connect(served)
    assert ask(client) == "One"
    path.write_text("runmock: 1\nruns: [{repply: One}]")
    answer = httpx.post(f"{served.url}/_runmock/rewind")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith(f"{path}:2:9: ")
    assert ask(client) == "Two"
    assert f"{path}:2:9: " in served.end()[0]


def test_watching_starts_over_by_itself_and_minds_a_broken_file_as_little(serve, cassette, connect):
    path = cassette("runs: [{reply: Before}]")
    served = serve(path, "--watch")
    client = connect(served)
    assert ask(client) == "Before"
    path.write_text("runmock: 1\nruns: [{repply")
    assert served.line_with("are still played").startswith(f"{path}:3:1: not valid YAML")
    path.write_text("runmock: 1\nruns: [{reply: After}]")
    assert served.line_with("rewound") == "a cassette changed: rewound"
    assert ask(client) == "After"


def test_a_pace_lets_events_come_one_by_one(serve, cassette, connect):
    client = connect(serve(cassette("runs: [{reply: Hi}]"), "--pace", "30ms"))
    began = time.monotonic()
    stream = client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)
    moments = [time.monotonic() - began for _ in stream]
    assert moments[-1] > 0.03 * (len(moments) - 1)  # a busy machine may be late, never early


def test_the_pace_of_the_cassette_is_kept_when_that_is_set(serve, cassette, connect):
    client = connect(serve(cassette("runs: [{reply: Hi, pace: 30ms}]"), "--pace", "recorded"))
    began = time.monotonic()
    stream = client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)
    moments = [time.monotonic() - began for _ in stream]
    assert moments[-1] > 0.03 * (len(moments) - 1)  # a busy machine may be late, never early


@pytest.mark.parametrize(
    "headers",
    [{"authorization": "Bearer sesame"}, {"api-key": "sesame"}, {"authorization": "Basic OnNlc2FtZQ=="}],
    ids=["OpenAI", "Azure", "a browser"],
)
def test_the_key_opens_however_it_is_sent(serve_here, headers):
    served = serve_here("--api-key", "sesame")
    assert httpx.get(f"{served.base_url}/assistants", headers=BETA | headers).status_code == 200
    assert httpx.get(f"{served.url}/", headers=headers).status_code == 200


def test_without_the_key_there_is_the_services_401(serve_here, connect):
    served = serve_here("--api-key", "sesame")
    with pytest.raises(openai.AuthenticationError) as raised:
        connect(served, api_key="sk-this-is-a-wrong-key").beta.threads.create()
    assert raised.value.body == {
        "message": "Incorrect API key provided: sk-t********-key. "
        "You can find your API key at https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
    for path in ("/", "/_runmock/state", "/_runmock/feed", "/v1/assistants"):
        refused = httpx.get(served.url + path, headers=BETA)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, None)
        assert refused.headers["www-authenticate"] == 'Basic realm="OpenAI API"'
    assert httpx.post(f"{served.url}/_runmock/rewind").status_code == 401


def test_a_browser_may_call_it_from_any_page(serve_here):
    served = serve_here("--api-key", "sesame")
    cors_headers = {
        "origin": "https://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,openai-beta,x-stainless-lang",
    }
    allowed = httpx.options(f"{served.base_url}/threads", headers=cors_headers)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert "openai-beta" in allowed.headers["access-control-allow-headers"]
    headers = BETA | {"origin": "https://app.example", "authorization": "Bearer sesame"}
    answer = httpx.post(f"{served.base_url}/threads", headers=headers, json={})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "*"
    refused = httpx.post(f"{served.base_url}/threads", headers=BETA | {"origin": "https://app.example"}, json={})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")


def test_who_never_looks_at_a_run_finds_its_messages(serve_here, connect, cassette):
    client = connect(serve_here(cassette("runs: [{reply: Paris}]")))
    run = client.beta.threads.create_and_run(assistant_id="asst_1")
    assert client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value == "Paris"


def test_a_run_whose_reader_has_gone_goes_on(serve, connect, cassette):
    text = " ".join(["word"] * 500)
    client = connect(serve(cassette(f"runs: [{{reply: {text}}}]"), "--pace", "50ms"))
    stream = client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)
    thread_id = next(iter(stream)).data.id
    stream.close()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        found = client.beta.threads.messages.list(thread_id).data
        if found and found[0].content and found[0].content[0].text.value == text:
            return
    raise AssertionError("the run did not come to its end")


def test_the_body_of_an_answer_does_not_wait_for_the_client_to_acknowledge_the_head():
    with bound("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
