"""The interactions of a cassette after it was recorded again, as close to the old ones as they can be.

An interaction that is equal but for ids, times, pace and polls stays the old one, in its place. One that has changed
keeps the old ids and times of the objects that it still has. A new one gets ids that the cassette does not have yet,
a place behind the interaction that came before it, and times on the clock of the cassette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.http.json_values import same_json
from runmock.core.replay.ids_in_payloads import answer_ids, request_ids
from runmock.tape.comparing.clocks import Clocks, answer_values, kind_of
from runmock.tape.comparing.counterparts import counterparts
from runmock.tape.comparing.pairing import SAME_OPERATION, Nameless, canonical, pairing
from runmock.tape.comparing.same_recording import answer_of, is_passing, lasting, lasting_in, request_of, timeless
from runmock.tape.comparing.times import first_time
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import with_repeats

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.comparing.pairing import Pair, Pairing, Unit


class Partners(NamedTuple):
    """How new interactions relate to old ones, by positions."""

    used: Collection[int]
    """Positions of old interactions that new ones replace."""
    alike: Sequence[tuple[int, int]] = ()
    """Positions of a new and an old interaction: equal requests that begin conversations which go on differently."""


class Carried(NamedTuple):
    """An interaction as the cassette shall have it, and the position of the old one that it replaces or is."""

    interaction: Interaction
    old: int | None


def carried(
    old: Sequence[Interaction], new: Sequence[Interaction], partners: Partners, base: int
) -> list[Carried] | None:
    """The old interactions with new ones in the place of those that are used; None when no old one stays.

    `base`: the time that `+0s` means in the old cassette, in seconds since the epoch.
    """
    used = partners.used
    matched = pairing([(place, old[place]) for place in sorted(used)], list(enumerate(new)))
    stays = len(used) < len(old) or any(pair.likeness < SAME_OPERATION for pair in matched.pairs)
    if not stays:
        return None
    aliased = _with_old_ids(old, new, matched)
    if aliased is None:
        return None
    result = _Carrying(old, aliased, partners, matched, base).all()
    recorded = [item.interaction for item in result if item.old is None or item.old in used]
    return result if _as_played(recorded) == _as_played(aliased) else None


def _with_old_ids(
    old: Sequence[Interaction], new: Sequence[Interaction], matched: Pairing
) -> tuple[Interaction, ...] | None:
    """The new interactions, with old ids for objects that are in both; None when an id could mean two objects."""
    old_names, new_names = Nameless(old), Nameless(new)
    if old_names.ids & new_names.auto_created:
        return None
    names: dict[str, str] = {}
    free = set(old_names.ids)
    for pair in sorted(matched.pairs, key=lambda pair: pair.likeness):
        answers = answer_values(old[pair.old.first]), answer_values(new[pair.new.first])
        for old_object, new_object in counterparts(*answers, _keys_of(old_names), _keys_of(new_names)):
            for old_id, new_id in _ids(old_object, new_object):
                if new_id in new_names.ids and new_id not in names and old_id in free:
                    names[new_id] = old_id
                    free.remove(old_id)
    taken = {text for interaction in old for text in (*request_ids(interaction), *answer_ids(interaction))}
    return Aliases(names, taken=taken).aliased(new)


def _keys_of(nameless: Nameless) -> Any:
    def keys(value: Any) -> tuple[str, str]:
        value = nameless.value(value)
        return canonical(timeless(value)), kind_of(value)

    return keys


def _ids(old: JSON, new: JSON) -> Iterator[tuple[str, str]]:
    """Pairs of an old and a new id, from two mappings that stand for each other."""
    for key, part in new.items():
        if key == "id" or key.endswith("_id"):
            pairs = [(old.get(key), part)]
        elif key.endswith("_ids") and isinstance(part, list) and isinstance(old.get(key), list):
            pairs = list(zip(old[key], part, strict=False))
        else:
            continue
        yield from ((old_id, new_id) for old_id, new_id in pairs if isinstance(old_id, str) and isinstance(new_id, str))


class _Carrying:
    """Puts old and new interactions in order; used once."""

    def __init__(
        self,
        old: Sequence[Interaction],
        new: Sequence[Interaction],
        partners: Partners,
        matched: Pairing,
        base: int,
    ) -> None:
        self.old, self.new, self.replaced, self.matched = old, new, partners.used, matched
        self.alike = dict(partners.alike)
        self.by_new = {pair.new.first: pair for pair in matched.pairs}
        self.going_on: dict[str, list[int]] = {}
        """The places of old polls that were answered "still running", by path."""
        lasts = lasting_in(new)
        polls = [place for place in self.replaced if is_passing(old[place])]
        self.outdated = {old[place].path for place in polls if lasting(old[place].json) not in lasts}
        """Paths of runs whose lasting keys, such as instructions, have changed: their old polls do not stay."""
        for place in polls:
            if old[place].path not in self.outdated:
                self.going_on.setdefault(old[place].path, []).append(place)
        old_polls = {old[place].path for place in self.replaced if old[place].method == "GET"} - self.outdated
        self.at_rest = {
            interaction.path for interaction in new if interaction.method == "GET" and not is_passing(interaction)
        } & old_polls
        """Paths that were polled before, and whose run is at rest in a new answer."""
        began = first_time(new)
        self.clocks = Clocks(base - began if matched.pairs and began is not None else 0)
        self.placed: list[tuple[tuple[float, int], Carried]] = []

    def all(self) -> list[Carried]:
        """Every interaction, in the order of the cassette."""
        for pair in self.matched.pairs:
            self.clocks.learn(self.old[pair.old.first], self.new[pair.new.first])
        self.clocks.end()
        self._keep(*(place for place in range(len(self.old)) if place not in self.replaced))
        self._put_new()
        self._keep_polls()
        return [item for _, item in sorted(self.placed, key=lambda placed: placed[0])]

    def _keep(self, *places: int) -> None:
        self.placed += [((place, -1), Carried(self.old[place], place)) for place in places]

    def _keep_polls(self) -> None:
        """Old polls stay if their run is still polled, and if they stand before the run's final answer."""
        ends: dict[str, float] = {}
        for (after, _), item in self.placed:
            if item.interaction.method == "GET" and not is_passing(item.interaction):
                ends[item.interaction.path] = max(after, ends.get(item.interaction.path, 0))
        goes_on = {poll.path: is_passing(poll) for poll in self.new if poll.method == "GET"}
        for unit in self.matched.only_old:
            path = self.old[unit.first].path
            if unit.is_passing and path in goes_on and (goes_on[path] or unit.places[-1] < ends.get(path, 0)):
                self._keep(*unit.places)

    def _put_new(self) -> None:
        """Put a unit with a counterpart in its place; any other one behind what came before it in its conversation."""
        bounds = self._bounds()
        after = min((*self.replaced, *self.alike.values()), default=len(self.old)) - 0.5
        for unit in sorted(unit for units in self.matched.conversations for unit in units):
            pair = self.by_new.get(unit.first)
            if pair is not None:
                self._put(pair)
                after = pair.old.places[-1]
            elif not self._is_one_more_poll(unit):
                lowest, highest = bounds[unit.first]
                polls = [place for place in self._polls(unit) if lowest < place < highest]
                after = min(max(after, lowest, *polls), highest)
                moved = with_repeats(self.clocks.on_old_clock(self.new[place]) for place in unit.places)
                self.placed += [((after, unit.first), Carried(interaction, None)) for interaction in moved]

    def _bounds(self) -> dict[int, tuple[float, float]]:
        """The old places between which each unit has to stand, so that its conversation stays in order.

        The key is the unit's first place.
        """
        bounds: dict[int, tuple[float, float]] = {}
        for units in self.matched.conversations:
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
        """The old place before which a conversation has to end; the number of old interactions if it may end anywhere.

        It is the place of an old conversation that begins with equal requests: the player must take the new one first.
        """
        alike = [self.alike[place] for unit in units for place in unit.places if place in self.alike]
        return min(alike) - 0.5 if alike else float(len(self.old))

    def _is_one_more_poll(self, unit: Unit) -> bool:
        """Whether a unit adds nothing but another "still running" for a run of which the cassette has polls."""
        path = self.new[unit.first].path
        return unit.is_passing and (path in self.going_on or path in self.at_rest)

    def _polls(self, unit: Unit) -> list[int]:
        """The places of old "still running" polls of the run that this unit polls; it has to stand behind them."""
        interaction = self.new[unit.first]
        return self.going_on.get(interaction.path, []) if interaction.method == "GET" else []

    def _put(self, pair: Pair) -> None:
        old, new = self.old[pair.old.first], self.new[pair.new.first]
        if _is_same(old, new):
            self._keep(*pair.old.places)
            return
        interaction = self.clocks.on_old_clock(new, old)._replace(source=old.source)
        if old.stream is not None and new.stream is not None:
            interaction = interaction._replace(pace=old.pace)
        if new.method == "GET":
            interaction = interaction._replace(repeat=old.repeat)
        if old.content == new.content:
            interaction = interaction._replace(content=old.content)  # which knows the name of its file
        if sorted(old.headers) == sorted(new.headers):
            interaction = interaction._replace(headers=old.headers)
        self.placed.append(((pair.old.first, -1), Carried(interaction, pair.old.first)))


def _is_same(old: Interaction, new: Interaction) -> bool:
    """Whether two interactions differ in nothing but times, pace, and the number of polls."""
    is_once = old.method == "GET" or old.repeat == new.repeat
    return is_once and same_json([request_of(old), answer_of(old)], [request_of(new), answer_of(new)])


def _as_played(interactions: Sequence[Interaction]) -> dict[str, list[str]]:
    """The answers in order, without ids, by request; `goes on` comes last if the last answer is "still running"."""
    nameless = Nameless(interactions)
    played: dict[str, list[str]] = {}
    last: dict[str, bool] = {}
    for interaction in interactions:
        request = canonical(request_of(interaction))
        answers = played.setdefault(request, [])
        last[request] = is_passing(interaction)
        if last[request]:
            continue
        answer = canonical(answer_of(nameless.interaction(interaction)))
        if interaction.method != "GET" or answers[-1:] != [answer]:
            answers.append(answer)
    return {request: [*answers, "goes on"] if last[request] else answers for request, answers in played.items()}
