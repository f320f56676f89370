"""Sessions outside pytest: `use_cassette` for a block or a function, `transport` for one client without patching."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from runmock.core.errors import CassetteNotFoundError, UsageError
from runmock.core.replay.record_modes import can_record, in_shared_cassette, needs_new_file
from runmock.core.replay.ways_out import Access
from runmock.core.report.leftovers import report
from runmock.deck.options import options
from runmock.session.calling_file import calling_file, folder_of
from runmock.session.decorators.classes import decorate_class
from runmock.session.decorators.functions import decorated, stands_in_class
from runmock.session.keywords import checked
from runmock.session.named_cassettes import is_name, locate, no_such_file, places
from runmock.session.session import Session
from runmock.session.verbs.verb_errors import hidden
from runmock.tape.files.search import is_text
from runmock.tape.reading.cassette import cassette_from
from runmock.transports.transport import DeckTransport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Unpack

    from runmock.core.replay.record_modes import RecordMode
    from runmock.deck.options import Options
    from runmock.session.keywords import Keywords
    from runmock.tape.reading.cassette import Cassette
    from runmock.transports.typed import EveryTransport

_Target = TypeVar("_Target")
OF_BLOCK = Access("session", "with use_cassette(...) as session")


@dataclass(frozen=True)
class Playing:
    """The cassettes to play, and the options."""

    cassettes: tuple[Path, ...]
    options: Options
    script: Cassette | None = None
    """The script of the keyword `script`; the cassettes answer before it does."""
    is_judged: bool = False
    """Whether unplayed entries at the end are an error."""
    new: Path | None = None
    """The absolute path of the first cassette, if it did not exist at the beginning."""
    missing: Mapping[Path, CassetteNotFoundError] = field(default_factory=dict)
    """The errors to raise for files that do not exist, when nothing is recorded."""

    @staticmethod
    def read(name: str, cassettes: Iterable[Any], keywords: Mapping[str, Any], caller: str) -> Playing:
        """Read the arguments of a function; `caller` is the file that calls it.

        Raises CassetteError for a script, UsageError.
        """
        how = checked(name, keywords)
        script, is_allowed = how.pop("script", None), how.pop("allow_unplayed", True)
        read = None if script is None else cassette_from(script, f"script of {name}", folder_of(caller))
        access = Access("") if name == "transport" else OF_BLOCK
        how_played = options(**how, access=access, to_record=name if cassettes else "")
        paths, missing = _paths(cassettes, name, how_played.mode, caller)
        return Playing(paths, how_played, read, not is_allowed, missing=missing)

    def session(self) -> Session:
        """A new session with the cassettes. Raises CassetteError and UsageError."""
        __tracebackhide__ = True
        first = self.cassettes[0] if self.cassettes else None
        is_new = first is not None and first.absolute() == self.new
        session = Session(self.options, path=first, existed=False if is_new else None)
        # What is in a new one was recorded meanwhile by another test, and is not this one's.
        self._load(session, leaves_first=is_new and needs_new_file(self.options.mode))
        if self.script is not None:
            session.deck.load(self.script)
        return session

    def _load(self, session: Session, *, leaves_first: bool) -> None:
        """Load the cassettes; the first may not be recorded yet. Raises CassetteError.

        `leaves_first`: the first is left out.
        """
        __tracebackhide__ = True
        for number, path in enumerate(self.cassettes):
            if number == 0 and (leaves_first or (session.deck.records and not path.exists())):
                continue
            if path in self.missing and not path.exists():
                raise CassetteNotFoundError(self.missing[path].message, self.missing[path].path)
            session.load(path)

    def judge(self, session: Session) -> None:
        """Raises AssertionError for unplayed entries, with `allow_unplayed=False` and if nothing is recorded."""
        __tracebackhide__ = True
        if self.is_judged and not session.deck.records and (left := session.deck.leftovers()):
            raise AssertionError(report(left, "leave out allow_unplayed=False", takers=session.deck.takers))

    def of_class(self) -> Playing:
        """These arguments for the tests of a class, which share a cassette: no test removes what others use."""
        mode = in_shared_cassette(self.options.mode)
        new = [path.absolute() for path in self.cassettes[:1] if not os.path.exists(path)]  # noqa: PTH110 - it never raises
        return replace(self, options=replace(self.options, mode=mode), new=next(iter(new), None))


class UseCassette:
    """What `use_cassette(...)` returns: a context manager, an async one, and a decorator. Each use has its session."""

    def __init__(self, playing: Playing) -> None:
        self._playing = playing
        self._open: list[Session] = []

    def __enter__(self) -> Session:
        __tracebackhide__ = True
        session = _opened(self._playing)
        self._open.append(session)
        return session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        session = next((candidate for candidate in reversed(self._open) if candidate.is_around), self._open[-1])
        self._open.remove(session)
        session.stop()
        if error is None:
            self._playing.judge(session)
            session.save()
            session.deck.warn()

    async def __aenter__(self) -> Session:
        __tracebackhide__ = True
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.__exit__(kind, error, trace)

    @hidden
    def __call__(self, target: _Target) -> _Target:
        """Decorate a function or a class of tests; each call, and each test, has a session of its own.

        The session of a generator is open while it runs, also between its steps; that of a function which returns a
        coroutine is open until the coroutine ends. Raises UsageError for what cannot be decorated.
        """
        if isinstance(target, type):
            of_class = self._playing.of_class()
            of_fixtures = replace(of_class, is_judged=False)
            uses = partial(UseCassette, of_class), partial(UseCassette, of_fixtures)
            return decorate_class(target, *uses)  # type: ignore[return-value]  # the same class
        return decorated(target, partial(UseCassette, self._playing))  # type: ignore[no-any-return]


@hidden
def use_cassette(*cassettes: str | os.PathLike[str], **keywords: Unpack[Keywords]) -> UseCassette:
    """Answer every OpenAI client from cassettes while a block or a function runs.

        with runmock.use_cassette("weather.yaml") as session:  # also: async with
            my_app.ask("How warm is it in Paris?")
            print(session.runs)


        @runmock.use_cassette("weather.yaml")  # a function, a coroutine function, a class of tests
        def main():
            my_app.ask("How warm is it in Paris?")

    The value of the block is a `Session`, as the fixture `runmock` is. A text with a separator or a suffix is the path
    of a cassette. Any other text is a name: `use_cassette("weather")` finds `cassettes/weather.runmock.yaml` or
    `cassettes/weather.yaml` beside the calling file, then in the working directory. While pytest runs it looks beside
    the test and beside the calling file, then upwards to rootdir. Several cassettes are tried in order.

    A recording goes into the first cassette. It is written when the block ends without an exception.

    The keywords, also those of `runmock.transport`, `runmock.runmock_session`, of the marker `runmock` and of the
    fixture `runmock_config`:

    record_mode
        What is recorded: "none" (the default), "once" (if the cassette does not exist), "new_episodes" (what the
        cassette does not answer), "all" (everything again), "rewrite" (as "all"; what was not used is removed).
        "verify" asks upstream too, reports what differs, and writes nothing.
    match_on
        What must be the same in a request and a recorded one: a list of "operation", "ids", "query" and "body".
        The default is all four.
    allow_unplayed
        False: what was not played is an error at the end. True: it is none. The default is False for a test with the
        marker or the fixture, and True elsewhere.
    allow_truncated
        True: recorded streams without an end are played. The default is False.
    pace
        How fast streams are played: "0" (the default: at once), "recorded", "2x" (twice as fast), "20ms" between
        events.
    upstream
        The root of the API to record from, such as "https://gateway.example/v1". Without it requests go where the
        client sends them.
    before_record
        A function that gets each interaction before it is written. It returns the interaction, changed or not, or None
        to leave it out.
    hosts
        A list of more hosts whose requests are all answered here, such as ["litellm"]. `api.openai.com`, the hosts of
        Azure and the one of OPENAI_BASE_URL are such hosts already.
    allow_hosts
        A list of hosts that OpenAI clients may reach with requests that runmock does not answer: ["*.internal"], ["*"].
    script
        A cassette's content, as YAML text or as a mapping. It answers after the cassettes.

    Raises CassetteError for a cassette that is wrong or missing, UsageError for a keyword that is wrong, and at the end
    of the block AssertionError for what was not played, with `allow_unplayed=False`.
    """
    _refuse_bare(cassettes)
    return UseCassette(Playing.read("use_cassette", cassettes, keywords, calling_file()))


@hidden
def transport(*cassettes: str | os.PathLike[str], **keywords: Unpack[Keywords]) -> EveryTransport:
    """Return a transport that answers one client from cassettes; nothing else in the process changes.

        http_client = httpx2.Client(transport=runmock.transport("weather.yaml"))
        client = openai.OpenAI(api_key="sk-...", http_client=http_client)

    It is for `Client` and `AsyncClient` of httpx and httpx2 (openai 3.x has httpx2, 1.x and 2.x have httpx). Cassettes
    and keywords are those of `use_cassette`. When the client is closed, the recording is written, and what was not
    played is an AssertionError with `allow_unplayed=False`.

    Raises CassetteError and UsageError.
    """
    playing = Playing.read("transport", cassettes, keywords, calling_file())
    session = playing.session()
    session.deck.activity = None  # nobody could ask for its verdicts
    return cast("EveryTransport", DeckTransport(session.deck, partial(playing.judge, session)))


@hidden
def _opened(playing: Playing) -> Session:
    return playing.session().start()


def _paths(
    cassettes: Iterable[Any], name: str, mode: RecordMode, caller: str
) -> tuple[tuple[Path, ...], dict[Path, CassetteNotFoundError]]:
    """The cassettes' paths, and the errors for missing ones. Raises UsageError for an argument that is no path."""
    found: list[Path] = []
    missing: dict[Path, CassetteNotFoundError] = {}
    for number, cassette in enumerate(cassettes):
        if not isinstance(cassette, str | os.PathLike) or is_text(cassette):
            hint = "; a script goes into script=" if isinstance(cassette, str | Mapping) else ""
            raise UsageError(f"{name} takes the paths of cassettes, not {cassette!r}{hint}")
        text = os.fspath(cassette)
        if not is_name(text):
            path, is_recorded = Path(text), number == 0 and can_record(mode, existed=False)
            found.append(path)
            if text and not is_recorded and not os.path.exists(path):  # noqa: PTH110 - it never raises
                missing[path] = no_such_file(path, name, is_first=number == 0)
            continue
        named = locate(text, places(caller), mode, name, is_first=number == 0)
        found += named.files
        if named.missing is not None:
            missing[named.files[0]] = named.missing
    return tuple(found), missing


def _refuse_bare(cassettes: Iterable[Any]) -> None:
    """Raises UsageError for a function or class, because the decorator was written without its parentheses."""
    for target in cassettes:
        if not isinstance(target, str | os.PathLike) and (callable(target) or stands_in_class(target)):
            function = getattr(target, "fget", None) or (
                getattr(target, "func", target) if stands_in_class(target) else target
            )
            name = getattr(function, "__name__", type(function).__name__)
            raise UsageError(
                "use_cassette lacks its parentheses: "
                f'write @use_cassette() or @use_cassette("cassette.yaml") above {name}'
            )
