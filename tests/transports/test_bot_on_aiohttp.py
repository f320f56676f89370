"""A chat bot on aiohttp, as Discord bots are: a thread for each channel, answers that grow while they are streamed."""

import asyncio
import json

import aiohttp
import pytest

ROOT = "https://api.openai.com/v1"
HEADERS = {"Authorization": "Bearer sk-not-a-key", "OpenAI-Beta": "assistants=v2"}


class Bot:
    """Answers messages; `shown` has what each channel sees, edit by edit."""

    def __init__(self, session):
        self.session, self.threads, self.shown, self.locks = session, {}, {}, {}

    async def post(self, path, **body):
        async with self.session.post(f"{ROOT}{path}", json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def on_message(self, channel, text):
        async with self.locks.setdefault(channel, asyncio.Lock()):
            if channel not in self.threads:
                self.threads[channel] = (await self.post("/threads"))["id"]
            thread = f"/threads/{self.threads[channel]}"
            await self.post(f"{thread}/messages", role="user", content=text)
            await self.follow(channel, f"{thread}/runs", {"assistant_id": "asst_1", "stream": True})

    async def follow(self, channel, path, body):
        """Reads a stream, shows its text as it grows, and answers its calls."""
        text, waiting = "", None
        async with self.session.post(f"{ROOT}{path}", json=body) as answer:
            async for line in answer.content:
                if not line.startswith(b"data: {"):
                    continue
                data = json.loads(line.removeprefix(b"data: "))
                if data["object"] == "thread.message.delta":
                    text += data["delta"]["content"][0]["text"]["value"]
                    self.shown.setdefault(channel, []).append(text)
                if data["object"] == "thread.run" and data["status"] == "requires_action":
                    waiting = data
        if waiting is not None:
            calls = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
            outputs = [{"tool_call_id": call["id"], "output": f"rolled {channel}"} for call in calls]
            path = f"/threads/{waiting['thread_id']}/runs/{waiting['id']}/submit_tool_outputs"
            await self.follow(channel, path, {"tool_outputs": outputs, "stream": True})


@pytest.mark.asyncio
async def test_channels_are_answered_at_the_same_time(runmock):
    for number in range(3):
        runmock.when(last_message=f"/channel {number}/").calls(("roll", {}), unoffered=True).reply(
            "You $outputs.roll today."
        )
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        bot = Bot(session)
        await asyncio.gather(*[bot.on_message(number, f"roll, channel {number}") for number in range(3)])
    assert {channel: edits[-1] for channel, edits in bot.shown.items()} == {
        number: f"You rolled {number} today." for number in range(3)
    }
    assert bot.shown[0] == ["You", "You rolled", "You rolled 0", "You rolled 0 today."]
    assert runmock.tool_outputs == {"roll": ["rolled 0", "rolled 1", "rolled 2"]}


@pytest.mark.asyncio
async def test_a_channel_goes_on_where_it_was(runmock):
    runmock.reply("Hello!")
    runmock.reply("You said: $last_message")
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        bot = Bot(session)
        await bot.on_message("general", "Hi")
        await bot.on_message("general", "Again?")
    assert bot.shown["general"][-1] == "You said: Again?"
    assert len({run.thread_id for run in runmock.runs}) == 1


@pytest.mark.asyncio
async def test_a_rate_limit_reaches_the_bot(runmock):
    runmock.http(429, retry_after=1)
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        answer = await session.post(f"{ROOT}/threads/runs", json={"assistant_id": "asst_1"})
        assert (answer.status, answer.headers["retry-after"]) == (429, "1")
        with pytest.raises(aiohttp.ClientResponseError, match="429"):
            answer.raise_for_status()
