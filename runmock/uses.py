"""The session of one test of a decorated class, or of the class's own fixtures, from its beginning to its end."""

from __future__ import annotations

import inspect
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from runmock.session import Session

    Begin = Callable[[], AbstractContextManager[Session]]


class Use:
    """One use of a cassette; mutable, it begins and ends once. It writes what it recorded when all has passed."""

    def __init__(self, begin: Begin) -> None:
        self._begin, self._open = begin, ExitStack()
        self.session: Session
        self.passed = False
        """Whether what has run last in it has passed."""

    def begin(self) -> Use:
        """Open the session. Raises CassetteError and UsageError."""
        self.session = self._open.enter_context(self._begin())
        return self

    @contextmanager
    def running(self) -> Iterator[Session]:
        """The block runs in the session, in whatever context; `passed` tells how it went."""
        self.passed = False
        with self.session.standing():
            yield self.session
        self.passed = True

    def end(self, *, passed: bool) -> None:
        """Close the session, and write what it recorded if all has passed. Raises CassetteError."""
        if passed:
            self._open.close()
        else:
            close_unwritten(self._open)


class SessionsOfTests:
    """Begins the sessions of a decorated class's tests; mutable."""

    def __init__(self, begin: Begin) -> None:
        self.begin = begin
        self.current: Use | None = None
        """That of the test which pytest runs now; None where somebody else calls a test, which then has one alone."""

    def of_test(self) -> AbstractContextManager[Session]:
        """The session that a test's method runs in."""
        return self.begin() if self.current is None else self.current.running()


def close_unwritten(use: ExitStack) -> None:
    """End uses as a block ends that does not run to its end: nothing is written."""
    use.__exit__(GeneratorExit, GeneratorExit(), None)


def call(function: Callable[..., Any], argument: Any) -> None:
    """Call one of pytest's set-up and teardown functions, which may or may not take an argument."""
    if inspect.signature(function).parameters:
        function(argument)
    else:
        function()
