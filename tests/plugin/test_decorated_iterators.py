"""Functions that return an iterator which is no generator, or something that runs later when it was awaited."""

# ruff: noqa: PLW0108 - a lambda around an async function is a function that is none itself
# ruff: noqa: C417 - `map` is what is tested

import asyncio
import functools
import gc
import itertools

import httpx2
import openai
import pytest
from short_client import ask, ask_async

import runmock
from runmock.transports.patching.mocker import Interception


@pytest.fixture(autouse=True)
def _nothing_stays():
    yield
    gc.collect()
    assert not Interception.layers


@pytest.fixture
def play(tape):
    """The decorator, with a cassette of these replies."""
    return lambda *texts: runmock.use_cassette(tape(*texts))


class Answers:
    """As many answers as there are names; it can be closed, and it has other attributes."""

    def __init__(self, *names):
        self.names, self.is_closed = list(names), False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.names:
            raise StopIteration
        return f"{ask()} for {self.names.pop(0)}"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.is_closed = True


class AsyncAnswers:
    """The same, asynchronously."""

    def __init__(self, *names):
        self.names, self.is_closed = list(names), False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.names:
            raise StopAsyncIteration
        return f"{await ask_async()} for {self.names.pop(0)}"

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.close()

    async def close(self):
        self.is_closed = True


LAZY = {
    "map": lambda: map(lambda _: ask(), "ab"),
    "filter": lambda: filter(None, (ask() for _ in "ab")),
    "itertools": lambda: itertools.chain(map(lambda _: ask(), "ab")),
}


@pytest.mark.parametrize("kind", LAZY)
def test_pythons_lazy_iterators_are_played_to_to_their_end(play, kind):
    answers = play("a", "b")(LAZY[kind])()
    assert isinstance(answers, type(LAZY[kind]()))
    assert list(answers) == ["a", "b"]
    assert not Interception.layers


def test_an_iterator_that_a_function_gives_back_is_played_to_between_its_steps_too(play):
    answers = play("a", "b", "c")(lambda: Answers("Ada", "Bob"))()
    assert isinstance(answers, Answers)
    assert answers.names == ["Ada", "Bob"]
    assert [next(answers), ask(), next(answers)] == ["a for Ada", "b", "c for Bob"]
    assert next(answers, "the end") == "the end"
    assert not Interception.layers


@pytest.mark.parametrize("how", ["close", "with", "collected", "never begun"])
def test_an_iterator_that_is_left_closes_its_session(play, how):
    answers = play("a")(lambda: Answers("Ada", "Bob"))()
    if how != "never begun":
        next(answers)
    assert len(Interception.layers) == 1
    if how in ("close", "never begun"):
        answers.close()
        assert answers.is_closed
    elif how == "with":
        with pytest.raises(ZeroDivisionError), answers:
            raise ZeroDivisionError
        assert answers.is_closed
    del answers
    gc.collect()
    assert not Interception.layers


def test_an_iterator_that_fails_closes_its_session(play):
    answers = play("a")(lambda: map(lambda _: 1 / 0, "a"))()
    with pytest.raises(ZeroDivisionError):
        next(answers)
    assert not Interception.layers


@pytest.mark.parametrize("is_awaited", [False, True])
def test_an_async_iterator_is_played_to_between_its_steps_too(play, is_awaited):
    @play("a", "b", "c")
    def start():
        return AsyncAnswers("Ada", "Bob")

    @play("a", "b", "c")
    async def start_async():
        return AsyncAnswers("Ada", "Bob")

    async def main():
        answers = await start_async() if is_awaited else start()
        assert isinstance(answers, AsyncAnswers)
        received = []
        async for answer in answers:
            received.append(answer)
            if len(received) == 1:
                received.append(await ask_async())
        assert not Interception.layers
        return received

    assert asyncio.run(main()) == ["a for Ada", "b", "c for Bob"]


@pytest.mark.parametrize("how", ["close", "with", "collected"])
def test_an_async_iterator_that_is_left_closes_its_session(play, how):
    async def main():
        answers = play("a")(lambda: AsyncAnswers("Ada", "Bob"))()
        await anext(answers)
        if how == "close":
            await answers.close()
        elif how == "with":
            async with answers as entered:
                assert entered is answers
        assert answers.is_closed is (how != "collected")
        del answers
        gc.collect()
        assert not Interception.layers

    asyncio.run(main())


def test_who_stands_in_another_session_is_in_the_iterators_between_its_steps(tape):
    start = runmock.use_cassette(tape("inner", "inner again", name="inner.yaml"))(lambda: Answers("Ada"))
    with runmock.use_cassette(tape("outer", "outer again", name="outer.yaml")):
        answers = start()
        received = [ask(), next(answers), ask(), next(answers, None), ask()]
    assert received == ["outer", "inner for Ada", "inner again", None, "outer again"]


async def answers_one_by_one():
    yield await ask_async()


RUN_LATER = {
    "coroutine": lambda: ask_async(),
    "task": lambda: asyncio.get_running_loop().create_task(ask_async()),
}


@pytest.mark.parametrize("kind", RUN_LATER)
def test_what_a_coroutine_function_gives_back_is_played_to_until_it_has_ended(play, kind):
    @play("a")
    async def start():
        return RUN_LATER[kind]()

    async def main():
        return await (await start())

    assert asyncio.run(main()) == "a"


@pytest.mark.parametrize("function", [lambda: answers_one_by_one(), lambda: AsyncAnswers("Ada")])
@pytest.mark.parametrize("is_plain", [False, True])
def test_so_is_what_can_be_iterated_when_it_was_awaited(play, function, is_plain):
    async def awaited():
        return function()

    start = play("a")((lambda: awaited()) if is_plain else awaited)

    async def main():
        return [answer async for answer in await start()]

    assert asyncio.run(main()) in (["a"], ["a for Ada"])


def test_a_task_keeps_its_name(play):
    @play("a")
    def start():
        return asyncio.get_running_loop().create_task(ask_async(), name="mine")

    async def main():
        task = start()
        assert task.get_name() == "mine"
        return await task

    assert asyncio.run(main()) == "a"


def test_what_a_cache_offers_it_still_offers(play):
    @play("a", "b")
    @functools.lru_cache
    def answer(name):
        return f"{ask()} for {name}"

    assert [answer("Ada"), answer("Ada"), answer("Bob")] == ["a for Ada", "a for Ada", "a for Bob"]
    assert answer.cache_info().hits == 1
    answer.cache_clear()
    assert answer.cache_info().hits == 0


@pytest.mark.parametrize("result", ["text", ["a"], iter(["a"]), {"a": 1}, ask, Answers])
def test_everything_else_is_the_result_itself(play, result):
    assert play("a")(lambda: result)() is result


def test_a_stream_that_a_function_gives_back_is_recorded_to_its_end(tmp_path, live):
    path = tmp_path / "stream.yaml"
    client = openai.OpenAI(api_key="sk-not-a-key", http_client=httpx2.Client(verify=False))

    def events(**options):
        @runmock.use_cassette(path, **options)
        def start():
            return client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)

        return [event.event for event in start()]

    recorded = events(record_mode="once", upstream=live.url)
    assert recorded[-1] == "thread.run.completed"
    assert "truncated" not in path.read_text()
    requests_before = len(live.heard)
    assert events() == recorded
    assert len(live.heard) == requests_before
