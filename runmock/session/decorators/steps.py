"""Decorates generator functions: their generators run in a block, from the first step to the last one.

A plain `with` around the generator does not work: between two steps other code runs, of the reader and of other
generators, and the next step may run in another context. So each step runs in the generator's own place. Values and
exceptions that are sent, thrown, returned or raised pass through unchanged.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from runmock.transports.patching.layers import Footing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
    from contextlib import AbstractContextManager
    from types import TracebackType

    Begin = Callable[[], AbstractContextManager[Any]]
    """Returns the block."""


def generator_function(
    function: Callable[..., Generator[Any, Any, Any]], begin: Begin, footing: Callable[[], Footing] = Footing
) -> Callable[..., Generator[Any, Any, Any]]:
    """The function, decorated: each of its generators runs in a block of its own."""

    def playing(*args: Any, **keywords: Any) -> Generator[Any, Any, Any]:
        __tracebackhide__ = True  # of pytest: what is raised here was raised in the generator
        step = footing().step
        with _Held(begin(), step):
            return (yield from _steps(function(*args, **keywords), step))

    return playing


def async_generator_function(
    function: Callable[..., AsyncGenerator[Any, Any]], begin: Begin, footing: Callable[[], Footing] = Footing
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """The function, decorated: each of its async generators runs in a block of its own."""

    async def playing(*args: Any, **keywords: Any) -> AsyncGenerator[Any, Any]:
        __tracebackhide__ = True
        step = footing().step
        with _Held(begin(), step):
            steps = function(*args, **keywords)
            resume: Awaitable[Any] = steps.asend(None)
            try:
                while True:
                    try:
                        with step():
                            item = await resume
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - the generator decides about it
                        resume = steps.athrow(error)
                    else:
                        resume = steps.asend(sent)
            finally:
                with step():
                    await steps.aclose()

    return playing


def _steps(steps: Generator[Any, Any, Any], step: Begin) -> Generator[Any, Any, Any]:
    __tracebackhide__ = True
    resume: Callable[[], Any] = partial(steps.send, None)
    try:
        while True:
            try:
                with step():
                    item = resume()
            except StopIteration as end:
                return end.value
            try:
                sent = yield item
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001 - the generator decides about it
                resume = partial(steps.throw, error)
            else:
                resume = partial(steps.send, sent)
    finally:
        with step():
            steps.close()


class _Held:
    """A block that is entered and left in the generator's place."""

    def __init__(self, block: AbstractContextManager[Any], step: Begin) -> None:
        self._block, self._step = block, step

    def __enter__(self) -> None:
        with self._step():
            self._block.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._step():
            self._block.__exit__(kind, error, trace)
