"""Over HTTP the root of an address decides which service the server stands for; without a cassette it accepts whatever comes."""

import httpx
import openai
import pytest

BETA = {"openai-beta": "assistants=v2"}
RUNS = "runs: [{calls: [get_weather]}, {reply: a}]"
TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]
AZURE_404 = {"error": {"code": "404", "message": "Resource not found"}}


def asks(served, path, body, headers=None):
    answer = httpx.post(f"{served.url}{path}", json=body, headers=BETA if headers is None else headers)
    return answer.status_code, answer.json()


@pytest.fixture
def served(serve_here, cassette):
    return serve_here(cassette(RUNS))


@pytest.mark.parametrize("root", ["/v1", "/openai/v1"])
@pytest.mark.parametrize("place", ["a cassette", "none"])
def test_unknown_parameters_and_beta_headers_are_refused(request, root, place):
    served = request.getfixturevalue("served" if place == "a cassette" else "stock")
    status, answer = asks(served, f"{root}/threads", {"custom_llm_provider": "openai"})
    assert (status, answer["error"]["message"]) == (400, "Unknown parameter: 'custom_llm_provider'.")
    for value in ("assistants=v1", "assistants=v3", ""):
        status, answer = asks(served, f"{root}/threads", {}, {"openai-beta": value})
        assert (status, answer["error"]["code"]) == (400, "invalid_beta")


def test_ids_tools_and_models_are_openais_with_a_cassette(served):
    wrong = [
        ("/threads/undefined", {}, "Invalid 'thread_id': 'undefined'. Expected an ID that begins with 'thread'."),
        (
            "/assistants",
            {"model": "gpt-4o", "tools": [{"type": "retrieval"}]},
            "Invalid value: 'retrieval'. Supported values are: 'code_interpreter', 'function', and 'file_search'.",
        ),
        (
            "/assistants",
            {"model": "gpt-5-mini"},
            "The requested model 'gpt-5-mini' cannot be used with the Assistants API.",
        ),
    ]
    for path, body, text in wrong:
        status, answer = asks(served, f"/v1{path}", body)
        assert (status, answer["error"]["message"]) == (400, text)
        assert asks(served, f"/openai/v1{path}", body)[0] == 200


def test_azures_addresses_are_azures_with_a_cassette(served):
    for path in ("/openai/deployments/gpt-4o/threads?api-version=2024-05-01-preview", "/openai/threads"):
        assert asks(served, path, {}) == (404, AZURE_404)
    for path in (
        "/openai/threads?api-version=2024-05-01-preview",
        "/openai/v1/threads",
        "/api/projects/p/threads?api-version=v1",
    ):
        assert asks(served, path, {}, {})[0] == 200


def test_without_one_they_are_what_they_are(stock):
    for path, body in [
        ("/openai/deployments/gpt-4o/threads", {}),
        ("/openai/threads", {}),
        ("/v1/threads/undefined", {}),
        ("/v1/assistants", {"model": "gpt-5-mini", "tools": [{"type": "retrieval"}]}),
    ]:
        assert asks(stock, path, body)[0] == 200


def test_an_azure_client_gets_the_rising_lifetime(served):
    options = {"api_version": "2024-05-01-preview", "api_key": "any", "max_retries": 0}
    with openai.AzureOpenAI(azure_endpoint=served.url, **options) as client:
        run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", tools=TOOLS)
    assert run.expires_at > run.created_at + 600
