"""JSON written as Python's own encoder writes it: with an indent of two, and on one line."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.http.json_text import STDLIB_JSON
from runmock.deck import fast_json
from runmock.deck.fast_json import FAST_JSON

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside) | st.lists(inside).map(tuple),
)


def check(value):
    indented = json.dumps(value, indent=2, ensure_ascii=False).encode()
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    assert FAST_JSON.indented(value) == STDLIB_JSON.indented(value) == indented
    assert FAST_JSON.compact(value) == STDLIB_JSON.compact(value) == compact


@given(VALUES)
def test_any_value_is_printed_as_json_does_it(value):
    check(value)


@pytest.mark.parametrize(
    "value",
    [
        *({}, [], {"a": {}, "b": [{"c": 1}, []], "d": 2, "e": {"f": [1]}}, "ü", "\u2028\x7f\x00", 1.0, None),
        *(1e-7, 1.5e-5, [0.00001], 1e16, 5e-324, -0.0, 10**400, math.inf, [-math.inf], {"a": "1e-7"}),
    ],
)
def test_values_of_every_shape(value):
    check(value)


def test_a_value_that_is_nested_deeply():
    value = 1
    for _ in range(300):
        value = [value]
    check(value)


@pytest.mark.parametrize("write", [*FAST_JSON, *STDLIB_JSON])
def test_half_of_a_surrogate_pair_is_refused(write):
    with pytest.raises(ValueError, match="surrogates not allowed"):
        write("\ud83d")


@pytest.mark.parametrize("value", ["an e-mail", {"id": "e-4ce-b"}, ["state-of-the-art", "the-1"], "at 0.0001 or 1.0"])
def test_a_text_that_only_looks_like_a_small_number_is_written_fast(value, monkeypatch):
    monkeypatch.setattr(fast_json, "STDLIB_JSON", None)
    assert json.loads(FAST_JSON.indented(value)) == json.loads(FAST_JSON.compact(value)) == value
