"""A deck's requests to upstream: which may be sent, which are recorded or compared, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError, UnmatchedRequest
from runmock.core.replay.ids_in_payloads import answer_ids
from runmock.core.replay.player import ids_only_recorded
from runmock.core.replay.record_modes import RecordMode, can_record
from runmock.core.replay.upstream import retirement
from runmock.recording.recording import answer_so_far
from runmock.recording.verifying import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.api import Incoming, Operation
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.player import PlayedInteraction, Player
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.recording.recording import Recording


@dataclass(slots=True)
class UpstreamCalls:
    """Requests that go on to upstream, in their order; mutable, one for each deck that records or verifies."""

    recording: Recording
    _passed: list[tuple[Incoming, UpstreamCall]] = field(default_factory=list)
    _verification: Verification = field(init=False)

    def __post_init__(self) -> None:
        self._verification = Verification(self.recording.before_record)

    @property
    def records(self) -> bool:
        """Whether the mode can write anything."""
        return can_record(self.recording.mode, existed=self.recording.existed)

    def bind_ids(self) -> None:
        """Pair the ids in upstream's answers so far with the recorded ids, where answers are compared."""
        self._verification.bind_ids()

    def compare(self, incoming: Incoming, sent: RequestKey, player: Player, hit: PlayedInteraction) -> UpstreamCall:
        """The call of a request whose answer is compared with the recorded one. Raises UnmatchedRequest."""
        call = self._begin(incoming)
        self._verification.add(player, sent, hit.track, call)
        return call

    def record(self, incoming: Incoming, sent: RequestKey, players: Iterable[Player], to_record: str) -> UpstreamCall:
        """The call of a request that is recorded; `to_record` is the command that records the whole test again.

        Raises UnmatchedRequest for ids that come from the cassettes of `players`: upstream does not know them.
        """
        if known := [text for text in ids_only_recorded(players, sent) if not self._is_upstreams_id(text)]:
            raise UnmatchedRequest(
                f"upstream does not know {', '.join(known)}: this test has it from the cassette\n"
                f"  sent      {sent.line}\n"
                f"  cassette  {self.recording.path}   mode {self.recording.mode}\n"
                f"  to record it: {to_record or f'all of this test again, with record mode {RecordMode.ALL}'}"
            )
        return self._begin(incoming)

    def _begin(self, incoming: Incoming) -> UpstreamCall:
        upstream = self.recording.upstream
        host = incoming.request.host if upstream is None else upstream.host
        if (why := retirement(incoming.operation.api, host)) is not None:
            raise UnmatchedRequest(f"{why}, with upstream= or --runmock-upstream")
        call = self.recording.begin(incoming)
        self._passed.append((incoming, call))
        return call

    def _is_upstreams_id(self, text: str) -> bool:
        """Whether an answer of upstream contains the id, so that upstream knows it."""
        return any(text in answer_ids(interaction) for *_, interaction in self.answered())

    def answered(self) -> Iterator[tuple[Operation, Any, Interaction]]:
        """Upstream's answers so far, each with the request's operation and body."""
        for incoming, call in self._passed:
            if (interaction := answer_so_far(call)) is not None:
                yield incoming.operation, incoming.body, interaction

    def end(self) -> bool:
        """Write the recording, in one step; returns whether the file has changed.

        Raises CassetteError when it must not be written, or when upstream's answers differ from the cassette.
        """
        if (differences := self._verification.report()) is not None:
            raise CassetteError(differences, str(self.recording.path))
        return self.records and self.recording.write()
