"""The shortest client of the Assistants API: the text of one streamed answer."""

import json

import httpx2

HEADERS = {"OpenAI-Beta": "assistants=v2"}
ROOT = "https://api.openai.com/v1"
BODY = {"assistant_id": "asst_1", "stream": True}


def ask(client=httpx2):
    """The text of a streamed answer."""
    return _reply(client.post(f"{ROOT}/threads/runs", json=BODY, headers=HEADERS).text)


async def ask_async(client=None):
    """The same by an async client."""
    if client is None:
        async with httpx2.AsyncClient() as new:
            return await ask_async(new)
    return _reply((await client.post(f"{ROOT}/threads/runs", json=BODY, headers=HEADERS)).text)


def _reply(stream):
    name = "event: thread.message.completed\ndata: "
    return json.loads(stream.partition(name)[2].partition("\n")[0])["content"][0]["text"]["value"]
