"""Values on one line: what is written is read back, by YAML 1.2 as cassettes are read, and by YAML 1.1 tools."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runmock.tape.yaml.yaml12 import load
from runmock.tape.yaml.yaml_text import depth_of, flow, scalar

DANGEROUS = (
    *("no", "NO", "on", "y", "N", "Null", "~", "", "=", "<<", "1e3", "0x1F", "0o7", "0b1", "1_000", ".5", ".inf", "-.INF"),
    *("12:30", "2026-12-01", "0123", "+3s", "-1.5s", "+3", "a: b", "a #b", "'x", "x'y", "- a", "? a", "--- a", "%a", "@a"),
    *("a ", " a", "a\nb", "\t", "x\u0085y", "\u2028", "\u2029", "\ufeff", "\x7f", "\ufffe", "{a}", "[a", "a,b", "*a", "&a"),
    *("!a", "|", ">", "`a", '"', "\\", "\U0001f600", "é", "漢字", "done", "same"),
)  # fmt: skip
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.sampled_from(DANGEROUS)
KEYS = TEXTS | st.sampled_from(["k" * 1_200, "1", "a\n" * 600])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_any_value_is_read_back_by_every_yaml(value):
    text = f"a: {flow(value)}\n"
    assert "\n" not in text[:-1]
    assert load(text, "x") == {"a": value}
    assert yaml.safe_load(text) == {"a": value}
    assert yaml.load(text, yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader) == {"a": value}


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_reader_might_mistake_is_quoted(text):
    assert yaml.safe_load(scalar(text)) == text == load(f"a: {scalar(text)}", "x")["a"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"id": "run_1", "usage": None}, "{id: run_1, usage: null}"),
        ({"created_at": "+3s", "ok": True, "count": 1}, "{created_at: +3s, ok: true, count: 1}"),
        (["Hello", " Ada", "!"], '[Hello, " Ada", "!"]'),
        ("Don't forget me, please.", '"Don\'t forget me, please."'),
        ("What should I wear?", '"What should I wear?"'),
        ("no", '"no"'),
        ("12:30", '"12:30"'),
        (1.0, "1.0"),
        (1e-05, "1.0e-05"),
        (1e16, "1.0e+16"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_what_people_read_is_plain(value, text):
    assert flow(value) == text


def test_depth_is_measured_without_recursion():
    deep = []
    for _ in range(5_000):
        deep = [deep, {"a": 1}]
    assert depth_of(deep) == 5_001
    assert (depth_of("x"), depth_of([]), depth_of({"a": 1})) == (0, 0, 1)
