"""Which parts of two values stand for each other: equal ones first, then those of one kind between them, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from runmock.core.http.exchange import JSON

MOST_COMPARED = 4_000_000
"""Pairs of items. In lists that have more pairs, only equal beginnings and ends are matched."""
MOST_WEIGHED = 200_000
"""Pairs of equal items. With more of them `heaviest` is too slow, and `matches` chooses."""


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """The places of equal items in two lists, in order, as `difflib` chooses them."""
    begin, end = _same_ends(old, new)
    yield from ((place, place) for place in range(begin))
    middle, others = old[begin : len(old) - end], new[begin : len(new) - end]
    if len(middle) * len(others) <= MOST_COMPARED:
        for old_place, new_place, size in SequenceMatcher(None, middle, others, autojunk=False).get_matching_blocks():
            yield from ((begin + old_place + place, begin + new_place + place) for place in range(size))
    yield from ((len(old) - end + place, len(new) - end + place) for place in range(end))


def heaviest(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places of equal items in two lists, in order, with the greatest sum of weights; `weights`: of old items.

    Where too many items are equal to each other (`MOST_WEIGHED`), the choice is that of `matches`.
    """
    begin, end = _same_ends(old, new)
    middle, others = old[begin : len(old) - end], new[begin : len(new) - end]
    count, other_count = Counter(middle), Counter(others)
    if sum(number * other_count[item] for item, number in count.items()) > MOST_WEIGHED:
        yield from matches(old, new)
        return
    yield from ((place, place) for place in range(begin))
    for old_place, new_place in _heaviest(middle, others, weights[begin:]):
        yield begin + old_place, begin + new_place
    yield from ((len(old) - end + place, len(new) - end + place) for place in range(end))


class _Chain(NamedTuple):
    """Pairs of places in order: the last one, and the chain before it."""

    weight: int
    before: _Chain | None
    last: tuple[int, int]


def _heaviest(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]) -> list[tuple[int, int]]:
    """The chain of pairs with the greatest weight: positions of equal items, both in rising order.

    A chain so far is dropped when another one weighs as much or more and ends at the same place or earlier.
    """
    places: dict[Hashable, list[int]] = {}
    for place in reversed(range(len(new))):
        places.setdefault(new[place], []).append(place)
    chains = [_Chain(0, None, (-1, -1))]
    ends = [-1]  # the new places at which the chains end; a chain that ends later is heavier
    for old_place, item in enumerate(old):
        for new_place in places.get(item, ()):
            at = bisect_left(ends, new_place)
            chain = _Chain(chains[at - 1].weight + weights[old_place], chains[at - 1], (old_place, new_place))
            if ends[at : at + 1] == [new_place] and chains[at].weight >= chain.weight:
                continue
            after = at
            while after < len(ends) and chains[after].weight <= chain.weight:
                after += 1
            ends[at:after], chains[at:after] = [new_place], [chain]
    chosen: list[tuple[int, int]] = []
    chain = chains[-1]
    while chain.before is not None:
        chosen.append(chain.last)
        chain = chain.before
    return chosen[::-1]


def _same_ends(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """How many items two lists have in common at their beginning, and how many more at their end."""
    shorter = min(len(old), len(new))
    begin = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    end = next((place for place in range(shorter - begin) if old[-1 - place] != new[-1 - place]), shorter - begin)
    return begin, end


def paired(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The places of items that belong together, in order.

    Every item is its keys, the strictest first: items pair by their first key, and between those by the next one.
    """
    return sorted(_paired(old, new, (0, 0), 0))


def _paired(
    old: Sequence[Sequence[str]], new: Sequence[Sequence[str]], at: tuple[int, int], level: int
) -> Iterator[tuple[int, int]]:
    if not old or not new or level == len(old[0]):
        return
    pairs = list(matches([keys[level] for keys in old], [keys[level] for keys in new]))
    yield from ((at[0] + old_place, at[1] + new_place) for old_place, new_place in pairs)
    for (old_place, new_place), (next_old, next_new) in pairwise([(-1, -1), *pairs, (len(old), len(new))]):
        between = old[old_place + 1 : next_old], new[new_place + 1 : next_new]
        yield from _paired(*between, (at[0] + old_place + 1, at[1] + new_place + 1), level + 1)


def counterparts(
    old: Any, new: Any, old_keys: Callable[[Any], Sequence[str]], new_keys: Callable[[Any], Sequence[str]]
) -> Iterator[tuple[JSON, JSON]]:
    """The mappings in two values that stand for each other, outer ones first.

    Mappings under the same key are counterparts; items of lists are paired by their keys, which `old_keys` and
    `new_keys` return (see `paired`). What is in `metadata` is the application's own and has no counterpart.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        yield old, new
        for key, part in new.items():
            if key != "metadata" and isinstance(part, dict | list):
                yield from counterparts(old.get(key), part, old_keys, new_keys)
    elif isinstance(old, list) and isinstance(new, list):
        for old_place, new_place in paired([old_keys(part) for part in old], [new_keys(part) for part in new]):
            yield from counterparts(old[old_place], new[new_place], old_keys, new_keys)
