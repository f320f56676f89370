"""Responses and Conversations below Azure's roots: its own client, the plain client, projects of Foundry, agents."""

import asyncio
import contextlib

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
- match: {last_message: greet}
  reply: [Hello, ' Ada', '!']
- match: {last_message: /later/}
  reply: Done.
"""
TOOLS = [{"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}]
KEY = {"api_key": "azure-key", "max_retries": 0}
PROJECT = "/api/projects/p"
AGENT = f"{PROJECT}/agents/bot/endpoint/protocols/openai"
V1 = {"api-version": "v1"}
CLIENTS = {
    "Azure's client": lambda kind, url: kind("Azure")(azure_endpoint=url, api_version="2025-04-01-preview", **KEY),
    "Azure's client, v1": lambda kind, url: kind("Azure")(base_url=f"{url}/openai/v1/", api_version="preview", **KEY),
    "the plain client": lambda kind, url: kind("")(base_url=f"{url}/openai/v1/", **KEY),
    "a project": lambda kind, url: kind("")(base_url=f"{url}{PROJECT}/openai/v1", **KEY),
    "an agent": lambda kind, url: kind("")(base_url=f"{url}{AGENT}", default_query=V1, **KEY),
    "an agent without a project": lambda kind, url: kind("")(
        base_url=f"{url}/agents/bot/endpoint/protocols/openai", default_query=V1, **KEY
    ),
}
HOSTS = ["mine.openai.azure.com", "mine.services.ai.azure.com", "mine.cognitiveservices.azure.com"]


@pytest.fixture(params=["over HTTP", *HOSTS])
def url(request):
    """The endpoint at which a client finds the script: a server, or a host of Azure in this process."""
    if request.param != "over HTTP":
        request.getfixturevalue("runmock").load(yaml.safe_load(SCRIPT))
        return f"https://{request.param}"
    serve_here, cassette = (request.getfixturevalue(name) for name in ("serve_here", "cassette"))
    return serve_here(cassette(SCRIPT), "--api-key", "azure-key").url


@pytest.fixture(params=CLIENTS)
def made(request, url):
    """Makes a client: `made("Async")`, or `made("")`."""
    return lambda prefix: CLIENTS[request.param](lambda name: getattr(openai, f"{prefix}{name}OpenAI"), url)


def outputs(response):
    (call,) = [item for item in response.output if item.type == "function_call"]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": "21"}]


def test_responses_and_conversations_are_played(made):
    with made("") as client:
        asked = client.responses.create(model="gpt-4o", input="How warm?", tools=TOOLS)
        told = client.responses.create(model="gpt-4o", input=outputs(asked), previous_response_id=asked.id, tools=TOOLS)
        assert told.output_text == "It is 21 degrees."
        assert client.responses.retrieve(told.id) == told
        kinds = [item.type for item in client.responses.input_items.list(told.id, order="asc")]
        assert kinds == ["message", "function_call", "function_call_output"]
        with client.responses.stream(model="gpt-4o", input="greet") as stream:
            assert [event.delta for event in stream if event.type == "response.output_text.delta"] == [
                "Hello",
                " Ada",
                "!",
            ]
        conversation = client.conversations.create(metadata={"a": "1"})
        later = client.responses.create(model="gpt-4o", input="later", conversation=conversation.id, background=True)
        while later.status in {"queued", "in_progress"}:
            later = client.responses.retrieve(later.id)
        roles = [item.role for item in client.conversations.items.list(conversation.id, order="asc")]
        assert (later.output_text, roles) == ("Done.", ["user", "assistant"])
        assert client.responses.delete(told.id) is None
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(told.id)
        assert client.conversations.delete(conversation.id).deleted is True


def test_the_async_client_does_the_same(made):
    async def converse():
        async with made("Async") as client:
            asked = await client.responses.create(model="gpt-4o", input="How warm?", tools=TOOLS)
            told = await client.responses.create(
                model="gpt-4o", input=outputs(asked), previous_response_id=asked.id, tools=TOOLS
            )
            stream = await client.responses.create(model="gpt-4o", input="greet", stream=True)
            deltas = [event.delta async for event in stream if event.type == "response.output_text.delta"]
            conversation = await client.conversations.create()
            later = await client.responses.create(model="gpt-4o", input="later", conversation=conversation.id)
            return told.output_text, deltas, later.output_text

    assert asyncio.run(converse()) == ("It is 21 degrees.", ["Hello", " Ada", "!"], "Done.")


def drain(client):
    """Use up the rest of the script: what is left would fail the test."""
    asked = client.responses.create(model="gpt-4o", input="How warm?", tools=TOOLS)
    client.responses.create(model="gpt-4o", input=outputs(asked), previous_response_id=asked.id, tools=TOOLS)


def test_its_objects_say_what_filters_found_and_not_who_pays(made):
    with made("") as client:
        raw = client.responses.with_raw_response.create(model="gpt-4o", input="later").http_response.json()
        stream = client.responses.create(model="gpt-4o", input="greet", stream=True)
        snapshots = [event.response.to_dict() for event in stream if hasattr(event, "response")]
        again = client.responses.with_raw_response.retrieve(raw["id"]).http_response.json()
        drain(client)
    for response in (raw, again):
        keys = list(response)
        assert keys[keys.index("completed_at") + 1] == "content_filters"
    assert len(snapshots) == 3
    for response in (raw, again, *snapshots):
        assert (response["content_filters"], "billing" in response) == (None, False)


def test_its_refusals_are_the_services(made):
    with made("") as client:
        with pytest.raises(openai.BadRequestError, match="Unknown parameter: 'colour'") as raised:
            client.responses.create(model="gpt-4o", input="Hi", extra_body={"colour": "red"})
        assert raised.value.body["code"] == "unknown_parameter"
        with pytest.raises(openai.NotFoundError, match="Conversation with id 'conv_none' not found"):
            client.conversations.retrieve("conv_none")
        client.responses.create(model="gpt-4o", input="later")
        client.responses.create(model="gpt-4o", input="greet")
        drain(client)


def test_openais_own_say_who_pays(runmock):
    runmock.reply("Hi")
    with contextlib.closing(openai.OpenAI(api_key="any")) as client:
        response = client.responses.with_raw_response.create(model="gpt-4o", input="Hi").http_response.json()
    assert (response["billing"], "content_filters" in response) == ({"payer": "developer"}, False)
