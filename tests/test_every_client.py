"""Every kind of client of the SDK that is installed records over a real connection, and gets the same when it plays."""

import asyncio
import importlib.util
import inspect

import anyio
import httpx
import openai
import pytest

import runmock
from runmock.tape.reading.cassette import load_cassette

MAJOR = int(openai.__version__.partition(".")[0])
SCRIPT = "runs: [{steps: [{calls: [{get_weather: {city: Paris}}]}, {reply: [It is, ' 21', ' degrees.']}]}]"
KEY = "sk-test-0123456789abcdef0123"

KINDS = {"sync": openai.OpenAI, "async": openai.AsyncOpenAI}
if MAJOR >= 3:
    KINDS |= {
        "sync on httpx": lambda **given: openai.OpenAI(http_client=httpx.Client(), **given),
        "async on httpx": lambda **given: openai.AsyncOpenAI(http_client=httpx.AsyncClient(), **given),
    }
if hasattr(openai, "DefaultAioHttpClient") and importlib.util.find_spec("httpx_aiohttp") is not None:
    KINDS |= {"on aiohttp": lambda **given: openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient(), **given)}


@pytest.fixture
def live(_live):
    _live.plays(SCRIPT)
    return _live


class AsyncDeltas(openai.AsyncAssistantEventHandler):
    """Keeps the deltas of a message."""

    def __init__(self):
        super().__init__()
        self.deltas = []

    async def on_text_delta(self, delta, snapshot):
        self.deltas.append(delta.value)


class SyncDeltas(openai.AssistantEventHandler):
    """The same."""

    def __init__(self):
        super().__init__()
        self.deltas = []

    def on_text_delta(self, delta, snapshot):
        self.deltas.append(delta.value)


async def converses(sdk):
    """What the application gets: the events' names, the deltas, the last text; sync clients are awaited for too."""

    async def now(value):
        return await value if inspect.isawaitable(value) else value

    received = []
    async with aclosing(sdk):
        threads = sdk.beta.threads
        thread = await now(threads.create(messages=[{"role": "user", "content": "Weather?"}], metadata={"a": "b"}))
        stream = await now(threads.runs.create(thread_id=thread.id, assistant_id="asst_mine", stream=True))
        async for event in each(stream):
            received.append(event.event)
            if event.event == "thread.run.requires_action":
                run = event.data
        outputs = [
            {"tool_call_id": call.id, "output": "21"} for call in run.required_action.submit_tool_outputs.tool_calls
        ]
        handler = AsyncDeltas() if isinstance(sdk, openai.AsyncOpenAI) else SyncDeltas()
        place = {"run_id": run.id, "thread_id": thread.id}
        manager = threads.runs.submit_tool_outputs_stream(**place, tool_outputs=outputs, event_handler=handler)
        if isinstance(sdk, openai.AsyncOpenAI):
            async with manager as stream:
                await stream.until_done()
        else:
            with manager as stream:
                stream.until_done()
        received += handler.deltas
        received.append((await now(threads.runs.retrieve(**place))).status)
        listed = await now(threads.messages.list(thread.id))
        received.append(listed.data[0].content[0].text.value)
    return received


async def opened_and_conversing(make, url):
    """A client is made inside the event loop: aiohttp's belongs to one."""
    return await converses(make(api_key=KEY, base_url=url))


class aclosing:  # noqa: N801 - as contextlib's
    """Close a client of either kind at the end."""

    def __init__(self, sdk):
        self.sdk = sdk

    async def __aenter__(self):
        return self.sdk

    async def __aexit__(self, *error):
        closed = self.sdk.close()
        if inspect.isawaitable(closed):
            await closed


async def each(stream):
    """The events of a stream of either kind."""
    if hasattr(stream, "__aiter__"):
        async for event in stream:
            yield event
    else:
        for event in stream:
            yield event


@pytest.mark.filterwarnings("ignore:The Assistants API is deprecated")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite", "verify"])
def test_a_conversation_is_recorded_and_plays_the_same(tmp_path, live, kind, mode):
    path = tmp_path / "a.runmock.yaml"

    def conversation(in_mode):
        with runmock.use_cassette(path, record_mode=in_mode):
            return anyio.run(opened_and_conversing, KINDS[kind], live.url)

    if mode == "verify":
        conversation("once")
        live.plays(SCRIPT)
    received = conversation(mode)
    assert received[-5:] == ["It is", " 21", " degrees.", "completed", "It is 21 degrees."]
    assert "thread.run.requires_action" in received
    assert len(load_cassette(path).interactions) == 5
    assert KEY not in path.read_text()
    before = len(live.heard)
    assert conversation("none") == received
    assert len(live.heard) == before


@pytest.mark.filterwarnings("ignore:The Assistants API is deprecated")
def test_tasks_that_run_at_once_record_and_play_their_own_conversations(tmp_path, live):
    path = tmp_path / "a.runmock.yaml"

    async def talk(sdk, name):
        thread = await sdk.beta.threads.create()
        await asyncio.sleep(0)
        await sdk.beta.threads.messages.create(thread.id, role="user", content=f"I am {name}")
        run = await sdk.beta.threads.runs.create_and_poll(
            thread_id=thread.id, assistant_id="asst_mine", poll_interval_ms=1
        )
        listed = await sdk.beta.threads.messages.list(thread.id)
        return run.status, listed.data[0].content[0].text.value

    async def all_at_once(names):
        async with openai.AsyncOpenAI(api_key=KEY, base_url=live.url) as sdk:
            return dict(zip(names, await asyncio.gather(*(talk(sdk, name) for name in names)), strict=True))

    names = [f"number {number}" for number in range(6)]
    live.plays("runs: [" + "{reply: You said $last_message}, " * 6 + "]")
    with runmock.use_cassette(path, record_mode="once"):
        recorded = asyncio.run(all_at_once(names))
    assert recorded == {name: ("completed", f"You said I am {name}") for name in names}
    request_count = len(live.heard)
    for order in (names, names[::-1], names[::2], names[3:]):
        with runmock.use_cassette(path):
            assert asyncio.run(all_at_once(order)) == {name: recorded[name] for name in order}
    assert len(live.heard) == request_count
    before = path.read_bytes()
    for order in (names[::-1], names[2:] + names[:2]):
        live.plays("runs: [" + "{reply: You said $last_message}, " * 6 + "]")
        with runmock.use_cassette(path, record_mode="all"):
            assert asyncio.run(all_at_once(order)) == {name: recorded[name] for name in order}
    assert len(live.heard) > 0
    assert path.read_bytes() == before
