import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.errors import CassetteError
from runmock.tape.yaml import yaml_errors
from runmock.tape.yaml.yaml12 import load, locate, read

PARSERS = {"C": getattr(yaml, "CSafeLoader", None), "Python": yaml.SafeLoader}


@pytest.fixture(params=["C", "Python"])
def parser(request, monkeypatch):
    if PARSERS[request.param] is None:
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(yaml_errors, "PARSER", PARSERS[request.param])
    return request.param


SCALARS = [
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("false", False),
    ("FALSE", False),
    ("null", None),
    ("Null", None),
    ("~", None),
    ("", None),
    ("tRue", "tRue"),
    ("no", "no"),
    ("NO", "NO"),
    ("yes", "yes"),
    ("on", "on"),
    ("off", "off"),
    ("y", "y"),
    ("0", 0),
    ("-0", 0),
    ("12", 12),
    ("+12", 12),
    ("-7", -7),
    ("0123", 123),
    ("0x1F", "0x1F"),
    ("0o17", "0o17"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("190:20:30", "190:20:30"),
    ("2026-12-01", "2026-12-01"),
    ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00Z"),
    ("+0s", "+0s"),
    ("1.5", 1.5),
    (".5", 0.5),
    ("1.", 1.0),
    ("-1.0", -1.0),
    ("1e3", 1000.0),
    ("1.5E-2", 0.015),
    (".", "."),
    ("+", "+"),
    ("-", "-"),
    ("1e", "1e"),
    ("1.2.3", "1.2.3"),
    (".inf", ".inf"),
    ("-.inf", "-.inf"),
    (".nan", ".nan"),
    ("=", "="),
    ("<<", "<<"),
    ("'12'", "12"),
    ('"true"', "true"),
    ("''", ""),
    ('"\\u00e9\\n"', "é\n"),
]


@pytest.mark.parametrize(("written", "value"), [(text, what) for text, what in SCALARS if text != "-"])
def test_a_scalar_is_what_yaml_1_2_defines(parser, written, value):
    (read_back,) = load(f"key: {written}\n", "x.yaml").values()
    assert (read_back, type(read_back)) == (value, type(value))


def test_keys_are_texts_as_they_are_written(parser):
    text = "404: a\ntrue: b\n12:30: c\nnull: d\n1.0: e\n'<<': f\n"
    assert load(text, "x.yaml") == {"404": "a", "true": "b", "12:30": "c", "null": "d", "1.0": "e", "<<": "f"}


def test_aliases_and_merge_keys_work(parser):
    text = """
base: &base {a: 1, b: 2}
more: &more {b: 3, c: 4}
one: {<<: *base, b: 9}
two: {<<: [*base, *more]}
three: {b: 0, <<: {b: 1, z: 1}}
four: [*base]
&k key: *k
five: {*k : 5}
"""
    value = load(text, "x.yaml")
    assert value["one"] == {"a": 1, "b": 9}
    assert value["two"] == {"a": 1, "b": 2, "c": 4}
    assert value["three"] == {"b": 0, "z": 1}
    assert value["four"] == [{"a": 1, "b": 2}]
    assert value["key"] == "key"
    assert value["five"] == {"key": 5}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "---\n...\n", "\ufeff"])
def test_an_empty_text_is_null(parser, text):
    assert load(text, "x.yaml") is None


def test_a_byte_order_mark_does_not_count(parser):
    assert load("\ufeffa: 1\n", "x.yaml") == {"a": 1}


def test_windows_line_ends_are_line_ends(parser):
    assert load("a: 1\r\nb: [2,\r\n 3]\r\n", "x.yaml") == {"a": 1, "b": [2, 3]}


def _bomb():
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 30)]
    return "\n".join(["l0: &l0 [lol, lol]", *levels])


def _chain():
    return "\n".join(["l0: &l0 [x]", *(f"l{n}: &l{n} [*l{n - 1}]" for n in range(1, 200))])


ERRORS = [
    ("a: 1\na: 2\n", "x.yaml:2:1: the key 'a' is here twice; the first is at line 1, column 1"),
    (
        "r:\n- q: 1\n  p: {a: 1, b: 2, a: 3}\n",
        "x.yaml:3:19: the key 'a' is here twice; the first is at line 3, column 7",
    ),
    ("404: 1\n'404': 2\n", "x.yaml:2:1: the key '404' is here twice; the first is at line 1, column 1"),
    ("<<: {a: 1}\n<<: {b: 1}\n", "x.yaml:2:1: the key '<<' is here twice; the first is at line 1, column 1"),
    ("a: 1\n<<: 5\n", "x.yaml:2:5: '<<' takes a mapping, or a list of mappings"),
    (
        "a: !!python/object:os.system {}\n",
        "x.yaml:1:4: tags such as !!python/object:os.system are not allowed in a cassette",
    ),
    ("a: !!binary aGk=\n", "x.yaml:1:4: tags such as !!binary are not allowed in a cassette"),
    ("a: !mine [1]\n", "x.yaml:1:4: tags such as !mine are not allowed in a cassette"),
    ("a: &x [*x]\n", "x.yaml:1:8: the alias *x stands inside what it names"),
    ("&x a: {b: &y {c: *y}}\n", "x.yaml:1:18: the alias *y stands inside what it names"),
    ("a: *x\n", "x.yaml:1:4: the alias *x names nothing above it"),
    ("a: &x [1]\n*x : 1\n", "x.yaml:2:1: a key is a text, not an alias of something else"),
    ("a: 1\n---\nb: 1\n", "x.yaml:2:1: a cassette is one YAML document; a second one begins here"),
    ("? [a]\n: 1\n", "x.yaml:1:3: a key is a text, not a mapping or a list"),
    ("a: \x07\n", 'x.yaml:1:4: the character U+0007 is not allowed in YAML; in double quotes, write it as "\\u0007"'),
    (
        "a: 1\nb: x\ufeff\n",
        'x.yaml:2:5: the character U+FEFF is not allowed in YAML; in double quotes, write it as "\\ufeff"',
    ),
    ("a: \ud800\n", 'x.yaml:1:4: the character U+D800 is not allowed in YAML; in double quotes, write it as "\\ud800"'),
    ("a: 1e999\n", "x.yaml:1:4: a number this large is not possible; write it in quotes"),
    ("a: " + "9" * 5000 + "\n", "x.yaml:1:4: a number this large is not possible; write it in quotes"),
    ("[" * 150 + "]" * 150, "x.yaml:1:101: nested more than 100 levels deep"),
    ("{a: " * 50_000, "x.yaml:1:401: nested more than 100 levels deep"),
    (_bomb(), "x.yaml:7:30: the aliases in this document repeat too much"),
    (_chain(), "x.yaml:100:12: nested more than 100 levels deep"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS, ids=[message[7:60] for _, message in ERRORS])
def test_an_error_has_its_place(parser, text, message):
    with pytest.raises(CassetteError) as caught:
        load(text, "x.yaml")
    assert str(caught.value) == message


GRAMMAR = [
    (
        "a: b: c\n",
        "x.yaml:1:5: not valid YAML: mapping values are not allowed in this context; a text with ': ' in it needs quotes",
    ),
    (
        "a: @b\n",
        "x.yaml:1:4: not valid YAML: found character that cannot start any token; indent with spaces, and put quotes around a text that begins with %, @ or `",
    ),
    (
        "a:\n\tb: 1\n",
        "x.yaml:2:1: not valid YAML: found character that cannot start any token; indent with spaces, and put quotes around a text that begins with %, @ or `",
    ),
    ("a: 'b\n", "x.yaml:2:1: not valid YAML: found unexpected end of stream; a quote or a bracket is not closed"),
    (
        "a: [1, 2\n",
        "x.yaml:2:1: not valid YAML: did not find expected ',' or ']'; a bracket is not closed, or a comma is missing",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "x.yaml:3:2: not valid YAML: did not find expected key; is the line indented as its neighbours are?",
    ),
    ('a: "\\ud800"\n', "x.yaml:1:7: not valid YAML: found invalid Unicode character escape code"),
]


@pytest.mark.skipif(PARSERS["C"] is None, reason="the words are libyaml's")
@pytest.mark.parametrize(("text", "message"), GRAMMAR)
def test_an_error_of_the_grammar_names_what_mends_it(text, message):
    with pytest.raises(CassetteError) as caught:
        load(text, "x.yaml")
    assert str(caught.value) == message


@pytest.mark.parametrize("text", [text for text, _ in GRAMMAR[:6]])
def test_the_parser_in_python_places_errors_of_the_grammar_too(monkeypatch, text):
    monkeypatch.setattr(yaml_errors, "PARSER", yaml.SafeLoader)
    with pytest.raises(CassetteError, match=r"^x\.yaml:[123]:\d+: not valid YAML: "):
        load(text, "x.yaml")


def test_an_escape_that_the_python_parser_chokes_on_is_an_error(parser):
    with pytest.raises(CassetteError, match=r"^x\.yaml:1:\d+: not valid YAML: "):
        load('a: "\\U00110000"\n', "x.yaml")


@given(st.text(alphabet=st.one_of(st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \n\t<012.e~"), st.characters()), max_size=60))
def test_any_text_gives_a_value_or_a_cassette_error(text):
    for name in ("C", "Python"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_errors, "PARSER", PARSERS[name] or yaml.SafeLoader)
            place = (1, 1)
            try:
                load(text, "x.yaml")
            except CassetteError as error:
                place = (error.line, error.column)
            assert min(place) >= 1
            locate(text, ["a", 0, "b"])


@pytest.mark.parametrize("opening", ["- ", "[", "{a: ", "? "])
def test_however_deeply_a_text_is_nested_there_is_an_error_and_no_crash(parser, opening):
    with pytest.raises(CassetteError, match=r"^x\.yaml:1:\d+: "):
        load(opening * 100_000, "x.yaml")


def test_the_lines_of_the_items_of_top_level_lists_are_known():
    text = "runmock: 1\nruns:\n  - a: &x [1]\n\n  -\n    b: 2\n  - *x\n  - c\ninteractions: [{a: 1},\n {b: 2}]\n"
    assert read(text, "x.yaml").lines == {"runs": [3, 6, 7, 8], "interactions": [9, 10]}


PLACED = """\
runmock: 1
runs:
  - reply: Hello
    match: &m {stream: true}
  - calls:
      - get: {city: Paris}
    match: *m
  - <<: {poll: 3}
    404: x
"""


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["runs"], (2, 1)),
        (["runs", 0], (3, 5)),
        (["runs", 0, "match", "stream"], (4, 16)),
        (["runs", 1, "calls", 0, "get", "city"], (6, 15)),
        (["runs", 1, "match", "stream"], (4, 16)),
        (["runs", 1, "match"], (7, 5)),
        (["runs", 2, "poll"], (8, 10)),
        (["runs", 2, "404"], (9, 5)),
        (["runs", 0, "reply", "text"], (3, 5)),
        (["runs", 0, "long", "reply"], (3, 5)),
        (["runs", 9], (2, 1)),
        (["nothing"], None),
        ([], None),
    ],
)
def test_a_place_is_found_as_far_as_the_keys_lead(parser, keys, place):
    assert locate(PLACED, keys) == place


def test_a_place_before_an_error_is_found():
    assert locate("a: 1\nb: [1, {c: 2}]\nd:\n  - e\n@", ["b", 1, "c"]) == (2, 9)
