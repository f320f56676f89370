"""`use_cassette` as a decorator of everything that can be called: each call is a session of its own, or it is refused."""

# ruff: noqa: PLW0108 - a lambda around an async function is a function that is none itself

import asyncio
import concurrent.futures
import contextlib
import functools
import gc
import inspect
import pickle
import threading
import types

import click
import httpx2
import pytest
from click.testing import CliRunner
from short_client import ask, ask_async

import runmock
from runmock.transports.patching.mocker import Interception


@pytest.fixture(autouse=True)
def _nothing_stays():
    before = threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit, httpx2.Client._transport_for_url
    yield
    assert not Interception.layers
    after = threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit, httpx2.Client._transport_for_url
    assert after == before


@pytest.fixture
def play(tape):
    """The decorator, with a cassette of these replies."""
    return lambda *texts: runmock.use_cassette(tape(*(texts or ("a",))))


class AsyncCallable:
    async def __call__(self):
        return await ask_async()


class Callable:
    def __call__(self):
        return ask()


async def coroutine_function():
    return await ask_async()


def returns_a_coroutine():
    return coroutine_function()


def returns_a_task():
    return asyncio.get_running_loop().create_task(coroutine_function())


def returns_a_gathering():
    return asyncio.gather(coroutine_function())


async def async_generator_function():
    yield await ask_async()


class Awaitable:
    def __await__(self):
        return coroutine_function().__await__()


@types.coroutine
def awaitable_generator_function():
    return (yield from coroutine_function().__await__())


AWAITED = {
    "a coroutine function": coroutine_function,
    "an async callable object": AsyncCallable(),
    "a function that returns a coroutine": returns_a_coroutine,
    "a lambda that returns a coroutine": lambda: coroutine_function(),
    "a partial of a coroutine function": functools.partial(coroutine_function),
    "a partial of a function that returns a coroutine": functools.partial(returns_a_coroutine),
    "a function that returns a task": returns_a_task,
    "a function that returns a future": returns_a_gathering,
    "a function that returns an awaitable": lambda: Awaitable(),
    "a generator-based coroutine function": awaitable_generator_function,
    "a function that returns a generator-based coroutine": lambda: awaitable_generator_function(),
}


@pytest.mark.parametrize("kind", AWAITED)
def test_what_is_awaited_is_played_to_until_it_ends(play, kind):
    decorated = play()(AWAITED[kind])

    async def main():
        answers = [await decorated(), await decorated()]
        assert not Interception.layers
        return answers

    assert [str(text).strip("[]'") for text in asyncio.run(main())] == ["a", "a"]


CALLED = {
    "a function": lambda: ask(),
    "a partial": functools.partial(ask, httpx2),
    "a callable object": Callable(),
    "a builtin-like method": Callable().__call__,
}


@pytest.mark.parametrize("kind", CALLED)
def test_what_is_called_is_played_to(play, kind):
    decorated = play()(CALLED[kind])
    assert [decorated(), decorated()] == ["a", "a"]


@pytest.mark.parametrize(
    ("function", "is_kind"),
    [
        (coroutine_function, inspect.iscoroutinefunction),
        (AsyncCallable(), inspect.iscoroutinefunction),
        (lambda: (yield), inspect.isgeneratorfunction),
    ],
)
def test_what_is_decorated_is_still_of_its_kind(play, function, is_kind):
    assert is_kind(play()(function))
    assert inspect.signature(play()(function)) == inspect.signature(function)


def test_an_async_generator_function_stays_an_async_generator_function(play):
    async def steps(first, *, second=2):
        yield first

    assert inspect.isasyncgenfunction(play()(steps))
    assert str(inspect.signature(play()(steps))) == "(first, *, second=2)"


@runmock.use_cassette()
def of_this_module():
    """It can be pickled."""


def test_what_is_decorated_can_be_pickled_where_it_could_before():
    assert pickle.loads(pickle.dumps(of_this_module)) is of_this_module


def test_a_generator_is_played_to_between_its_steps_too(play):
    @play("a", "b", "c")
    def answers():
        yield ask()
        yield ask()

    steps = answers()
    assert not Interception.layers
    assert [next(steps), ask(), next(steps)] == ["a", "b", "c"]
    assert next(steps, "the end") == "the end"
    assert not Interception.layers


def test_what_is_sent_and_thrown_into_a_generator_reaches_it_and_its_value_comes_back(play):
    @play()
    def echo():
        sent = None
        while sent != "stop":
            try:
                sent = yield sent
            except KeyError as error:
                sent = error.args[0]
        return ask()

    steps = echo()
    assert [next(steps), steps.send("one"), steps.throw(KeyError("two"))] == [None, "one", "two"]
    with pytest.raises(StopIteration) as end:
        steps.send("stop")
    assert end.value.value == "a"


@pytest.mark.parametrize("how", ["close", "throw", "collected"])
def test_a_generator_that_is_left_closes_its_session(play, how):
    received = []

    @play("a", "b")
    def answers():
        try:
            yield ask()
        finally:
            received.append(ask())

    steps = answers()
    next(steps)
    assert len(Interception.layers) == 1
    if how == "throw":
        with pytest.raises(ZeroDivisionError):
            steps.throw(ZeroDivisionError)
    elif how == "close":
        steps.close()
    del steps
    gc.collect()
    assert received == ["b"]
    assert not Interception.layers


def test_generators_that_alternate_have_their_own_sessions(tape):
    def steps(name):
        for _ in range(3):
            yield f"{name} {ask()}"

    first = runmock.use_cassette(tape("one", "two", "three", name="a.yaml"))(steps)("first")
    second = runmock.use_cassette(tape("six", "seven", "eight", name="b.yaml"))(steps)("second")
    received = [word for pair in zip(first, second, strict=True) for word in pair]
    assert received == ["first one", "second six", "first two", "second seven", "first three", "second eight"]


def test_a_block_within_a_generator_is_the_inner_one_whenever_the_generator_runs(tape):
    @runmock.use_cassette(tape("outer 1", "outer 2", name="outer.yaml"))
    def steps():
        yield ask()
        with runmock.use_cassette(tape("inner 1", "inner 2", "inner 3", name="inner.yaml")):
            yield ask()
            yield ask()
        yield ask()

    reading = steps()
    received = [next(reading), next(reading), ask(), next(reading), next(reading)]
    assert received == ["outer 1", "inner 1", "inner 2", "inner 3", "outer 2"]
    assert next(reading, None) is None


def test_an_async_generator_is_played_to_between_its_steps_too(play):
    @play("a", "b", "c")
    async def answers():
        yield await ask_async()
        yield await ask_async()

    async def main():
        received = []
        async for answer in answers():
            received.append(answer)
            if answer == "a":
                received.append(await ask_async())
        return received

    assert asyncio.run(main()) == ["a", "b", "c"]


def test_what_is_sent_and_thrown_into_an_async_generator_reaches_it(play):
    @play()
    async def echo():
        sent = None
        while sent != "stop":
            try:
                sent = yield sent
            except KeyError as error:
                sent = error.args[0]
        yield await ask_async()

    async def main():
        steps = echo()
        received = [await anext(steps), await steps.asend("one"), await steps.athrow(KeyError("two"))]
        return [*received, await steps.asend("stop"), await anext(steps, "the end")]

    assert asyncio.run(main()) == [None, "one", "two", "a", "the end"]


@pytest.mark.parametrize("how", ["aclose", "athrow", "collected"])
def test_an_async_generator_that_is_left_closes_its_session(play, how):
    received = []

    @play("a", "b")
    async def answers():
        try:
            yield await ask_async()
        finally:
            received.append(await ask_async())

    async def main():
        steps = answers()
        await anext(steps)
        if how == "athrow":
            with pytest.raises(ZeroDivisionError):
                await steps.athrow(ZeroDivisionError)
        elif how == "aclose":
            await steps.aclose()

    asyncio.run(main())
    assert received == ["b"]
    assert not Interception.layers


def test_async_generators_that_alternate_have_their_own_sessions(tape):
    async def steps(name):
        for _ in range(2):
            yield f"{name} {await ask_async()}"

    async def main():
        first = runmock.use_cassette(tape("one", "two", name="a.yaml"))(steps)("first")
        second = runmock.use_cassette(tape("six", "seven", name="b.yaml"))(steps)("second")
        received = [await anext(generator) for generator in (first, second, first, second)]
        return [*received, await anext(first, None), await anext(second, None)]

    assert asyncio.run(main()) == ["first one", "second six", "first two", "second seven", None, None]


def passed_through(function):
    @functools.wraps(function)
    def passing(*args, **options):
        return function(*args, **options)

    return passing


@pytest.mark.parametrize(
    "above", [lambda function: function, passed_through], ids=["itself", "below another decorator"]
)
def test_the_block_of_a_context_manager_function_is_played_to(play, above):
    @play("a", "b", "c")
    @above
    @contextlib.contextmanager
    def application(name):
        yield f"{name} {ask()}"
        ask()

    for _ in range(2):
        with application("Ada") as answer:
            assert [answer, ask()] == ["Ada a", "b"]
        assert not Interception.layers


def test_a_decorator_below_context_manager_does_the_same(play):
    @contextlib.contextmanager
    @play("a", "b")
    def application():
        yield ask()

    with application() as answer:
        assert [answer, ask()] == ["a", "b"]


def test_the_block_of_an_async_context_manager_function_is_played_to(play):
    @play("a", "b")
    @contextlib.asynccontextmanager
    async def application():
        yield await ask_async()

    async def main():
        async with application() as answer:
            return [answer, await ask_async()]

    assert asyncio.run(main()) == ["a", "b"]


def test_a_context_manager_function_that_is_used_as_a_decorator_plays_to_each_call(play):
    @play("a", "b")
    @contextlib.contextmanager
    def application():
        ask()
        yield

    decorated = application()(ask)
    assert [decorated(), decorated()] == ["b", "b"]


def test_a_failing_block_of_a_context_manager_function_closes_its_session(play):
    @play()
    @contextlib.contextmanager
    def application():
        yield

    with pytest.raises(ZeroDivisionError), application():
        raise ZeroDivisionError


NEVER_RUN = {
    "coroutine": returns_a_coroutine,
    "generator": lambda: (ask() for _ in "a"),
    "async generator": lambda: async_generator_function(),
    "context manager": contextlib.contextmanager(lambda: (yield)),
    "awaitable": lambda: Awaitable(),
}


@pytest.mark.parametrize("kind", NEVER_RUN)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_a_function_gives_back_and_nobody_runs_closes_its_session_when_it_is_thrown_away(play, kind):
    later = play()(NEVER_RUN[kind])()
    assert len(Interception.layers) == 1
    del later
    gc.collect()
    assert not Interception.layers


def test_a_generator_that_a_function_gives_back_is_played_to(play):
    decorated = play("a", "b")(lambda: (ask() for _ in range(2)))
    assert list(decorated()) == ["a", "b"]


def test_an_async_generator_that_a_function_gives_back_is_played_to(play):
    async def answers():
        yield await ask_async()

    async def main():
        return [answer async for answer in play()(lambda: answers())()]

    assert asyncio.run(main()) == ["a"]


def test_a_future_that_a_function_gives_back_is_done_when_the_session_has_ended(play):
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        decorated = play()(lambda: executor.submit(ask))
        for _ in range(2):
            assert decorated().result(timeout=30) == "a"
            assert not Interception.layers


def test_a_future_that_failed_or_was_cancelled_is_so_for_who_waits(play):
    failed, cancelled = concurrent.futures.Future(), concurrent.futures.Future()
    results = [play()(lambda future=future: future)() for future in (failed, cancelled)]
    failed.set_exception(ZeroDivisionError())
    assert results[1].cancel()
    assert cancelled.cancelled()
    with pytest.raises(ZeroDivisionError):
        results[0].result(timeout=30)


def test_a_session_stays_open_for_what_was_started_until_the_coroutine_has_been_awaited(play):
    @play()
    def application():
        task = asyncio.get_running_loop().create_task(coroutine_function())

        async def wait():
            return await task

        return wait()

    async def main():
        later = application()
        await asyncio.sleep(0)
        return await later

    assert asyncio.run(main()) == "a"


def test_between_the_call_and_the_awaiting_the_caller_is_where_it_was(tape):
    async def main():
        with runmock.use_cassette(tape("outer", name="outer.yaml")):
            later = runmock.use_cassette(tape("inner", name="inner.yaml"))(returns_a_coroutine)()
            return [await ask_async(), await later]

    assert asyncio.run(main()) == ["outer", "inner"]


def test_what_stands_in_a_class_is_played_to(play):
    class Application:
        @play()
        @staticmethod
        def static():
            return ask()

        @play()
        @classmethod
        def of_class(cls):
            return cls, ask()

        @staticmethod
        @play()
        def static_below():
            return ask()

        @play("a", "b")
        @property
        def answer(self):
            return ask()

        @answer.setter
        def answer(self, value):
            self.set_to = value

        @play()
        @functools.cached_property
        def cached(self):
            return ask()

        def answer_for(self, name):
            return f"{ask()} for {name}"

        to_ada = play()(functools.partialmethod(answer_for, "Ada"))

    application = Application()
    application.answer = 3
    assert application.set_to == 3
    assert [Application.static(), application.static(), application.static_below()] == ["a"] * 3
    assert Application.of_class() == (Application, "a")
    assert [application.answer, application.cached, application.cached, application.to_ada()] == [
        "a",
        "a",
        "a",
        "a for Ada",
    ]


def test_a_setter_that_sends_a_request_is_played_to(play):
    class Application:
        received = None

        def _set(self, value):
            self.received = value, ask()

        answer = play()(property(None, _set))

    application = Application()
    application.answer = 3
    assert application.received == (3, "a")


def test_calls_within_calls_have_their_own_sessions(play):
    @play("a", "b")
    def application(depth):
        first = ask()
        return [first, *(application(depth - 1) if depth else []), ask()]

    assert application(2) == ["a", "a", "a", "b", "b", "b"]


@pytest.mark.parametrize("way", ["decorated", "with"])
def test_calls_in_several_threads_have_their_own_sessions(play, way):
    use = play("a", "b")
    meeting = threading.Barrier(4, timeout=30)
    received = []

    def application():
        first = ask()
        meeting.wait()
        received.append([first, ask()])
        meeting.wait()

    def with_block():
        with use:
            application()

    threads = [threading.Thread(target=use(application) if way == "decorated" else with_block) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert received == [["a", "b"]] * 4


def test_one_use_may_be_a_block_within_a_block_and_in_several_tasks(play):
    use = play("a", "b")
    with use, use:
        assert ask() == "a"

    async def application(own, other):
        async with use:
            own.set()
            await other.wait()
            return await ask_async()

    async def main():
        first, second = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(application(first, second), application(second, first))

    assert asyncio.run(main()) == ["a", "a"]


NO_TESTS = """\
use_cassette finds no test in the class Application: as a decorator of a class it decorates its methods test*; \
decorate single functions instead, or use `with` in them"""
A_FIXTURE = """\
use_cassette cannot decorate a fixture, which pytest has made of the function already; \
write @pytest.fixture above @use_cassette(...), not below it"""


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (3, "use_cassette decorates functions and classes, not 3"),
        (None, "use_cassette decorates functions and classes, not None"),
        (
            type("Application", (), {"ask": ask}),
            NO_TESTS,
        ),
        (
            pytest.fixture(lambda: 3),
            A_FIXTURE,
        ),
    ],
)
def test_what_cannot_be_played_to_is_refused_when_it_is_decorated(target, message):
    with pytest.raises(runmock.UsageError) as refused:
        runmock.use_cassette()(target)
    assert str(refused.value) == message


def test_a_command_of_click_is_refused_since_click_calls_the_function_itself():
    @click.group()
    def application():
        """It calls its commands."""

    with pytest.raises(runmock.UsageError) as refused:

        @runmock.use_cassette()
        @application.command()
        def wrong():
            """It would be let out."""

    assert str(refused.value) == (
        "use_cassette cannot decorate <Command wrong>, whose function runs without this decorator; "
        "write @use_cassette(...) directly above the function, below the decorator that made this object of it"
    )


def test_below_the_decorator_of_click_it_plays_to_the_command(play):
    @click.command()
    @click.option("--name")
    @play()
    def command(name):
        click.echo(f"{ask()} for {name}")

    assert CliRunner().invoke(command, ["--name", "Ada"]).output == "a for Ada\n"


def named():
    """A function that is decorated without parentheses."""


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (named, "named"),
        (Callable, "Callable"),
        (Callable(), "Callable"),
        (staticmethod(named), "named"),
        (classmethod(named), "named"),
        (property(named), "named"),
        (functools.partial(named), "partial"),
        (coroutine_function, "coroutine_function"),
        (functools.cached_property(named), "named"),
        (functools.partialmethod(named), "named"),
        (functools.singledispatchmethod(named), "named"),
        (contextlib.contextmanager(named), "named"),
    ],
)
def test_a_decorator_without_its_parentheses_names_what_is_missing(target, name):
    with pytest.raises(runmock.UsageError) as refused:
        runmock.use_cassette(target)
    assert str(refused.value) == (
        f'use_cassette lacks its parentheses: write @use_cassette() or @use_cassette("cassette.yaml") above {name}'
    )


@pytest.mark.parametrize("use", [runmock.use_cassette, runmock.transport])
def test_a_cassette_that_is_no_path_is_reported(use):
    with pytest.raises(runmock.UsageError) as refused:
        use({"runs": []})
    expected = f"{use.__name__} takes the paths of cassettes, not {{'runs': []}}; a script goes into script="
    assert str(refused.value) == expected
    with pytest.raises(runmock.UsageError) as refused:
        use(3)
    assert str(refused.value) == f"{use.__name__} takes the paths of cassettes, not 3"
