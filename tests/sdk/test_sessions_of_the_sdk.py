"""Whose session the SDK's requests belong to: in threads and tasks, and in what a decorated function returns."""

import asyncio
import concurrent.futures
import threading

import httpx
import openai
import pytest
from sdk_clients import KEY, MAJOR, TLS, library

import runmock
from runmock.transports.patching.mocker import Interception

CREATED = "thread.run.created"
LIBRARIES = {"its own": library} | ({"httpx": httpx} if MAJOR >= 3 else {})
OF_LIBRARY = pytest.mark.parametrize("of", LIBRARIES)


@pytest.fixture
def sync(of):
    with LIBRARIES[of].Client(verify=TLS) as http_client:
        yield openai.OpenAI(**KEY, http_client=http_client)


def asynchronous(of):
    return openai.AsyncOpenAI(**KEY, http_client=LIBRARIES[of].AsyncClient(verify=TLS))


def ask(client):
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1")
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value


async def ask_async(client):
    run = await client.beta.threads.create_and_run_poll(assistant_id="asst_1")
    return (await client.beta.threads.messages.list(run.thread_id)).data[0].content[0].text.value


@pytest.fixture
def use(tmp_path):
    """Use a cassette with these replies."""

    def using(*replies):
        path = tmp_path / f"{replies[0]}.yaml"
        path.write_text("runmock: 1\nruns:\n" + "".join(f"  - reply: {reply}\n" for reply in replies))
        return runmock.use_cassette(path)

    return using


@OF_LIBRARY
def test_a_client_in_threads_and_executors_belongs_where_they_were_started(sync, use):
    gate, received = threading.Event(), []
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(int).result(30)
        with use("outer", "again", "at last"):
            thread = threading.Thread(target=lambda: (gate.wait(30), received.append(ask(sync))))
            thread.start()
            with use("inner", "inner again"):
                gate.set()
                thread.join(30)
                assert [*received, executor.submit(ask, sync).result(30), ask(sync)] == [
                    "outer",
                    "inner",
                    "inner again",
                ]
            assert [executor.submit(ask, sync).result(30), ask(sync)] == ["again", "at last"]


@OF_LIBRARY
def test_an_async_client_in_tasks_belongs_where_they_were_started(of, use):
    async def waiting(client, gate):
        await gate.wait()
        return await ask_async(client)

    async def main():
        gate = asyncio.Event()
        async with asynchronous(of) as client:
            with use("outer", "again"):
                before = asyncio.create_task(waiting(client, gate))
                with use("inner", "in a thread"):
                    within = asyncio.create_task(waiting(client, gate))
                    gate.set()
                    answers = [await before, await within]
                    with openai.OpenAI(**KEY, http_client=LIBRARIES[of].Client(verify=TLS)) as sync:
                        answers.append(await asyncio.to_thread(ask, sync))
                return [*answers, await ask_async(client)]

    assert asyncio.run(main()) == ["outer", "inner", "in a thread", "again"]


@OF_LIBRARY
def test_decorated_functions_of_every_kind_are_played_to(of, sync, use):
    async def main():
        async with asynchronous(of) as client:

            async def coroutine_function():
                return await ask_async(client)

            async def async_generator_function():
                yield await ask_async(client)

            received = [await use("a")(coroutine_function)(), await use("a")(lambda: ask_async(client))()]
            return received + [answer async for answer in use("a")(async_generator_function)()]

    def generator_function():
        yield ask(sync)

    assert asyncio.run(main()) == ["a", "a", "a"]
    assert [use("a")(ask)(sync), *use("a")(generator_function)()] == ["a", "a"]


@OF_LIBRARY
def test_a_stream_manager_that_a_function_gives_back_is_played_to_until_it_is_left(of, sync, use):
    @use("a", "b")
    def start():
        return sync.beta.threads.create_and_run_stream(assistant_id="asst_1")

    for _ in range(2):
        with start() as stream:
            assert "".join(stream.text_deltas) == "a"
            assert ask(sync) == "b"

    async def main():
        async with asynchronous(of) as client:
            begin = use("a")(lambda: client.beta.threads.create_and_run_stream(assistant_id="asst_1"))
            async with begin() as stream:
                return "".join([text async for text in stream.text_deltas])

    assert asyncio.run(main()) == "a"


@OF_LIBRARY
def test_a_page_that_a_function_gives_back_can_be_awaited_and_iterated(of, use, tmp_path):
    path = tmp_path / "assistants.yaml"
    path.write_text("runmock: 1\nassistants:\n  - {id: asst_a, name: Ann}\nruns: [{reply: a}]\n")

    async def main():
        async with asynchronous(of) as client:
            pages = runmock.use_cassette(path)(client.beta.assistants.list)
            page = await pages()
            return [item.name for item in page.data] + [item.name async for item in pages()]

    assert asyncio.run(main()) == ["Ann", "Ann"]


@OF_LIBRARY
def test_a_stream_that_a_function_gives_back_is_played_to_until_its_end(of, sync, use):
    @use("a", "b")
    def start():
        return sync.beta.threads.create_and_run(assistant_id="asst_1", stream=True)

    stream = start()
    assert isinstance(stream, openai.Stream)
    assert [ask(sync) for event in stream if event.event == CREATED] == ["b"]
    with start() as stream:
        next(stream)
        assert stream.response.status_code == 200
    assert not Interception.layers

    async def main():
        async with asynchronous(of) as client:

            async def start_async():
                return await client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)

            for function in (
                start_async,
                lambda: client.beta.threads.create_and_run(assistant_id="asst_1", stream=True),
            ):
                stream = await use("a", "b")(function)()
                assert isinstance(stream, openai.AsyncStream)
                received = [await ask_async(client) async for event in stream if event.event == CREATED]
                assert received == ["b"]
                assert not Interception.layers

    asyncio.run(main())
