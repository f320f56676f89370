"""Stand-ins for iterators that are no generators, as the SDK's streams: a stand-in keeps the session open.

It behaves like the iterator, and its session is open from the call that has made it to its last item, or until it is
closed. The caller of a step moves into the session, as with a generator.
"""

from __future__ import annotations

import inspect
from contextlib import AsyncExitStack, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Self

from runmock.session.decorators.uses import close_unwritten
from runmock.transports.patching.layers import Footing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from runmock.session.session import Session


class Block:
    """The block that a result runs in later; the session ends with it."""

    def __init__(self, use: ExitStack, session: Session) -> None:
        self.use, self.session = use, session

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """The context of the block: the session is open in it, and ends with it."""
        with self.use, self.session.standing():
            yield


class _Steps:
    """The steps of an iterator, each a block; the session ends with the last one, or with one that fails."""

    def __init__(self, block: Block) -> None:
        self._block, self._footing = block, Footing()
        self._has_begun = False
        self._step: AbstractContextManager[None]

    def __enter__(self) -> None:
        self._step = self._footing.step()
        self._step.__enter__()
        if not self._has_begun:
            self._has_begun = True
            self._block.session.step_in()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, StopIteration | StopAsyncIteration):
                self._block.use.close()
            elif error is not None:
                close_unwritten(self._block.use)
        finally:
            self._step.__exit__(None, None, None)

    def end(self, *, passed: bool = True) -> None:
        """End the session after the last step; the recording is written if `passed`."""
        with self:
            if passed:
                self._block.use.close()
            else:
                close_unwritten(self._block.use)


class _StandIn:
    """Behaves like an iterator, also for `isinstance`."""

    def __init__(self, result: Any, block: Block, _: Any) -> None:
        self._result, self._steps = result, _Steps(block)

    @property  # type: ignore[misc]  # for `isinstance` it need not be set
    def __class__(self) -> Any:
        return type(self._result)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)


class PlayedIterator(_StandIn):
    """A stand-in for an iterator."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        with self._steps:
            return next(self._result)

    def __enter__(self) -> Self:
        self._result.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        with ExitStack() as ending:
            ending.callback(self._steps.end, passed=error[0] is None)
            with self._steps:
                return self._result.__exit__(*error)

    def close(self) -> None:
        """Close the iterator, and the session."""
        with ExitStack() as ending:
            ending.callback(self._steps.end)
            with self._steps:
                self._result.close()


class PlayedAsyncIterator(_StandIn):
    """A stand-in for an async iterator."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        with self._steps:
            return await anext(self._result)

    async def __aenter__(self) -> Self:
        await self._result.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> Any:
        async with AsyncExitStack() as ending:
            ending.callback(self._steps.end, passed=error[0] is None)
            with self._steps:
                return await self._result.__aexit__(*error)

    async def close(self) -> None:
        """Close the iterator, and the session."""
        async with AsyncExitStack() as ending:
            ending.callback(self._steps.end)
            with self._steps:
                await self._result.close()


def is_iterator(result: object) -> bool:
    """Whether a result is an iterator that makes items on demand: its class is in Python, or a lazy built-in."""
    is_lazy = isinstance(result, map | filter | zip | enumerate) or type(result).__module__ == "itertools"
    return is_lazy or inspect.isfunction(getattr(type(result), "__next__", None))


def is_async_iterator(result: object) -> bool:
    """Whether a result is an async iterator: its class defines `__anext__` in Python."""
    return inspect.isfunction(getattr(type(result), "__anext__", None))
