"""JSON printed as Python's own encoder prints it with an indent of two."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.printed_json import printed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside) | st.lists(inside).map(tuple),
)


@given(VALUES)
def test_any_value_is_printed_as_json_does_it(value):
    assert printed(value) == json.dumps(value, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("value", [{}, [], {"a": {}, "b": [{"c": 1}, []], "d": 2, "e": {"f": [1]}}, "ü", 1.0, None])
def test_values_of_every_shape(value):
    assert printed(value) == json.dumps(value, indent=2, ensure_ascii=False)
