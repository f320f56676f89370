import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.script.patterns import as_regex, matcher_of, output_satisfies, satisfies

JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(alphabet="abc 1")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)),
    max_leaves=8,
)


@given(JSONS)
def test_every_value_is_what_itself_expects(value):
    assert satisfies(value, value)


@pytest.mark.parametrize(
    ("actual", "expected", "result"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("a trip", "/trip/", True),
        ("a Trip", "/trip/", False),
        ("a Trip", "/trip/i", True),
        ("a\nb", "/^b/", False),
        ("a\nb", "/^b/m", True),
        ("a\nb", "/a.b/", False),
        ("a\nb", "/A.B/is", True),
        (3, "/3/", False),
        (None, "/x/", False),
        ("/", "/", True),
        ("x", "//", True),
        ("/trip/x", "/trip/x", True),
        ("/trip/\n", "/trip/\n", True),
        ("trip", "/trip/\n", False),
        (1, 1.0, True),
        (True, 1, False),
        (True, True, True),
        (1, True, False),
        (None, None, True),
        (0, None, False),
        ("1", 1, False),
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"b": 2}, {"a": None}, True),
        ({"a": None}, {"a": None}, True),
        ({"a": 0}, {"a": None}, False),
        ({}, {"stream": False}, True),
        ({}, {"stream": True}, False),
        ({}, {"parallel_tool_calls": False}, False),
        ({"a": {"b": "trip"}}, {"a": {"b": "/tr/"}}, True),
        ([], {}, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [1], False),
        ([1, 2], [2, 1], False),
        ((1,), [1], True),
        ("12", ["1", "2"], False),
        ([{"a": 1, "b": 2}], [{"a": 1}], True),
    ],
)
def test_what_was_expected(actual, expected, result):
    assert satisfies(actual, expected) is result
    assert matcher_of(expected)(actual) is result


@pytest.mark.parametrize(
    ("actual", "expected", "result"),
    [
        ("anything", "any", True),
        ("21", "21", True),
        ("21", 21, True),
        ("21.0", 21, False),
        ("true", True, True),
        ("True", True, False),
        ("null", None, True),
        ("false", False, True),
        ("21 degrees", "/21/", True),
        ('{"t": 21, "x": 1}', {"t": 21}, True),
        ("[1, 2]", [1, 2], True),
        ("21", {"t": 21}, False),
        ("not JSON", {"t": 21}, False),
        ("any", ["any"], False),
    ],
)
def test_what_an_output_was_expected_to_be(actual, expected, result):
    assert output_satisfies(actual, expected) is result


@pytest.mark.parametrize("value", ["", "/", "a", "/a", "a/", "/a/x", None, 3, ["/a/"]])
def test_what_is_no_regular_expression(value):
    assert as_regex(value) is None


def test_a_pattern_that_does_not_compile_is_reported():
    with pytest.raises(re.error):
        as_regex("/(/")
