"""What went through a deck, kept for those who look back on it: a test, a miss, the line at the end, the page."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.replay.miss import LATEST
from runmock.core.report import run_views
from runmock.core.report.request_view import RequestView, shown_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.errors import RunmockFailure
    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey
    from runmock.recording.upstream_calls import UpstreamCalls


@dataclass(slots=True)
class History:
    """Mutable; of requests, answers and failures only the last `remembers` are kept, None keeps them all."""

    remembers: int | None
    requests: deque[RequestView] = field(init=False)
    failures: deque[RunmockFailure] = field(init=False)
    heard: deque[tuple[RequestKey, Any, Interaction]] = field(init=False)
    """What was replayed, each with what was asked and the body of the request."""
    played: dict[str, None] = field(default_factory=dict)
    """What a miss tells of: interactions and runs, each once, the latest of them."""
    forgotten: int = 0
    """How many were played before those."""
    answers: Counter[str] = field(default_factory=Counter)
    """How many requests were `replayed`, `scripted` and `recorded`."""
    _came: Mapping[str, str] = field(init=False, default_factory=dict, repr=False)
    """The headers of the last request, as they came."""
    _shown: Mapping[str, str] = field(init=False, default_factory=dict)
    """The same as they are shown."""

    def __post_init__(self) -> None:
        self.requests, self.failures = deque(maxlen=self.remembers), deque(maxlen=self.remembers)
        self.heard = deque(maxlen=self.remembers)

    def asked(self, request: Request, sent: RequestKey, body: Any) -> None:
        """A request has come. Its view is made at once, so that no key is shown; equal headers are kept once."""
        if request.headers is not self._came:
            shown = shown_headers(request.headers)
            self._came, self._shown = request.headers, self._shown if shown == self._shown else shown
        self.requests.append(RequestView(request.method, sent.path, sent.operation, body, self._shown))

    def replayed(self, position: int, sent: RequestKey) -> None:
        """It is answered from the recording: the interaction at a position."""
        self.answers["replayed"] += 1
        self._play(f"{position} {sent.operation}")

    def scripted(self, runs: list[int]) -> None:
        """It is answered from the script, which has created the runs of these indexes."""
        self.answers["scripted"] += 1
        for index in runs:
            self._play(f"run {index}")

    def _play(self, name: str) -> None:
        self.played[name] = None
        if len(self.played) > LATEST:
            del self.played[next(iter(self.played))]
            self.forgotten += 1

    def recorded_runs(self, outgoing: UpstreamCalls | None) -> list[run_views.RunView]:
        """The runs that were replayed, and those that upstream was asked for."""
        if not self.heard and outgoing is None:
            return []
        seen = run_views.RunViews()
        for one in self.heard:
            seen.note(*one)
        if outgoing is not None:
            outgoing.show(seen)
        return list(seen.views())
