"""Recorded conversations that begin alike: which of them the application means shows when their requests differ.

Two tasks both send `POST /threads {}`; each gets a recorded thread, in order. When one then says what only the other
recorded conversation has, the two take each other's place: what was played of the one counts as played of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.replay.id_map import renamed
from runmock.core.replay.ids_in_payloads import CREATING, alike, thread_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from runmock.core.replay.matching import Key, RequestKey
    from runmock.core.replay.track import Track


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """A conversation and its twin: the tracks played so far with those in their places, and ids likewise."""

    threads: tuple[str, str]
    tracks: tuple[tuple[Track, Track], ...]
    ids: Mapping[str, str]


@dataclass(slots=True)
class Conversations:
    """The tracks of a recording by the thread that they are about."""

    match_on: Collection[str]
    _of_thread: dict[str, list[Track]] = field(default_factory=dict)
    _alike: dict[Key, list[str]] = field(default_factory=dict)
    """The threads that a request of this key created."""

    @classmethod
    def of(cls, tracks: Sequence[Track], match_on: Collection[str]) -> Conversations:
        """Sort the tracks of a recording."""
        made = cls(match_on)
        for track in tracks:
            thread = thread_of(track.interaction)
            if thread is None:
                continue
            made._of_thread.setdefault(thread, []).append(track)
            if track.asked.operation in CREATING:
                made._alike.setdefault(track.key, []).append(thread)
        return made

    def tracks(self, thread: str) -> Sequence[Track]:
        """A conversation, its creation included where it was recorded."""
        return self._of_thread.get(thread, ())

    def lookalike_for(self, sent: RequestKey, *, is_due: bool = False) -> Lookalikes | None:
        """The first twin of the request's conversation that has an answer left for it.

        `is_due`: one that follows from what was sent already, and not from something that is yet to be sent.
        """
        thread = sent.thread_id
        own = () if thread is None else self.tracks(thread)
        if thread is None or not own or own[0].asked.operation not in CREATING:
            return None
        others = (other for other in self._alike[own[0].key] if other != thread)
        compared = (self._compared(thread, other, sent, is_due=is_due) for other in others)
        return next((lookalikes for lookalikes in compared if lookalikes is not None), None)

    def _compared(self, thread: str, other: str, sent: RequestKey, *, is_due: bool) -> Lookalikes | None:
        """The two as twins: all that was played of either has its place in the other, and the request has one too."""
        free = list(self.tracks(other))
        ids: dict[str, str] = {}
        pairs: list[tuple[Track, Track]] = []
        for track in self.tracks(thread):
            if not track.played:
                continue
            wanted = renamed(track.asked, ids).key(self.match_on)
            found = next((one for one in free if one.key == wanted), None)
            if found is not None:
                free.remove(found)
                pairs.append((track, found))
                ids |= alike(track.interaction, found.interaction)
            elif track.asked.method != "GET":
                return None
        if any(one.played and one.asked.method != "GET" for one in free):
            return None
        wanted = renamed(sent, ids).key(self.match_on)
        for one in free:
            if one.key == wanted:
                return Lookalikes((thread, other), tuple(pairs), ids)
            if is_due and one.asked.method != "GET":
                return None
        return None
