"""The SDK's Azure client, sync and async, in process and over HTTP: its key or token, api-version, `/openai` root."""

import asyncio
import contextlib

import httpx
import openai
import pytest
import yaml

SCRIPT = """
runs:
- match: {last_message: /warm/}
  steps:
  - calls: [get_weather: {city: Paris}]
    outputs: ["21"]
  - reply: It is $outputs.get_weather degrees.
- reply: [Hello, ' Ada', '!']
- reply: Hello again.
"""
TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]
KEY = {"api_key": "azure-key"}


@pytest.fixture(params=["in process", "over HTTP"])
def azure(request):
    """The endpoint at which an Azure client finds the script."""
    if request.param == "in process":
        request.getfixturevalue("runmock").load(yaml.safe_load(SCRIPT))
        return "https://mine.openai.azure.com"
    serve_here, cassette = (request.getfixturevalue(name) for name in ("serve_here", "cassette"))
    return serve_here(cassette(SCRIPT), "--api-key", "azure-key").url


@pytest.fixture
def client(azure):
    with openai.AzureOpenAI(azure_endpoint=azure, api_version="2024-05-01-preview", max_retries=0, **KEY) as made:
        yield made


def question(text):
    return {"messages": [{"role": "user", "content": text}]}


def test_text_stream_and_tools(client):
    threads = client.beta.threads
    thread = threads.create(**question("How warm?"))
    run = threads.runs.create_and_poll(thread_id=thread.id, assistant_id="asst_1", tools=TOOLS)
    [call] = run.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": "21"}]
    run = threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)
    assert run.status == "completed"
    assert threads.messages.list(thread.id).data[0].content[0].text.value == "It is 21 degrees."
    with threads.create_and_run_stream(assistant_id="asst_1", thread=question("Hi")) as stream:
        assert list(stream.text_deltas) == ["Hello", " Ada", "!"]
    run = threads.create_and_run_poll(assistant_id="asst_1", thread=question("Hi"))
    assert threads.messages.list(run.thread_id).data[0].content[0].text.value == "Hello again."


def test_the_async_client_does_the_same(azure):
    async def converse():
        made = openai.AsyncAzureOpenAI(azure_endpoint=azure, api_version="2024-05-01-preview", max_retries=0, **KEY)
        async with made as client:
            threads = client.beta.threads
            run = await threads.create_and_run_poll(assistant_id="asst_1", thread=question("How warm?"), tools=TOOLS)
            [call] = run.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": "21"}]
            submitted = threads.runs.submit_tool_outputs_stream(
                run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs
            )
            async with submitted as stream:
                texts = [delta async for delta in stream.text_deltas]
            async with threads.create_and_run_stream(assistant_id="asst_1", thread=question("Hi")) as stream:
                greeted = [delta async for delta in stream.text_deltas]
            run = await threads.create_and_run_poll(assistant_id="asst_1", thread=question("Hi"))
            messages = await threads.messages.list(run.thread_id)
            return "".join(texts), greeted, messages.data[0].content[0].text.value

    assert asyncio.run(converse()) == ("It is 21 degrees.", ["Hello", " Ada", "!"], "Hello again.")


def test_an_error_is_the_services(client):
    with pytest.raises(openai.BadRequestError) as raised:
        client.beta.threads.create(metadata={"a": 5})
    assert raised.value.body["param"] == "metadata.a"
    drain(client)


def test_what_is_not_there_is_a_404(client):
    thread = client.beta.threads.create()
    with pytest.raises(openai.NotFoundError, match=r"No run found with id 'run_none'\.") as raised:
        client.beta.threads.runs.retrieve("run_none", thread_id=thread.id)
    assert raised.value.status_code == 404
    drain(client)


def drain(client):
    """Use up the script: what is left would fail the test."""
    for text in ("How warm?", "Hi", "Hi"):
        run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", thread=question(text), tools=TOOLS)
        if run.status == "requires_action":
            client.beta.threads.runs.submit_tool_outputs(
                run_id=run.id, thread_id=run.thread_id, tool_outputs=[{"tool_call_id": "call_1", "output": "21"}]
            )


@pytest.mark.parametrize(
    "options",
    [
        {"api_version": "2024-05-01-preview", "azure_ad_token": "azure-key"},
        {"api_version": "2024-05-01-preview", "azure_ad_token_provider": lambda: "azure-key"},
        {"api_version": "2024-05-01-preview", "azure_deployment": "gpt-4o", **KEY},
    ],
    ids=["a token", "a token provider", "a deployment"],
)
def test_whatever_the_client_is_made_with(azure, options):
    with openai.AzureOpenAI(azure_endpoint=azure, max_retries=0, **options) as client:
        drain(client)


def test_the_newer_root_with_the_plain_client(azure):
    with contextlib.closing(openai.OpenAI(base_url=f"{azure}/openai/v1/", max_retries=0, **KEY)) as client:
        drain(client)


def test_the_newer_root_with_azures_client(azure):
    options = {"base_url": f"{azure}/openai/v1/", "api_version": "preview", "max_retries": 0, **KEY}
    with openai.AzureOpenAI(**options) as client:
        drain(client)


def test_a_wrong_key_is_refused_over_http(serve_here):
    endpoint = serve_here("--api-key", "azure-key").url
    wrong = openai.AzureOpenAI(azure_endpoint=endpoint, api_version="2024-05-01-preview", api_key="no", max_retries=0)
    with wrong as client, pytest.raises(openai.AuthenticationError):
        client.beta.threads.create()


def test_no_beta_header_is_needed_below_azures_root(stock):
    for root in ("/openai", "/openai/v1", "/api/projects/p"):
        assert httpx.post(f"{stock.url}{root}/threads?api-version=v1", json={}).status_code == 200
