"""Answers requests from recorded interactions: a POST is used once, polling is elastic, the last GET repeats."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.errors import ScriptError
from runmock.core.exchange import Frame, Reply
from runmock.core.matching import MATCHERS, Comparison, Expectation, compare, expectation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from runmock.core.interaction import Interaction
    from runmock.core.tempo import Tempo


@dataclass(slots=True)
class Track:
    """One recorded interaction and how often it was played."""

    position: int
    interaction: Interaction
    asked: Expectation
    played: int = 0

    @property
    def place(self) -> str:
        """For messages: `interaction 2, line 41`, without the line where there is none."""
        line = self.interaction.source.line
        return f"interaction {self.position}" + (f", line {line}" if line else "")


@dataclass(slots=True)
class Player:
    """The recording of one cassette."""

    interactions: Sequence[Interaction]
    tempo: Tempo
    match_on: Collection[str] = MATCHERS
    allow_truncated: bool = False
    tracks: list[Track] = field(init=False)
    _by_key: dict[str, deque[Track]] = field(init=False, default_factory=dict)
    _reached: dict[str | None, int] = field(init=False, default_factory=dict)
    """By conversation: the position of the last interaction that was played."""

    def __post_init__(self) -> None:
        self.tracks = []
        for position, one in enumerate(self.interactions):
            track = Track(position, one, expectation(one.method, one.path, one.query, one.body))
            self.tracks.append(track)
            self._by_key.setdefault(track.asked.key(self.match_on), deque()).append(track)

    def answer(self, sent: Expectation) -> tuple[Track, Reply] | None:
        """The recorded answer to a request, or None when there is none (left). Raises ScriptError for half a stream."""
        tracks = self._by_key.get(sent.key(self.match_on))
        if not tracks:
            return None
        track = self._next_get(tracks, sent) if sent.method == "GET" else self._next_once(tracks)
        if track is None:
            return None
        self._check_whole(track)
        track.played += 1
        reached = self._reached.get(sent.thread_id, -1)
        if sent.method != "GET" or not self._is_awaited(track, reached):
            self._reached[sent.thread_id] = max(track.position, reached)
        return track, self._reply(track.interaction)

    def _next_once(self, tracks: deque[Track]) -> Track | None:
        """The first that is not used up; what is used up is dropped, so that asking stays cheap."""
        while tracks and tracks[0].played >= tracks[0].interaction.repeat:
            tracks.popleft()
        return tracks[0] if tracks else None

    def _next_get(self, tracks: deque[Track], sent: Expectation) -> Track:
        """The state that the conversation has reached: older answers are skipped, the last one is told again."""
        reached = self._reached.get(sent.thread_id, -1)
        while len(tracks) > 1:
            first, second = tracks[0], tracks[1]
            is_over = first.played >= first.interaction.repeat or first.position < reached
            if not (
                second.position <= reached or (is_over and not self._is_awaited(second, max(first.position, reached)))
            ):
                break
            tracks.popleft()
        return tracks[0]

    def _is_awaited(self, track: Track, reached: int) -> bool:
        """Whether an answer follows from something that the application has yet to send, after what it has reached."""
        return any(
            one.interaction.method != "GET" and not one.played and one.asked.thread_id == track.asked.thread_id
            for one in self.tracks[reached + 1 : track.position]
        )

    def _check_whole(self, track: Track) -> None:
        if track.interaction.is_truncated and not self.allow_truncated:
            raise ScriptError(
                "the recorded stream is truncated: its end was never seen\n"
                f"  cassette  {track.interaction.source.cassette}, {track.place}\n"
                "  mend it   record it again, or allow it with @pytest.mark.runmock(allow_truncated=True)"
            )

    def _reply(self, interaction: Interaction) -> Reply:
        if interaction.stream is not None:
            return Reply.of_events(self._frames(interaction), _without(interaction.headers, "content-type"))
        if interaction.text is not None:
            has_type = any(name.lower() == "content-type" for name, _ in interaction.headers)
            kind = () if has_type else (("content-type", "text/plain; charset=utf-8"),)
            frames = (Frame(0, interaction.text.encode()),)
            return Reply(interaction.status, (*kind, *interaction.headers), frames)
        headers = _without(interaction.headers, "content-type")
        polled = interaction.method == "GET" and _is_run(interaction.json)
        poll = (("openai-poll-after-ms", "0"),) if polled else ()
        return Reply.of_json(interaction.json, interaction.status, (*headers, *poll))

    def _frames(self, interaction: Interaction) -> Iterator[Frame]:
        for number, event in enumerate(interaction.stream or ()):
            told = interaction.pace.gap_ms if number else interaction.pace.first_ms
            yield Frame(self.tempo.delay_ms(told), event.encoded())

    def unplayed(self) -> list[Track]:
        """Interactions that were never played; GETs never count, an application may poll less than it did."""
        return [track for track in self.tracks if not track.played and track.interaction.method != "GET"]

    def nearest(self, sent: Expectation) -> tuple[Track, Comparison] | None:
        """The interaction that is most like the request: of those not played, else of all."""
        waiting = [track for track in self.tracks if not track.played]
        alike = [track for track in waiting if track.asked.operation == sent.operation]
        candidates = waiting if alike else self.tracks
        compared = [(track, compare(track.asked, sent)) for track in candidates]
        return max(compared, key=lambda pair: (pair[1].score, -pair[0].position), default=None)


def _is_run(value: Any) -> bool:
    return isinstance(value, dict) and value.get("object") == "thread.run"


def _without(headers: tuple[tuple[str, str], ...], name: str) -> tuple[tuple[str, str], ...]:
    return tuple(one for one in headers if one[0].lower() != name)
