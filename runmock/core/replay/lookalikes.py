"""Recorded conversations that begin alike: only a later request shows which of them the application goes through.

Two tasks both begin a conversation with the same request; each gets a recorded one, in order. When one of them then
sends a request that only the other recorded conversation has, the two are exchanged: tracks played of the one count as
played of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.api import Role
from runmock.core.replay.id_map import renamed
from runmock.core.replay.ids_in_payloads import conversation_of, paired_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from runmock.core.replay.matching import Key, RequestKey
    from runmock.core.replay.track import Track


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Two conversations that begin alike: pairs of the tracks played so far, and the ids that stand for each other."""

    conversations: tuple[str, str]
    tracks: tuple[tuple[Track, Track], ...]
    ids: Mapping[str, str]


@dataclass(slots=True)
class Conversations:
    """The tracks of a recording by the conversation that they are part of."""

    match_on: Collection[str]
    _of_conversation: dict[str, list[Track]] = field(default_factory=dict)
    _begun_by: dict[Key, list[str]] = field(default_factory=dict)
    """By the key of a creating request: the conversations that it began."""

    @classmethod
    def of(cls, tracks: Sequence[Track], match_on: Collection[str]) -> Conversations:
        """Group the tracks of a recording by conversation."""
        conversations = cls(match_on)
        for track in tracks:
            conversation = conversation_of(track.interaction)
            if conversation is None:
                continue
            conversations._of_conversation.setdefault(conversation, []).append(track)
            if Role.BEGINS_CONVERSATION in track.request.roles:
                conversations._begun_by.setdefault(track.key, []).append(conversation)
        return conversations

    def tracks(self, conversation: str) -> Sequence[Track]:
        """The tracks of a conversation, its creation included where it was recorded."""
        return self._of_conversation.get(conversation, ())

    def lookalike_for(self, sent: RequestKey, *, is_due: bool = False) -> Lookalikes | None:
        """The first look-alike of the request's conversation that has an answer left for the request, else None.

        With `is_due` the answer must not come after a recorded request that the application has yet to send.
        """
        conversation = sent.conversation
        own = () if conversation is None else self.tracks(conversation)
        if conversation is None or not own or Role.BEGINS_CONVERSATION not in own[0].request.roles:
            return None
        others = (other for other in self._begun_by[own[0].key] if other != conversation)
        compared = (self._compared(conversation, other, sent, is_due=is_due) for other in others)
        return next((lookalikes for lookalikes in compared if lookalikes is not None), None)

    def _compared(self, conversation: str, other: str, sent: RequestKey, *, is_due: bool) -> Lookalikes | None:
        """The two as look-alikes: each played track of one has a pair in the other, which also answers the request."""
        free = list(self.tracks(other))
        ids: dict[str, str] = {}
        pairs: list[tuple[Track, Track]] = []
        for track in self.tracks(conversation):
            if not track.played:
                continue
            key = renamed(track.request, ids).key(self.match_on)
            partner = next((candidate for candidate in free if candidate.key == key), None)
            if partner is not None:
                free.remove(partner)
                pairs.append((track, partner))
                ids |= paired_ids(track.interaction, partner.interaction)
            elif track.request.method != "GET":
                return None
        if any(candidate.played and candidate.request.method != "GET" for candidate in free):
            return None
        key = renamed(sent, ids).key(self.match_on)
        for candidate in free:
            if candidate.key == key:
                return Lookalikes((conversation, other), tuple(pairs), ids)
            if is_due and candidate.request.method != "GET":
                return None
        return None
