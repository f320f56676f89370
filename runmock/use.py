"""Sessions outside pytest: `use_cassette` for a block or a function, `transport` for one client without patching."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from runmock.core.errors import UsageError
from runmock.core.modes import RecordMode, needs_new_file
from runmock.decorating import decorated
from runmock.decorating_classes import decorate_class
from runmock.options import options
from runmock.session import Session
from runmock.transports.transport import DeckTransport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from runmock.options import Options

_Target = TypeVar("_Target")


class UseCassette:
    """`use_cassette(...)` as a context manager, an async one, and a decorator; each use is a session of its own."""

    def __init__(self, cassettes: Iterable[Path], settings: Options, new: Path | None = None) -> None:
        """`new`: the whole path of the first cassette, where it was not there when everything began."""
        self._cassettes, self._options, self._new = tuple(cassettes), settings, new
        self._open: list[Session] = []

    def _begin(self) -> Session:
        first = self._cassettes[0] if self._cassettes else None
        is_new = first is not None and first.absolute() == self._new
        session = Session(self._options, path=first, existed=False if is_new else None)
        _load(session, self._cassettes, leaves_first=is_new and needs_new_file(self._options.mode))
        return session.start()

    def __enter__(self) -> Session:
        session = self._begin()
        self._open.append(session)
        return session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session = next((one for one in reversed(self._open) if one.is_around), self._open[-1])
        self._open.remove(session)
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

    def __call__(self, target: _Target) -> _Target:
        """Decorate a function or a class of tests; each call, and each test, has a session of its own.

        A generator's session is open while it runs, between its steps too, and that of a function that gives back a
        coroutine until that was awaited. Raises UsageError for what cannot be played to.
        """
        if isinstance(target, type):
            return decorate_class(target, self._of_class().again, self._of_class().again)  # type: ignore[return-value]  # the same class
        return decorated(target, self.again)  # type: ignore[no-any-return]

    def again(self) -> UseCassette:
        """One more use."""
        return UseCassette(self._cassettes, self._options, self._new)

    def _of_class(self) -> UseCassette:
        """The uses of a class's tests, which share a cassette: what one of them does not use, another does."""
        shared = self._options
        if shared.mode is RecordMode.REWRITE:
            shared = replace(shared, mode=RecordMode.ALL)
        new = [path.absolute() for path in self._cassettes[:1] if not os.path.exists(path)]  # noqa: PTH110 - it never raises
        return UseCassette(self._cassettes, shared, next(iter(new), None))


def use_cassette(*cassettes: str | Path, **given: Any) -> UseCassette:
    """Play cassettes to every client while the block, or the decorated function, runs; record where the mode says so.

    Keywords: `record_mode`, `upstream`, `before_record`, `pace`, `match_on`, `allow_truncated`, `hosts`, `allow_hosts`.
    The first cassette is written when the block ends without an exception. Raises CassetteError and UsageError.
    """
    _refuse_bare(cassettes)
    return UseCassette(_paths(cassettes, "use_cassette"), options(**given))


def transport(*cassettes: str | Path, **given: Any) -> DeckTransport:
    """A transport that plays cassettes, for `httpx.Client(transport=...)`, httpx2's, and the async ones; no patching.

    Keywords as for `use_cassette`; what is recorded is written when the client is closed.
    """
    paths = _paths(cassettes, "transport")
    session = Session(options(**given), path=paths[0] if paths else None)
    _load(session, paths)
    session.deck.conduct = None  # nobody could ask for its verdicts
    return DeckTransport(session.deck)


def _paths(cassettes: Iterable[Any], name: str) -> tuple[Path, ...]:
    """The cassettes' paths. Raises UsageError for what is none."""
    found = tuple(cassettes)
    for one in found:
        if not isinstance(one, str | os.PathLike):
            raise UsageError(f"{name} takes the paths of cassettes, not {one!r}")
    return tuple(Path(one) for one in found)


def _refuse_bare(cassettes: Iterable[Any]) -> None:
    """Raises UsageError for what stands below a decorator that was written without its parentheses."""
    for one in cassettes:
        function = getattr(one, "fget", one)  # of a property
        if isinstance(one, staticmethod | classmethod) or callable(function):
            name = getattr(function, "__name__", type(function).__name__)
            raise UsageError(
                "use_cassette lacks its parentheses: "
                f'write @use_cassette() or @use_cassette("cassette.yaml") above {name}'
            )


def _load(session: Session, paths: Iterable[Path], *, leaves_first: bool = False) -> None:
    """Put the cassettes in; the first may be one that is yet to be recorded. Raises CassetteError.

    `leaves_first`: what is in the first was recorded meanwhile by another test, and is not this one's.
    """
    for number, path in enumerate(paths):
        if number or not (leaves_first or (session.deck.records and not path.exists())):
            session.load(path)
