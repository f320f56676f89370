"""The machine you put cassettes in: it takes requests, asks the recordings, then the scripts, and tells what is left.

One lock guards everything that is remembered, so threads, tasks and clients share a deck as they share the service.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn

from runmock.apis.assistants.backend import Backend
from runmock.apis.assistants.endpoints.call import NothingScripted
from runmock.apis.assistants.requests.refusing import refused
from runmock.core.assistants import refusals
from runmock.core.assistants.claims import claim
from runmock.core.assistants.operations import identify
from runmock.core.assistants.other_apis import name_of
from runmock.core.assistants.provider import provider_of
from runmock.core.assistants.request_headers import content_refusal
from runmock.core.errors import RunmockFailure, UnmatchedRequest
from runmock.core.http.exchange import Reply
from runmock.core.http.request_body import unparsed_body
from runmock.core.replay import ways_out
from runmock.core.replay.matching import Expectation, expectation
from runmock.core.replay.miss import Miss
from runmock.core.replay.player import Player, told_by_none_but
from runmock.core.replay.record_modes import TABLE, Action, RecordMode
from runmock.core.report import run_views
from runmock.core.report.leftovers import Leftover, leftovers, unanswered
from runmock.core.report.verdicts import Verdict, verdicts
from runmock.deck.fast_json import QUICKLY
from runmock.deck.history import Lookback
from runmock.deck.hooks_guard import Guard, GuardedFrames
from runmock.deck.options import Options
from runmock.deck.remedies import Situation, recording_again
from runmock.recording.before_record import as_compared

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from runmock.core.assistants.claims import Claim
    from runmock.core.http.exchange import Request
    from runmock.core.replay.player import Hit
    from runmock.core.replay.recorder import Passage
    from runmock.core.report.activity import Conduct
    from runmock.core.report.request_view import RequestView
    from runmock.core.script.script import ScriptedRun
    from runmock.recording.upstream_calls import Outgoing
    from runmock.tape.reading.cassette import Cassette


@dataclass(slots=True)
class Deck:
    """Plays cassettes, and records where its mode says so.

    `missing` names a cassette that was looked for and is not there; `outgoing` is what goes on to upstream.
    """

    options: Options = field(default_factory=Options)
    missing: str | None = None
    outgoing: Outgoing | None = None
    conduct: Conduct | None = None
    """What the application does is noted there."""
    _lookback: Lookback = field(init=False)
    backend: Backend = field(init=False)
    near_route: Callable[[Request, str], tuple[tuple[str, str], ...]] | None = None
    """The route of the router that comes nearest to a request with this origin, and where it differs."""
    only_when: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """The conditions of each `when()` that no verb follows yet, by the index of its run."""
    _players: list[tuple[Cassette, Player]] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _scripts: list[Cassette | None] = field(default_factory=list)
    """What has added scripted runs: cassettes, and None for verbs; the latest comes last."""
    _has_script: bool = False
    _lock: RLock = field(default_factory=RLock)
    _guard: Guard = field(init=False)

    def __post_init__(self) -> None:
        self._lookback = Lookback(self.options.remembers)
        self._guard = Guard(self._lock, self._lookback.failures)
        self.backend = Backend(is_stock=self.options.is_stock, written=QUICKLY)
        self.backend.tempo = self.options.tempo

    def load(self, cassette: Cassette) -> None:
        """Put in one more cassette; they are asked in the order in which they came."""
        options = self.options
        with self._lock:
            self._names.append(cassette.path)
            if cassette.interactions:
                player = Player(
                    cassette.interactions, options.tempo, options.match_on, options.allow_truncated, QUICKLY
                )
                self._players.append((cassette, player))
            if cassette.script is not None:
                self._has_script = True
                self._scripts.append(cassette)
                self.backend.add(cassette.script)

    def script(self, run: ScriptedRun) -> None:
        """Append one scripted run."""
        with self._lock:
            self._has_script = True
            if self._scripts[-1:] != [None]:
                self._scripts.append(None)
            self.backend.memory.playlist.add([run])

    def rescript(self, old: ScriptedRun, new: ScriptedRun) -> bool:
        """Put another scripted run in the place of one; False when a request has used it already."""
        with self._lock:
            return self.backend.memory.playlist.replace(old, new)

    def claim(
        self,
        request: Request,
        more_hosts: Callable[[], tuple[str, ...]] = tuple,
        clients: Callable[[], Collection[str]] = tuple,
    ) -> Claim:
        """Whose a request is; `more_hosts` tells hosts that are runmock's too, those that the environment names.

        `clients` tells the names of the application's own subclasses of the SDK's clients.
        """
        return claim(request, self.options.hosts, more_hosts, self.options.allow_hosts, clients)

    def is_family(self, request: Request) -> bool:
        """Whether a request is one of the Assistants API's operations."""
        return identify(request.method, request.path) is not None

    def answer(self, request: Request) -> Reply:
        """The answer to a request of runmock's, for those who have no upstream.

        Raises UnmatchedRequest for a miss, ScriptError and OutputMismatch for what the script or the application got
        wrong; each is kept in `failures` too.
        """
        reply = self.ask(request)
        assert isinstance(reply, Reply), "only a deck with a recording has passages"
        return reply

    def ask(self, request: Request) -> Reply | Passage:
        """The answer to a request of runmock's, or its passage to upstream. Raises as `answer` does."""
        reading = None
        with self._guard:
            reply = self._answer(request)
            if isinstance(reply, Reply) and self.conduct is not None:
                reading = self.conduct.answered(self.conduct.acts[-1], reply)
        if isinstance(reply, Reply) and reply.is_stream:
            return reply.framed(GuardedFrames(reply.frames, self._guard, reading))
        return reply

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a scripted run is open."""
        with self._lock:
            return self.backend.is_streaming

    def _answer(self, request: Request) -> Reply | Passage:
        body, fault = None, None
        is_family = self.is_family(request)
        try:
            body = request.parsed_body()
        except (ValueError, RecursionError) as error:
            fault, body = str(error), None if is_family else unparsed_body(request)
        sent = expectation(request.method, request.path, request.query, body)
        self._lookback.asked(request, sent, body)
        if self.conduct is not None:
            self.conduct.begin(sent.operation, sent.ids, request.headers)
        if is_family and (refusal := content_refusal(request, fault)) is not None:
            return refusal.reply()
        if self.outgoing is not None:
            self.outgoing.learn()
        compared = sent
        if self._players and not self._records(has_match=True):
            if self.options.before_record is not None:
                compared = as_compared(self.options.before_record, request, sent, body)
            for _, player in self._players:
                if (hit := player.answer(compared)) is not None:
                    return self._from_recording(request, compared, body, player, hit)
        is_scripted = self._has_script and is_family
        if self.outgoing is not None and self._records(has_match=False) and not is_scripted:
            self._lookback.answers["recorded"] += 1
            players = [player for _, player in self._players]
            again = recording_again(request, self.options, RecordMode.ALL)
            return self.outgoing.recorded(request, sent, body, players, again[1] if again else "")
        return self._from_script(request, sent, compared, body)

    def _records(self, *, has_match: bool) -> bool:
        if self.outgoing is None:
            return False
        return TABLE[self.options.mode, self.outgoing.recording.existed, has_match] is Action.RECORD

    def _from_recording(
        self, request: Request, sent: Expectation, body: Any, player: Player, hit: Hit
    ) -> Reply | Passage:
        self._lookback.replayed(hit.track.position, sent)
        if self.options.mode is RecordMode.VERIFY and self.outgoing is not None:
            return self.outgoing.compared(request, sent, body, player, hit)
        self._lookback.heard.append((sent, body, hit.told))
        return player.reply(hit.told)

    def _from_script(self, request: Request, sent: Expectation, compared: Expectation, body: Any) -> Reply:
        operation = identify(request.method, request.path)
        if operation is None and self.options.is_stock:
            return refusals.unknown_url(request.method, request.path).reply()
        if operation is None or not self._plays_scripts:
            raise self._miss(request, sent, compared, body)
        provider = provider_of(request, operation.root)
        if (refusal := refused(request, operation, body, self.backend.memory, provider)) is not None:
            return refusal
        created = self.backend.memory.created
        before = len(created)
        try:
            reply = self.backend.answer(operation.name, operation.ids, body, request.query, provider)
        except NothingScripted as nothing:
            raise self._miss(request, sent, compared, body, nothing.facts) from None
        self._lookback.scripted([run.script.source.index for run in created[before:]])
        return reply

    @property
    def _plays_scripts(self) -> bool:
        """Whether the backend answers: there is a script, or nothing at all that was asked for by name."""
        return self._has_script or not (self._names or self.missing)

    def refuse(self, request: Request, transport: str, host: str | None = None) -> NoReturn:
        """A request of runmock's that a transport would take to the network past runmock. Raises UnmatchedRequest."""
        with self._guard:
            sent = expectation(request.method, request.path, request.query, None)
            self._lookback.asked(request, sent, None)
            raise UnmatchedRequest(ways_out.by_itself(sent, transport, host))

    def _miss(
        self,
        request: Request,
        sent: Expectation,
        compared: Expectation,
        body: Any,
        facts: Mapping[str, Any] | None = None,
    ) -> UnmatchedRequest:
        playlist, near_route = self.backend.memory.playlist, self._near_route(request)
        is_family = self.is_family(request)
        situation = Situation(
            request=request,
            body=body,
            facts=facts,
            options=self.options,
            playlist=playlist,
            has_script=self._has_script,
            scripts=self._scripts,
            is_recorded=bool(self._players),
            is_replayed=bool(told_by_none_but((player for _, player in self._players), compared)),
            missing=self.missing,
            only_when=tuple(self.only_when.values()),
            has_route_near=bool(near_route),
        )
        absent = (f"{self.missing} (does not exist)",) if self.missing else ()
        inline = ("inline",) if self._has_script else ()
        name, sender = name_of(request.path), ways_out.sender(request)
        miss = Miss(
            sent=sent,
            compared=compared,
            cassettes=(*self._names, *absent) or inline,
            mode=self.options.told_mode,
            players=tuple(player for _, player in self._players),
            played=tuple(self._lookback.played),
            forgotten=self._lookback.forgotten,
            playlist=playlist if self._plays_scripts else None,
            facts=facts,
            ways_out=situation.remedies,
            headline=situation.headline,
            url="" if is_family else ways_out.url_of(request),
            name=", ".join(filter(None, (name, sender))),
            near_route=near_route,
        )
        return UnmatchedRequest(miss.text())

    def _near_route(self, request: Request) -> tuple[tuple[str, str], ...]:
        if self.is_family(request) or self.near_route is None:
            return ()
        return self.near_route(request, ways_out.root_of(request))

    @property
    def requests(self) -> list[RequestView]:
        """Every request that was answered or refused."""
        return list(self._lookback.requests)

    @property
    def answers(self) -> dict[str, int]:
        """How many requests were `replayed`, `scripted` and `recorded`."""
        return dict(self._lookback.answers)

    @property
    def failures(self) -> list[RunmockFailure]:
        """Every miss, script error and wrong output that was raised in the application."""
        return list(self._lookback.failures)

    @property
    def runs(self) -> list[run_views.RunView]:
        """Every run of the session, replayed ones first."""
        with self._lock:
            # Copies: a cassette is read once for many tests, and what one does to its view must not reach the next.
            replayed = self._lookback.recorded_runs(self.outgoing)
            return copy.deepcopy([*replayed, *(run_views.view(run) for run in self.backend.runs)])

    @property
    def run_count(self) -> int:
        """How many runs there were."""
        with self._lock:
            return len(self._lookback.recorded_runs(self.outgoing)) + len(self.backend.runs)

    @property
    def verdicts(self) -> list[Verdict]:
        """What looks like a defect in what the application did so far."""
        with self._lock:
            return [] if self.conduct is None else verdicts(self.conduct)

    @property
    def records(self) -> bool:
        """Whether anything may be recorded."""
        return self.outgoing is not None and self.outgoing.records

    @property
    def warnings(self) -> list[str]:
        """What is to be known about the cassette that was written, a sentence each."""
        return [] if self.outgoing is None else self.outgoing.recording.warnings

    def warn(self) -> None:
        """Warn of it, for those who have no report at the end."""
        if self.outgoing is not None:
            self.outgoing.recording.warn()

    def eject(self) -> bool:
        """Write what was recorded, in one step; whether the file has changed.

        Raises CassetteError when it must not be written, or when upstream answers otherwise than what `verify` holds
        it against.
        """
        with self._lock:
            return self.outgoing is not None and self.outgoing.end()

    def leftovers(self) -> list[Leftover]:
        """What was never played: runs that nothing created, requests that nobody sent, outputs that never came."""
        with self._lock:
            recorded = [(cassette.path, player.unplayed()) for cassette, player in self._players]
            return leftovers(self.backend.memory.playlist.leftovers(), recorded) + unanswered(self.backend.runs)
