"""pytest-httpx2 in the same test: its fixture answers what is not runmock's, also to a legacy client of httpx."""

import httpx
import httpx2
import openai
import pytest

pytest.importorskip("pytest_httpx2")

WEATHER = "https://weather.example/paris"


def test_its_fixture_answers_httpx2_and_runmock_the_sdk(runmock, httpx2_mock):
    runmock.reply("It is 21 degrees.")
    httpx2_mock.get(WEATHER).respond(text="21")
    assert httpx2.get(WEATHER).text == "21"
    client = openai.OpenAI(api_key="sk-not-a-key")
    assert client.beta.threads.create_and_run_poll(assistant_id="asst_1").status == "completed"


def test_a_legacy_client_of_httpx_is_runmocks(runmock, httpx2_mock):
    runmock.reply("It is 21 degrees.")
    with httpx.Client() as http_client:
        client = openai.OpenAI(api_key="sk-not-a-key", http_client=http_client)
        assert client.beta.threads.create_and_run_poll(assistant_id="asst_1").status == "completed"
