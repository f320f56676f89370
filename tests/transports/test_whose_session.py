"""Whose session a request belongs to: threads, the work of executors, and tasks belong where they were started."""

import _thread
import asyncio
import concurrent.futures
import contextlib
import contextvars
import functools
import gc
import multiprocessing.pool
import threading
import weakref

import anyio.from_thread
import anyio.to_thread
import httpx2
import pytest
import trio
import wrapt
from short_client import BODY, HEADERS, ask, ask_async

import runmock
from runmock.transports.patching.mocker import Interception


@contextlib.contextmanager
def session(*replies):
    """A session with these replies."""
    with runmock.use_cassette() as opened:
        for reply in replies:
            opened.reply(reply)
        yield opened


class Waiting:
    """A thread that sends its request when the test lets it."""

    def __init__(self, make=threading.Thread):
        self._now, self.answer = threading.Event(), None
        self._thread = make(target=self._run)
        self._thread.start()

    def _run(self):
        self._now.wait(30)
        try:
            self.answer = ask()
        except runmock.UnmatchedRequest as error:
            self.answer = type(error).__name__

    def ask(self):
        self._now.set()
        self._thread.join(30)
        return self.answer


class Subclass(threading.Thread):
    def run(self):
        super().run()


def a_timer(target):
    return threading.Timer(0, target)


def started_by_hand(target):
    thread = threading.Thread()
    thread.run = target
    return thread


THREADS = pytest.mark.parametrize("make", [threading.Thread, Subclass, a_timer, started_by_hand])


@THREADS
def test_a_thread_belongs_to_the_session_it_was_started_in_though_another_is_opened_later(make):
    with session("outer"):
        thread = Waiting(make)
        with session("inner"):
            assert [thread.ask(), ask()] == ["outer", "inner"]


@THREADS
def test_a_thread_of_an_inner_session_belongs_to_it_when_checked_elsewhere(make):
    with session("outer"), session("inner"):
        thread = Waiting(make)
        with session("innermost"):
            assert [thread.ask(), ask()] == ["inner", "innermost"]


def test_a_thread_that_outlives_its_session_belongs_to_the_innermost_that_is_open():
    with session():
        threads = [Waiting() for _ in range(3)]
    with session("next") as after:
        assert threads[0].ask() == "next"
        assert threads[1].ask() == "UnmatchedRequest"
        assert len(after.failures) == 1
    with session("outer"):
        with session():
            pass
        assert threads[2].ask() == "outer"


def test_a_thread_that_outlives_all_sessions_belongs_to_nobody():
    with session():
        thread = threading.Thread(target=lambda: (gate.wait(30), received.append(Interception.in_order())))
        gate, received = threading.Event(), []
        thread.start()
    gate.set()
    thread.join(30)
    assert received == [()]


def test_a_thread_that_was_started_before_any_session_belongs_to_the_innermost():
    thread = Waiting()
    with session("outer"), session("inner"):
        assert thread.ask() == "inner"


def test_a_thread_of_a_thread_belongs_to_the_same_session():
    received = []

    def start():
        inner = threading.Thread(target=lambda: received.append(ask()))
        with session("of the thread"):
            inner.start()
            inner.join(30)
        received.append(ask())

    with session("outer"):
        thread = threading.Thread(target=start)
        with session("inner"):
            thread.start()
            thread.join(30)
            assert received == ["of the thread", "inner"]


def test_a_session_that_a_thread_opens_is_that_threads():
    gate, is_open = threading.Event(), threading.Event()

    def run():
        with session("of the thread"):
            is_open.set()
            gate.wait(30)

    thread = threading.Thread(target=run)
    with session("outer"):
        thread.start()
        is_open.wait(30)
        assert ask() == "outer"
        gate.set()
        thread.join(30)


def test_a_thread_that_cannot_be_started_is_as_it_was():
    with session():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join(30)
        with pytest.raises(RuntimeError, match="threads can only be started once"):
            thread.start()
        assert "run" not in vars(thread)


def test_a_thread_is_freed_without_the_collector():
    gc.disable()
    try:
        with session():
            thread = threading.Thread(target=lambda: None)
            thread.start()
            thread.join(30)
            freed = weakref.ref(thread)
            del thread
            assert freed() is None
    finally:
        gc.enable()


def submitted(executor):
    return executor.submit(ask).result(30)


def mapped(executor):
    return next(iter(executor.map(lambda _: ask(), [1])))


async def _in_executor(executor):
    return await asyncio.get_running_loop().run_in_executor(executor, ask)


def run_in_executor(executor):
    return asyncio.run(_in_executor(executor))


def run_in_the_default_executor(executor):
    return asyncio.run(_in_executor(None))


def to_thread(executor):
    async def main():
        return await asyncio.to_thread(ask)

    return asyncio.run(main())


def anyio_to_thread(executor):
    return anyio.run(anyio.to_thread.run_sync, ask)


def trio_to_thread(executor):
    return trio.run(trio.to_thread.run_sync, ask)


def in_a_portal(executor):
    with anyio.from_thread.start_blocking_portal() as portal:
        return portal.call(ask_async)


WAYS = pytest.mark.parametrize(
    "way",
    [
        submitted,
        mapped,
        run_in_executor,
        run_in_the_default_executor,
        to_thread,
        anyio_to_thread,
        trio_to_thread,
        in_a_portal,
    ],
)


@WAYS
def test_work_belongs_to_the_session_it_was_handed_in_in_whoever_made_the_workers(way):
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(int).result(30)
        with session("first"):
            assert way(executor) == "first"
        with session("outer"):
            with session("inner"):
                assert way(executor) == "inner"
            assert way(executor) == "outer"


@WAYS
def test_work_belongs_to_the_inner_session_where_an_outer_one_has_made_the_workers(way):
    with session("outer"), concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(int).result(30)
        with session("inner"):
            assert way(executor) == "inner"
        assert way(executor) == "outer"


def test_a_callback_of_a_future_belongs_where_the_work_was_handed_in():
    gate, answers = threading.Event(), []
    with session("outer"), concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(int).result(30)
        with session("inner"):
            work = executor.submit(gate.wait, 30)
            called = threading.Event()
            work.add_done_callback(lambda _: (answers.append(ask()), called.set()))
            gate.set()
            called.wait(30)
        assert [*answers, executor.submit(ask).result(30)] == ["inner", "outer"]


@pytest.mark.parametrize("call", ["apply", "map", "imap"])
def test_a_pool_of_multiprocessing_belongs_to_the_innermost_session_whoever_made_it(call):
    def answer(pool):
        return pool.apply(ask) if call == "apply" else next(iter(getattr(pool, call)(lambda _: ask(), [1])))

    with session("outer"), multiprocessing.pool.ThreadPool(1) as pool:
        with session("inner"):
            assert answer(pool) == "inner"
        assert answer(pool) == "outer"


def test_a_thread_without_the_threading_module_belongs_to_the_innermost_session():
    answers, ended = [], threading.Event()
    with session("outer"), session("inner"):
        _thread.start_new_thread(lambda: (answers.append(ask()), ended.set()), ())
        ended.wait(30)
    assert answers == ["inner"]


def test_a_task_in_a_context_of_its_own_belongs_to_the_innermost_session():
    async def main():
        with session("outer", "outer 2"):
            with session("inner", "inner 2"):
                task = asyncio.create_task(ask_async(), context=contextvars.Context())
                answers = [await task, await asyncio.to_thread(contextvars.Context().run, ask)]
            return [*answers, await asyncio.create_task(ask_async(), context=contextvars.Context())]

    assert asyncio.run(main()) == ["inner", "inner 2", "outer"]


def test_a_session_that_is_closed_by_another_thread_is_over_everywhere():
    with session("outer"):
        use = runmock.use_cassette()
        use.__enter__()
        thread = threading.Thread(target=use.__exit__, args=(None, None, None))
        thread.start()
        thread.join(30)
        assert ask() == "outer"


def test_work_belongs_to_the_session_it_was_handed_in_in_though_it_runs_later():
    gate = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(gate.wait, 30)
        with session("outer"):
            waiting = executor.submit(ask)
            with session("inner"):
                gate.set()
                assert [waiting.result(30), ask()] == ["outer", "inner"]


def test_what_a_session_hands_in_is_a_function_with_its_arguments():
    with session(), concurrent.futures.ThreadPoolExecutor(1) as executor:
        assert executor.submit(dict, [("a", 1)], fn=2, place=3).result(30) == {"a": 1, "fn": 2, "place": 3}
        with pytest.raises(ZeroDivisionError):
            executor.submit(lambda: 1 / 0).result(30)


def test_a_portal_belongs_to_who_calls_it_whoever_made_it():
    with anyio.from_thread.start_blocking_portal() as portal, session("outer"):
        assert portal.call(ask_async) == "outer"
        with session("inner"):
            assert portal.call(ask_async) == "inner"


def test_the_application_behind_a_test_client_belongs_to_who_calls_it():
    starlette = pytest.importorskip("starlette.applications")
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    async def answer(request):
        return PlainTextResponse(await ask_async())

    def answer_in_a_thread(request):
        return PlainTextResponse(ask())

    routes = [Route("/async", answer), Route("/sync", answer_in_a_thread)]
    with TestClient(starlette.Starlette(routes=routes)) as client, session("outer", "outer 2"):
        with session("inner", "inner 2"):
            assert [client.get(path).text for path in ("/async", "/sync")] == ["inner", "inner 2"]
        assert [client.get(path).text for path in ("/async", "/sync")] == ["outer", "outer 2"]


def test_tasks_belong_to_the_session_they_were_started_in():
    async def waiting(gate):
        await gate.wait()
        return await ask_async()

    async def main():
        gate = asyncio.Event()
        with session("outer 1", "outer 2", "outer 3"):
            before = asyncio.create_task(waiting(gate))
            with session("inner"):
                within = asyncio.create_task(waiting(gate))
                late = asyncio.create_task(waiting(asyncio.Event()))
                gate.set()
                answers = [await before, await within]
            after = asyncio.create_task(waiting(gate))
            late.cancel()
            return [*answers, await after, await ask_async()]

    assert asyncio.run(main()) == ["outer 1", "inner", "outer 2", "outer 3"]


def test_a_task_that_outlives_its_session_belongs_to_the_one_around_it():
    async def waiting(gate):
        await gate.wait()
        return await ask_async()

    async def main():
        gate = asyncio.Event()
        with session("outer"):
            with session():
                task = asyncio.create_task(waiting(gate))
            gate.set()
            return await task

    assert asyncio.run(main()) == "outer"


def test_a_callback_of_the_loop_belongs_to_the_session_it_was_registered_in():
    async def main():
        done = asyncio.get_running_loop().create_future()
        with session("outer"):
            asyncio.get_running_loop().call_soon(lambda: done.set_result(ask()))
            with session("inner"):
                return await done

    assert asyncio.run(main()) == "outer"


def test_trios_tasks_belong_to_the_session_they_were_started_in():
    received = []

    async def waiting(gate):
        await gate.wait()
        async with httpx2.AsyncClient() as client:
            response = await client.post("https://api.openai.com/v1/threads/runs", json=BODY, headers=HEADERS)
        received.append("outer" in response.text)

    async def main():
        gate = trio.Event()
        with session("outer"):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(waiting, gate)
                with session("inner"):
                    gate.set()
                    while not received:
                        await trio.lowlevel.checkpoint()

    trio.run(main)
    assert received == [True]


def test_blocks_that_end_in_another_order_leave_the_rest():
    first, second = runmock.use_cassette(), runmock.use_cassette()
    first.__enter__().reply("first")
    second.__enter__().reply("second")
    first.__exit__(None, None, None)
    assert ask() == "second"
    second.__exit__(None, None, None)


def test_threads_and_executors_are_patched_while_a_session_is_open_only():
    before = threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit
    with session():
        within = threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit
    assert before == (threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit)
    assert not set(before) & set(within)
    assert within[0].__name__ == "start"


def a_thread(target):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join(30)


def test_a_wrapper_that_gets_the_function_of_a_threads_run_is_served(monkeypatch):
    """As Sentry's."""
    original = threading.Thread.start

    @functools.wraps(original)
    def start(thread):
        run = getattr(thread.run, "__func__", thread.run)
        thread.run = lambda: run(threading.current_thread())
        original(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    answers = []
    with session("outer"), session("inner"):
        a_thread(lambda: answers.append(ask()))
    assert answers == ["inner"]


@pytest.fixture
def wrap():
    """Wrap methods as OpenTelemetry and ddtrace do, by objects that equal what they wrap; count the calls."""
    places = ((threading.Thread, "start"), (concurrent.futures.ThreadPoolExecutor, "submit"))
    counts = dict.fromkeys(places, 0)

    def put(place):
        def counting(wrapped, instance, args, keywords):
            counts[place] += instance is not None
            return wrapped(*args, **keywords)

        wrapt.wrap_function_wrapper(*place, counting)

    class Wrap:
        def __call__(self):
            for place in places:
                put(place)

        def uses(self, answer):
            before, answers = list(counts.values()), []
            a_thread(lambda: answers.append(ask()))
            with concurrent.futures.ThreadPoolExecutor(1) as executor:
                answers.append(executor.submit(ask).result(30))
            assert answers == [answer] * 2
            return all(now > then for now, then in zip(counts.values(), before, strict=True))

        def take_away(self):
            for kind, name in places:
                setattr(kind, name, vars(kind)[name].__wrapped__)

    before = [vars(kind)[name] for kind, name in places]
    yield Wrap()
    assert [vars(kind)[name] for kind, name in places] == before
    assert all(vars(kind)[name] is function for (kind, name), function in zip(places, before, strict=True))


def test_wrappers_that_were_there_before_the_session_are_used_and_stay(wrap):
    with session("plain", "plain"):
        assert not wrap.uses("plain")
    wrap()
    with session("outer"), session("inner", "inner"):
        assert wrap.uses("inner")
    wrap.take_away()
    with session("plain", "plain"):
        assert not wrap.uses("plain")


def test_wrappers_that_come_while_a_session_is_open_are_used_and_stay(wrap):
    with session("outer", "outer"):
        wrap()
        with session("inner", "inner"):
            assert wrap.uses("inner")
        assert wrap.uses("outer")
    with session("after", "after"):
        assert wrap.uses("after")
    wrap.take_away()
    with session("plain", "plain"):
        assert not wrap.uses("plain")


def test_a_patch_of_threads_above_goes_on_after_the_session(monkeypatch):
    with session():
        ours = threading.Thread.start

        @functools.wraps(ours)
        def start(thread):
            started.append(thread)
            ours(thread)

        monkeypatch.setattr(threading.Thread, "start", start)
    started = []
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join(30)
    assert started == [thread]
    monkeypatch.undo()
    with session():
        pass
    assert threading.Thread.start is not ours


@pytest.mark.parametrize("order", ["before", "within"])
def test_a_patch_of_threads_that_wraps_their_run_goes_on(monkeypatch, order):
    """Sentry's puts a function of its own in the place of `run`, and gives the thread to the one that stood there."""

    def patch():
        before = threading.Thread.start

        def start(thread):
            inner = getattr(thread.run, "__func__", thread.run)

            def run(*args):
                return inner(threading.current_thread(), *args[1:])

            thread.run = run
            return before(thread)

        monkeypatch.setattr(threading.Thread, "start", start)

    if order == "before":
        patch()
    with session() as own:
        if order == "within":
            patch()
        found = []
        thread = threading.Thread(target=lambda: found.append(Interception.in_order()))
        thread.start()
        thread.join(30)
        monkeypatch.undo()
    assert [entry[0].deck for entry in found] == [own.deck]


def test_a_closed_session_is_not_kept_alive_by_who_was_started_in_it():
    gate = threading.Event()
    with session("a") as opened:
        thread = threading.Thread(target=gate.wait, args=(30,))
        thread.start()
        ask()
        kept = weakref.ref(opened.deck.stage)
    del opened
    gc.collect()
    assert kept() is None
    gate.set()
    thread.join(30)
