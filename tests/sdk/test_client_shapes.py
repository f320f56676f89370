"""Every shape in which an application may hold its client is played to, and none of them reaches the network.

`nothing_gets_out` in conftest.py watches every test here.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import anyio
import httpx
import openai
import pytest
from sdk_clients import KEY, MAJOR, TLS, blocking, library, marks
from sdk_ways import ASSISTANT, ask, place, question, said, weather

GATEWAY = "https://llm.example.com/team-a/v1"
EARLY = openai.OpenAI(**KEY)
"""A client that was made when its module was imported, before any session."""


class Counting(library.BaseTransport):
    """An application's own transport around the library's: it runs, and what it wraps must not send."""

    def __init__(self):
        self.inner, self.calls = library.HTTPTransport(verify=TLS), 0

    def handle_request(self, request):
        self.calls += 1
        return self.inner.handle_request(request)


class AsyncCounting(library.AsyncBaseTransport):
    """The same for an async client."""

    def __init__(self):
        self.inner, self.calls = library.AsyncHTTPTransport(verify=TLS), 0

    async def handle_async_request(self, request):
        self.calls += 1
        return await self.inner.handle_async_request(request)


@contextmanager
def sync(**options):
    with openai.OpenAI(**KEY, **options) as client:
        yield client


def on_asyncio(make, **options):
    """An async client of the SDK over the HTTP client that `make` makes inside the event loop."""
    return blocking(lambda: openai.AsyncOpenAI(**KEY, http_client=make(), **options))


@contextmanager
def running(open_client, transport):
    """A client whose own transport runs."""
    with open_client as client:
        yield client
    assert transport.calls > 0


def wrapped():
    own = Counting()
    return running(sync(http_client=library.Client(transport=own)), own)


def wrapped_async():
    own = AsyncCounting()
    return running(on_asyncio(lambda: library.AsyncClient(transport=own)), own)


def mounted():
    own = Counting()
    return running(sync(http_client=library.Client(mounts={"https://api.openai.com": own}, verify=TLS)), own)


def retrying():
    return library.HTTPTransport(retries=3, verify=TLS)


@contextmanager
def module_client():
    openai._reset_client()
    openai.api_key = KEY["api_key"]
    yield openai
    openai.api_key = None
    openai._reset_client()


AZURE = {"azure_endpoint": "https://mine.openai.azure.com", "api_version": "2024-05-01-preview"}


SHAPES = {
    "default": sync,
    "default, async": lambda: blocking(lambda: openai.AsyncOpenAI(**KEY)),
    "default, async on trio": lambda: blocking(lambda: openai.AsyncOpenAI(**KEY), "trio"),
    "a client of httpx": lambda: sync(http_client=httpx.Client(verify=TLS)),
    "an async client of httpx": lambda: on_asyncio(lambda: httpx.AsyncClient(verify=TLS)),
    "DefaultHttpxClient": lambda: sync(http_client=openai.DefaultHttpxClient(verify=TLS)),
    "DefaultAsyncHttpxClient": lambda: on_asyncio(lambda: openai.DefaultAsyncHttpxClient(verify=TLS)),
    "DefaultAioHttpClient": lambda: on_asyncio(openai.DefaultAioHttpClient),
    "its own transport": wrapped,
    "its own async transport": wrapped_async,
    "a mounted transport": mounted,
    "a proxy": lambda: sync(http_client=library.Client(proxy="http://proxy.example.com:3128", verify=TLS)),
    "a transport with retries": lambda: sync(http_client=library.Client(transport=retrying())),
    "made at import": lambda: nullcontext(EARLY),
    "with_options of one made at import": lambda: nullcontext(EARLY.with_options(max_retries=0, timeout=3)),
    "the module itself": module_client,
    "behind a gateway": lambda: sync(base_url=GATEWAY),
    "behind a gateway, async": lambda: on_asyncio(lambda: library.AsyncClient(verify=TLS), base_url=GATEWAY),
    "behind plain http": lambda: sync(base_url="http://localhost:4000"),
    "Azure": lambda: openai.AzureOpenAI(**KEY, **AZURE),
    "Azure, async": lambda: blocking(lambda: openai.AsyncAzureOpenAI(**KEY, **AZURE)),
}


@pytest.mark.parametrize(
    "shape", [pytest.param(name, marks=marks("trio") if "trio" in name else ()) for name in SHAPES]
)
def test_every_shape_of_client_polls_and_streams(runmock, sleeps, shape):
    runmock.calls(get_weather={"city": "Paris"}).reply("Polled.")
    runmock.reply("Streamed.")
    with SHAPES[shape]() as client:
        runs = client.beta.threads.runs
        thread = client.beta.threads.create(**question())
        run = runs.create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT)
        runs.submit_tool_outputs_and_poll(**place(run), tool_outputs=weather(run))
        assert said(client, thread.id) == "Polled."
        with runs.stream(thread_id=thread.id, assistant_id=ASSISTANT) as stream:
            assert [event.event for event in stream][-1] == "thread.run.completed"
        assert said(client, thread.id) == "Streamed."
    assert [run.status for run in runmock.runs] == ["completed", "completed"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_raw_answer_knows_its_size_and_how_long_it_took(runmock, shape):
    with SHAPES[shape]() as client:
        raw = client.beta.threads.with_raw_response.create()
    assert raw.elapsed.total_seconds() > 0
    size = raw.http_response.num_bytes_downloaded
    assert size == len(raw.content) == int(raw.headers["content-length"])


def test_azure_sends_its_key_and_version_and_the_key_is_not_kept(runmock):
    runmock.reply("Hi")
    with openai.AzureOpenAI(**KEY, **AZURE) as client:
        client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question())
    created = runmock.requests[0]
    assert (created.method, created.path, created.operation) == ("POST", "/threads/runs", "create_thread_and_run")
    assert created.headers["api-key"] == "(redacted)"
    assert KEY["api_key"] not in str(runmock.requests)


@pytest.mark.parametrize("base_url", [GATEWAY, "https://api.openai.com/v1", "http://localhost:4000"])
def test_the_path_is_shown_below_the_root(runmock, base_url):
    runmock.reply("Hi")
    with sync(base_url=base_url) as client:
        run = ask(client)
    assert [request.path for request in runmock.requests] == ["/threads", f"/threads/{run.thread_id}/runs"]


def test_threads_that_call_at_once_each_have_their_own_run(runmock):
    number = 12
    for _ in range(number):
        runmock.calls("echo").reply("$last_message $outputs.echo")

    def conversation(name):
        with sync(http_client=openai.DefaultHttpxClient(verify=TLS)) as client:
            run = client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question(name))
            outputs = [{"tool_call_id": "call_1", "output": name}]
            runs = client.beta.threads.runs
            runs.submit_tool_outputs_and_poll(**place(run), tool_outputs=outputs)
            return run.id, run.thread_id, said(client, run.thread_id)

    with ThreadPoolExecutor(number) as pool:
        results = list(pool.map(conversation, [f"name {index}" for index in range(number)]))
    assert [text for _, _, text in results] == [f"name {index} name {index}" for index in range(number)]
    assert len({run_id for run_id, _, _ in results}) == len({thread_id for _, thread_id, _ in results}) == number


def test_a_single_client_serves_several_threads_that_stream_at_once(runmock):
    number = 8
    for _ in range(number):
        runmock.reply("You", " are", " $last_message")

    def conversation(name):
        events = EARLY.beta.threads.create_and_run(assistant_id=ASSISTANT, thread=question(name), stream=True)
        texts = [event.data.delta.content[0].text.value for event in events if event.event == "thread.message.delta"]
        return "".join(texts)

    with ThreadPoolExecutor(number) as pool:
        results = list(pool.map(conversation, [f"number {index}" for index in range(number)]))
    assert results == [f"You are number {index}" for index in range(number)]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_that_call_at_once_each_have_their_own_run(runmock, backend):
    number, texts_of = 12, {}
    for _ in range(number):
        runmock.reply("You are $last_message")

    async def conversation(client, name):
        threads = client.beta.threads
        run = await threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question(name))
        messages = await threads.messages.list(run.thread_id)
        texts_of[name] = (run.id, messages.data[0].content[0].text.value)

    async def application():
        async with openai.AsyncOpenAI(**KEY) as client, anyio.create_task_group() as tasks:
            for index in range(number):
                tasks.start_soon(conversation, client, f"number {index}")

    anyio.run(application, backend=backend)
    assert {name: text for name, (_, text) in texts_of.items()} == {
        f"number {index}": f"You are number {index}" for index in range(number)
    }
    assert len({run_id for run_id, _ in texts_of.values()}) == number


def test_the_sdk_uses_the_library_that_these_tests_expect():
    assert isinstance(EARLY._client, library.Client)
    assert library.__name__ == ("httpx2" if MAJOR >= 3 else "httpx")
