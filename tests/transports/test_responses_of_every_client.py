"""Requests of Responses and Conversations by every HTTP library: whose they are, and that routes of the router win.

They have no OpenAI-Beta header: they are runmock's by their host, or because an OpenAI client sends them.
"""

import asyncio
import subprocess
import sys

import aiohttp
import httpx
import httpx2
import openai
import pytest
import requests

from runmock import UnmatchedRequest, use_cassette

ASK = {"model": "gpt-4o", "input": "Hi"}
AGENT = {"user-agent": "OpenAI/Python 3.57.0"}
OPENAI = "https://api.openai.com/v1"
GATEWAY = "http://litellm:4000/v1"


def sync_post(library):
    def post(path, root=OPENAI, headers=None):
        with library.Client() as client:
            return client.post(f"{root}{path}", json=ASK, headers=headers).json()

    return post


def async_post(library):
    def post(path, root=OPENAI, headers=None):
        async def ask():
            async with library.AsyncClient() as client:
                return (await client.post(f"{root}{path}", json=ASK, headers=headers)).json()

        return asyncio.run(ask())

    return post


def post_by_requests(path, root=OPENAI, headers=None):
    return requests.post(f"{root}{path}", json=ASK, headers=headers, timeout=5).json()


def post_by_aiohttp(path, root=OPENAI, headers=None):
    async def ask():
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{root}{path}", json=ASK, headers=headers) as answer,
        ):
            return await answer.json()

    return asyncio.run(ask())


POSTS = {
    "httpx": sync_post(httpx),
    "httpx2": sync_post(httpx2),
    "httpx, async": async_post(httpx),
    "httpx2, async": async_post(httpx2),
    "requests": post_by_requests,
    "aiohttp": post_by_aiohttp,
}
every_library = pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)


def text_of(response):
    return response["output"][0]["content"][0]["text"]


@every_library
def test_a_request_to_a_host_of_the_service_is_answered(post, runmock):
    runmock.reply("One")
    assert text_of(post("/responses")) == "One"
    assert [request.operation for request in runmock.requests] == ["create_response"]


@every_library
def test_a_request_to_azure_is_answered(post, runmock):
    runmock.reply("One")
    assert text_of(post("/responses", "https://r.openai.azure.com/openai/v1")) == "One"


@every_library
def test_on_another_host_a_request_of_an_openai_client_is_answered(post, runmock):
    runmock.reply("One")
    assert text_of(post("/responses", GATEWAY, AGENT)) == "One"


@pytest.mark.runmock(hosts=["litellm"])
@every_library
def test_on_a_host_that_the_test_names_every_request_is_answered(post, runmock):
    runmock.reply("One")
    assert text_of(post("/responses", GATEWAY)) == "One"


@every_library
def test_the_host_of_the_environment_is_runmocks(post, runmock, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", GATEWAY)
    runmock.reply("One")
    assert text_of(post("/responses", GATEWAY)) == "One"


@pytest.mark.runmock(allow_hosts=["litellm"])
@every_library
def test_a_host_that_is_let_through_is_answered_all_the_same(post, runmock):
    runmock.reply("One")
    assert text_of(post("/responses", GATEWAY, AGENT)) == "One"


@every_library
def test_what_is_of_no_openai_client_on_another_host_goes_on(post, runmock, server):
    with pytest.raises((ValueError, aiohttp.ContentTypeError)):  # the server answers with a text
        post("/responses", f"{server.url}/v1")
    assert server.heard == [("POST", "/v1/responses")]
    assert runmock.requests == []


@every_library
def test_a_miss_is_raised_and_nothing_gets_out(post):
    with use_cassette() as session, pytest.raises(UnmatchedRequest, match="nothing says what the assistant does"):
        post("/responses")
    assert len(session.failures) == 1


@every_library
@pytest.mark.parametrize("path", ["/responses", "/conversations"])
@pytest.mark.runmock(allow_unplayed=True)
def test_a_route_of_the_router_wins(path, post, runmock):
    runmock.reply("One")
    runmock.router.post(f"{OPENAI}{path}").respond(json={"of": "a route"})
    assert post(path) == {"of": "a route"}
    assert runmock.requests == []


@every_library
def test_a_route_wins_in_use_cassette_too_also_on_a_gateway(post):
    with use_cassette(script={"runs": [{"reply": "One"}]}) as session:
        session.router.post(f"{GATEWAY}/responses").respond(json={"of": "a route"})
        assert post("/responses", GATEWAY, AGENT) == {"of": "a route"}
        assert text_of(post("/responses")) == "One"


@every_library
def test_a_route_of_another_method_or_path_leaves_the_script_its_turn(post, runmock):
    runmock.router.get(f"{OPENAI}/responses").respond(json={})
    runmock.router.post(f"{OPENAI}/responses/resp_1").respond(json={})
    runmock.reply("One")
    assert text_of(post("/responses")) == "One"


def test_a_miss_shows_the_route_that_comes_near():
    with use_cassette() as session:
        session.router.get(f"{OPENAI}/responses").respond(json={})
        with pytest.raises(UnmatchedRequest) as caught:
            POSTS["httpx2"]("/responses")
    assert "method differs: the route has GET, sent is POST" in str(caught.value)


def test_a_route_can_answer_the_sdk_in_the_place_of_a_script(runmock):
    runmock.router.post(f"{OPENAI}/responses").respond(json={"id": "resp_1", "object": "response", "output": []})
    assert openai.OpenAI(api_key="sk-...").responses.create(**ASK).id == "resp_1"


def test_an_async_client_of_the_sdk_may_be_asked_too(runmock):
    runmock.reply("One", " two")

    async def ask():
        async with openai.AsyncOpenAI(api_key="sk-...") as client, client.responses.stream(**ASK) as stream:
            return [event.delta async for event in stream if event.type == "response.output_text.delta"]

    assert asyncio.run(ask()) == ["One", " two"]


CHILD = """
import openai
client = openai.OpenAI()
first = client.responses.create(model="gpt-4o", input="Hi", tools=[{"type": "function", "name": "look", "parameters": {}}])
output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "21"}
print(client.responses.create(model="gpt-4o", input=[output], previous_response_id=first.id).output_text)
"""


def test_a_child_process_asks_the_session(runmock, tmp_path):
    runmock.calls(look={}).reply("$outputs.look degrees")
    environment = {"PATH": "", "PYTHONPATH": ":".join(sys.path), **runmock.child_env}
    child = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert child.stdout.strip() == "21 degrees"
    assert runmock.runs[0].tool_outputs == {"look": "21"}


def test_a_client_may_have_the_address_of_the_session(runmock):
    runmock.reply("One")
    key = runmock.child_env["OPENAI_API_KEY"]
    client = openai.OpenAI(base_url=runmock.base_url, api_key=key)
    conversation = client.conversations.create()
    assert client.responses.create(**ASK, conversation=conversation.id).output_text == "One"
    assert runmock.runs[0].conversation_id == conversation.id
