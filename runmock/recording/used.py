"""Which recorded interactions are replaced by new ones in mode `all`: those that answer the same requests.

Conversations are compared as wholes, because many begin alike (`POST /threads {}`): a new one replaces a recorded one
with the same requests, whatever the ids and the answers are. A recorded conversation that only begins alike may belong
to another test, and stays, unless the new one is the same with more requests at its end. If only one test uses the
cassette, it is an older version of that test's conversation, and is replaced.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from typing import TYPE_CHECKING

from runmock.core.replay.id_map import renamed
from runmock.core.replay.ids_in_payloads import CREATING, answer_ids, kind_of, paired_ids, thread_of
from runmock.core.replay.matching import MATCHERS, request_key
from runmock.tape.comparing.same_recording import same_recording
from runmock.tape.writing.carrying import Partners

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key, RequestKey


class _Sent:
    """One interaction of a recording, with its request as it is compared."""

    __slots__ = ("interaction", "position", "request")

    def __init__(self, position: int, interaction: Interaction) -> None:
        self.position, self.interaction = position, interaction
        self.request: RequestKey = request_key(
            interaction.method, interaction.path, interaction.query, interaction.body
        )

    @property
    def is_read(self) -> bool:
        """Whether it is a GET: how often a GET is sent makes no difference."""
        return self.interaction.method == "GET"

    def key(self, ids: Mapping[str, str]) -> Key:
        """The request with other ids: equal for requests that mean the same."""
        return (renamed(self.request, ids) if ids else self.request).key(MATCHERS)


class _Conversation:
    """The interactions of a thread, from its creation on."""

    __slots__ = ("changed_at", "changes", "positions", "reads", "sent")

    def __init__(self, sent: Sequence[_Sent], ids: Mapping[str, str]) -> None:
        """`ids`: new names for ids that were created before the thread."""
        self.sent = sent
        self.positions = {entry.position for entry in sent}
        self.changed_at = [entry.position for entry in sent if not entry.is_read]
        self.changes, self.reads = _keys(sent, ids)

    def until(self, number: int) -> list[Interaction]:
        """The interactions before change `number`, counted from 0; all of them if there are fewer changes.

        A change is a request other than a GET.
        """
        last = self.changed_at[number] if number < len(self.changed_at) else None
        return [entry.interaction for entry in self.sent if last is None or entry.position < last]


def _keys(sent: Iterable[_Sent], ids: Mapping[str, str]) -> tuple[tuple[Key, ...], frozenset[tuple[int, Key]]]:
    """The keys of requests other than GETs, in order; and of each GET its key with the number of those before it.

    Polls of a run are left out. Ids get names that are the same in every recording: number of the request, kind, count.
    """
    names, kinds = dict(ids), Counter[str]()
    changes: list[Key] = []
    reads: set[tuple[int, Key]] = set()
    for entry in sent:
        if not entry.is_read:
            changes.append(entry.key(names))
            kinds.clear()
        elif entry.request.operation != "retrieve_run":
            reads.add((len(changes), entry.key(names)))
        for text, kind in answer_ids(entry.interaction).items():
            if text not in names:
                kinds[kind_of(text, kind)] += 1
                names[text] = f"{len(changes)}~{kind_of(text, kind)}~{kinds[kind_of(text, kind)]}"
    return tuple(changes), frozenset(reads)


class _Recorded:
    """A recording by conversations; `alone` are interactions of no conversation that was created in the recording."""

    def __init__(self, interactions: Iterable[Interaction]) -> None:
        self.alone: list[_Sent] = []
        conversations: dict[str, list[_Sent]] = {}
        for position, interaction in enumerate(interactions):
            sent, thread = _Sent(position, interaction), thread_of(interaction)
            if sent.request.operation in CREATING:
                conversations.setdefault(thread or f"refused {position}", []).append(sent)
            elif thread in conversations:
                conversations[thread].append(sent)
            else:
                self.alone.append(sent)
        self.in_threads = list(conversations.values())


def partners_of(new: Sequence[Interaction], old: Sequence[Interaction], *, is_own: bool = False) -> Partners:
    """Which old interactions the new ones replace, and which begin alike.

    `is_own`: only the test that recorded the new ones uses the cassette.
    """
    new_ones, old_ones = _Recorded(new), _Recorded(old)
    ids, used = _alone(new_ones.alone, old_ones.alone)
    waiting: dict[tuple[Key, ...], list[_Conversation]] = {}
    for sent in old_ones.in_threads:
        conversation = _Conversation(sent, {})
        waiting.setdefault(conversation.changes, []).append(conversation)
    changed: list[_Conversation] = []
    for sent in new_ones.in_threads:
        conversation = _Conversation(sent, ids)
        same = _same(conversation, waiting.get(conversation.changes, []), is_own=is_own)
        if same is None:
            changed.append(conversation)
        else:
            used |= same.positions
    left = [conversation for some in waiting.values() for conversation in some]
    begin_alike: list[tuple[int, int]] = []
    for conversation in changed:
        likest = max(left, key=lambda old: _common(conversation.changes, old.changes), default=None)
        if likest is None or not (common := _common(conversation.changes, likest.changes)):
            continue
        if is_own or _goes_on(conversation, likest, common):
            left.remove(likest)
            used |= likest.positions
        else:
            begin_alike += itertools.islice(zip(conversation.changed_at, likest.changed_at, strict=False), common)
    return Partners(used, tuple(begin_alike))


def _goes_on(new: _Conversation, old: _Conversation, common: int) -> bool:
    """Whether a new conversation is an old one with more at its end: all old requests have the same answers again."""
    return common == len(old.changes) and same_recording(old.until(common), new.until(common))


def _alone(new: Iterable[_Sent], old: Iterable[_Sent]) -> tuple[dict[str, str], set[int]]:
    """Compare interactions outside of conversations: the old ids by the new ones, and the positions that are replaced.

    A new GET replaces all recorded answers to the same GET.
    """
    waiting: dict[Key, deque[_Sent]] = {}
    reads: dict[Key, set[int]] = {}
    for sent in old:
        key = sent.key({})
        waiting.setdefault(key, deque()).append(sent)
        if sent.is_read:
            reads.setdefault(key, set()).add(sent.position)
    ids: dict[str, str] = {}
    used: set[int] = set()
    for sent in new:
        key = sent.key(ids)
        found = waiting.get(key)
        if not found:
            continue
        partner = found[0] if sent.is_read and len(found) == 1 else found.popleft()
        ids |= paired_ids(sent.interaction, partner.interaction)
        used |= reads[key] if sent.is_read else {partner.position}
    return ids, used


def _same(new: _Conversation, waiting: list[_Conversation], *, is_own: bool) -> _Conversation | None:
    """The recorded conversation with the same requests, taken out of `waiting`; one with the same GETs first."""
    candidates = (
        *(old for old in waiting if old.reads == new.reads),
        *(old for old in waiting if is_own or old.reads < new.reads),
    )
    if not candidates:
        return None
    waiting.remove(candidates[0])
    return candidates[0]


def _common(one: Sequence[Key], other: Sequence[Key]) -> int:
    """How many requests at their beginning two conversations have in common."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
