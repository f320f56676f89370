"""The machine you put cassettes in: it answers requests from the recordings, then the scripts, and reports leftovers.

One lock guards its whole state, so threads, tasks and clients share a deck as they share the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from runmock.apis.assistants.endpoints.call import NothingScripted
from runmock.apis.assistants.requests.refusing import refused
from runmock.core.assistants import refusals
from runmock.core.assistants.claims import claim
from runmock.core.assistants.operations import identify
from runmock.core.assistants.other_apis import name_of
from runmock.core.assistants.provider import provider_of
from runmock.core.assistants.request_headers import content_refusal
from runmock.core.errors import UnmatchedRequest
from runmock.core.http.exchange import Reply
from runmock.core.http.request_body import unparsed_body
from runmock.core.replay import ways_out
from runmock.core.replay.matching import RequestKey, request_key
from runmock.core.replay.miss import Miss
from runmock.core.replay.player import Player, ids_only_recorded
from runmock.core.replay.record_modes import TABLE, Action, RecordMode
from runmock.deck.fast_json import FAST_JSON
from runmock.deck.hooks_guard import GuardedFrames
from runmock.deck.remedies import Situation, recording_again
from runmock.deck.state import DeckState
from runmock.recording.before_record import as_compared

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from runmock.core.assistants.claims import Claim
    from runmock.core.http.exchange import Request
    from runmock.core.replay.player import PlayedInteraction
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.core.script.script import ScriptedRun
    from runmock.tape.reading.cassette import Cassette


@dataclass(slots=True)
class Deck(DeckState):
    """Plays cassettes, and records where its mode says so."""

    def load(self, cassette: Cassette) -> None:
        """Add a cassette; of several the first one loaded answers first."""
        options = self.options
        with self._lock:
            self._names.append(cassette.path)
            if cassette.interactions:
                player = Player(
                    cassette.interactions, options.pace, options.match_on, options.allow_truncated, FAST_JSON
                )
                self._players.append((cassette, player))
            if cassette.script is not None:
                self._scripts.append(cassette)
                self.backend.add(cassette.script)

    def script(self, run: ScriptedRun) -> None:
        """Append one scripted run."""
        with self._lock:
            if self._scripts[-1:] != [None]:
                self._scripts.append(None)
            self.backend.memory.playlist.add([run])

    def rescript(self, old: ScriptedRun, new: ScriptedRun) -> bool:
        """Replace a scripted run; False when a request has used it already."""
        with self._lock:
            return self.backend.memory.playlist.replace(old, new)

    def claim(
        self,
        request: Request,
        more_hosts: Callable[[], tuple[str, ...]] = tuple,
        clients: Callable[[], Collection[str]] = tuple,
    ) -> Claim:
        """Whether a request is runmock's; `more_hosts` returns the hosts in the environment, which are runmock's too.

        `clients` returns the names of the application's own subclasses of the SDK's clients.
        """
        return claim(request, self.options.hosts, more_hosts, self.options.allow_hosts, clients)

    def is_family(self, request: Request) -> bool:
        """Whether a request is one of the Assistants API's operations."""
        return identify(request.method, request.path) is not None

    def answer(self, request: Request) -> Reply:
        """The answer to a request, for callers that have no upstream.

        Raises UnmatchedRequest for a miss, ScriptError when the script cannot be played, OutputMismatch when the
        application submits other outputs than the script expects; each is kept in `failures` too.
        """
        reply = self.ask(request)
        assert isinstance(reply, Reply), "only a deck with a recording calls upstream"
        return reply

    def ask(self, request: Request) -> Reply | UpstreamCall:
        """The answer to a request, or its call to upstream. Raises as `answer` does."""
        reading = None
        with self._guard:
            reply = self._answer(request)
            if isinstance(reply, Reply) and self.activity is not None:
                reading = self.activity.answered(self.activity.requests[-1], reply)
        if isinstance(reply, Reply) and reply.is_stream:
            return reply.framed(GuardedFrames(reply.frames, self._guard, reading))
        return reply

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a scripted run is open."""
        with self._lock:
            return self.backend.is_streaming

    def _answer(self, request: Request) -> Reply | UpstreamCall:
        body, fault = None, None
        is_family = self.is_family(request)
        try:
            body = request.parsed_body()
        except (ValueError, RecursionError) as error:
            fault, body = str(error), None if is_family else unparsed_body(request)
        sent = request_key(request.method, request.path, request.query, body)
        self._history.note_request(request, sent, body)
        if self.activity is not None:
            self.activity.begin(sent.operation, sent.ids, request.headers)
        if is_family and (refusal := content_refusal(request, fault)) is not None:
            return refusal.reply()
        if self.upstream_calls is not None:
            self.upstream_calls.bind_ids()
        compared = sent
        if self._players and not self._records(has_match=True):
            if self.options.before_record is not None:
                compared = as_compared(self.options.before_record, request, sent, body)
            for _, player in self._players:
                if (hit := player.answer(compared)) is not None:
                    return self._from_recording(request, compared, body, player, hit)
        is_scripted = self._has_script and is_family
        if self.upstream_calls is not None and self._records(has_match=False) and not is_scripted:
            self._history.answers["recorded"] += 1
            players = [player for _, player in self._players]
            again = recording_again(request, self.options, RecordMode.ALL)
            return self.upstream_calls.record(request, sent, body, players, again[1] if again else "")
        return self._from_script(request, sent, compared, body)

    def _records(self, *, has_match: bool) -> bool:
        if self.upstream_calls is None:
            return False
        return TABLE[self.options.mode, self.upstream_calls.recording.existed, has_match] is Action.RECORD

    def _from_recording(
        self, request: Request, sent: RequestKey, body: Any, player: Player, hit: PlayedInteraction
    ) -> Reply | UpstreamCall:
        self._history.note_replayed(hit.track.position, sent)
        if self.options.mode is RecordMode.VERIFY and self.upstream_calls is not None:
            return self.upstream_calls.compare(request, sent, body, player, hit)
        self._history.replayed_interactions.append((sent, body, hit.answer))
        return player.reply(hit.answer)

    def _from_script(self, request: Request, sent: RequestKey, compared: RequestKey, body: Any) -> Reply:
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
        self._history.note_scripted([run.script.source.index for run in created[before:]])
        return reply

    @property
    def _plays_scripts(self) -> bool:
        """Whether the backend answers: there is a script, or no cassette was named at all."""
        return self._has_script or not (self._names or self.missing)

    def refuse(self, request: Request, transport: str, host: str | None = None) -> NoReturn:
        """Refuse a request that a client's own transport would send past runmock. Raises UnmatchedRequest."""
        with self._guard:
            sent = request_key(request.method, request.path, request.query, None)
            self._history.note_request(request, sent, None)
            raise UnmatchedRequest(ways_out.refused_bypass(sent, transport, host))

    def _miss(
        self,
        request: Request,
        sent: RequestKey,
        compared: RequestKey,
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
            is_replayed=bool(ids_only_recorded((player for _, player in self._players), compared)),
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
            mode=self.options.mode_text,
            players=tuple(player for _, player in self._players),
            played=tuple(self._history.played),
            forgotten=self._history.forgotten,
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

    def eject(self) -> bool:
        """Write the recording, in one step; returns whether the file has changed.

        Raises CassetteError when it must not be written, or, in mode `verify`, when upstream's answers differ.
        """
        with self._lock:
            return self.upstream_calls is not None and self.upstream_calls.end()
