"""The session of one test of a decorated class, or of the class's own fixtures, from its beginning to its end."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from runmock.session.session import Session

    Begin = Callable[[], AbstractContextManager[Session]]


class Use:
    """One use of a cassette; mutable, it begins and ends once. It writes its recording if everything has passed."""

    def __init__(self, begin: Begin) -> None:
        self._begin, self._open = begin, ExitStack()
        self.session: Session
        self.passed = False
        """Whether the last block of `running` ended without an exception."""

    def begin(self) -> Use:
        """Open the session. Raises CassetteError and UsageError."""
        self.session = self._open.enter_context(self._begin())
        return self

    @contextmanager
    def running(self) -> Iterator[Session]:
        """Run the block in the session, in whatever context; afterwards `passed` is true if nothing was raised."""
        self.passed = False
        with self.session.standing():
            yield self.session
        self.passed = True

    def end(self, *, passed: bool) -> None:
        """Close the session, and write its recording if `passed`. Raises CassetteError."""
        if passed:
            self._open.close()
        else:
            close_unwritten(self._open)


class SessionsOfTests:
    """Begins the sessions of a decorated class's tests; mutable.

    A decorated subclass begins its own sessions, and shares `running`: where its methods call those of the base class,
    these find that a session has begun, and begin none.
    """

    def __init__(self, begin: Begin, begin_for_class: Begin, above: SessionsOfTests | None = None) -> None:
        """`begin_for_class` is for the set-up and teardown of the class, `above` the sessions of a decorated base."""
        self.begin, self.begin_for_class = begin, begin_for_class
        self.running: Running = Running() if above is None else above.running

    def of_test(self) -> AbstractContextManager[Session]:
        """The session that a test's method runs in."""
        current = self.running.test
        return self.begin() if current is None else current.running()


class Running:
    """What runs now of the tests of a class; mutable."""

    def __init__(self) -> None:
        self.test: Use | None = None
        """The use of the test that pytest runs now; None where other code calls a test, which then begins its own."""
        self.called: set[tuple[object, int]] = set()
        """The set-up and teardown functions that were called for the test, with the `id` of its object."""
        self.case: object = None
        """The test of unittest that runs now."""
        self.classes: dict[tuple[str, type], Use] = {}
        """The uses of class fixtures, by the name of the set-up function and the class of the tests."""


def close_unwritten(use: ExitStack) -> None:
    """End a use as if its block had been left early, so that nothing is written."""
    use.__exit__(GeneratorExit, GeneratorExit(), None)
