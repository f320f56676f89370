"""What requests and aiohttp ask is recorded, and played again."""

import asyncio

import aiohttp
import pytest
import requests

import runmock as library
from runmock.core.errors import RunmockError

ROOT = "https://api.openai.com/v1"
BETA = {"OpenAI-Beta": "assistants=v2", "Authorization": "Bearer sk-not-a-key"}
STREAMED = {"assistant_id": "asst_1", "stream": True}


@pytest.fixture
def live(_live):
    _live.plays({"runs": [{"reply": "One two three."}, {"reply": "Four."}]})
    return _live


def asked():
    with requests.Session() as session:
        answer = session.post(f"{ROOT}/threads/runs", headers=BETA, json=STREAMED, stream=True)
        lines = [line for line in answer.iter_lines() if line.startswith(b"event")]
        run = session.post(f"{ROOT}/threads/runs", headers=BETA, json={"assistant_id": "asst_1"}).json()
        got = session.get(f"{ROOT}/threads/{run['thread_id']}/runs/{run['id']}", headers=BETA).json()
    return lines, got["status"]


async def asked_async():
    async with aiohttp.ClientSession(headers=BETA) as session:
        async with session.post(f"{ROOT}/threads/runs", json=STREAMED) as answer:
            lines = [line.strip() async for line in answer.content if line.startswith(b"event")]
        async with session.post(f"{ROOT}/threads/runs", json={"assistant_id": "asst_1"}) as answer:
            run = await answer.json()
        async with session.get(f"{ROOT}/threads/{run['thread_id']}/runs/{run['id']}") as answer:
            got = await answer.json()
    return lines, got["status"]


def test_requests_is_recorded_and_played(tmp_path, live):
    file = tmp_path / "recorded.yaml"
    with library.use_cassette(file, record_mode="once", upstream=live.url):
        recorded = asked()
    heard = len(live.heard)
    assert heard == 3
    with library.use_cassette(file):
        assert asked() == recorded
    assert len(live.heard) == heard
    assert "sk-not-a-key" not in file.read_text()
    assert recorded[0][-1] == b"event: done"


@pytest.mark.asyncio
async def test_aiohttp_is_recorded_and_played(tmp_path, live):
    file = tmp_path / "recorded.yaml"
    with library.use_cassette(file, record_mode="once", upstream=live.url):
        recorded = await asked_async()
    heard = len(live.heard)
    assert heard == 3
    with library.use_cassette(file):
        assert await asked_async() == recorded
    assert len(live.heard) == heard
    assert "sk-not-a-key" not in file.read_text()


async def only_the_status():
    async with (
        aiohttp.ClientSession(headers=BETA) as session,
        session.post(f"{ROOT}/threads/runs", json={"assistant_id": "asst_1"}) as answer,
    ):
        return answer.status, answer.reason


@pytest.mark.asyncio
async def test_an_answer_whose_body_the_application_does_not_read_is_recorded_whole(tmp_path, live):
    file = tmp_path / "recorded.yaml"
    with library.use_cassette(file, record_mode="once", upstream=live.url):
        recorded = await only_the_status()
    with library.use_cassette(file):
        assert await only_the_status() == recorded == (200, "OK")


def test_both_libraries_and_the_sdk_play_one_recording(tmp_path, live):
    file = tmp_path / "recorded.yaml"
    with library.use_cassette(file, record_mode="once", upstream=live.url):
        recorded = asked()
    with library.use_cassette(file):
        assert asyncio.run(asked_async()) == recorded


def test_an_upstream_that_is_dead_raises_the_librarys_own_error(tmp_path):
    file = tmp_path / "recorded.yaml"
    with (
        pytest.raises(requests.exceptions.ConnectionError) as raised,
        library.use_cassette(file, record_mode="once", upstream="http://127.0.0.1:9/v1"),
    ):
        asked()
    assert "runmock was recording" in raised.value.__notes__[0]
    assert not file.exists()


@pytest.mark.asyncio
async def test_a_dead_upstream_raises_the_error_of_aiohttp(tmp_path):
    file = tmp_path / "recorded.yaml"
    with (
        pytest.raises(aiohttp.ClientConnectorError) as raised,
        library.use_cassette(file, record_mode="once", upstream="http://127.0.0.1:9/v1"),
    ):
        await asked_async()
    assert "runmock was recording" in raised.value.__notes__[0]
    assert not file.exists()


def test_a_key_in_a_body_is_not_written(tmp_path, live):
    file = tmp_path / "recorded.yaml"
    key = "sk-proj-" + "A1b2C3d4" * 8
    body = {"messages": [{"role": "user", "content": f"my key is {key}"}]}
    session = library.use_cassette(file, record_mode="once", upstream=live.url)
    session.__enter__()
    requests.post(f"{ROOT}/threads", headers=BETA, json=body)
    with pytest.raises(RunmockError, match="key"):
        session.__exit__(None, None, None)
    assert not file.exists()
