"""The state of a deck while it answers requests, and the properties that show it afterwards."""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any

from runmock.apis import registry
from runmock.apis.service.files.session_files import SessionFiles
from runmock.core.engine.stage import Stage
from runmock.core.report.coming import coming
from runmock.core.report.leftovers import Leftover, leftovers, unanswered
from runmock.core.report.unnoticed import Unnoticed, unnoticed
from runmock.core.report.verdicts import Verdict, verdicts
from runmock.deck.fast_json import FAST_JSON, encoded_event
from runmock.deck.file_views import file_view, store_view
from runmock.deck.history import History
from runmock.deck.hooks_guard import Guard
from runmock.deck.options import Options
from runmock.deck.request_keys import RequestKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runmock.core.api import Api, Backend, NoteOfReplays
    from runmock.core.errors import RunmockFailure
    from runmock.core.http.exchange import Request
    from runmock.core.replay.player import Player
    from runmock.core.replay.track import Track
    from runmock.core.report.activity import Activity
    from runmock.core.report.request_view import RequestView
    from runmock.core.report.run_views import RunView
    from runmock.core.script.script import Script
    from runmock.deck.file_views import FileView, VectorStoreView
    from runmock.deck.witness import Witness
    from runmock.recording.upstream_calls import UpstreamCalls
    from runmock.tape.reading.cassette import Cassette


@dataclass(slots=True)
class DeckState:
    """The state of a deck, and what it shows afterwards.

    `missing` is the path of a cassette that does not exist; `upstream_calls` are the requests that go on to upstream.
    """

    options: Options = field(default_factory=Options)
    missing: str | None = None
    upstream_calls: UpstreamCalls | None = None
    activity: Activity | None = None
    """Records what the application does; None records nothing."""
    witness: Witness | None = None
    """Keeps requests with their answers, for a page that shows them; None keeps nothing."""
    _history: History = field(init=False)
    stage: Stage = field(init=False)
    """The scripted runs that are to be played, and what they share."""
    near_route: Callable[[Request, str], tuple[tuple[str, str], ...]] | None = None
    """Returns rows about the router's route nearest to a request with this origin, and where the two differ."""
    only_when: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """The conditions of each `when()` that no verb follows yet, by the index of its run."""
    _players: list[tuple[Cassette, Player]] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _scripts: list[Cassette | None] = field(default_factory=list)
    """What has added scripted runs: a cassette, or None for verbs; the latest comes last."""
    _lock: RLock = field(default_factory=RLock)
    _guard: Guard = field(init=False)
    _backends: Mapping[str, Backend] | None = None
    """None until one is needed: most tests that have a session ask no script."""
    _keys: RequestKeys = field(default_factory=RequestKeys)
    _notes_of_replays: dict[str, NoteOfReplays | None] = field(default_factory=dict)
    """What is called with each request that a recording answers, by the name of its API."""

    def __post_init__(self) -> None:
        self._history = History(self.options.remembers)
        self._guard = Guard(self._lock, self._history.failures)
        self.stage = Stage(
            is_stock=self.options.is_stock, written=FAST_JSON, encode=encoded_event, pace=self.options.pace
        )

    @property
    def backends(self) -> Mapping[str, Backend]:
        """What plays the scripts of each API, by its name; made when the first of them is needed."""
        with self._lock:
            if self._backends is None:
                made = {api.name: api.backend(self.stage) for api in registry.APIS}
                self._backends = {name: backend for name, backend in made.items() if backend is not None}
                for cassette in self._scripts:
                    if cassette is not None and cassette.script is not None:
                        self._give(cassette.script)
            return self._backends

    def _give(self, script: Script) -> None:
        """Give a script to the backends that are made already; the others get it when they are made."""
        for backend in (self._backends or {}).values():
            backend.add(script)

    def _begin_notes(self, api: Api) -> None:
        """Prepare for the notes of replays of an API."""
        note = self._notes_of_replays[api.name] = api.note_of_replays(self.stage)
        _ = note and self.backends  # what scripts bring comes before what is noted

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a scripted run is open."""
        if self._backends is None:
            return False
        with self._lock:
            return any(backend.is_streaming for backend in self._backends.values())

    @property
    def requests(self) -> list[RequestView]:
        """Every request that was answered or refused."""
        return self._history.requests

    @property
    def answers(self) -> dict[str, int]:
        """How many requests were `replayed`, `scripted` and `recorded`."""
        return dict(self._history.answers)

    @property
    def failures(self) -> list[RunmockFailure]:
        """Every miss, script error and wrong output that was raised in the application."""
        return list(self._history.failures)

    @property
    def runs(self) -> list[RunView]:
        """Every run of the session, replayed ones first."""
        with self._lock:
            # Copies: a cassette is read once for many tests, and what one does to its view must not reach the next.
            replayed = self._history.recorded_runs(self.upstream_calls)
            return copy.deepcopy([*replayed, *self._views()])

    def _views(self) -> Iterator[RunView]:
        """Views of the runs of every API, in the order in which the runs were created."""
        views = {name: iter(backend.views()) for name, backend in self.backends.items()}
        in_order = (view for run in self.stage.created for view in itertools.islice(views.get(run.api, ()), 1))
        return itertools.chain(in_order, itertools.chain.from_iterable(views.values()))

    @property
    def files(self) -> list[FileView]:
        """What the application uploaded, in order."""
        with self._lock:
            return [file_view(file) for file in self.stage.shared(SessionFiles).uploaded]

    @property
    def vector_stores(self) -> list[VectorStoreView]:
        """The vector stores that exist, in the order of their creation."""
        with self._lock:
            _ = self.backends  # they know the stores of scripts
            return [store_view(store) for store in self.stage.shared(SessionFiles).stores.values()]

    @property
    def run_count(self) -> int:
        """How many runs there were."""
        with self._lock:
            return len(self._history.recorded_runs(self.upstream_calls)) + len(self.stage.created)

    @property
    def verdicts(self) -> list[Verdict]:
        """What looks like a defect of the application so far."""
        with self._lock:
            return [] if self.activity is None else verdicts(self.activity)

    @property
    def unnoticed(self) -> Unnoticed | None:
        """How the run of a chaos experiment ended, when nothing shows that the application noticed its bad end."""
        with self._lock:
            chaos, run = self.stage.chaos, self.stage.struck_run
            if self.activity is None or chaos is None or run is None or chaos.was_asked_again:
                return None
            return unnoticed(self.activity, run.answer_ids)

    @property
    def records(self) -> bool:
        """Whether anything may be recorded."""
        return self.upstream_calls is not None and self.upstream_calls.records

    @property
    def warnings(self) -> list[str]:
        """Sentences about what a user should know of the written cassette, and of how scripts were played."""
        recorded = [] if self.upstream_calls is None else self.upstream_calls.recording.warnings
        return [*recorded, *self.stage.warnings]

    def warn(self) -> None:
        """Issue these warnings, for callers that have no report at the end."""
        if self.upstream_calls is not None:
            self.upstream_calls.recording.warn()

    @property
    def takers(self) -> dict[str, list[str]]:
        """Where several APIs were asked: the names of the latest runs by the API that took them; empty else."""
        with self._lock:
            return self._history.takers

    def leftovers(self) -> list[Leftover]:
        """What was not played: runs that no request created, requests that were not sent, outputs not submitted."""
        with self._lock:
            return leftovers(self.stage.playlist.leftovers(), self._unplayed()) + unanswered(self.stage.created)

    def coming(self) -> list[Leftover]:
        """What the next requests can be answered with, as far as the cassettes say."""
        with self._lock:
            return list(coming(self.stage.playlist, self.stage.created, self._unplayed()))

    def _unplayed(self) -> list[tuple[str, list[Track]]]:
        return [(cassette.path, player.unplayed()) for cassette, player in self._players]
