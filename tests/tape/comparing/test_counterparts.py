"""What stands for what in two lists: equal items first, then items of one kind between them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.tape.comparing.counterparts import counterparts, heaviest, matches, paired

SAME = [
    ("", "", ""),
    ("abc", "abc", "abc"),
    ("abc", "abxc", "abc"),
    ("abxc", "abc", "abc"),
    ("abc", "xyz", ""),
    ("aab", "ab", "ab"),
    ("aaa", "aaaa", "aaa"),
    ("xaybz", "ab", "ab"),
    ("ab" * 50, "ab" * 60, "ab" * 50),
]


@pytest.mark.parametrize(("old", "new", "common"), SAME)
def test_equal_items_are_found_in_order(old, new, common):
    places = list(matches(old, new))
    assert (
        "".join(old[old_place] for old_place, _ in places)
        == "".join(new[new_place] for _, new_place in places)
        == common
    )
    assert places == sorted(places)
    assert len({old_place for old_place, _ in places}) == len({new_place for _, new_place in places}) == len(places)


def test_of_very_long_lists_only_beginning_and_end_are_compared():
    numbers = [str(number) for number in range(2_500)]
    other = ["x", *numbers[:0:-1], "y"]
    assert list(matches(["begin", *numbers, "end"], ["begin", *other, "end"])) == [(0, 0), (2_501, 2_502)]


@given(
    st.text("abc", max_size=6),
    st.text("abc", max_size=6),
    st.fixed_dictionaries(dict.fromkeys("abc", st.integers(1, 9))),
)
def test_no_other_choice_of_equal_items_weighs_more(old, new, weights):
    places = list(heaviest(old, new, [weights[item] for item in old]))
    assert all(old[old_place] == new[new_place] for old_place, new_place in places)
    assert places == sorted(places)
    assert len({old_place for old_place, _ in places}) == len({new_place for _, new_place in places}) == len(places)
    both = {choice for size in range(7) for choice in combinations(old, size)}
    both &= {choice for size in range(7) for choice in combinations(new, size)}
    assert sum(weights[old[old_place]] for old_place, _ in places) == max(
        sum(weights[item] for item in choice) for choice in both
    )


def test_of_many_items_that_are_equal_to_each_other_the_usual_choice_is_made():
    old, new = ["begin", *"a" * 1_000, "end"], ["x", *"a" * 1_000, "y"]
    assert list(heaviest(old, new, [1] * len(old))) == [(place, place) for place in range(1, 1_001)]


def test_between_equal_items_those_of_one_kind_are_paired():
    old = [("a1", "a"), ("b1", "b"), ("c1", "c"), ("d1", "d")]
    new = [("a2", "a"), ("b1", "b"), ("x", "x"), ("d2", "d"), ("d1", "d")]
    assert paired(old, new) == [(0, 0), (1, 1), (3, 4)]
    assert paired(old, [("d2", "d"), ("e", "e")]) == [(3, 0)]


def test_mappings_that_stand_for_each_other_are_found_at_any_depth_but_not_in_metadata():
    def keys(value):
        return (repr(value), str(value.get("id")))

    old = {"a": {"n": 1}, "data": [{"id": 1, "n": 2}, {"id": 2, "n": 3}], "metadata": {"n": 4}, "b": 1}
    new = {"a": {"n": 5}, "data": [{"id": 3, "n": 6}, {"id": 2, "n": 7}], "metadata": {"n": 8}, "b": {"n": 9}}
    numbers = [
        (old_mapping.get("n"), new_mapping.get("n")) for old_mapping, new_mapping in counterparts(old, new, keys, keys)
    ]
    assert numbers == [(None, None), (1, 5), (3, 7)]
