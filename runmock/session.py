"""A session: cassettes on a deck, the clients intercepted while it is open, and a look back on what happened."""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from runmock.core.errors import CassetteNotFoundError, RunmockFailure, UsageError
from runmock.core.leftovers import report
from runmock.core.matching import MATCHERS
from runmock.core.modes import TABLE, Action, RecordMode
from runmock.core.tempo import Tempo
from runmock.deck import Deck, Options, RequestView
from runmock.tape.cassette import cassette_from, load_cassette
from runmock.transports.mocker import Interception
from runmock.transports.neighbours import Neighbours
from runmock.transports.transport import DeckTransport, Layer
from runmock.verbs import Building, Verbs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    import respx

    from runmock.core.ledger import RunView

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def options(  # noqa: PLR0913 - the marker's keywords
    *,
    record_mode: str = "none",
    pace: str | float | None = None,
    match_on: Iterable[str] | None = None,
    allow_truncated: bool = False,
    hosts: Iterable[str] = (),
    to_record: str | None = None,
) -> Options:
    """A deck's options from words as people write them. Raises UsageError for what is not known."""
    if record_mode not in list(RecordMode):
        raise UsageError(f"record mode {record_mode!r} is not known; the modes are {', '.join(RecordMode)}")
    matchers = MATCHERS if match_on is None else tuple(match_on)
    for name in matchers:
        if name not in MATCHERS:
            raise UsageError(f"match_on {name!r} is not known; the matchers are {', '.join(MATCHERS)}")
    if isinstance(hosts, str):
        raise UsageError(f"hosts is a list of names, not the text {hosts!r}; write hosts=[{hosts!r}]")
    return Options(
        mode=RecordMode(record_mode),
        tempo=Tempo.read(pace),
        match_on=matchers,
        allow_truncated=allow_truncated,
        hosts=tuple(_host(one) for one in hosts),
        to_record=to_record,
    )


def _host(name: str) -> str:
    """A host's name as requests have it. Raises UsageError for a URL, a port or a path."""
    host = name.lower().rstrip(".")
    is_ipv6 = host.count(":") > 1 and set(host) <= set("0123456789abcdef:.")
    if not host or (set(host) & set(":/@[]") and not is_ipv6):
        raise UsageError(f"hosts: {name!r} is no host's name; leave out scheme, port and path, as in 'gateway.example'")
    return host


def check_playable(mode: RecordMode, *, exists: bool) -> None:
    """Raise UsageError when a mode would record: this version plays only."""
    if TABLE[mode, exists, False] is not Action.REFUSE or TABLE[mode, exists, True] is not Action.REPLAY:
        raise UsageError(f"record mode {mode} would record, and this version of runmock plays only; use mode none")


class Session(Verbs):
    """What the fixture `runmock` and `use_cassette` give: the verbs, and what went through."""

    def __init__(self, options: Options | None = None, missing: str | None = None) -> None:
        """`missing`: the path of a cassette that was looked for and is not there."""
        self.deck = Deck(options or Options(), missing)
        self._neighbours = Neighbours()
        self._layer = Layer(self.deck, self._neighbours)
        self._numbers = itertools.count()

    @property
    def router(self) -> respx.Router:
        """A `respx.Router` for everything else that the application calls."""
        return self._neighbours.router

    def _run(self) -> Building:
        return Building(self.deck, self._numbers)

    def load(self, source: str | Path | Mapping[str, Any]) -> Session:
        """Put in one more cassette: a file's path, or a mapping as a cassette holds it. Raises CassetteError."""
        self.deck.load(load_cassette(Path(source)) if isinstance(source, str | Path) else cassette_from(source))
        return self

    def start(self) -> Session:
        """Intercept the clients of httpx and httpx2."""
        Interception.open(self._layer)
        return self

    def stop(self) -> None:
        """Let the clients go."""
        Interception.shut(self._layer)

    @property
    def runs(self) -> list[RunView]:
        """Every run that was created: id, thread_id, status, request, tool_outputs, messages, usage."""
        return self.deck.runs

    @property
    def requests(self) -> list[RequestView]:
        """Every request that was answered or refused: method, path, operation, json, headers (redacted)."""
        return copy.deepcopy(self.deck.requests)

    @property
    def tool_outputs(self) -> dict[str, Any]:
        """What the application submitted, by tool name, all runs together; a list where one was called more often."""
        together: dict[str, list[Any]] = {}
        for run in self.runs:
            for name, value in run.tool_outputs.items():
                together.setdefault(name, []).extend(value if isinstance(value, list) else [value])
        return {name: values[0] if len(values) == 1 else values for name, values in together.items()}

    @property
    def failures(self) -> list[RunmockFailure]:
        """Misses, script errors and wrong outputs that were raised in the application."""
        return list(self.deck.failures)

    def assert_all_played(self) -> None:
        """Raise AssertionError, naming what is left, unless every scripted run and recorded request was used."""
        if left := self.deck.leftovers():
            raise AssertionError(report(left))  # no assert: pytest rewrites those of a plugin's distribution


class UseCassette:
    """`use_cassette(...)` as a context manager, an async one, and a decorator; each use is a session of its own."""

    def __init__(self, cassettes: Iterable[str | Path], given: Mapping[str, Any]) -> None:
        self._cassettes = tuple(Path(one) for one in cassettes)
        self._given = given
        self._options = options(**given)
        self._open: list[Session] = []

    def _begin(self) -> Session:
        session = Session(self._options)
        for number, path in enumerate(self._cassettes):
            if not path.exists() and number == 0:
                check_playable(self._options.mode, exists=False)
                raise CassetteNotFoundError("there is no such cassette; check the path, or record it", str(path))
            session.load(path)
        check_playable(self._options.mode, exists=True)
        return session.start()

    def __enter__(self) -> Session:
        self._open.append(self._begin())
        return self._open[-1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.pop().stop()

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
    """Play cassettes to every client while the block, or the decorated function, runs.

    Keywords: `record_mode`, `pace`, `match_on`, `allow_truncated`, `hosts`. Raises CassetteError and UsageError.
    """
    return UseCassette(cassettes, given)


def transport(*cassettes: str | Path, **given: Any) -> DeckTransport:
    """A transport that plays cassettes, for `httpx.Client(transport=...)`, httpx2's, and the async ones; no patching.

    Keywords as for `use_cassette`.
    """
    session = Session(options(**given))
    for path in cassettes:
        session.load(path)
    return DeckTransport(session.deck)
