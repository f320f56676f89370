"""Which interactions of a new recording stand for which of an old one, whatever the ids, the times, and the polls.

Conversations are paired first, by how much of them is equal. Then what is in them is paired, in order: turns that are
equal as wholes, then equal interactions, then those with the same request, then those with the same operation. Turns
come first because every answer about a run changes with the run's id: of two runs that begin alike, the one that goes
on as before keeps its id. Repeated equal answers to one GET count as one. A poll that was answered "still running" has
no counterpart.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.replay.ids_in_payloads import answer_ids, conversation_of, request_ids, unlike_payloads
from runmock.tape.comparing.counterparts import heaviest, paired
from runmock.tape.comparing.same_recording import answer_of, is_passing, request_of
from runmock.tape.writing.aliases import Aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction

IN_EQUAL_TURN, EQUAL, SAME_REQUEST, SAME_OPERATION = range(-1, 3)
"""How alike two units are, the most alike first. All but the first are indices into `Unit.keys`."""
_WEIGHTS = {EQUAL: 4, SAME_REQUEST: 1}


class Unit(NamedTuple):
    """One interaction of a conversation, or several polls in a row that were answered the same.

    `places` are their positions in the recording. `is_passing`: a poll that was answered "still running".
    """

    places: tuple[int, ...]
    is_passing: bool
    keys: tuple[str, str, str]
    begins_turn: bool
    lines: int
    """About how many lines it has in a file."""

    @property
    def first(self) -> int:
        """The place of its first interaction."""
        return self.places[0]


class Pair(NamedTuple):
    """Units that stand for each other, and how alike they are."""

    old: Unit
    new: Unit
    likeness: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """The units of two recordings that are counterparts, and the old units without one."""

    pairs: tuple[Pair, ...]
    only_old: tuple[Unit, ...]
    conversations: tuple[tuple[Unit, ...], ...]
    """The units of the new recording, by conversation."""


def canonical(value: Any) -> str:
    """The JSON of a value with its keys sorted, as a text to compare."""
    return json.dumps(value, sort_keys=True)


class Nameless:
    """Replaces the ids of one recording by their kinds: `<run>` stands for every run's id."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        known = Aliases()
        for interaction in interactions:
            known.learn(interaction)
        self.ids = frozenset(known.names)
        """The ids that the service made: those that become aliases."""
        self.auto_created = frozenset(known.auto_created)
        self._kinds = Aliases({text: f"<{alias.rpartition('_')[0]}>" for text, alias in known.names.items()})

    def value(self, value: Any) -> Any:
        """A JSON value without ids."""
        return self._kinds.value(value)

    def interaction(self, interaction: Interaction) -> Interaction:
        """An interaction without ids."""
        return self._kinds.replaced(interaction)


def pairing(old: Sequence[tuple[int, Interaction]], new: Sequence[tuple[int, Interaction]]) -> Pairing:
    """Which interactions of two recordings are counterparts; each is given with its place in the cassette."""
    old_talks, new_talks = _conversations(old), _conversations(new)
    pairs: list[Pair] = []
    for talks in _talks_paired(old_talks, new_talks):
        pairs += _in_order(*map(_turns, talks))
    used = {pair.old.first for pair in pairs}
    only_old = [unit for units in old_talks.values() for unit in units if unit.first not in used]
    return Pairing(tuple(pairs), tuple(only_old), tuple(map(tuple, new_talks.values())))


def _in_order(old: Sequence[Sequence[Unit]], new: Sequence[Sequence[Unit]]) -> Iterator[Pair]:
    """Pairs of units of two conversations: all units of equal turns, then those that stand between these turns."""
    lines = [sum(unit.lines for unit in turn) for turn in old]
    equal = heaviest([*map(_whole, old)], [*map(_whole, new)], lines)
    for (old_turn, new_turn), (next_old, next_new) in pairwise([(-1, -1), *equal, (len(old), len(new))]):
        if old_turn >= 0:
            yield from (Pair(*units, IN_EQUAL_TURN) for units in zip(old[old_turn], new[new_turn], strict=True))
        left = [unit for turn in old[old_turn + 1 : next_old] for unit in turn]
        right = [unit for turn in new[new_turn + 1 : next_new] for unit in turn]
        for i, j in paired([unit.keys for unit in left], [unit.keys for unit in right]):
            likeness = next(level for level in range(3) if left[i].keys[level] == right[j].keys[level])
            yield Pair(left[i], right[j], likeness)


def _turns(units: Iterable[Unit]) -> list[list[Unit]]:
    """The units that may have a counterpart, by turn."""
    turns: list[list[Unit]] = []
    for unit in _settled(units):
        if unit.begins_turn or not turns:
            turns.append([])
        turns[-1].append(unit)
    return turns


def _conversations(interactions: Sequence[tuple[int, Interaction]]) -> dict[str | None, list[Unit]]:
    """The units of every conversation by its thread's id; under None those that belong to no thread."""
    nameless = Nameless([interaction for _, interaction in interactions])
    talks: dict[str | None, list[Unit]] = {}
    last: dict[tuple[str | None, bool], tuple[str, int]] = {}
    turns = _Turns()
    for place, interaction in interactions:
        thread, goes_on = conversation_of(interaction), is_passing(interaction)
        units = talks.setdefault(thread, [])
        content = canonical(
            [interaction.method, interaction.path] if goes_on else [request_of(interaction), answer_of(interaction)]
        )
        before, number = last.get((thread, goes_on), ("", 0))
        if interaction.method == "GET" and before == content:
            units[number] = units[number]._replace(places=(*units[number].places, place))
            continue
        last[thread, goes_on] = content, len(units)
        if not goes_on:
            last.pop((thread, True), None)  # polls after it are others
        units.append(
            Unit(
                (place,),
                goes_on,
                _keys(nameless.interaction(interaction)),
                turns.begins(thread, interaction),
                _lines(interaction),
            )
        )
    return talks


class _Turns:
    """Decides where turns begin; mutable. A turn is a run with the requests that prepare it and look at it afterwards.

    The creation of a thread belongs to no turn. Outside of conversations, a turn is a request that is no GET, with
    the requests after it that name what it created.
    """

    def __init__(self) -> None:
        self._about: dict[str | None, set[str] | None] = {}
        """The ids of the objects that the current turn of a conversation is about; None before they are known."""

    def begins(self, thread: str | None, interaction: Interaction) -> bool:
        """Whether the next interaction of a conversation begins a turn."""
        if interaction.method == "GET":
            return False
        about = self._about.get(thread)
        begins = about is not None and about.isdisjoint(request_ids(interaction))
        if begins:
            about = None
        created = _created(thread, interaction)
        if created is not None:
            about = created if about is None else about | created
        self._about[thread] = about
        return begins


def _created(thread: str | None, interaction: Interaction) -> set[str] | None:
    """The ids by which later requests belong to this turn; None for a request that comes before the turn's run."""
    if thread is None:
        return set(answer_ids(interaction))
    objects = [payload for payload in unlike_payloads(interaction) if isinstance(payload, dict)]
    made = {str(value.get("id")) for value in objects if value.get("object") in ("thread", "thread.run")}
    return made - {thread} if made else None


def _lines(interaction: Interaction) -> int:
    items = interaction.json.get("data") if isinstance(interaction.json, dict) else None
    events = [event for event in interaction.stream or () if not event.name.endswith(".delta")]  # those share lines
    return 4 + len(events) + (len(items) if isinstance(items, list) else 0)


def _keys(interaction: Interaction) -> tuple[str, str, str]:
    request = request_of(interaction)
    return (
        canonical([request, answer_of(interaction)]),
        canonical(request),
        canonical([interaction.method, interaction.path]),
    )


def _talks_paired(
    old: dict[str | None, list[Unit]], new: dict[str | None, list[Unit]]
) -> Iterable[tuple[list[Unit], list[Unit]]]:
    """Pairs of conversations: equal ones in order, then those that have most in common."""
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
    yield from ((left[left_place], right[right_place]) for left_place, right_place in _best(left, right))


def _whole(units: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(unit.keys[EQUAL] for unit in _settled(units))


def _settled(units: Iterable[Unit]) -> list[Unit]:
    """The units that may have a counterpart: all but polls that were answered "still running"."""
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
                for left_place, left_count in holders.get(key, Counter()).items():
                    scores[left_place, number] += weight * min(count, left_count)
    free_left, free_right = set(range(len(left))), set(range(len(right)))
    for (left_place, right_place), _ in sorted(scores.items(), key=lambda scored: (-scored[1], scored[0])):
        if left_place in free_left and right_place in free_right:
            free_left.remove(left_place)
            free_right.remove(right_place)
            yield left_place, right_place
