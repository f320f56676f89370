"""What a cassette holds after it was recorded again: what stayed is what it was, what is new is told in its words.

An interaction that is equal but for ids, times, pace and polls stays the old one, in its place. One that has changed
keeps the old ids and times for what it still has. What is new gets ids that the cassette does not have, its place after
what came before it, and times on the clock of the cassette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.replay.ids_in_payloads import answer_ids, request_ids
from runmock.tape.comparing.clocks import Clocks, answer_values, kind_of
from runmock.tape.comparing.counterparts import counterparts
from runmock.tape.comparing.pairing import SAME_OPERATION, Nameless, canonical, pairing
from runmock.tape.comparing.same_recording import answer_of, is_passing, lasting, lasting_in, request_of, timeless
from runmock.tape.comparing.times import first_time
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import counted
from runmock.tape.writing.shortening import same_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.comparing.pairing import Pair, Pairing, Unit


class Partners(NamedTuple):
    """What new interactions are among old ones, by positions."""

    used: Collection[int]
    """Old ones whose place new ones take."""
    alike: Sequence[tuple[int, int]] = ()
    """New and old ones with the same request, at the beginning of conversations that go on otherwise."""


class Carried(NamedTuple):
    """An interaction as the cassette is to hold it, and the place of the old one that it stands for."""

    interaction: Interaction
    old: int | None


def carried(
    old: Sequence[Interaction], new: Sequence[Interaction], partners: Partners, base: int
) -> list[Carried] | None:
    """The old interactions with new ones in the place of those that are used; None when nothing of them stays.

    `base`: from when the old times count.
    """
    used = partners.used
    found = pairing([(place, old[place]) for place in sorted(used)], list(enumerate(new)))
    stays = len(used) < len(old) or any(pair.likeness < SAME_OPERATION for pair in found.pairs)
    if not stays:
        return None
    aliased = _with_old_ids(old, new, found)
    if aliased is None:
        return None
    told = _Carrying(old, aliased, partners, found, base).all()
    recorded = [one.interaction for one in told if one.old is None or one.old in used]
    return told if _as_played(recorded) == _as_played(aliased) else None


def _with_old_ids(
    old: Sequence[Interaction], new: Sequence[Interaction], found: Pairing
) -> tuple[Interaction, ...] | None:
    """The new interactions with the old ids of what is in both; None when an id could mean two things."""
    before, now = Nameless(old), Nameless(new)
    if before.ids & now.auto_created:
        return None
    names: dict[str, str] = {}
    free = set(before.ids)
    for pair in sorted(found.pairs, key=lambda pair: pair.likeness):
        answers = answer_values(old[pair.old.first]), answer_values(new[pair.new.first])
        for one, other in counterparts(*answers, _keys_of(before), _keys_of(now)):
            for old_id, new_id in _ids(one, other):
                if new_id in now.ids and new_id not in names and old_id in free:
                    names[new_id] = old_id
                    free.remove(old_id)
    taken = {text for one in old for text in (*request_ids(one), *answer_ids(one))}
    return Aliases(names, taken=taken).aliased(new)


def _keys_of(nameless: Nameless) -> Any:
    def keys(value: Any) -> tuple[str, str]:
        value = nameless.value(value)
        return canonical(timeless(value)), kind_of(value)

    return keys


def _ids(old: JSON, new: JSON) -> Iterator[tuple[str, str]]:
    """The ids of two mappings that stand for each other."""
    for key, part in new.items():
        if key == "id" or key.endswith("_id"):
            pairs = [(old.get(key), part)]
        elif key.endswith("_ids") and isinstance(part, list) and isinstance(old.get(key), list):
            pairs = list(zip(old[key], part, strict=False))
        else:
            continue
        yield from ((one, other) for one, other in pairs if isinstance(one, str) and isinstance(other, str))


class _Carrying:
    """Puts the interactions together; used once."""

    def __init__(
        self,
        old: Sequence[Interaction],
        new: Sequence[Interaction],
        partners: Partners,
        found: Pairing,
        base: int,
    ) -> None:
        self.old, self.new, self.replaced, self.found = old, new, partners.used, found
        self.alike = dict(partners.alike)
        self.by_new = {pair.new.first: pair for pair in found.pairs}
        self.going_on: dict[str, list[int]] = {}
        """The places of old polls that heard that their run goes on, by path."""
        lasts = lasting_in(new)
        polls = [place for place in self.replaced if is_passing(old[place])]
        self.outdated = {old[place].path for place in polls if lasting(old[place].json) not in lasts}
        """Paths of runs that tell something else of themselves now: their old polls do not stay."""
        for place in polls:
            if old[place].path not in self.outdated:
                self.going_on.setdefault(old[place].path, []).append(place)
        old_polls = {old[place].path for place in self.replaced if old[place].method == "GET"} - self.outdated
        self.at_rest = {one.path for one in new if one.method == "GET" and not is_passing(one)} & old_polls
        """Paths that were polled before, and whose run is heard to rest now."""
        began = first_time(new)
        self.clocks = Clocks(base - began if found.pairs and began is not None else 0)
        self.placed: list[tuple[tuple[float, int], Carried]] = []

    def all(self) -> list[Carried]:
        """Every interaction, in the order of the cassette."""
        for pair in self.found.pairs:
            self.clocks.learn(self.old[pair.old.first], self.new[pair.new.first])
        self.clocks.end()
        self._keep(*(place for place in range(len(self.old)) if place not in self.replaced))
        self._put_new()
        self._keep_polls()
        return [one for _, one in sorted(self.placed, key=lambda placed: placed[0])]

    def _keep(self, *places: int) -> None:
        self.placed += [((place, -1), Carried(self.old[place], place)) for place in places]

    def _keep_polls(self) -> None:
        """Old polls stay where their run is polled still, before what was heard in the end."""
        ends: dict[str, float] = {}
        for (after, _), one in self.placed:
            if one.interaction.method == "GET" and not is_passing(one.interaction):
                ends[one.interaction.path] = max(after, ends.get(one.interaction.path, 0))
        goes_on = {one.path: is_passing(one) for one in self.new if one.method == "GET"}
        for unit in self.found.only_old:
            path = self.old[unit.first].path
            if unit.is_passing and path in goes_on and (goes_on[path] or unit.places[-1] < ends.get(path, 0)):
                self._keep(*unit.places)

    def _put_new(self) -> None:
        """Units with a pair stand where that stood; others follow what came before them, within their conversation."""
        bounds = self._bounds()
        after = min((*self.replaced, *self.alike.values()), default=len(self.old)) - 0.5
        for unit in sorted(unit for units in self.found.conversations for unit in units):
            pair = self.by_new.get(unit.first)
            if pair is not None:
                self._put(pair)
                after = pair.old.places[-1]
            elif not self._is_one_more_poll(unit):
                lowest, highest = bounds[unit.first]
                polls = [place for place in self._polls(unit) if lowest < place < highest]
                after = min(max(after, lowest, *polls), highest)
                told = counted(self.clocks.told(self.new[place]) for place in unit.places)
                self.placed += [((after, unit.first), Carried(one, None)) for one in told]

    def _bounds(self) -> dict[int, tuple[float, float]]:
        """Between which old places a unit that has no pair has to stand, so that its conversation stays in order."""
        bounds: dict[int, tuple[float, float]] = {}
        for units in self.found.conversations:
            lowest, highest = -1.0, self._end_of(units)
            for unit in units:
                pair = self.by_new.get(unit.first)
                bounds[unit.first] = lowest, highest
                lowest = lowest if pair is None else pair.old.places[-1]
            for unit in reversed(units):
                pair = self.by_new.get(unit.first)
                bounds[unit.first] = bounds[unit.first][0], highest
                highest = highest if pair is None else pair.old.first - 0.5
        return bounds

    def _end_of(self, units: Sequence[Unit]) -> float:
        """Where a conversation ends at the latest: before one that begins alike, so that it is played before that."""
        alike = [self.alike[place] for unit in units for place in unit.places if place in self.alike]
        return min(alike) - 0.5 if alike else float(len(self.old))

    def _is_one_more_poll(self, unit: Unit) -> bool:
        """Whether it only hears that a run goes on of which the cassette has polls: how many is no difference."""
        path = self.new[unit.first].path
        return unit.is_passing and (path in self.going_on or path in self.at_rest)

    def _polls(self, unit: Unit) -> list[int]:
        """The old polls, all of which stay, that come before what a poll of the same run heard in the end."""
        one = self.new[unit.first]
        return self.going_on.get(one.path, []) if one.method == "GET" else []

    def _put(self, pair: Pair) -> None:
        old, new = self.old[pair.old.first], self.new[pair.new.first]
        if _is_same(old, new):
            self._keep(*pair.old.places)
            return
        told = self.clocks.told(new, old)._replace(source=old.source)
        if old.stream is not None and new.stream is not None:
            told = told._replace(pace=old.pace)
        if new.method == "GET":
            told = told._replace(repeat=old.repeat)
        if old.content == new.content:
            told = told._replace(content=old.content)  # which knows the name of its file
        if sorted(old.headers) == sorted(new.headers):
            told = told._replace(headers=old.headers)
        self.placed.append(((pair.old.first, -1), Carried(told, pair.old.first)))


def _is_same(old: Interaction, new: Interaction) -> bool:
    """Whether nothing differs but times, the pace, and how often was polled."""
    is_once = old.method == "GET" or old.repeat == new.repeat
    return is_once and same_json([request_of(old), answer_of(old)], [request_of(new), answer_of(new)])


def _as_played(interactions: Sequence[Interaction]) -> dict[str, list[str]]:
    """What each request is answered, one after the other, whatever the ids; for a poll also whether its run goes on."""
    nameless = Nameless(interactions)
    played: dict[str, list[str]] = {}
    last: dict[str, bool] = {}
    for one in interactions:
        request = canonical(request_of(one))
        answers = played.setdefault(request, [])
        last[request] = is_passing(one)
        if last[request]:
            continue
        answer = canonical(answer_of(nameless.interaction(one)))
        if one.method != "GET" or answers[-1:] != [answer]:
            answers.append(answer)
    return {request: [*answers, "goes on"] if last[request] else answers for request, answers in played.items()}
