"""Values on one line are read quicker, and just as the parser reads them."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runmock.core.errors import CassetteError
from runmock.tape.yaml.flow_lines import MARK, _quickly, without_values
from runmock.tape.yaml.yaml12 import _read, read
from runmock.tape.yaml.yaml_text import flow

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=6), inside, max_size=4),
    max_leaves=12,
)
SIGNS = "ab:-[]{}&*!|>'\"%@`#,? \n\t<012.e~\\u/d+=$_"


def outcome(reading, text):
    """The value and the lines, or the error's message."""
    try:
        document = reading(text)
    except CassetteError as fault:
        return str(fault)
    return json.dumps(document.value), document.lines


def both(text):
    return outcome(lambda source: read(source, "x"), text), outcome(lambda source: _read(source, "x", {}), text)


@given(VALUES)
def test_any_value_on_a_line_is_what_the_parser_makes_of_it(value):
    for line in (flow(value), json.dumps(value), json.dumps(value, separators=(",", ":"))):
        quick, slow = both(f"a: 1\nb: {line}\nc:\n- {line}\n- - {line}\n")
        assert quick == slow


@given(st.text(SIGNS, max_size=24), st.sampled_from(["k: ", "- ", "- k: ", "? ", "k: |\n  a: ", "k: 'a\n  b: "]))
@example("a: b, a: c", "k: ")
@example("a: &x 1, b: *x", "k: ")
@example("<<: {a: 1}", "k: ")
@example("a: '", "k: ")
@example("a: 0123, b: +5, c: .5, d: 1e999", "k: ")
@example("a:b", "k: ")
@example('"a":1', "k: ")
@example('"\\ud83d\\ude00": 1', "k: ")
@example('"a": NaN', "k: ")
@example("? a: b", "k: ")
@example("a: ~, b: ~x, c: -, d: - e", "k: ")
@example('"a": 1, "a": 2', "k: ")
@example('"a" :1, "a":2', "k: ")
@example('"a": {"b": ":", "b": 1}, "c": [{}, {"d": "1:2"}]', "k: ")
@example('"a\\\\":1, "b":2, "b":3', "k: ")
@example('"a": "\\":", "b":2, "b":3', "k: ")
@example('"a": [{"b": 1e999}]', "k: ")
@example('"a": [-1e999, 0.5]', "k: ")
def test_anything_on_a_line_has_the_value_or_the_error_of_the_parser(inside, before):
    for around in ("{}", "[]"):
        quick, slow = both(f"{before}{around[0]}{inside}{around[1]}\nz: 1\n")
        assert quick == slow


@pytest.mark.parametrize(
    "line",
    [
        "json: {id: run_1, object: thread.run, created_at: +0s, usage: null, tools: []}",
        '- {"id": "run_1", "tools": [{"type": "function"}], "temperature": 1.0}',
        "  - - text: [Hello, ' my', \" dear.\"]",
        "- thread.run.created: {metadata: {}, text: it's a - dash & more}",
        r"""- {text: "a \"word\" of {braces}\\", value: 'it''s [brackets]', note: ''}""",
    ],
)
def test_what_recordings_consist_of_is_read_without_the_parser(line):
    slim, values = without_values([line])
    assert (list(values), slim.endswith(f"{MARK}0")) == ([f"{MARK}0"], True)


@pytest.mark.parametrize(
    "line",
    [
        "json: {a: *b}",
        "json: {a: 12:30}",
        "json: {a: 1, a: 2}",
        "json: {a: b} # why",
        "json: &a {b: 1}",
        "# json: {a: 1}",
        "json: {a: 1e999}",
        "json: " + "[" * 43 + "]" * 43,
        "json: {" + "k" * 1001 + ": 1}",
        "json: {a: \u2028}",
    ],
)
def test_what_may_mean_something_else_is_left_to_the_parser(line):
    assert without_values([line]) == (line, {})


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ('{"a": 1, "b": {"c": [{"d": 0.5}, []]}}', True),
        ('{"a": "12:30", "b": "https://example.com"}', True),
        ('{"a": "Note : a", "b": 1}', True),
        ('{"a" : "b:"}', False),
        ('{"a": 1, "a": 2}', False),
        ('{"a" :1, "a":2}', False),
        ('{"a": "b\\n"}', False),
        ('{"a": NaN}', False),
        ('{"a": 1} 2', False),
    ],
)
def test_the_fastest_reader_reads_what_has_no_key_twice(text, is_read):
    assert _quickly(text) == (json.loads(text) if is_read else None)


def test_equal_keys_of_lines_are_one_object_in_memory():
    _, values = without_values(['a: {"kind": "of thing", "number": 0}\n', 'b: {"kind": "of thing", "number": 1}\n'])
    keys, others = (list(value.value) for value in values.values())
    assert all(key is other for key, other in zip(keys, others, strict=True))


def test_a_mark_in_a_text_is_a_text():
    quick, slow = both(f"a: {{b: 1}}\nc: {MARK}0\n")
    assert quick == slow


@pytest.mark.parametrize(
    "text",
    [
        "reply: |\n  json: {a: 1}\n",
        "reply: 'so\n  json: {a: 1}\n  ends'\n",
        "json: {a: 1}\n  more\n",
        "a:\n  - {b: 1}\n c: {d: 1}\n",
        "a: &x\n  b: {c: 1}\nd: *x\ne: {f: 1}\n",
        "- {a: 1}\n- {b: 2}\n---\n- {c: 3}\n",
        "[" * 70 + "\n- {a: 1}\n" + "]" * 70,
    ],
)
def test_lines_that_only_look_like_values_are_read_as_they_are(text):
    quick, slow = both(text)
    assert quick == slow
