"""The machine you put cassettes in: it answers requests from the recordings, then the scripts, and reports leftovers.

One lock guards its whole state, so threads, tasks and clients share a deck as they share the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from runmock.apis import registry
from runmock.apis.service import refusals
from runmock.apis.service.claims import claim
from runmock.apis.service.other_apis import name_of
from runmock.core.engine.stage import NothingScripted
from runmock.core.errors import RunmockFailure, UnmatchedRequest
from runmock.core.http.exchange import Reply
from runmock.core.replay import ways_out
from runmock.core.replay.miss import Miss
from runmock.core.replay.player import Player, ids_only_recorded
from runmock.core.replay.record_modes import Action, RecordMode, actions
from runmock.deck.fast_json import FAST_JSON
from runmock.deck.hooks_guard import GuardedFrames
from runmock.deck.remedies import Situation, recording_again, sender
from runmock.deck.state import DeckState
from runmock.recording.before_record import as_compared

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from runmock.apis.service.claims import Claim
    from runmock.core.api import Api, Incoming
    from runmock.core.http.exchange import Request
    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.player import PlayedInteraction
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.core.script.script import ScriptedRun
    from runmock.tape.reading.cassette import Cassette


_WITHOUT_RECORDING = actions(RecordMode.NONE, existed=True)
"""What is done with a request where there is no recording: what mode `none` does."""


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
                self.stage.add(cassette.script)
                self._give(cassette.script)

    def script(self, run: ScriptedRun) -> None:
        """Append one scripted run."""
        with self._lock:
            if self._scripts[-1:] != [None]:
                self._scripts.append(None)
            self.stage.playlist.add([run])

    def rescript(self, old: ScriptedRun, new: ScriptedRun) -> bool:
        """Replace a scripted run; False when a request has used it already."""
        with self._lock:
            return self.stage.playlist.replace(old, new)

    def claim(
        self,
        incoming: Incoming,
        more_hosts: Callable[[], tuple[str, ...]] = tuple,
        clients: Callable[[], Collection[str]] = tuple,
    ) -> Claim:
        """Whether a request is runmock's; `more_hosts` returns the hosts in the environment, which are runmock's too.

        `clients` returns the names of the application's own subclasses of the SDK's clients.
        """
        allowed, api = self.options.allow_hosts, incoming.operation.api
        if allowed and (self._is_scripted(api) if self.records else self._plays_scripts and api.name in self.backends):
            allowed = ()  # it is answered here, and nothing of it has to go out
        return claim(incoming, self.options.hosts, more_hosts, allowed, clients)

    def answer(self, request: Request) -> Reply:
        """The answer to a request, for callers that have no upstream.

        Raises UnmatchedRequest for a miss, ScriptError when the script cannot be played, OutputMismatch when the
        application submits other outputs than the script expects; each is kept in `failures` too.
        """
        return self.reply(registry.read(registry.incoming(request), request.body))

    def reply(self, incoming: Incoming) -> Reply:
        """The same for a request that is identified and read already."""
        reply = self.ask(incoming)
        assert isinstance(reply, Reply), "only a deck with a recording calls upstream"
        return reply

    def kept(self, failure: RunmockFailure) -> RunmockFailure:
        """Keep a failure of the test that was not raised by an answer; returns it."""
        self._guard.keep(failure)
        return failure

    def ask(self, incoming: Incoming, *, is_in_process: bool = True) -> Reply | UpstreamCall:
        """The answer to a request, or its call to upstream. Raises as `answer` does.

        `is_in_process`: the request was sent in this process.
        """
        reading = noted = None
        try:
            with self._lock:
                self._history.note_request(incoming)
                if self.activity is not None:
                    noted = self.activity.begin(
                        incoming.operation,
                        incoming.request.headers,
                        body=incoming.body,
                        is_in_process=is_in_process,
                    )
                reply = self._reply_or_call(incoming)
                if noted is not None and self.activity is not None and isinstance(reply, Reply):
                    reading = self.activity.answered(noted, reply)
        except RunmockFailure as failure:
            self._guard.keep(failure)
            if self.witness is not None:
                self.witness.sees_failure(incoming, failure)
            raise
        except Exception as error:
            raise self._guard.failure_of(error) from error
        if isinstance(reply, Reply) and reply.is_stream:
            reply = reply.framed(GuardedFrames(reply.frames, self._guard, reading))
        return reply if self.witness is None else self.witness.sees(incoming, reply)

    def _reply_or_call(self, incoming: Incoming) -> Reply | UpstreamCall:
        api = incoming.operation.api
        if incoming.request.body and (refusal := api.malformed(incoming)) is not None:
            return refusal
        calls, (of_match, of_no_match) = self.upstream_calls, _WITHOUT_RECORDING
        if calls is not None:
            calls.bind_ids()
            of_match, of_no_match = actions(self.options.mode, existed=calls.recording.existed)
        compared = None  # a script needs no key
        if self._players and of_match is not Action.RECORD:
            compared = self._keys.of(incoming)
            if self.options.before_record is not None:
                compared = as_compared(self.options.before_record, incoming, compared)
            for _, player in self._players:
                if (hit := player.answer(compared)) is not None:
                    return self._from_recording(incoming, compared, player, hit, of_match)
        if of_no_match is Action.RECORD and not self._is_scripted(api):
            return self._recorded(incoming)
        return self._from_script(incoming, compared)

    def _is_scripted(self, api: Api) -> bool:
        """Whether a script answers an API's requests even where what is not recorded yet is recorded.

        What a session answers from its state alone is recorded there, unless a cassette says what the state is.
        """
        if api.plays_scripts:
            return bool(self._scripts)
        scripts = [cassette.script for cassette in self._scripts if cassette is not None]
        return api.name in self.backends and any(script is not None and script.others for script in scripts)

    def _recorded(self, incoming: Incoming) -> UpstreamCall:
        assert self.upstream_calls is not None, "without a recording, nothing is recorded"
        self._history.answers["recorded"] += 1
        players = [player for _, player in self._players]
        again = recording_again(incoming, self.options, RecordMode.ALL)
        return self.upstream_calls.record(incoming, self._keys.of(incoming), players, again[1] if again else "")

    def _from_recording(
        self, incoming: Incoming, sent: RequestKey, player: Player, hit: PlayedInteraction, of_match: Action
    ) -> Reply | UpstreamCall:
        self._history.note_replayed(hit.track.position, sent)
        if of_match is Action.COMPARE:
            assert self.upstream_calls is not None, "without a recording, nothing is compared"
            return self.upstream_calls.compare(incoming, sent, player, hit)
        self._history.replayed_interactions.append((incoming.operation, incoming.body, hit.answer))
        if (api := incoming.operation.api).name not in self._notes_of_replays:
            self._begin_notes(api)
        if (note := self._notes_of_replays[api.name]) is not None:
            note(incoming, hit.answer.json)
        return player.reply(hit)

    def _from_script(self, incoming: Incoming, compared: RequestKey | None) -> Reply:
        backend = (self._backends or self.backends).get(incoming.operation.api.name)
        if backend is None and self.options.is_stock:
            return refusals.unknown_url(incoming.request.method, incoming.request.path).reply()
        if backend is None or not self._plays_scripts:
            raise self._miss(incoming, compared)
        created = self.stage.created
        before = len(created)
        try:
            reply = backend.answer(incoming)
        except NothingScripted as nothing:
            raise self._miss(incoming, compared, nothing.facts) from None
        if incoming.operation.api.plays_scripts:
            self._history.note_scripted(created[before:], incoming.operation.api.name)
        return reply

    @property
    def _plays_scripts(self) -> bool:
        """Whether the backends answer: there is a script, or no cassette was named at all."""
        return bool(self._scripts) or not (self._names or self.missing)

    def refuse(self, incoming: Incoming, transport: str, host: str | None = None) -> NoReturn:
        """Refuse a request that a client's own transport would send past runmock. Raises UnmatchedRequest."""
        with self._guard:
            unread = incoming._replace(body=None)
            self._history.note_request(unread)
            raise UnmatchedRequest(ways_out.refused_bypass(self._keys.of(unread), transport, host))

    def _miss(
        self, incoming: Incoming, compared: RequestKey | None, facts: Mapping[str, Any] | None = None
    ) -> UnmatchedRequest:
        request, is_family, sent = incoming.request, incoming.operation.is_played, self._keys.of(incoming)
        compared = compared or sent
        playlist, near_route = self.stage.playlist, self._near_route(incoming)
        situation = Situation(
            incoming=incoming,
            facts=facts,
            options=self.options,
            playlist=playlist,
            has_script=bool(self._scripts),
            scripts=self._scripts,
            is_recorded=bool(self._players),
            is_replayed=bool(ids_only_recorded((player for _, player in self._players), compared)),
            missing=self.missing,
            only_when=tuple(self.only_when.values()),
            has_route_near=bool(near_route),
            takers=self._history.takers,
        )
        absent = (f"{self.missing} (does not exist)",) if self.missing else ()
        inline = ("inline",) if self._scripts else ()
        name = name_of(request.path)
        miss = Miss(
            sent=sent,
            compared=compared,
            cassettes=(*self._names, *absent) or inline,
            mode=self.options.mode_text,
            players=tuple(player for _, player in self._players),
            played=self._history.played,
            forgotten=self._history.forgotten,
            playlist=playlist if self._plays_scripts else None,
            facts=facts,
            ways_out=situation.remedies,
            headline=situation.headline,
            api=self._api_to_name(incoming.operation.api),
            url="" if is_family else ways_out.url_of(request),
            name=", ".join(filter(None, (name, sender(request)))),
            near_route=near_route,
        )
        return UnmatchedRequest(miss.text(), facts)

    def _api_to_name(self, api: Api) -> str:
        """The API's name for a miss; empty for the first API, where no other one was asked: that is the usual case."""
        is_usual = api is registry.APIS[0] and not self._history.were_several_asked
        return api.name if api.plays_scripts and not is_usual else ""

    def _near_route(self, incoming: Incoming) -> tuple[tuple[str, str], ...]:
        if self.near_route is None or not incoming.operation.api.yields_to_routes:
            return ()
        return self.near_route(incoming.request, ways_out.root_of(incoming.request))

    def eject(self) -> bool:
        """Write the recording, in one step; returns whether the file has changed.

        Raises CassetteError when it must not be written, or, in mode `verify`, when upstream's answers differ.
        """
        with self._lock:
            return self.upstream_calls is not None and self.upstream_calls.end()
