"""Which interactions of a new recording stand for which of an old one, whatever the ids, the times, and the polls.

Conversations are paired first, by how much of them is equal; then what is in them, in order: turns that are equal as
wholes, then what is equal, then what answers the same request, then what answers the same operation. Turns come first
because all that tells of a run has to change with its name: of two runs that begin alike the one that goes on as before
keeps its name. Repeated answers to one GET count as one; polls that only heard that a run goes on have no counterparts.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.replay.ids_in_payloads import answer_ids, payloads_of, request_ids, thread_of
from runmock.tape.comparing.counterparts import heaviest, paired
from runmock.tape.comparing.same_recording import answer_of, is_passing, request_of
from runmock.tape.writing.aliases import Aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction

IN_EQUAL_TURN, EQUAL, SAME_REQUEST, SAME_OPERATION = range(-1, 3)
"""How alike two units are. In equal turns all units are equal; the other three are places of their keys."""
_WEIGHTS = {EQUAL: 4, SAME_REQUEST: 1}


class Unit(NamedTuple):
    """Interactions of one conversation that say one thing: one, or polls that heard the same; their places."""

    places: tuple[int, ...]
    is_passing: bool
    keys: tuple[str, str, str]
    begins_turn: bool
    lines: int
    """About how many lines it has in a file."""

    @property
    def first(self) -> int:
        """The place of the first of them."""
        return self.places[0]


class Pair(NamedTuple):
    """Units that stand for each other, and how alike they are."""

    old: Unit
    new: Unit
    likeness: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs, and the units that are alone."""

    pairs: tuple[Pair, ...]
    only_old: tuple[Unit, ...]
    conversations: tuple[tuple[Unit, ...], ...]
    """The units of the new recording, by conversation."""


def canonical(value: Any) -> str:
    """The JSON of a value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True)


class Nameless:
    """Values of one recording without its ids: in their place stands what kind of thing each names."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        known = Aliases()
        for one in interactions:
            known.meet(one)
        self.ids = frozenset(known.names)
        """The ids that the service made: those that become aliases."""
        self.auto_created = frozenset(known.auto_created)
        self._kinds = Aliases({text: f"<{alias.rpartition('_')[0]}>" for text, alias in known.names.items()})

    def value(self, value: Any) -> Any:
        """A JSON value without ids."""
        return self._kinds.value(value)

    def interaction(self, one: Interaction) -> Interaction:
        """An interaction without ids."""
        return self._kinds.replaced(one)


def pairing(old: Sequence[tuple[int, Interaction]], new: Sequence[tuple[int, Interaction]]) -> Pairing:
    """Pair two recordings, each of whose interactions comes with its place."""
    old_talks, new_talks = _conversations(old), _conversations(new)
    pairs: list[Pair] = []
    for talks in _talks_paired(old_talks, new_talks):
        pairs += _in_order(*map(_turns, talks))
    used = {pair.old.first for pair in pairs}
    only_old = [unit for units in old_talks.values() for unit in units if unit.first not in used]
    return Pairing(tuple(pairs), tuple(only_old), tuple(map(tuple, new_talks.values())))


def _in_order(old: Sequence[Sequence[Unit]], new: Sequence[Sequence[Unit]]) -> Iterator[Pair]:
    """What belongs together of two conversations, turn by turn: all of turns that are equal, then what is between."""
    lines = [sum(unit.lines for unit in turn) for turn in old]
    equal = heaviest([*map(_whole, old)], [*map(_whole, new)], lines)
    for (one, other), (next_one, next_other) in pairwise([(-1, -1), *equal, (len(old), len(new))]):
        if one >= 0:
            yield from (Pair(*units, IN_EQUAL_TURN) for units in zip(old[one], new[other], strict=True))
        left = [unit for turn in old[one + 1 : next_one] for unit in turn]
        right = [unit for turn in new[other + 1 : next_other] for unit in turn]
        for i, j in paired([unit.keys for unit in left], [unit.keys for unit in right]):
            likeness = next(level for level in range(3) if left[i].keys[level] == right[j].keys[level])
            yield Pair(left[i], right[j], likeness)


def _turns(units: Iterable[Unit]) -> list[list[Unit]]:
    """What may have a counterpart, turn by turn."""
    turns: list[list[Unit]] = []
    for unit in _settled(units):
        if unit.begins_turn or not turns:
            turns.append([])
        turns[-1].append(unit)
    return turns


def _conversations(interactions: Sequence[tuple[int, Interaction]]) -> dict[str | None, list[Unit]]:
    """The units of every conversation; under None what is part of none."""
    nameless = Nameless([one for _, one in interactions])
    talks: dict[str | None, list[Unit]] = {}
    last: dict[tuple[str | None, bool], tuple[str, int]] = {}
    turns = _Turns()
    for place, one in interactions:
        thread, goes_on = thread_of(one), is_passing(one)
        units = talks.setdefault(thread, [])
        exactly = canonical([one.method, one.path] if goes_on else [request_of(one), answer_of(one)])
        before, number = last.get((thread, goes_on), ("", 0))
        if one.method == "GET" and before == exactly:
            units[number] = units[number]._replace(places=(*units[number].places, place))
            continue
        last[thread, goes_on] = exactly, len(units)
        if not goes_on:
            last.pop((thread, True), None)  # polls after it are others
        units.append(Unit((place,), goes_on, _keys(nameless.interaction(one)), turns.begins(thread, one), _lines(one)))
    return talks


class _Turns:
    """Where turns begin: a run with what comes before it and is looked at after it; mutable.

    The creation of a thread is none of its turns. What is part of no conversation is a turn with what follows of it.
    """

    def __init__(self) -> None:
        self._about: dict[str | None, set[str] | None] = {}
        """Ids of what the turn of each conversation is about; None before that is known."""

    def begins(self, thread: str | None, one: Interaction) -> bool:
        """Whether the next interaction of a conversation begins a turn."""
        if one.method == "GET":
            return False
        about = self._about.get(thread)
        begins = about is not None and about.isdisjoint(request_ids(one))
        if begins:
            about = None
        created = _created(thread, one)
        if created is not None:
            about = created if about is None else about | created
        self._about[thread] = about
        return begins


def _created(thread: str | None, one: Interaction) -> set[str] | None:
    """The ids that tell what belongs to the turn from now on; None for what comes before a run."""
    if thread is None:
        return set(answer_ids(one))
    objects = [payload for payload in payloads_of(one) if isinstance(payload, dict)]
    made = {str(one.get("id")) for one in objects if one.get("object") in ("thread", "thread.run")}
    return made - {thread} if made else None


def _lines(one: Interaction) -> int:
    items = one.json.get("data") if isinstance(one.json, dict) else None
    events = [event for event in one.stream or () if not event.name.endswith(".delta")]  # those share lines
    return 4 + len(events) + (len(items) if isinstance(items, list) else 0)


def _keys(one: Interaction) -> tuple[str, str, str]:
    request = request_of(one)
    return canonical([request, answer_of(one)]), canonical(request), canonical([one.method, one.path])


def _talks_paired(
    old: dict[str | None, list[Unit]], new: dict[str | None, list[Unit]]
) -> Iterable[tuple[list[Unit], list[Unit]]]:
    """Conversations that stand for each other: equal ones in order, then those that have most in common."""
    if None in old and None in new:
        yield old[None], new[None]
    left = [units for thread, units in old.items() if thread is not None]
    right: list[list[Unit]] = []
    by_keys: dict[tuple[str, ...], list[list[Unit]]] = {}
    for units in left:
        by_keys.setdefault(_whole(units), []).append(units)
    for units in (units for thread, units in new.items() if thread is not None):
        if equal := by_keys.get(_whole(units)):
            yield equal.pop(0), units
        else:
            right.append(units)
    left = [units for equal in by_keys.values() for units in equal]
    yield from ((left[one], right[other]) for one, other in _best(left, right))


def _whole(units: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(unit.keys[EQUAL] for unit in _settled(units))


def _settled(units: Iterable[Unit]) -> list[Unit]:
    """What may have a counterpart."""
    return [unit for unit in units if not unit.is_passing]


def _best(left: Sequence[Sequence[Unit]], right: Sequence[Sequence[Unit]]) -> Iterable[tuple[int, int]]:
    scores: Counter[tuple[int, int]] = Counter()
    for level, weight in _WEIGHTS.items():
        holders: dict[str, Counter[int]] = {}
        for number, units in enumerate(left):
            for unit in _settled(units):
                holders.setdefault(unit.keys[level], Counter())[number] += 1
        for number, units in enumerate(right):
            for key, count in Counter(unit.keys[level] for unit in _settled(units)).items():
                for other, others in holders.get(key, Counter()).items():
                    scores[other, number] += weight * min(count, others)
    free_left, free_right = set(range(len(left))), set(range(len(right)))
    for (one, other), _ in sorted(scores.items(), key=lambda scored: (-scored[1], scored[0])):
        if one in free_left and other in free_right:
            free_left.remove(one)
            free_right.remove(other)
            yield one, other
