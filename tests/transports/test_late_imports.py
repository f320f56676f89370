"""A library that the application imports while a session is open is caught; none is imported by runmock."""

import subprocess
import sys

import pytest

NOTHING_IMPORTED = """
import sys
import runmock
with runmock.use_cassette(script={"runs": [{"reply": "Hi."}]}, allow_unplayed=True):
    import httpx
    run = httpx.post(
        "https://api.openai.com/v1/threads/runs",
        headers={"OpenAI-Beta": "assistants=v2"},
        json={"assistant_id": "asst_1"},
    )
print(run.status_code, [name for name in ("requests", "aiohttp", "urllib3", "runmock.transports.wire") if name in sys.modules])
"""

OF_REQUESTS = """
import sys
import runmock
with runmock.use_cassette(script={"runs": [{"reply": "Hi."}]}):
    import requests
    headers = {"OpenAI-Beta": "assistants=v2"}
    answer = requests.post("https://api.openai.com/v1/threads/runs", headers=headers, json={"assistant_id": "asst_1"})
    print(answer.status_code, type(requests.sessions.__loader__).__module__, requests.sessions.__spec__.loader is requests.sessions.__loader__)
print(any(type(finder).__module__.startswith("runmock") for finder in sys.meta_path), requests.adapters.HTTPAdapter.send.__module__)
"""

OF_AIOHTTP = """
import asyncio
import runmock

async def main():
    import aiohttp
    headers = {"OpenAI-Beta": "assistants=v2"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post("https://api.openai.com/v1/threads/runs", json={"assistant_id": "asst_1"}) as answer:
            print(answer.status, aiohttp.BaseConnector.connect.__name__)

with runmock.use_cassette(script={"runs": [{"reply": "Hi."}]}):
    asyncio.run(main())
"""


def printed(code):
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_nothing_is_imported_that_the_application_has_not_imported():
    assert printed(NOTHING_IMPORTED) == ["200", "[]"]


def test_requests_is_caught_when_it_is_imported_inside_a_session():
    pytest.importorskip("requests")
    assert printed(OF_REQUESTS) == ["200", "_frozen_importlib_external", "True", "False", "requests.adapters"]


def test_aiohttp_is_caught_when_it_is_imported_inside_a_session():
    assert printed(OF_AIOHTTP) == ["200", "connect"]
