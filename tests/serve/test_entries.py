"""The entry that a miss suggests, pasted where it says, answers the same request."""

import httpx
import openai
import pytest

TOOL = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}
FUNCTION = {"type": "function", "function": {name: TOOL[name] for name in ("name", "parameters")}}
LONG = "What is the weather in all the towns of Norway, from the north to the south, and back again? Please!"


def assistants(text="Hi", **options):
    def ask(client):
        thread = client.beta.threads.create(messages=[{"role": "user", "content": text}] if text else [])
        return client.beta.threads.runs.create(thread_id=thread.id, assistant_id="asst_1", **options)

    return ask


def responses(text="Hi", **options):
    return lambda client: client.responses.create(model="gpt-4o", input=text, **options)


ASSISTANTS = {
    "a run": assistants(),
    "a run of a long text": assistants(LONG),
    "a run of a text like a pattern": assistants("/.*/"),
    "a run of an odd text": assistants('a: {"b"}\n- c # d'),
    "a run without a message": assistants("", instructions="Be brief."),
    "a run that may call": assistants(tools=[FUNCTION]),
    "a run that must call": assistants(tools=[FUNCTION], tool_choice="required"),
    "a run that must call this": assistants(
        tools=[FUNCTION], tool_choice={"type": "function", "function": {"name": "f"}}
    ),
    "a run that must search": assistants(tools=[{"type": "file_search"}], tool_choice={"type": "file_search"}),
}
RESPONSES = {
    "a response": responses(),
    "a response to a long text": responses(LONG),
    "a response to items": responses([{"role": "user", "content": [{"type": "input_text", "text": "It's ü"}]}]),
    "a response without a text": responses([], instructions="/slash/"),
    "a response that may call": responses(tools=[TOOL]),
    "a response that must call": responses(tools=[TOOL], tool_choice="required"),
    "a response that must call this": responses(tools=[TOOL], tool_choice={"type": "function", "name": "f"}),
    "a response with allowed tools": responses(
        tools=[TOOL],
        tool_choice={"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    ),
    "a response that stores nothing": responses(store=False),
}
OTHERS = {
    "a count": lambda client: client.responses.input_tokens.count(model="gpt-4o", input="Hi"),
    "embeddings": lambda client: client.embeddings.create(model="text-embedding-3-small", input="Hi"),
    "a chat": lambda client: client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Hi"}]
    ),
    "a moderation": lambda client: client.moderations.create(input="password=swordfish-123"),
}
STREAMS = {"a streamed run": assistants(stream=True), "a streamed response": responses(stream=True)}
RECORDED = """
interactions:
- {request: POST /assistants, body: {model: x}, json: {id: asst_1}}
"""
OF_A_RECORDING = {
    "a thread": lambda client: client.beta.threads.create(metadata={"a": "1"}),
    "a thread of an id": lambda client: client.beta.threads.retrieve("thread_1"),
    "a list with a query": lambda client: client.beta.threads.messages.list("thread_1", limit=5, order="asc"),
    "an upload": lambda client: client.files.create(file=("a.txt", b"Hi"), purpose="assistants"),
    "a thread and its run": lambda client: client.beta.threads.create_and_run(
        assistant_id="asst_1", thread={"messages": [{"role": "user", "content": "Hi"}]}
    ),
    "a chat": OTHERS["a chat"],
    **{name: RESPONSES[name] for name in ("a response", "a response that must call")},
}


def latest_entry(served):
    """What the document's latest miss suggests."""
    requests = httpx.get(f"{served.url}/_runmock/document").json()["requests"]
    return [request["entry"] for request in requests if "entry" in request][-1]


def answered_after_pasting(served, path, client, ask):
    """The answer to a request that is missed first, and then answered by the entry that the miss suggests."""
    with pytest.raises(openai.InternalServerError):
        ask(client)
    below, text = latest_entry(served)
    before = path.read_text().replace("runs: []\n", "")
    key = "" if f"\n{below}:" in before else f"\n{below}:"
    path.write_text(f"{before.rstrip()}{key}\n{text}\n")
    rewound = httpx.post(f"{served.url}/_runmock/rewind")
    assert rewound.status_code == 200, rewound.text
    return text, ask(client)


@pytest.mark.parametrize("ask", [*ASSISTANTS.values(), *RESPONSES.values()], ids=[*ASSISTANTS, *RESPONSES])
@pytest.mark.parametrize("beginning", ["runs: []\n", "runs:\n- {match: {last_message: /^never$/}, reply: No}\n"])
def test_an_entry_of_runs_answers_a_request_that_begins_a_run(serve_here, cassette, connect, ask, beginning):
    path = cassette(beginning)
    served = serve_here(path)
    text, _ = answered_after_pasting(served, path, connect(served), ask)
    assert text.startswith(("- match: {", "- reply: "))


@pytest.mark.parametrize("ask", STREAMS.values(), ids=STREAMS)
def test_an_entry_answers_with_a_stream_too(serve_here, cassette, connect, ask):
    path = cassette("runs: []\n")
    served = serve_here(path)
    _, stream = answered_after_pasting(served, path, connect(served), ask)
    assert len(list(stream)) > 5


@pytest.mark.parametrize("ask", OTHERS.values(), ids=OTHERS)
def test_an_interaction_answers_a_request_that_no_script_plays(serve_here, cassette, connect, ask):
    path = cassette("runs: []\n")
    served = serve_here(path)
    text, _ = answered_after_pasting(served, path, connect(served), ask)
    assert text.startswith("- request: POST /")
    assert "swordfish" not in text


@pytest.mark.parametrize("ask", OF_A_RECORDING.values(), ids=OF_A_RECORDING)
def test_a_miss_of_a_recording_suggests_what_answers_it(serve_here, cassette, connect, ask):
    path = cassette(RECORDED.lstrip())
    served = serve_here(path)
    answered_after_pasting(served, path, connect(served), ask)


def test_a_call_is_made_where_the_request_demands_it_and_suggested_where_it_offers_one(serve_here, cassette, connect):
    path = cassette("runs: []\n")
    served = serve_here(path)
    client = connect(served)
    text, response = answered_after_pasting(served, path, client, RESPONSES["a response that must call"])
    assert text == '- match: {last_message: "Hi"}\n  calls: [{"f": {"a": 1}}]\n  reply: Hello!'
    assert [item.type for item in response.output] == ["function_call"]
    text, response = answered_after_pasting(served, path, client, responses("Ho", tools=[TOOL]))
    assert text == '- match: {last_message: "Ho"}\n  # calls: [{"f": {"a": 1}}]\n  reply: Hello!'
    assert response.output_text == "Hello!"


def test_a_refusal_suggests_nothing(serve_here, connect):
    served = serve_here()
    with pytest.raises(openai.BadRequestError):
        connect(served).beta.threads.create(metadata=5)
    assert "entry" not in httpx.get(f"{served.url}/_runmock/document").json()["requests"][0]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/threads/thread_1/runs", {}), ("/threads", {"metadata": 5}), ("/responses/resp_1/cancel", None)],
)
def test_a_request_that_the_service_refuses_gets_an_entry_too(serve_here, cassette, path, body):
    served = serve_here(cassette(RECORDED.lstrip()))
    missed = httpx.post(f"{served.base_url}{path}", json=body, headers={"OpenAI-Beta": "assistants=v2"})
    assert missed.status_code == 501
    below, text = latest_entry(served)
    assert (below, text.splitlines()[0]) == ("interactions", f"- request: POST {path}")
