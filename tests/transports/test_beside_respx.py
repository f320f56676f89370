"""respx in the same test: its fixture answers what is not runmock's."""

import asyncio

import httpx
import httpx2
import openai
import pytest
import respx

WEATHER = "https://weather.example/paris"
BETA = {"OpenAI-Beta": "assistants=v2"}


def ask(client=None):
    client = client or openai.OpenAI(api_key="sk-not-a-key", max_retries=0)
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1")
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value


@pytest.fixture
def legacy():
    """The SDK on a client of httpx."""
    with httpx.Client() as client:
        yield openai.OpenAI(api_key="sk-not-a-key", max_retries=0, http_client=client)


def test_its_fixture_answers_httpx_and_runmock_the_sdk(runmock, respx_mock):
    runmock.reply("It is 21 degrees.")
    route = respx_mock.get(WEATHER).respond(text="21")
    assert httpx.get(WEATHER).text == "21"
    assert ask() == "It is 21 degrees."
    assert route.called


def test_its_fixture_may_come_first(respx_mock, runmock):
    runmock.reply("It is 21 degrees.")
    respx_mock.get(WEATHER).respond(text="21")
    assert ask() == "It is 21 degrees."
    assert httpx.get(WEATHER).text == "21"


def test_the_sdk_may_run_on_the_library_that_respx_patches(runmock, respx_mock, legacy):
    runmock.reply("It is 21 degrees.")
    respx_mock.get(WEATHER).respond(text="21")
    assert ask(legacy) == "It is 21 degrees."
    assert httpx.get(WEATHER).text == "21"


@pytest.mark.respx(using="httpx")
def test_it_may_patch_the_same_method_of_httpx(runmock, respx_mock):
    runmock.reply("It is 21 degrees.")
    respx_mock.get(WEATHER).respond(text="21")
    assert ask() == "It is 21 degrees."
    assert httpx.get(WEATHER).text == "21"


@pytest.mark.respx(using="httpx")
def test_a_patch_above_runmocks_must_let_runmocks_requests_pass(runmock, respx_mock, legacy):
    runmock.reply("It is 21 degrees.")
    respx_mock.get(WEATHER).respond(text="21")
    respx_mock.route(host="api.openai.com").pass_through()
    assert ask(legacy) == "It is 21 degrees."
    assert httpx.get(WEATHER).text == "21"


def test_its_decorator_goes_with_the_fixture(runmock):
    @respx.mock(using="httpx")
    def application(respx_mock):
        respx_mock.get(WEATHER).respond(text="21")
        return httpx.get(WEATHER).text

    runmock.reply("Hello!")
    assert application() == "21"
    assert ask() == "Hello!"


def test_its_errors_about_what_was_not_mocked_stay_its_own(runmock, respx_mock):
    with pytest.raises(respx.models.AllMockedAssertionError):
        httpx.get(WEATHER)
    assert runmock.requests == []


def test_runmocks_router_comes_before_it(runmock, respx_mock):
    runmock.router.get(WEATHER).respond(text="from runmock's router")
    respx_mock.get(WEATHER).respond(text="from respx")
    assert httpx.get(WEATHER).text == "from runmock's router"
    assert httpx2.get(WEATHER).text == "from runmock's router"
    respx_mock.reset()
    respx_mock.clear()


def test_async_clients_too(runmock, respx_mock):
    async def main():
        async with httpx.AsyncClient() as client:
            weather = await client.get(WEATHER)
            run = await client.post("https://api.openai.com/v1/threads/runs", headers=BETA, json={"assistant_id": "a"})
            return weather.text, run.json()["object"]

    runmock.reply("Hello!")
    respx_mock.get(WEATHER).respond(text="21")
    assert asyncio.run(main()) == ("21", "thread.run")
