"""responses and requests-mock in the same test: they answer what they have, and runmock takes its own requests."""

import pytest
import requests
import requests_mock
import responses

import runmock as library

ROOT = "https://api.openai.com/v1"
WEATHER = "https://weather.example/paris"
BETA = {"OpenAI-Beta": "assistants=v2"}
SDK = {"user-agent": "OpenAI/Python 3.0.0"}


def status(session=requests):
    return session.post(f"{ROOT}/threads/runs", headers=BETA, json={"assistant_id": "asst_1"}).json()["status"]


@pytest.fixture
def responses_mock():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(WEATHER, body="21")
        mock.post("http://gateway/v1/embeddings", body="mine")
        yield mock


@pytest.fixture
def requests_mock_():
    with requests_mock.Mocker() as mock:
        mock.get(WEATHER, text="21")
        mock.post("http://gateway/v1/embeddings", text="mine")
        yield mock


ORDERS = pytest.mark.parametrize("order", ["runmock first", "the mock first"])
MOCKS = pytest.mark.parametrize("mock", ["responses_mock", "requests_mock_"])


@pytest.fixture
def both(request, order, mock):
    names = ["runmock", mock] if order == "runmock first" else [mock, "runmock"]
    found = [request.getfixturevalue(name) for name in names]
    return found[names.index("runmock")]


@ORDERS
@MOCKS
def test_each_answers_its_own_and_the_mock_refuses_the_rest(both, order, mock):
    both.reply("Hi.")
    both.reply("Hi.")
    assert requests.get(WEATHER).text == "21"
    assert status() == "queued"
    with requests.Session() as session:
        assert status(session) == "queued"
        assert session.get(WEATHER).text == "21"
        with pytest.raises(
            (requests.ConnectionError, requests_mock.NoMockAddress), match=r"^(No mock|Connection refused)"
        ):
            session.get("https://elsewhere.example/")


@ORDERS
@MOCKS
def test_routes_of_the_router_answer_before_it(both, order, mock):
    both.router.get("https://elsewhere.example/").respond(text="route")
    assert requests.get("https://elsewhere.example/").text == "route"


@ORDERS
@MOCKS
def test_what_a_client_of_openai_sends_to_a_gateway_is_the_mocks_or_a_miss(order, mock, request):
    if order == "the mock first":
        request.getfixturevalue(mock)
    with library.use_cassette():
        request.getfixturevalue(mock)
        assert requests.post("http://gateway/v1/embeddings", headers=SDK, json={}).text == "mine"
        with pytest.raises(library.UnmatchedRequest):
            requests.post("http://gateway/v1/chat/completions", headers=SDK, json={})


def test_afterwards_everything_is_as_it_was():
    def now():
        return requests.adapters.HTTPAdapter.send, requests.Session.get_adapter, requests.Session.send

    with library.use_cassette():
        """What other tests have left under a patch of a mock is taken away."""
    before = now()
    script = {"runs": [{"reply": "Hi."}]}
    with library.use_cassette(script=script), responses.RequestsMock(), requests_mock.Mocker():
        assert status() == "queued"
    with responses.RequestsMock(), requests_mock.Mocker(), library.use_cassette(script=script):
        assert status() == "queued"
    assert now() == before
