"""Who waits for an answer, and whether an exception has left it since."""

import asyncio
import contextlib
import gc
import threading
import time
import weakref

import pytest

from runmock.session.caller_watch import CallersInProcess, ProcessWatch


def returns(answer):
    return answer()


def raises(answer):
    answer()
    raise ValueError


def stumbles(answer):
    return answer().nothing


def swallows(answer):
    try:
        raises(answer)
    except ValueError:
        return


def reads_a_generator(answer):
    def items():
        yield answer()
        yield 2

    return list(items())


class Once:
    """An iterator that ends, or fails, when the answer is there."""

    def __init__(self, answer, error):
        self.answer, self.error = answer, error

    def __iter__(self):
        return self

    def __next__(self):
        self.answer()
        raise self.error

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.answer()
        raise self.error


def reads_an_iterator(answer):
    return list(Once(answer, StopIteration))


def reads_an_iterator_that_fails(answer):
    return list(Once(answer, ValueError))


async def reads_an_async_iterator(answer):
    return [item async for item in Once(answer, StopAsyncIteration)]


async def reads_an_async_iterator_that_fails(answer):
    return [item async for item in Once(answer, ValueError)]


async def waits(answer):
    await asyncio.sleep(0)
    return answer()


async def fails_later(answer):
    answer()
    await asyncio.sleep(0)
    raise ValueError


CASES = [
    (returns, False),
    (raises, True),
    (stumbles, True),
    (swallows, True),
    (reads_a_generator, False),
    (reads_an_iterator, False),
    (reads_an_iterator_that_fails, True),
]
COROUTINES = [
    (waits, False),
    (fails_later, True),
    (reads_an_async_iterator, False),
    (reads_an_async_iterator_that_fails, True),
]


@pytest.mark.parametrize(("application", "has_raised"), CASES, ids=lambda case: getattr(case, "__name__", None))
def test_a_function_that_was_left_by_an_exception_is_known(application, has_raised):
    callers = []
    with contextlib.suppress(ValueError, AttributeError):
        application(lambda: callers.append(CallersInProcess()))
    assert callers[0].raised() is has_raised


@pytest.mark.parametrize(("application", "has_raised"), COROUTINES)
def test_a_coroutine_too(application, has_raised):
    callers = []
    with contextlib.suppress(ValueError):
        asyncio.run(application(lambda: callers.append(CallersInProcess())))
    assert callers[0].raised() is has_raised


def test_what_still_runs_has_not_been_left():
    results = []
    returns(lambda: results.append(CallersInProcess().raised()))
    assert results == [False]


def test_waiting_in_another_thread_is_found_as_well():
    callers = []

    def fails_after_its_thread():
        thread = threading.Thread(target=lambda: callers.append(CallersInProcess()))
        thread.start()
        thread.join()
        raise ValueError

    with contextlib.suppress(ValueError):
        fails_after_its_thread()
    assert callers[0].raised()


def test_what_was_let_go_is_held_no_longer_and_still_known():
    caller_watch = ProcessWatch()
    held = []

    class Large:
        pass

    def fails_with_something_large():
        large = Large()
        held.append(weakref.ref(large))
        held.append(caller_watch.callers())
        raise ValueError

    with contextlib.suppress(ValueError):
        fails_with_something_large()
    caller_watch.let_go()
    gc.collect()
    assert (held[0](), held[1].raised()) == (None, True)


def test_time_that_a_test_has_replaced_is_not_real(monkeypatch):
    caller_watch = ProcessWatch()
    assert caller_watch.now_ns() <= caller_watch.now_ns()
    assert caller_watch.is_time_real()
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert not caller_watch.is_time_real()


@pytest.mark.parametrize(
    ("date", "is_ahead"),
    [("Wed, 21 Oct 2099 07:28:00 GMT", True), ("Wed, 21 Oct 2015 07:28:00 -0000", False), ("soon", None)],
)
def test_a_date_is_so_far_away(date, is_ahead):
    seconds = ProcessWatch().seconds_until(date)
    assert (None if seconds is None else seconds > 0) is is_ahead
