"""Whether upstream's answers are still those in the cassette: how mode `verify` compares, and reports differences.

Ids, times, the pace, the number of polls, and how a text is split into deltas do not count as differences.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.replay.ids_in_payloads import conversation_of, paired_ids
from runmock.core.replay.mismatches import shown
from runmock.recording.before_record import as_written
from runmock.recording.recording import answer_so_far
from runmock.tape.comparing.differences import differences, essence
from runmock.tape.comparing.same_recording import is_passing, status_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.player import Player
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.core.replay.track import Track
    from runmock.recording.before_record import BeforeRecord

LONGEST = 10
"""At most this many differences are listed."""


@dataclass(frozen=True, slots=True)
class _Pair:
    player: Player
    sent: RequestKey
    track: Track
    """The recorded answer that the player chose; of look-alike conversations another one may turn out to be meant."""
    call: UpstreamCall

    def counterparts(self, upstream: Interaction) -> list[Track]:
        """The recorded answers to the request in the conversation that it has turned out to be part of."""
        key = self.player.id_map.request_in_recorded_ids(self.sent).key(self.player.match_on)
        same = [track for track in self.player.tracks if track.key == key]
        thread = conversation_of(upstream)
        return [track for track in same if conversation_of(track.interaction) == thread] or same or [self.track]


@dataclass(slots=True)
class Verification:
    """Recorded answers and upstream's, in pairs; mutable: it pairs upstream's ids with recorded ones as they come."""

    before_record: BeforeRecord | None = None
    """Changes an answer of upstream before it is compared, as before it is written."""
    _pairs: list[_Pair] = field(default_factory=list)
    _known: int = 0
    """How many pairs, counted from the first, are settled: upstream's call is over, and all its ids are bound."""

    def add(self, player: Player, sent: RequestKey, track: Track, call: UpstreamCall) -> None:
        """Add a call to upstream whose answer is to be compared with a track."""
        self._pairs.append(_Pair(player, sent, track, call))

    def bind_ids(self) -> None:
        """Pair the ids in upstream's answers so far with the recorded ids in the same places."""
        for number, pair in enumerate(self._pairs[self._known :], self._known):
            if (upstream := answer_so_far(pair.call)) is not None:
                pair.player.id_map.bind(paired_ids(upstream, _compared(pair, upstream).interaction))
            if pair.call.is_over and number == self._known:
                self._known += 1

    def report(self) -> str | None:
        """The differences as a text for people; None when there are none."""
        self.bind_ids()
        uses: Counter[int] = Counter()
        found = [line for pair in self._pairs for line in self._differences(pair, uses)]
        if not found:
            return None
        more = [f"  and {len(found) - LONGEST} more"] if len(found) > LONGEST else []
        return "\n".join(["the answers of upstream differ from the cassette", *found[:LONGEST], *more])

    def _differences(self, pair: _Pair, uses: Counter[int]) -> Iterator[str]:
        """The differences of one answer; `uses` counts how often each recorded one was compared."""
        answered = answer_so_far(pair.call)
        if answered is None:
            what = f"  {pair.track.place}: {pair.track.interaction.method} {pair.track.interaction.path}"
            yield f"{what} was not answered by upstream: {pair.call.error or 'nothing that can be read'}"
            return
        written = as_written(self.before_record, answered)
        if written is None or is_passing(upstream := pair.player.id_map.answer_in_recorded_ids(written)):
            return
        track = _counterpart(pair.counterparts(upstream), upstream, uses)
        uses[track.position] += 1
        place = f"  {track.place}: {track.interaction.method} {track.interaction.path}"
        for where, one, other in differences(essence(track.interaction), essence(upstream)):
            yield f"{place}  {where}\n      cassette  {shown(one)}\n      upstream  {shown(other)}"


def _compared(pair: _Pair, upstream: Interaction) -> Track:
    """The recorded answer whose ids stand for upstream's: of a poll, one that shows the run in the same status."""
    tracks = pair.counterparts(pair.player.id_map.answer_in_recorded_ids(upstream))
    same = tracks if upstream.method == "GET" else []
    return next((track for track in reversed(same) if _is_in_one_status(track.interaction, upstream)), pair.track)


def _is_in_one_status(recorded: Interaction, upstream: Interaction) -> bool:
    status = status_in(upstream)
    return status is not None and status_in(recorded) == status


def _counterpart(tracks: list[Track], upstream: Interaction, uses: Counter[int]) -> Track:
    """The recorded answer to compare with.

    To a GET it is the last one, if there is one with the same status of the run the last of those. Else it is the first
    one that was not compared yet.
    """
    if upstream.method == "GET":
        same = [track for track in tracks if _is_in_one_status(track.interaction, upstream)]
        return (same or tracks)[-1]
    return next((track for track in tracks if not uses[track.position]), tracks[-1])
