"""Filters of a search, as a table. Source: docs/protocol/files.md#search."""

import pytest

from runmock.apis.files.filters import COMPARISONS, passes

ATTRIBUTES = {"year": 2025, "city": "Rome", "public": True, "degrees": 24.5}
THIS_YEAR = {"type": "eq", "key": "year", "value": 2025}
PARIS = {"type": "eq", "key": "city", "value": "Paris"}


@pytest.mark.parametrize(
    ("kind", "value", "smaller", "same", "greater"),
    [
        ("eq", 2025, False, True, False),
        ("ne", 2025, True, False, True),
        ("gt", 2025, False, False, True),
        ("gte", 2025, False, True, True),
        ("lt", 2025, True, False, False),
        ("lte", 2025, True, True, False),
        ("in", [2025, 2027], False, True, False),
        ("nin", [2025, 2027], True, False, True),
    ],
)
def test_an_attribute_is_compared(kind, value, smaller, same, greater):
    filters = {"type": kind, "key": "year", "value": value}
    assert [passes({"year": year}, filters) for year in (2024, 2025, 2026)] == [smaller, same, greater]


@pytest.mark.parametrize(
    ("key", "value"), [("city", "Rome"), ("public", True), ("degrees", 24.5)], ids=["text", "boolean", "number"]
)
def test_every_type_of_value_is_compared(key, value):
    assert passes(ATTRIBUTES, {"type": "eq", "key": key, "value": value})
    assert passes(ATTRIBUTES, {"type": "in", "key": key, "value": [value]})


def test_filters_are_combined_and_nested():
    both = [THIS_YEAR, PARIS]
    assert not passes(ATTRIBUTES, {"type": "and", "filters": both})
    assert passes(ATTRIBUTES, {"type": "or", "filters": both})
    nested = {"type": "or", "filters": [PARIS, {"type": "and", "filters": [THIS_YEAR]}]}
    assert passes(ATTRIBUTES, nested)


@pytest.mark.parametrize("kind", COMPARISONS)
def test_a_file_without_the_attribute_passes_only_what_is_negative(kind):
    assert passes({}, {"type": kind, "key": "year", "value": [1] if kind in {"in", "nin"} else 1}) is (
        kind in {"ne", "nin"}
    )


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "gt", "key": "city", "value": 1},
        {"type": "in", "key": "year", "value": 2025},
        {"type": "lt", "key": "year"},
    ],
)
def test_values_that_cannot_be_compared_do_not_fit(filters):
    assert not passes(ATTRIBUTES, filters)


@pytest.mark.parametrize("filters", [{}, {"type": "like", "key": "city", "value": "R%"}])
def test_what_is_not_known_lets_all_pass(filters):
    assert passes(ATTRIBUTES, filters)
