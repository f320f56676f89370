"""What went through a deck, kept for those who show it later: a test, a miss, the line at the end, the page."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis import registry
from runmock.core.replay.ids_in_payloads import unlike_payloads
from runmock.core.replay.matching import without_secrets
from runmock.core.replay.miss import LATEST
from runmock.core.report.request_view import RequestView, hidden_headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.api import Incoming, Operation
    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.errors import RunmockFailure
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey
    from runmock.core.report.run_views import RunView
    from runmock.recording.upstream_calls import UpstreamCalls


_MOST_HEADERS = 8
"""The headers of so many requests are kept: those of an application are few."""


@dataclass(slots=True)
class History:
    """Mutable; only the last `remembers` requests, answers and failures are kept, None keeps them all."""

    remembers: int | None
    _requests: deque[tuple[str, str, str, Any, Mapping[str, str]]] = field(init=False)
    """The values of each request's view."""
    failures: deque[RunmockFailure] = field(init=False)
    replayed_interactions: deque[tuple[Operation, Any, Interaction]] = field(init=False)
    """The interactions that were replayed, each with the request's operation and body."""
    asked: dict[str, None] = field(default_factory=dict)
    """The names of the APIs that were asked, of those that scripts play."""
    _played: dict[str, str] = field(default_factory=dict)
    """The latest interactions and runs that answered, each once; with the API that took a run."""
    forgotten: int = 0
    """How many were played before those in `played`."""
    answers: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many requests were `replayed`, `scripted` and `recorded`."""
    _shown: dict[int, tuple[Mapping[str, str], Mapping[str, str]]] = field(init=False, default_factory=dict, repr=False)
    """The headers of the latest requests as they were sent, by their `id`, each with its secret values redacted."""

    def __post_init__(self) -> None:
        self._requests, self.failures = deque(maxlen=self.remembers), deque(maxlen=self.remembers)
        self.replayed_interactions = deque(maxlen=self.remembers)

    def note_request(self, incoming: Incoming) -> None:
        """Keep what is shown of a request: no API key is kept, and equal headers are kept once."""
        headers, operation = incoming.request.headers, incoming.operation
        if operation.api.plays_scripts:
            self.asked[operation.api.name] = None
        if operation.may_hold_secret:
            operation = without_secrets(operation)
        sent, shown = self._shown.get(id(headers), (None, headers))
        if sent is not headers:
            hidden = {**headers, **hidden_headers(tuple(headers))}
            shown = next((kept for _, kept in self._shown.values() if kept == hidden), hidden)
            if len(self._shown) == _MOST_HEADERS:
                self._shown.clear()
            self._shown[id(headers)] = headers, shown
        self._requests.append((operation.method, operation.path, operation.name, incoming.body, shown))

    @property
    def requests(self) -> list[RequestView]:
        """Views of the requests, in order."""
        return [RequestView(*values) for values in list(self._requests)]

    def note_replayed(self, position: int, sent: RequestKey) -> None:
        """Count a request that the interaction at a position answers."""
        self.answers["replayed"] += 1
        self._play(f"{position} {sent.operation}")

    def note_scripted(self, runs: Sequence[PlayedRun], api: str) -> None:
        """Count a request of an API that the script answers, which has created these runs."""
        self.answers["scripted"] += 1
        for run in runs:
            self._play(f"run {run.script.source.index}", api)

    def _play(self, name: str, api: str = "") -> None:
        self._played[name] = api
        if len(self._played) > LATEST:
            del self._played[next(iter(self._played))]
            self.forgotten += 1

    @property
    def were_several_asked(self) -> bool:
        """Whether requests came of more than one of the APIs that scripts play."""
        return len(self.asked) > 1

    @property
    def played(self) -> tuple[str, ...]:
        """For the message of a miss: what answered latest; where several APIs were asked, runs with the one of each."""
        shows_api = self.were_several_asked
        return tuple(f"{name} by {api}" if api and shows_api else name for name, api in self._played.items())

    @property
    def takers(self) -> dict[str, list[str]]:
        """Where several APIs were asked: the names of the latest runs by the API that took them; empty else."""
        found: dict[str, list[str]] = {name: [] for name in self.asked} if self.were_several_asked else {}
        for name, api in self._played.items():
            if api in found:
                found[api].append(name)
        return found

    def recorded_runs(self, upstream_calls: UpstreamCalls | None) -> list[RunView]:
        """The runs in replayed interactions, and those in upstream's answers."""
        if not self.replayed_interactions and upstream_calls is None:
            return []
        noted = [*self.replayed_interactions, *(() if upstream_calls is None else upstream_calls.answered())]
        views: list[RunView] = []
        for api in registry.APIS:
            if (collector := api.recorded_runs()) is None:
                continue
            for operation, body, interaction in noted:
                if operation.api is api:
                    collector.note(operation, body, unlike_payloads(interaction))
            views += collector.views()
        return views
