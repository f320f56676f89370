"""pytest-httpx in the same test: its fixture answers what is not runmock's."""

import asyncio

import httpx
import openai
import pytest

pytest.importorskip("pytest_httpx")

WEATHER = "https://weather.example/paris"


def test_its_fixture_answers_httpx_and_runmock_the_sdk(runmock, httpx_mock):
    runmock.reply("It is 21 degrees.")
    httpx_mock.add_response(url=WEATHER, text="21")
    assert httpx.get(WEATHER).text == "21"
    client = openai.OpenAI(api_key="sk-not-a-key")
    assert client.beta.threads.create_and_run_poll(assistant_id="asst_1").status == "completed"
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize("order", ["runmock, httpx_mock", "httpx_mock, runmock"])
def test_the_sdk_may_run_on_the_library_that_it_patches(request, order):
    fixtures = {name: request.getfixturevalue(name) for name in order.split(", ")}
    fixtures["runmock"].reply("It is 21 degrees.")
    fixtures["httpx_mock"].add_response(url=WEATHER, text="21")

    async def main():
        async with httpx.AsyncClient() as http_client:
            client = openai.AsyncOpenAI(api_key="sk-not-a-key", http_client=http_client)
            run = await client.beta.threads.create_and_run_poll(assistant_id="asst_1")
            return run.status, (await http_client.get(WEATHER)).text

    assert asyncio.run(main()) == ("completed", "21")


def test_its_errors_about_what_was_not_mocked_stay_its_own(project_with_both):
    result = project_with_both("""
        import httpx

        def test_a(runmock, httpx_mock):
            httpx.get("https://weather.example/")
    """)
    result.assert_outcomes(failed=1, errors=1)
    assert (
        "httpx.TimeoutException: No response can be found for GET request on https://weather.example/"
        in result.stdout.str()
    )
