"""aioresponses in the same test: it answers what it has, and runmock takes its own requests.

aioresponses 0.7.9 works with aiohttp below 3.14; `make sdks` has such an environment.
"""

import aiohttp
import pytest

import runmock as library

aioresponses = pytest.importorskip("aioresponses").aioresponses
if tuple(int(part) for part in aiohttp.__version__.split(".")[:2]) >= (3, 14):
    pytest.skip("aioresponses needs aiohttp below 3.14", allow_module_level=True)

ROOT = "https://api.openai.com/v1"
WEATHER = "https://weather.example/paris"
BETA = {"OpenAI-Beta": "assistants=v2"}
SDK = {"user-agent": "OpenAI/Python 3.0.0"}
pytestmark = pytest.mark.asyncio
ORDERS = pytest.mark.parametrize("order", ["runmock first", "the mock first"])


@pytest.fixture
def mock():
    with aioresponses() as made:
        made.get(WEATHER, body="21", repeat=True)
        made.post("http://gateway/v1/embeddings", body="mine")
        yield made


@pytest.fixture
def both(request, order):
    names = ["runmock", "mock"] if order == "runmock first" else ["mock", "runmock"]
    found = [request.getfixturevalue(name) for name in names]
    return found[names.index("runmock")]


async def status():
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{ROOT}/threads/runs", headers=BETA, json={"assistant_id": "asst_1"}) as answer,
    ):
        return (await answer.json())["status"]


@ORDERS
async def test_each_answers_its_own_and_the_mock_refuses_the_rest(both, order):
    both.reply("Hi.")
    both.reply("Hi.")
    assert await status() == "queued"
    async with aiohttp.ClientSession() as session:
        assert await (await session.get(WEATHER)).text() == "21"
        with pytest.raises(aiohttp.ClientConnectionError, match=r"^Connection refused"):
            await session.get("https://elsewhere.example/")
        async with session.post(
            f"{ROOT}/threads/thread_1/runs", headers=BETA, json={"assistant_id": "asst_1", "stream": True}
        ) as answer:
            assert (await answer.read()).startswith(b"event: thread.run.created")


@ORDERS
async def test_what_a_client_of_openai_sends_to_a_gateway_is_the_mocks_or_a_miss(order, request):
    if order == "the mock first":
        request.getfixturevalue("mock")
    with library.use_cassette():
        request.getfixturevalue("mock")
        async with aiohttp.ClientSession(headers=SDK) as session:
            answer = await session.post("http://gateway/v1/embeddings", json={})
            assert await answer.text() == "mine"
            with pytest.raises(library.UnmatchedRequest):
                await session.post("http://gateway/v1/chat/completions", json={})


async def test_afterwards_everything_is_as_it_was():
    with library.use_cassette():
        """What other tests have left under a patch of the mock is taken away."""
    before = aiohttp.ClientSession._request, aiohttp.BaseConnector.connect, aioresponses._request_mock
    with library.use_cassette(script={"runs": [{"reply": "Hi."}]}), aioresponses():
        assert await status() == "queued"
    with aioresponses(), library.use_cassette(script={"runs": [{"reply": "Hi."}]}):
        assert await status() == "queued"
    assert before == (aiohttp.ClientSession._request, aiohttp.BaseConnector.connect, aioresponses._request_mock)
