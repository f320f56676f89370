"""Numbers by bounds and steps."""

import pytest

from runmock.core.script.sample_number import sample_number


@pytest.mark.parametrize(
    ("schema", "numbers"),
    [
        ({}, [1, 2, 3]),
        ({"minimum": 0}, [0, 1, 2]),
        ({"minimum": 1.5, "maximum": 3.5}, [2, 3, 2]),
        ({"exclusiveMinimum": 5, "exclusiveMaximum": 8}, [6, 7, 6]),
        ({"exclusiveMinimum": -1.5}, [-1, 0, 1]),
        ({"maximum": 0}, [0, -1, -2]),
        ({"exclusiveMaximum": 0}, [-1, -2, -3]),
        ({"minimum": 4, "maximum": 4}, [4, 4, 4]),
        ({"multipleOf": 5, "minimum": 3}, [5, 10, 15]),
        ({"multipleOf": 2.5}, [5, 10, 15]),
        ({"multipleOf": 0.5}, [1, 2, 3]),
        ({"minimum": 10**17}, [10**17, 10**17 + 1, 10**17 + 2]),
        ({"minimum": -(2**63), "maximum": 2**63 - 1}, [-(2**63), 1 - 2**63, 2 - 2**63]),
        ({"minimum": 0, "exclusiveMinimum": True}, [1, 2, 3]),
        ({"maximum": 0, "exclusiveMaximum": True, "exclusiveMinimum": False}, [-1, -2, -3]),
        ({"exclusiveMinimum": True}, [1, 2, 3]),
        ({"minimum": "low", "maximum": True, "multipleOf": -3}, [1, 2, 3]),
        ({"multipleOf": 0}, [1, 2, 3]),
        ({"minimum": 10**400, "maximum": float("inf"), "exclusiveMinimum": float("nan")}, [1, 2, 3]),
        ({"minimum": 9, "maximum": 2}, [5, 5, 5]),
    ],
)
def test_whole_numbers_lie_between_the_bounds_and_differ_while_there_is_room(schema, numbers):
    found = [sample_number(schema, nth, is_whole=True) for nth in range(3)]
    assert found == numbers
    assert {type(number) for number in found} == {int}


@pytest.mark.parametrize(
    ("schema", "numbers"),
    [
        ({}, [1.0, 2.0]),
        ({"minimum": -2.5, "maximum": -1.2}, [-2.0, -2.0]),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, [0.5, 0.5]),
        ({"minimum": 0.25, "maximum": 0.5}, [0.375, 0.375]),
        ({"multipleOf": 0.01, "minimum": 0.065}, [0.07, 0.08]),
        ({"multipleOf": 1e-300, "maximum": 1e99}, [1e-300, 2e-300]),
        ({"minimum": 1e300}, [1.0, 2.0]),
    ],
)
def test_numbers_are_whole_when_they_can_be(schema, numbers):
    found = [sample_number(schema, nth, is_whole=False) for nth in range(2)]
    assert found == numbers
    assert {type(number) for number in found} == {float}
