"""Azure AI Foundry's own client, azure-ai-agents, in process: it speaks requests, and aiohttp where it is async."""

import json
import time

import pytest

import runmock as library

try:
    from azure.ai.agents import AgentsClient
    from azure.ai.agents.aio import AgentsClient as AsyncAgentsClient
    from azure.ai.agents.models import (
        AsyncFunctionTool,
        AsyncToolSet,
        FunctionTool,
        MessageRole,
        ToolOutput,
        ToolSet,
    )
    from azure.core.credentials import AccessToken
    from azure.core.exceptions import HttpResponseError, ServiceResponseError
except ImportError:
    pytest.skip("needs the package azure-ai-agents", allow_module_level=True)

ENDPOINT = "https://weather.services.ai.azure.com/api/projects/demo"
WEATHER = {"Paris": "21 degrees", "Oslo": "-4 degrees"}


def get_weather(city: str) -> str:
    """The weather in a city.

    :param city: The city's name.
    :return: Degrees.
    """
    return WEATHER[city]


async def async_weather(city: str) -> str:
    """The weather in a city.

    :param city: The city's name.
    :return: Degrees.
    """
    return WEATHER[city]


async_weather.__name__ = "get_weather"


class Signed:
    """A credential as azure-identity's are: it gives tokens."""

    def get_token(self, *_, **__):
        return AccessToken("s3cret", int(time.time()) + 3600)


class AsyncSigned(Signed):
    async def get_token(self, *_, **__):
        return AccessToken("s3cret", int(time.time()) + 3600)

    async def close(self):
        """Nothing is open."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        """Nothing is open."""


@pytest.fixture
def client():
    with AgentsClient(ENDPOINT, Signed()) as made:
        yield made


def scripted(runmock):
    runmock.calls(("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Oslo"})).reply("Paris is warmer.")


def asked(client, **options):
    agent = client.create_agent(model="gpt-4o", name="weather", instructions="Be brief.", **options)
    thread = client.threads.create()
    client.messages.create(thread_id=thread.id, role=MessageRole.USER, content="Where is it warmer?")
    return agent, thread


def last_text(client, thread):
    newest = client.messages.get_last_message_text_by_role(thread_id=thread.id, role=MessageRole.AGENT)
    return newest.text.value


def test_a_function_tool_is_called_while_the_run_is_polled(runmock, client):
    scripted(runmock)
    agent, thread = asked(client, tools=FunctionTool({get_weather}).definitions)
    run = client.runs.create(thread_id=thread.id, agent_id=agent.id)
    while run.status in ("queued", "in_progress"):
        run = client.runs.get(thread_id=thread.id, run_id=run.id)
    calls = run.required_action.submit_tool_outputs.tool_calls
    outputs = [
        ToolOutput(tool_call_id=call.id, output=WEATHER[json.loads(call.function.arguments)["city"]]) for call in calls
    ]
    run = client.runs.submit_tool_outputs(thread_id=thread.id, run_id=run.id, tool_outputs=outputs)
    while run.status in ("queued", "in_progress"):
        run = client.runs.get(thread_id=thread.id, run_id=run.id)
    assert (run.status, last_text(client, thread)) == ("completed", "Paris is warmer.")
    assert runmock.tool_outputs == {"get_weather": ["21 degrees", "-4 degrees"]}


def test_a_function_tool_is_called_by_the_client(runmock, client):
    scripted(runmock)
    tools = ToolSet()
    tools.add(FunctionTool({get_weather}))
    agent, thread = asked(client, toolset=tools)
    client.enable_auto_function_calls(tools)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
    assert (run.status, last_text(client, thread)) == ("completed", "Paris is warmer.")


def test_a_function_tool_is_called_in_a_stream(runmock, client):
    scripted(runmock)
    tools = ToolSet()
    tools.add(FunctionTool({get_weather}))
    agent, thread = asked(client, toolset=tools)
    client.enable_auto_function_calls(tools)
    with client.runs.stream(thread_id=thread.id, agent_id=agent.id) as events:
        events.until_done()
    assert last_text(client, thread) == "Paris is warmer."


def test_the_pipelines_retries_are_made(runmock, client):
    runmock.http(429, retry_after=0).reply("Hi.")
    agent, thread = asked(client)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
    assert run.status == "completed"
    assert [request.operation for request in runmock.requests].count("create_run") == 2


def test_a_refusal_and_a_broken_stream_are_the_clients_own_errors(runmock, client):
    runmock.http(400, message="No.")
    runmock.reply("One two three.").disconnect()
    agent, thread = asked(client)
    with pytest.raises(HttpResponseError, match="No"):
        client.runs.create(thread_id=thread.id, agent_id=agent.id)
    with (
        pytest.raises((HttpResponseError, ServiceResponseError)),
        client.runs.stream(thread_id=thread.id, agent_id=agent.id) as events,
    ):
        list(events)


def test_files_and_vector_stores_are_answered(runmock, client, tmp_path):
    (report := tmp_path / "report.txt").write_text("Warm.")
    file = client.files.upload_and_poll(file_path=str(report), purpose="assistants")
    store = client.vector_stores.create_and_poll(file_ids=[file.id], name="Reports", polling_interval=0)
    assert (store.status, runmock.files[0].content) == ("completed", b"Warm.")


def test_a_miss_is_raised_at_once(client):
    with library.use_cassette(script={"runs": []}):
        agent, thread = asked(client)
        with pytest.raises(library.UnmatchedRequest):
            client.runs.create(thread_id=thread.id, agent_id=agent.id)


async def asked_async(client, **options):
    agent = await client.create_agent(model="gpt-4o", name="weather", instructions="Be brief.", **options)
    thread = await client.threads.create()
    await client.messages.create(thread_id=thread.id, role=MessageRole.USER, content="Where is it warmer?")
    return agent, thread


async def last_text_async(client, thread):
    newest = await client.messages.get_last_message_text_by_role(thread_id=thread.id, role=MessageRole.AGENT)
    return newest.text.value


@pytest.mark.asyncio
async def test_an_async_client_polls_with_a_function_tool(runmock):
    scripted(runmock)
    tools = AsyncToolSet()
    tools.add(AsyncFunctionTool({async_weather}))
    async with AsyncSigned() as credential, AsyncAgentsClient(ENDPOINT, credential) as client:
        agent, thread = await asked_async(client, toolset=tools)
        client.enable_auto_function_calls(tools)
        run = await client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
        assert (run.status, await last_text_async(client, thread)) == ("completed", "Paris is warmer.")
    assert runmock.tool_outputs == {"get_weather": ["21 degrees", "-4 degrees"]}


@pytest.mark.asyncio
async def test_an_async_client_streams_with_a_function_tool(runmock):
    scripted(runmock)
    tools = AsyncToolSet()
    tools.add(AsyncFunctionTool({async_weather}))
    async with AsyncAgentsClient(ENDPOINT, AsyncSigned()) as client:
        agent, thread = await asked_async(client, toolset=tools)
        client.enable_auto_function_calls(tools)
        async with await client.runs.stream(thread_id=thread.id, agent_id=agent.id) as events:
            await events.until_done()
        assert await last_text_async(client, thread) == "Paris is warmer."


@pytest.fixture
def live(_live):
    _live.plays({"runs": [{"reply": "It is 21 degrees."}]})
    return _live


def conversation(client):
    agent, thread = asked(client)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
    return run.status, last_text(client, thread)


def test_it_is_recorded_and_played(tmp_path, client, live):
    file = tmp_path / "agent.yaml"
    with library.use_cassette(file, record_mode="once", upstream=live.url.replace("/v1", "/api/projects/p")):
        assert conversation(client) == ("completed", "It is 21 degrees.")
    heard = len(live.heard)
    with library.use_cassette(file):
        assert conversation(client) == ("completed", "It is 21 degrees.")
    assert len(live.heard) == heard
    assert "s3cret" not in file.read_text()
