"""Sessions outside pytest: `use_cassette` for a block or a function, `transport` for one client without patching."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from runmock.core.errors import UsageError
from runmock.options import options
from runmock.session import Session
from runmock.transports.transport import DeckTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class UseCassette:
    """`use_cassette(...)` as a context manager, an async one, and a decorator; each use is a session of its own."""

    def __init__(self, cassettes: Iterable[str | Path], given: Mapping[str, Any]) -> None:
        self._cassettes = tuple(Path(one) for one in cassettes)
        self._given = given
        self._options = options(**given)
        self._open: list[Session] = []

    def _begin(self) -> Session:
        first = self._cassettes[0] if self._cassettes else None
        session = Session(self._options, path=first)
        _load(session, self._cassettes)
        return session.start()

    def __enter__(self) -> Session:
        self._open.append(self._begin())
        return self._open[-1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session = self._open.pop()
        session.stop()
        if error is None:
            session.save()
            session.deck.warn()

    async def __aenter__(self) -> Session:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        """Decorate a function, or a coroutine function, which then runs inside a session."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise UsageError(
                "use_cassette cannot decorate a generator, which runs when it is read; use `with` inside it"
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def playing_async(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> Any:
                with UseCassette(self._cassettes, self._given):
                    return await function(*args, **kwargs)

            return cast("Callable[_Arguments, _Result]", playing_async)

        @functools.wraps(function)
        def playing(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
            with UseCassette(self._cassettes, self._given):
                return function(*args, **kwargs)

        return playing


def use_cassette(*cassettes: str | Path, **given: Any) -> UseCassette:
    """Play cassettes to every client while the block, or the decorated function, runs; record where the mode says so.

    Keywords: `record_mode`, `upstream`, `before_record`, `pace`, `match_on`, `allow_truncated`, `hosts`, `allow_hosts`.
    The first cassette is written when the block ends without an exception. Raises CassetteError and UsageError.
    """
    return UseCassette(cassettes, given)


def transport(*cassettes: str | Path, **given: Any) -> DeckTransport:
    """A transport that plays cassettes, for `httpx.Client(transport=...)`, httpx2's, and the async ones; no patching.

    Keywords as for `use_cassette`; what is recorded is written when the client is closed.
    """
    paths = tuple(Path(one) for one in cassettes)
    session = Session(options(**given), path=paths[0] if paths else None)
    _load(session, paths)
    session.deck.conduct = None  # nobody could ask for its verdicts
    return DeckTransport(session.deck)


def _load(session: Session, paths: Iterable[Path]) -> None:
    """Put the cassettes in; the first may be one that is yet to be recorded. Raises CassetteError."""
    for number, path in enumerate(paths):
        if number or not session.deck.records or path.exists():
            session.load(path)
