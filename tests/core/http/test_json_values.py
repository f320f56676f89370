import pytest

from runmock.core.http.json_values import inside, mapping_inside, mappings_inside, text_inside

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
