"""Answers requests from recorded interactions: a POST is used once, polling is elastic, the last GET repeats."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import ScriptError
from runmock.core.http.json_text import STDLIB_JSON, JsonText
from runmock.core.http.multipart import names_same_file
from runmock.core.replay.id_map import IdMap
from runmock.core.replay.ids_in_payloads import answer_ids, ids_in, request_ids
from runmock.core.replay.lookalikes import Conversations
from runmock.core.replay.matching import MATCHERS, RequestKey, recorded_key, stand_ins
from runmock.core.replay.mismatches import Comparison, compare
from runmock.core.replay.recorded_reply import reply_of
from runmock.core.replay.track import Track

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from runmock.core.engine.pace import Pace
    from runmock.core.http.exchange import Reply
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key


MOST_KEYS = 8
"""The keys of so many requests are kept: an application asks the same again, as in polls."""


class PlayedInteraction(NamedTuple):
    """What answers a request: the track, and its interaction with the application's ids."""

    track: Track
    answer: Interaction


@dataclass(slots=True)
class Player:
    """The recording of one cassette."""

    interactions: Sequence[Interaction]
    pace: Pace
    match_on: Collection[str] = MATCHERS
    allow_truncated: bool = False
    written: JsonText = STDLIB_JSON
    tracks: list[Track] = field(init=False)
    _by_key: dict[Key, deque[Track]] = field(init=False, default_factory=dict)
    _sent: dict[str | None, list[Track]] = field(init=False, default_factory=dict)
    """By conversation: its requests other than GETs, in order; a lookup does not go through the whole recording."""
    _reached: dict[str | None, int] = field(init=False, default_factory=dict)
    """By conversation: the position of the last interaction that was played."""
    id_map: IdMap = field(init=False, default_factory=IdMap)
    _conversations: Conversations | None = field(init=False, default=None)
    _keys: dict[int, tuple[RequestKey, Key]] = field(init=False, default_factory=dict)
    """The latest requests with their keys, by the `id` of each."""

    def __post_init__(self) -> None:
        self.tracks = []
        for position, interaction in enumerate(self.interactions):
            request = recorded_key(interaction)
            track = Track(position, interaction, request, request.key(self.match_on))
            self.tracks.append(track)
            self._by_key.setdefault(track.key, deque()).append(track)
            if interaction.method != "GET":
                self._sent.setdefault(request.conversation, []).append(track)

    def answer(self, sent: RequestKey) -> PlayedInteraction | None:
        """The recorded answer to a request; None when there is none, or none is left.

        Raises ScriptError for an answer that was recorded without its end.
        """
        ids = self.id_map
        request = sent if ids.is_empty else ids.request_in_recorded_ids(sent)
        track = self._next(request)
        is_early = track is not None and self._is_early(track, request)
        if (track is None or is_early) and self._exchange_lookalikes(request, is_due=is_early):
            request = self.id_map.request_in_recorded_ids(sent)
            track = self._next(request)
            is_early = track is not None and self._is_early(track, request)
        if track is None:
            return None
        if track.interaction.is_truncated and not self.allow_truncated:
            raise self._truncated(track)
        track.played += 1
        if not is_early:
            conversation, position = request.conversation, track.position
            if position > self._reached.get(conversation, -1):
                self._reached[conversation] = position
        answer = track.interaction if ids.is_empty else ids.answer_in_application_ids(track.interaction)
        return PlayedInteraction(track, answer)

    def _next(self, request: RequestKey) -> Track | None:
        tracks = self._by_key.get(self._key_of(request))
        if tracks and request.method == "GET":
            return self._next_get(tracks, request)
        track = self._next_once(tracks) if tracks else None
        return self._next_without_body(request) if track is None else track

    def _key_of(self, request: RequestKey) -> Key:
        """What is looked up for a request; made once, where the same request is asked again."""
        if request.body is None:
            return request.key(self.match_on)
        made = self._keys.get(id(request))
        if made is None or made[0] is not request:
            if len(self._keys) == MOST_KEYS:
                self._keys.clear()
            made = self._keys[id(request)] = request, request.key(self.match_on)
        return made[1]

    def _next_without_body(self, request: RequestKey) -> Track | None:
        """Of requests recorded without a body: the one whose answer names the file that is sent, else the first."""
        keys = [request._replace(body=body).key(self.match_on) for body in stand_ins(request.body)]
        tracks = (track for key in keys for track in self._by_key.get(key, ()))
        waiting = [track for track in tracks if track.played < track.interaction.repeat]
        return max(waiting, key=lambda track: names_same_file(request.body, track.interaction.json), default=None)

    def _is_early(self, track: Track, request: RequestKey) -> bool:
        """Whether an answer is a result of a recorded request that the application has not sent yet."""
        return request.method == "GET" and self._is_awaited(track, self._reached.get(request.conversation, -1))

    def _exchange_lookalikes(self, request: RequestKey, *, is_due: bool) -> bool:
        """Exchange the request's conversation for a look-alike that answers it. Returns whether there is one.

        With `is_due` the answer must not come after a recorded request that the application has yet to send.
        """
        lookalikes = self.conversations.lookalike_for(request, is_due=is_due)
        if lookalikes is None:
            return False
        for own, other in lookalikes.tracks:
            own.played, other.played = other.played, own.played
        self.id_map.exchange(lookalikes.ids)
        for key in {track.key for pair in lookalikes.tracks for track in pair}:
            self._by_key[key] = deque(track for track in self.tracks if track.key == key)
        for conversation in lookalikes.conversations:
            played = [track.position for track in self.conversations.tracks(conversation) if track.played]
            self._reached[conversation] = max(played, default=-1)
        return True

    @property
    def conversations(self) -> Conversations:
        """The tracks by their conversations; made when first needed."""
        if self._conversations is None:
            self._conversations = Conversations.of(self.tracks, self.match_on)
        return self._conversations

    def _next_once(self, tracks: deque[Track]) -> Track | None:
        """The first track that is not used up, else None; used-up tracks are removed from the queue."""
        while tracks and tracks[0].played >= tracks[0].interaction.repeat:
            tracks.popleft()
        return tracks[0] if tracks else None

    def _next_get(self, tracks: deque[Track], sent: RequestKey) -> Track:
        """The answer for the state that the conversation has reached: older ones are skipped, the last one repeats."""
        reached = self._reached.get(sent.conversation, -1)
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
        """Whether a request was recorded between `reached` and this answer that the application has not sent yet."""
        sent = self._sent.get(track.request.conversation, ())
        first = bisect_right(sent, reached, key=_position)
        return any(not request.played for request in sent[first : bisect_left(sent, track.position, key=_position)])

    @staticmethod
    def _truncated(track: Track) -> ScriptError:
        what = "answer" if track.interaction.stream is None else "stream"
        return ScriptError(
            f"the recorded {what} is truncated: its end was not recorded\n"
            f"  cassette  {track.interaction.source.cassette}, {track.place}\n"
            "  fix it    record it again, or allow it with @pytest.mark.runmock(allow_truncated=True)"
        )

    def reply(self, played: PlayedInteraction) -> Reply:
        """The Reply for a recorded answer. Raises UnmatchedRequest or ScriptError when its bytes are missing."""
        return reply_of(played.answer, played.track.request.api, self.pace, self.written)

    def unplayed(self) -> list[Track]:
        """Interactions that were never played; GETs never count, an application may poll less than it did."""
        return [track for track in self.tracks if not track.played and track.interaction.method != "GET"]

    def recorded_ids(self) -> set[str]:
        """Ids that the application knows from played answers: only the cassette knows what they name."""
        played = [self.id_map.answer_in_application_ids(track.interaction) for track in self.tracks if track.played]
        auto_created: set[str] = set()
        answered: set[str] = set()
        for interaction in played:
            auto_created |= request_ids(interaction) - answered
            answered |= answer_ids(interaction).keys() - auto_created
        return answered

    def nearest(self, sent: RequestKey) -> tuple[Track, Comparison] | None:
        """The interaction most similar to the request, preferably one not played yet; None for an empty recording."""
        waiting = [track for track in self.tracks if not track.played]
        alike = [track for track in waiting if track.request.operation == sent.operation]
        candidates = waiting if alike else self.tracks
        request = self.id_map.request_in_recorded_ids(sent)
        compared = [(track, compare(track.request, request)) for track in candidates]
        return max(compared, key=lambda pair: (pair[1].score, -pair[0].position), default=None)


def ids_only_recorded(players: Iterable[Player], sent: RequestKey) -> list[str]:
    """The ids in a request that the application can know only from recordings."""
    recorded = {text for player in players for text in player.recorded_ids()}
    used = [*sent.ids.values(), *(text for text, _ in ids_in(sent.body, sent.api.id_kinds))]
    return [text for text in dict.fromkeys(used) if text in recorded]


_position = attrgetter("position")
