"""Results of decorated functions that run later, as coroutines: the session stays open until they have ended.

A result that is dropped without having run closes its session too, and nothing is written. For any other result the
session ends with the function.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import weakref
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncContextDecorator,
    ContextDecorator,
    asynccontextmanager,
    contextmanager,
)
from typing import TYPE_CHECKING, Any

from runmock.session.decorators.iterators import (
    Block,
    PlayedAsyncIterator,
    PlayedIterator,
    is_async_iterator,
    is_iterator,
)
from runmock.session.decorators.steps import async_generator_function, generator_function
from runmock.session.decorators.uses import close_unwritten

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
    from contextlib import ExitStack

    from runmock.session.session import Session


def continued(result: Any, use: ExitStack, session: Session, play: Callable[[Any], Any]) -> Any:
    """The result, or a stand-in that runs in the session; the stand-in then ends `use`.

    `play` decorates a function.
    """
    continuing = next((continuing for is_such, continuing in _KINDS if is_such(result)), None)
    if continuing is None:
        return result
    block = Block(use.pop_all(), session)
    session.step_out()
    going_on = continuing(result, block, play)
    weakref.finalize(going_on, close_unwritten, block.use).atexit = False
    return going_on


async def _coroutine(result: Coroutine[Any, Any, Any], block: Block, play: Callable[[Any], Any]) -> Any:
    """Await the coroutine in the session. Its own result may run later too, as the SDK's streams do."""
    with block.use as use, block.session.standing():
        return continued(await result, use, block.session, play)


def _generator(result: Any, block: Block, _: Any) -> Any:
    return generator_function(lambda: result, block)()


def _async_generator(result: Any, block: Block, _: Any) -> Any:
    return async_generator_function(lambda: result, block)()


def _context_manager(result: Any, block: Block, play: Callable[[Any], Any]) -> Any:
    """A context manager of `contextlib.contextmanager`; used as a decorator, it calls the function again."""
    result.gen, result.func = _generator(result.gen, block, play), play(result.func)
    return result


def _async_context_manager(result: Any, block: Block, play: Callable[[Any], Any]) -> Any:
    result.gen, result.func = _async_generator(result.gen, block, play), play(result.func)
    return result


@contextmanager
def _stream_manager(result: AbstractContextManager[Any], block: Block, _: Any) -> Iterator[Any]:
    with block(), result as stream:
        yield stream


@asynccontextmanager
async def _async_stream_manager(result: AbstractAsyncContextManager[Any], block: Block, _: Any) -> AsyncIterator[Any]:
    with block():
        async with result as stream:
            yield stream


def _task(result: asyncio.Future[Any], block: Block, play: Any) -> asyncio.Future[Any]:
    name = result.get_name() if isinstance(result, asyncio.Task) else None
    return result.get_loop().create_task(_coroutine(result, block, play), name=name)  # type: ignore[arg-type]  # it is awaited


def _future(result: concurrent.futures.Future[Any], block: Block, _: Any) -> concurrent.futures.Future[Any]:
    """A future that is done when the session has ended too."""
    future: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def finish(_: Any) -> None:
        try:
            with block():
                value = result.result()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
            if not future.cancelled():
                future.set_exception(error)
        else:
            if not future.cancelled():
                future.set_result(value)

    future.add_done_callback(lambda done: result.cancel() if done.cancelled() else None)
    result.add_done_callback(finish)
    return future


class _Awaited:
    """An awaitable that is no coroutine, as the SDK's async pages; its other methods still work."""

    def __init__(self, result: Any, block: Block, _: Any) -> None:
        self._result, self._block = result, block

    def __await__(self) -> Generator[Any, Any, Any]:
        with self._block():
            return (yield from self._result.__await__())

    async def __aiter__(self) -> AsyncIterator[Any]:
        with self._block():
            async for item in self._result:
                yield item

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)


def _is_made_of_generator(kind: type, decorator: type) -> Callable[[Any], bool]:
    return lambda result: isinstance(result, kind) and isinstance(result, decorator) and hasattr(result, "gen")


def _is_stream_manager(kind: type) -> Callable[[Any], bool]:
    """The SDK's `runs.stream(...)` sends nothing before it is entered."""

    def is_such(result: Any) -> bool:
        of_sdk = type(result).__module__.startswith("openai.") and type(result).__name__.endswith("StreamManager")
        return of_sdk and isinstance(result, kind)

    return is_such


_KINDS: tuple[tuple[Callable[[Any], bool], Callable[..., Any]], ...] = (
    (inspect.iscoroutine, _coroutine),
    (lambda result: inspect.isgenerator(result) and inspect.isawaitable(result), _coroutine),
    (inspect.isgenerator, _generator),
    (inspect.isasyncgen, _async_generator),
    (_is_made_of_generator(AbstractContextManager, ContextDecorator), _context_manager),
    (_is_made_of_generator(AbstractAsyncContextManager, AsyncContextDecorator), _async_context_manager),
    (_is_stream_manager(AbstractContextManager), _stream_manager),
    (_is_stream_manager(AbstractAsyncContextManager), _async_stream_manager),
    (asyncio.isfuture, _task),
    (lambda result: isinstance(result, concurrent.futures.Future), _future),
    (inspect.isawaitable, _Awaited),
    (is_iterator, PlayedIterator),
    (is_async_iterator, PlayedAsyncIterator),
)
"""Kinds of results that run later: how to recognise one, and what makes its stand-in."""
