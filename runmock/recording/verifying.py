"""Whether upstream still answers as the cassette says: what mode `verify` compares, and how it tells a difference.

Ids, times, the pace, how often was polled, and how a text was split into deltas are no differences.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.replay.ids_in_payloads import paired_ids, thread_of
from runmock.core.replay.matching import shown
from runmock.recording.before_record import as_written
from runmock.recording.recording import heard
from runmock.tape.comparing.differences import differences, essence
from runmock.tape.comparing.same_recording import is_passing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.player import Player
    from runmock.core.replay.recorder import UpstreamCall
    from runmock.core.replay.track import Track
    from runmock.recording.before_record import BeforeRecord

LONGEST = 10
"""So many differences are told."""


@dataclass(frozen=True, slots=True)
class _Pair:
    player: Player
    sent: RequestKey
    track: Track
    """The answer as it was known then; which twin it is shows later."""
    passage: UpstreamCall

    def counterparts(self, upstream: Interaction) -> list[Track]:
        """The recorded answers to the request, now that it is known which conversation it was part of."""
        key = self.player.id_map.request_in_recorded_ids(self.sent).key(self.player.match_on)
        same = [track for track in self.player.tracks if track.key == key]
        thread = thread_of(upstream)
        return [track for track in same if thread_of(track.interaction) == thread] or same or [self.track]


@dataclass(slots=True)
class Verification:
    """Recorded answers and upstream's, side by side; mutable: it learns upstream's ids as they come."""

    before_record: BeforeRecord | None = None
    """What is compared is what would be written."""
    _pairs: list[_Pair] = field(default_factory=list)
    _known: int = 0
    """So many pairs have told all their ids."""

    def add(self, player: Player, sent: RequestKey, track: Track, passage: UpstreamCall) -> None:
        """Upstream is asked what the cassette answers with this track."""
        self._pairs.append(_Pair(player, sent, track, passage))

    def learn(self) -> None:
        """Take the ids that upstream has told by now for the recorded ones that stand in their places."""
        for number, pair in enumerate(self._pairs[self._known :], self._known):
            if (said := heard(pair.passage)) is not None:
                pair.player.id_map.bind(paired_ids(said, pair.track.interaction))
            if pair.passage.is_over and number == self._known:
                self._known += 1

    def report(self) -> str | None:
        """The differences, for people; None when there is none."""
        self.learn()
        told: Counter[int] = Counter()
        found = [line for pair in self._pairs for line in self._differences(pair, told)]
        if not found:
            return None
        more = [f"  and {len(found) - LONGEST} more"] if len(found) > LONGEST else []
        return "\n".join(["upstream does not answer as the cassette says", *found[:LONGEST], *more])

    def _differences(self, pair: _Pair, told: Counter[int]) -> Iterator[str]:
        """The differences of one answer; `told` counts how often each recorded one was compared with."""
        answered = heard(pair.passage)
        if answered is None:
            what = f"  {pair.track.place}: {pair.track.interaction.method} {pair.track.interaction.path}"
            yield f"{what} was not answered by upstream: {pair.passage.error or 'nothing that can be read'}"
            return
        written = as_written(self.before_record, answered)
        if written is None or is_passing(upstream := pair.player.id_map.answer_in_recorded_ids(written)):
            return
        track = _counterpart(pair.counterparts(upstream), upstream, told)
        told[track.position] += 1
        place = f"  {track.place}: {track.interaction.method} {track.interaction.path}"
        for where, one, other in differences(essence(track.interaction), essence(upstream)):
            yield f"{place}  {where}\n      cassette  {shown(one)}\n      upstream  {shown(other)}"


def _counterpart(tracks: list[Track], upstream: Interaction, told: Counter[int]) -> Track:
    """The recorded answer to compare with: of several polls the one that heard of the same status, else in order."""
    status = _status(upstream)
    if upstream.method == "GET":
        same = [track for track in tracks if status is not None and _status(track.interaction) == status]
        return (same or tracks)[-1]
    return next((track for track in tracks if not told[track.position]), tracks[-1])


def _status(one: Interaction) -> str | None:
    """The status of the run that an answer is."""
    value = one.json
    return str(value.get("status")) if isinstance(value, dict) and value.get("object") == "thread.run" else None
