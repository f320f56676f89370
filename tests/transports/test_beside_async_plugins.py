"""pytest-asyncio and anyio's plugin run async tests, and runmock plays to them, trio included."""

import httpx2
import openai
import pytest

BODY = {"assistant_id": "asst_1", "stream": True}
BETA = {"OpenAI-Beta": "assistants=v2"}


async def answers():
    async with openai.AsyncOpenAI(api_key="sk-not-a-key") as client:
        run = await client.beta.threads.create_and_run_poll(assistant_id="asst_1")
        listed = await client.beta.threads.messages.list(run.thread_id)
        return listed.data[0].content[0].text.value


@pytest.mark.asyncio
async def test_pytest_asyncios_marker(runmock):
    runmock.reply("Hello!")
    assert await answers() == "Hello!"


@pytest.mark.asyncio
@pytest.mark.runmock(script={"runs": [{"reply": "Hello!"}]})
async def test_pytest_asyncios_marker_with_runmocks():
    assert await answers() == "Hello!"


@pytest.mark.anyio
class TestAnyio:
    @pytest.fixture(params=["asyncio", "trio"])
    def anyio_backend(self, request):
        pytest.importorskip(request.param)
        return request.param

    @pytest.fixture
    async def client(self):
        async with httpx2.AsyncClient(base_url="https://api.openai.com/v1", headers=BETA) as client:
            yield client

    @pytest.mark.runmock(script={"runs": [{"reply": "Hello!"}]})
    async def test_its_marker_with_runmocks(self):
        assert await answers() == "Hello!"

    async def test_a_client_of_a_fixture(self, runmock, client):
        runmock.reply("Hello!")
        response = await client.post("/threads/runs", json=BODY)
        assert "event: thread.run.completed" in response.text

    @pytest.mark.runmock(pace="1ms")
    async def test_waiting_is_the_backends_own(self, runmock, client):
        runmock.reply("Hello!")
        async with client.stream("POST", "/threads/runs", json=BODY) as response:
            assert [line async for line in response.aiter_lines() if line == "event: done"] == ["event: done"]


def test_asyncios_auto_mode(project_with_both):
    result = project_with_both(
        """
        import httpx2
        import pytest
        import pytest_asyncio

        @pytest.fixture
        async def client():
            async with httpx2.AsyncClient(base_url="https://api.openai.com/v1") as client:
                yield client

        @pytest.mark.runmock(script={"runs": [{"reply": "Hello!"}]})
        async def test_a(client, runmock):
            headers = {"OpenAI-Beta": "assistants=v2"}
            response = await client.post("/threads/runs", json={"assistant_id": "a"}, headers=headers)
            assert response.json()["object"] == "thread.run"
        """,
        "-o",
        "asyncio_mode=auto",
    )
    result.assert_outcomes(passed=1)
