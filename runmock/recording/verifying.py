"""Whether upstream still answers as the cassette says: what mode `verify` compares, and how it tells a difference.

Ids, times, the pace, how often was polled, and how a text was split into deltas are no differences.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.found_ids import alike, thread_of
from runmock.core.matching import shown
from runmock.recording.recording import heard
from runmock.tape.sameness import is_passing, timeless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.exchange import JSON
    from runmock.core.interaction import Interaction, StreamEvent
    from runmock.core.matching import Expectation
    from runmock.core.player import Player, Track
    from runmock.core.recorder import Passage

GROWING = frozenset({"value", "arguments", "input", "logs"})
"""Texts that come in pieces, by their keys in a delta."""
LONGEST = 10
"""So many differences are told."""


@dataclass(frozen=True, slots=True)
class _Pair:
    player: Player
    sent: Expectation
    track: Track
    """The answer as it was known then; which twin it is shows later."""
    passage: Passage

    def counterparts(self, upstream: Interaction) -> list[Track]:
        """The recorded answers to the request, now that it is known which conversation it was part of."""
        key = self.player.bindings.asked(self.sent).key(self.player.match_on)
        same = [track for track in self.player.tracks if track.key == key]
        thread = thread_of(upstream)
        return [track for track in same if thread_of(track.interaction) == thread] or same or [self.track]


@dataclass(slots=True)
class Verification:
    """Recorded answers and upstream's, side by side; mutable: it learns upstream's ids as they come."""

    _pairs: list[_Pair] = field(default_factory=list)
    _known: int = 0
    """So many pairs have told all their ids."""

    def add(self, player: Player, sent: Expectation, track: Track, passage: Passage) -> None:
        """Upstream is asked what the cassette answers with this track."""
        self._pairs.append(_Pair(player, sent, track, passage))

    def learn(self) -> None:
        """Take the ids that upstream has told by now for the recorded ones that stand in their places."""
        for number, pair in enumerate(self._pairs[self._known :], self._known):
            if (said := heard(pair.passage)) is not None:
                pair.player.bindings.bind(alike(said, pair.track.interaction))
            if pair.passage.is_over and number == self._known:
                self._known += 1

    def report(self) -> str | None:
        """The differences, for people; None when there is none."""
        self.learn()
        told: Counter[int] = Counter()
        found = [line for pair in self._pairs for line in _differences(pair, told)]
        if not found:
            return None
        more = [f"  and {len(found) - LONGEST} more"] if len(found) > LONGEST else []
        return "\n".join(["upstream does not answer as the cassette says", *found[:LONGEST], *more])


def _differences(pair: _Pair, told: Counter[int]) -> Iterator[str]:
    """The differences of one answer; `told` counts how often each recorded one was compared with."""
    said = heard(pair.passage)
    if said is None:
        what = f"  {pair.track.place}: {pair.track.interaction.method} {pair.track.interaction.path}"
        yield f"{what} was not answered by upstream: {pair.passage.error or 'nothing that can be read'}"
        return
    upstream = pair.player.bindings.recorded(said)
    if is_passing(upstream):
        return
    track = _counterpart(pair.counterparts(upstream), upstream, told)
    told[track.position] += 1
    place = f"  {track.place}: {track.interaction.method} {track.interaction.path}"
    for where, one, other in _compared(_essence(track.interaction), _essence(upstream), ""):
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


def _essence(one: Interaction) -> JSON:
    stream = None if one.stream is None else [[name, timeless(data)] for name, data in _joined(one.stream)]
    told = {"status": one.status, "json": timeless(one.json), "stream": stream, "text": one.text}
    return {key: value for key, value in told.items() if value is not None}


def _joined(events: Sequence[StreamEvent]) -> list[tuple[str, Any]]:
    """Events by name and data; deltas of one thing that follow each other are one."""
    told: list[tuple[str, Any]] = []
    for event in events:
        name, data = told[-1] if told else ("", None)
        both = isinstance(data, dict) and isinstance(event.data, dict) and data.get("id") == event.data.get("id")
        if both and name == event.name and name.endswith(".delta"):
            told[-1] = (name, _grown(data, event.data))
        else:
            told.append((event.name, event.raw if event.data is None else event.data))
    return told


def _grown(one: Any, more: Any, key: str = "") -> Any:
    """A delta with the next one added to it; parts of lists are found by their `index`."""
    if isinstance(one, dict) and isinstance(more, dict):
        return one | {name: _grown(one.get(name), part, name) for name, part in more.items()}
    if isinstance(one, list) and isinstance(more, list):
        parts = {part.get("index", number): part for number, part in enumerate(one) if isinstance(part, dict)}
        for number, part in enumerate(more):
            if isinstance(part, dict):
                index = part.get("index", number)
                parts[index] = _grown(parts.get(index), part)
        return list(parts.values())
    if isinstance(one, str) and isinstance(more, str) and key in GROWING:
        return one + more
    return one if more is None else more


def _compared(one: Any, other: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, as deep as can be said."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from _compared(one.get(key), other.get(key), f"{where}.{key}" if where else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _compared(left, right, f"{where}[{number}]")
    elif isinstance(one, list) and isinstance(other, list):
        yield f"{where}, {len(one)} against {len(other)}", _names(one), _names(other)
    elif one != other or isinstance(one, bool) is not isinstance(other, bool):
        yield where, one, other


def _names(values: list[Any]) -> Any:
    """A list for a message: an event by its name."""
    is_stream = all(isinstance(one, list) and one and isinstance(one[0], str) for one in values)
    return [one[0] for one in values] if is_stream else values
