import pytest

from runmock.core.http.json_values import (
    inside,
    mapping_inside,
    mappings_inside,
    same_json,
    text_inside,
    with_each_text,
)

NAN = float("nan")
VALUE = {"a": [{"b": "c"}, 3, [0, 1]], "d": None, "e": {"f": {}}}


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ((), VALUE),
        (("a", 0, "b"), "c"),
        (("a", 2, 1), 1),
        (("a", -1, 0), 0),
        (("a", 3), None),
        (("a", "b"), None),
        (("d", "x"), None),
        (("x", "y"), None),
        (("e", "f"), {}),
        (("a", 0, "b", 0), None),
    ],
)
def test_keys_lead_to_a_value_or_nowhere(keys, found):
    assert inside(VALUE, *keys) == found


def test_a_text_or_none():
    assert text_inside(VALUE, "a", 0, "b") == "c"
    assert text_inside(VALUE, "a", 1) == text_inside(VALUE, "x") == ""


def test_a_mapping_or_an_empty_mapping():
    assert mapping_inside(VALUE, "a", 0) == {"b": "c"}
    assert mapping_inside(VALUE, "a") == mapping_inside(VALUE, "d") == {}


def test_the_mappings_of_a_list():
    assert mappings_inside(VALUE, "a") == [{"b": "c"}]
    assert mappings_inside(VALUE, "e") == mappings_inside(VALUE, "x") == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1}, True),
        ([1], [1.0], False),
        ([1], [True], False),
        ({"a": None}, {}, False),
        ([{"a": [1.5, "nan"]}], [{"a": [1.5, "nan"]}], True),
        ([NAN], [NAN], False),
        (NAN, NAN, False),
        (True, 1, False),
        (None, None, True),
        ("a", "a", True),
        (1, 1.0, False),
    ],
)
def test_two_values_are_the_same_json(left, right, expected):
    assert same_json(left, right) is expected


def test_every_text_is_changed_and_no_key():
    value = {"a": ["b", 1, {"c": "d"}], "e": None}
    assert with_each_text(value, str.upper) == {"a": ["B", 1, {"c": "D"}], "e": None}
