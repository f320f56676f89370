"""What a deck lets on to upstream: whom it may ask, what it has heard, and what becomes of it in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.operations import identify
from runmock.core.errors import CassetteError, UnmatchedRequest
from runmock.core.replay.ids_in_payloads import answer_ids
from runmock.core.replay.player import ids_only_recorded
from runmock.core.replay.record_modes import RecordMode, can_record
from runmock.core.replay.upstream import is_retired, retirement
from runmock.recording.recording import heard
from runmock.recording.verifying import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.http.exchange import Request
    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.player import PlayedInteraction, Player
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.core.report.run_views import RunViews
    from runmock.recording.recording import Recording


@dataclass(slots=True)
class UpstreamCalls:
    """Requests that go on to upstream, in their order; mutable, one for each deck that records or verifies."""

    recording: Recording
    _passed: list[tuple[RequestKey, Any, UpstreamCall]] = field(default_factory=list)
    _verification: Verification = field(init=False)

    def __post_init__(self) -> None:
        self._verification = Verification(self.recording.before_record)

    @property
    def records(self) -> bool:
        """Whether anything may be written."""
        return can_record(self.recording.mode, existed=self.recording.existed)

    def learn(self) -> None:
        """Take notice of the ids that upstream has told by now, where it answers in place of a cassette."""
        self._verification.learn()

    def compared(
        self, request: Request, sent: RequestKey, body: Any, player: Player, hit: PlayedInteraction
    ) -> UpstreamCall:
        """The passage of a request whose answer is held against the cassette's. Raises UnmatchedRequest."""
        passage = self._passage(request, sent, body)
        self._verification.add(player, sent, hit.track, passage)
        return passage

    def recorded(
        self, request: Request, sent: RequestKey, body: Any, players: Iterable[Player], to_record: str
    ) -> UpstreamCall:
        """The passage of a request that is recorded; `to_record` is what records all of the test again.

        Raises UnmatchedRequest where there is nobody who could answer it: upstream does not know what only the
        cassettes of `players` have told.
        """
        if known := [text for text in ids_only_recorded(players, sent) if not self._has_told(text)]:
            raise UnmatchedRequest(
                f"upstream does not know {', '.join(known)}: this test has it from the cassette\n"
                f"  sent      {sent.line}\n"
                f"  cassette  {self.recording.path}   mode {self.recording.mode}\n"
                f"  to record it: {to_record or f'all of this test again, with record mode {RecordMode.ALL}'}"
            )
        return self._passage(request, sent, body)

    def _passage(self, request: Request, sent: RequestKey, body: Any) -> UpstreamCall:
        is_family = identify(request.method, request.path) is not None
        if self.recording.upstream is None and is_family and is_retired(request.host):
            raise UnmatchedRequest(f"{retirement(request.host)}, with upstream= or --runmock-upstream")
        passage = self.recording.begin(request)
        self._passed.append((sent, body, passage))
        return passage

    def _has_told(self, text: str) -> bool:
        """Whether upstream, too, has told an id: it may be its own."""
        said = (heard(passage) for *_, passage in self._passed)
        return any(one is not None and text in answer_ids(one) for one in said)

    def show(self, run_views: RunViews) -> None:
        """Let a ledger see what upstream has said by now."""
        for sent, body, passage in self._passed:
            if (said := heard(passage)) is not None:
                run_views.note(sent, body, said)

    def end(self) -> bool:
        """Write what was recorded, in one step; whether the file has changed.

        Raises CassetteError when it must not be written, or when upstream answers otherwise than the cassette.
        """
        if (differences := self._verification.report()) is not None:
            raise CassetteError(differences, str(self.recording.path))
        return self.records and self.recording.write()
