"""The machine you put cassettes in: it takes requests, asks the recordings, then the scripts, and tells what is left.

One lock guards everything that is remembered, so threads, tasks and clients share a deck as they share the service.
"""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from threading import RLock
from typing import TYPE_CHECKING, Any

from runmock.core import ledger, refusals
from runmock.core.backend import Backend
from runmock.core.errors import RunmockFailure, ScriptError, UnmatchedRequest
from runmock.core.leftovers import Leftover, leftovers, unanswered
from runmock.core.matching import MATCHERS, Expectation, expectation
from runmock.core.miss import Miss
from runmock.core.modes import RecordMode
from runmock.core.multipart import upload
from runmock.core.operations import identify, is_azure
from runmock.core.player import Player
from runmock.core.request_view import RequestView, view_of
from runmock.core.service.call import NothingScripted
from runmock.core.tempo import Tempo
from runmock.wire.checks import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from runmock.core.exchange import Frame, Reply, Request
    from runmock.core.script import ScriptedRun
    from runmock.tape.cassette import Cassette

HOSTS = ("api.openai.com", "*.openai.azure.com", "*.services.ai.azure.com")
"""Hosts whose requests are always runmock's."""

BETA_HEADER = "openai-beta"


@dataclass(frozen=True, slots=True)
class Options:
    """How a deck plays; `ways_out` are the last lines of a miss: what to do, and the command that does it."""

    mode: RecordMode = RecordMode.NONE
    tempo: Tempo = field(default_factory=Tempo)
    match_on: tuple[str, ...] = MATCHERS
    allow_truncated: bool = False
    hosts: tuple[str, ...] = ()
    ways_out: tuple[tuple[str, str], ...] = ()
    ways_out_elsewhere: tuple[tuple[str, str], ...] = ()
    """More of them, for requests outside of the Assistants family."""
    remembers: int | None = None
    """So many requests and failures are kept for a look back; None keeps them all."""
    is_stock: bool = False
    """With no cassette at all, answer every request of the family: stock replies, and objects for whatever ids."""


@dataclass(slots=True)
class Deck:
    """Plays cassettes. `missing` names a cassette that was looked for and is not there."""

    options: Options = field(default_factory=Options)
    missing: str | None = None
    _requests: deque[RequestView] = field(init=False)
    _failures: deque[RunmockFailure] = field(init=False)
    backend: Backend = field(init=False)
    _players: list[tuple[Cassette, Player]] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _played: dict[str, None] = field(default_factory=dict)
    _has_script: bool = False
    _ledger: ledger.Ledger = field(default_factory=ledger.Ledger)
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self._requests = deque(maxlen=self.options.remembers)
        self._failures = deque(maxlen=self.options.remembers)
        self.backend = Backend(is_stock=self.options.is_stock)
        self.backend.tempo = self.options.tempo

    def load(self, cassette: Cassette) -> None:
        """Put in one more cassette; they are asked in the order in which they came."""
        options = self.options
        with self._lock:
            self._names.append(cassette.path)
            if cassette.interactions:
                player = Player(cassette.interactions, options.tempo, options.match_on, options.allow_truncated)
                self._players.append((cassette, player))
            if cassette.script is not None:
                self._has_script = True
                self.backend.add(cassette.script)

    def script(self, run: ScriptedRun) -> None:
        """Append one scripted run."""
        with self._lock:
            self._has_script = True
            self.backend.memory.playlist.add([run])

    def rescript(self, old: ScriptedRun, new: ScriptedRun) -> bool:
        """Put another scripted run in the place of one; False when a request has used it already."""
        with self._lock:
            return self.backend.memory.playlist.replace(old, new)

    def claims(self, request: Request, hosts: Iterable[str] = ()) -> bool:
        """Whether a request is runmock's: of the Assistants family with its header, or to one of the hosts.

        `hosts` are more of them, those that the environment names.
        """
        host = request.host.lower().rstrip(".")
        if any(fnmatchcase(host, pattern) for pattern in (*HOSTS, *self.options.hosts, *hosts)):
            return True
        is_family = request.headers.get(BETA_HEADER, "").startswith("assistants=")
        return is_family and identify(request.method, request.path) is not None

    def is_family(self, request: Request) -> bool:
        """Whether a request is one of the Assistants API's operations."""
        return identify(request.method, request.path) is not None

    def answer(self, request: Request) -> Reply:
        """The answer to a request of runmock's.

        Raises UnmatchedRequest for a miss, ScriptError and OutputMismatch for what the script or the application got
        wrong; each is kept in `failures` too.
        """
        guard = _Guard(self._lock, self._failures)
        with guard:
            reply = self._answer(request)
        return replace(reply, frames=_GuardedFrames(reply.frames, guard)) if reply.is_stream else reply

    def _answer(self, request: Request) -> Reply:
        body, fault = None, None
        try:
            body = request.parsed_body()
        except (ValueError, RecursionError) as error:
            fault, body = str(error), None if self.is_family(request) else upload(request.body)
        sent = expectation(request.method, request.path, request.query, body)
        self._requests.append(view_of(request, sent, body))
        if self.is_family(request) and (refusal := _content_refusal(request, fault)) is not None:
            return refusal.reply()
        for _, player in self._players:
            if (played := player.answer(sent)) is not None:
                track, reply = played
                self._played[f"{track.position} {sent.operation}"] = None
                self._ledger.see(sent, body, track.interaction)
                return reply
        return self._from_script(request, sent, body)

    def _from_script(self, request: Request, sent: Expectation, body: Any) -> Reply:
        operation = identify(request.method, request.path)
        if operation is None and self.options.is_stock:
            return refusals.unknown_url(request.method, request.path).reply()
        if operation is None or not self._plays_scripts:
            raise self._miss(sent)
        if not is_azure(operation.root) and (refusal := _beta_refusal(request)) is not None:
            return refusal.reply()
        if (refusal := check(operation.name, body, request.query, lenient=self.options.is_stock)) is not None:
            return refusal.reply()
        created = self.backend.memory.created
        before = len(created)
        try:
            reply = self.backend.answer(operation.name, operation.ids, body, request.query)
        except NothingScripted as nothing:
            raise self._miss(sent, nothing.facts) from None
        for run in created[before:]:
            self._played[f"run {run.script.source.index}"] = None
        return reply

    @property
    def _plays_scripts(self) -> bool:
        """Whether the backend answers: there is a script, or nothing at all that was asked for by name."""
        return self._has_script or not (self._names or self.missing)

    def _miss(self, sent: Expectation, facts: Mapping[str, Any] | None = None) -> UnmatchedRequest:
        absent = (f"{self.missing} (does not exist)",) if self.missing else ()
        is_family = identify(sent.method, sent.path) is not None
        miss = Miss(
            sent=sent,
            cassettes=(*self._names, *absent) or ("inline",),
            mode=str(self.options.mode),
            players=tuple(player for _, player in self._players),
            played=tuple(self._played),
            playlist=self.backend.memory.playlist if self._plays_scripts else None,
            facts=facts,
            ways_out=self.options.ways_out if is_family else self.options.ways_out_elsewhere + self.options.ways_out,
        )
        return UnmatchedRequest(miss.text())

    @property
    def requests(self) -> list[RequestView]:
        """Every request that was answered or refused."""
        return list(self._requests)

    @property
    def failures(self) -> list[RunmockFailure]:
        """Every miss, script error and wrong output that was raised in the application."""
        return list(self._failures)

    @property
    def runs(self) -> list[ledger.RunView]:
        """Every run of the session, replayed ones first."""
        with self._lock:
            # Copies: a cassette is read once for many tests, and what one does to its view must not reach the next.
            return copy.deepcopy([*self._ledger.views(), *(ledger.view(run) for run in self.backend.runs)])

    def leftovers(self) -> list[Leftover]:
        """What was never played: runs that nothing created, requests that nobody sent, outputs that never came."""
        with self._lock:
            recorded = [(cassette.path, player.unplayed()) for cassette, player in self._players]
            return leftovers(self.backend.memory.playlist.leftovers(), recorded) + unanswered(self.backend.runs)


def _content_refusal(request: Request, fault: str | None) -> refusals.Refusal | None:
    """The service's 400 when a body is not JSON, or does not say that it is; outside the family it may be a file."""
    if fault is not None:
        return refusals.not_json(fault)
    content_type = request.headers.get("content-type", "")
    is_json = not content_type or content_type.partition(";")[0].strip().lower().endswith("json")
    return None if is_json or not request.body.strip() else refusals.not_json_by_name(content_type)


def _beta_refusal(request: Request) -> refusals.Refusal | None:
    """The service's 400 when the beta header is missing or of the retired version."""
    header = request.headers.get(BETA_HEADER)
    if header is None:
        return refusals.no_beta_header()
    return refusals.old_beta_header() if header.strip() == "assistants=v1" else None


class _Guard:
    """Holds the deck's lock, and keeps what fails the test while it does.

    An error of runmock's own becomes a failure too: the SDK would take it for one of the network, and retry.
    """

    def __init__(self, lock: RLock, failures: deque[RunmockFailure]) -> None:
        self._lock, self._failures = lock, failures

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        if isinstance(error, RunmockFailure):
            self._failures.append(error)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            failure = ScriptError(f"runmock cannot play this: {type(error).__name__}: {error}")
            self._failures.append(failure)
            raise failure from error


class _GuardedFrames:
    """A stream's frames, each made under the guard: making one moves the run on, and may fail the test."""

    def __init__(self, frames: Iterable[Frame], guard: _Guard) -> None:
        self._frames, self._guard = iter(frames), guard

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        with self._guard:
            return next(self._frames)

    def close(self) -> None:
        """The application reads no further."""
        with self._guard:
            close: Callable[[], None] = self._frames.close  # type: ignore[attr-defined]  # streams and generators have it
            close()
