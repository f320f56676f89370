"""Arguments made from a tool's schema, held against the package jsonschema; then whatever else may come as a schema."""

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.script.sample_arguments import sample


def obj(properties, required=None, **more):
    return {"type": "object", "properties": properties, **({} if required is None else {"required": required}), **more}


NODE = obj(
    {"name": {"type": "string"}, "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}}, ["name", "next"]
)
TREE = obj({"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}})

SAMPLES = [
    (obj({"city": {"type": "string"}}, ["city"]), {"city": "city"}),
    (obj({"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}}, ["city"]), {"city": "city"}),
    (obj({"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}}), {"city": "city", "unit": "c"}),
    (obj({}), {}),
    ({}, "text"),
    ({"type": "object"}, {}),
    (obj({"a": {"type": "string"}}, []), {}),
    (obj({"n": {"type": "integer"}, "x": {"type": "number"}}), {"n": 1, "x": 1.0}),
    (obj({"b": {"type": "boolean"}, "n": {"type": "null"}}), {"b": True, "n": None}),
    (obj({"n": {"type": "integer", "minimum": 5, "maximum": 7}}), {"n": 5}),
    (obj({"n": {"type": "integer", "exclusiveMinimum": 5}}), {"n": 6}),
    (obj({"n": {"type": "integer", "maximum": -3}}), {"n": -3}),
    (obj({"n": {"type": "integer", "exclusiveMaximum": -3}}), {"n": -4}),
    (obj({"n": {"type": "integer", "multipleOf": 5, "minimum": 3}}), {"n": 5}),
    (obj({"n": {"type": "integer", "multipleOf": 0.5}}), {"n": 1}),
    (obj({"x": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}}), {"x": 0.5}),
    (obj({"x": {"type": "number", "minimum": -2.5, "maximum": -1.2}}), {"x": -2.0}),
    (obj({"x": {"minimum": 3}}), {"x": 3.0}),
    (obj({"t": {"type": "array", "items": {"type": "string"}}}), {"t": ["t"]}),
    (obj({"t": {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True}}), {"t": ["t", "t 2"]}),
    (obj({"t": {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}}), {"t": [1, 2, 3]}),
    (obj({"t": {"type": "array", "items": {"type": "integer", "maximum": 3}, "minItems": 3, "uniqueItems": True}}), {"t": [1, 2, 3]}),
    (obj({"t": {"type": "array", "items": {"type": "integer", "maximum": 0}, "minItems": 2, "uniqueItems": True}}), {"t": [0, -1]}),
    (obj({"t": {"type": "array", "items": {"enum": [1, 2]}, "minItems": 2, "uniqueItems": True}}), {"t": [1, 2]}),
    (obj({"t": {"type": "array", "maxItems": 0, "items": {"type": "string"}}}), {"t": []}),
    (obj({"t": {"prefixItems": [{"type": "string"}, {"type": "integer"}]}}), {"t": ["t", 2]}),
    (obj({"t": {"type": "array"}}), {"t": []}),
    (obj({"s": {"type": ["null", "string"]}}), {"s": "s"}),
    (obj({"s": {"type": ["null"]}}), {"s": None}),
    (obj({"s": {"const": 4}, "d": {"type": "string", "default": "x"}, "e": {"examples": ["y"]}}), {"s": 4, "d": "x", "e": "y"}),
    (obj({"e": {"type": "string", "example": "y"}}), {"e": "y"}),
    (obj({"a": {"anyOf": [{"type": "null"}, {"type": "integer"}]}}), {"a": 1}),
    (obj({"a": {"oneOf": [obj({"k": {"const": "x"}}, ["k"]), obj({"k": {"const": "y"}}, ["k"])]}}), {"a": {"k": "x"}}),
    ({"allOf": [obj({"a": {"type": "string"}}, ["a"]), obj({"b": {"type": "boolean"}}, ["b"])]}, {"a": "a", "b": True}),
    ({"allOf": [{"minimum": 3, "maximum": 9}, {"minimum": 5, "maximum": 12}]}, 5.0),
    ({"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}}, {"key_1": 1, "key_2": 1}),
    (obj({"a": {"type": "string"}, "b": {"type": "string"}}, ["a"], minProperties=2), {"a": "a", "b": "b"}),
    (obj({"n": {"$ref": "#/definitions/a~1b"}}, definitions={"a/b": {"type": "integer"}}), {"n": 1}),
    (obj({"n": {"$ref": "#/$defs/N", "minimum": 7}}, **{"$defs": {"N": {"type": "integer"}}}), {"n": 7}),
    (
        obj({"n": {"$ref": "#/$defs/Node"}}, ["n"], **{"$defs": {"Node": NODE}}),
        {"n": {"name": "name", "next": {"name": "name", "next": {"name": "name", "next": None}}}},
    ),
    (obj({"a": {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "b": {"$ref": "#/properties/a/anyOf/0"}}), {"a": 1, "b": 1}),
    (obj({"n": {"$ref": "#/$defs/a%20b"}}, **{"$defs": {"a b": {"type": "integer"}}}), {"n": 1}),
    (
        obj({"n": {"$ref": "#/$defs/N", "properties": {"b": {}}, "required": ["b"]}}, **{"$defs": {"N": obj({"a": {}}, ["a"])}}),
        {"n": {"a": "a", "b": "b"}},
    ),
    ({"allOf": [obj({"a": {"type": "integer"}}, ["a"]), obj({"a": {"minimum": 5}})]}, {"a": 5}),
    (obj({"t": {"type": "array", "items": {"type": "string", "maxLength": 2}, "minItems": 2, "uniqueItems": True}}), {"t": ["t", " 2"]}),
    (
        TREE,
        {"name": "name", "children": [{"name": "name", "children": [{}]}]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "value"), SAMPLES, ids=[json.dumps(schema)[:60] for schema, _ in SAMPLES])
def test_a_sample_is_the_smallest_that_is_not_empty_and_the_schema_allows(schema, value):
    assert sample(schema) == value
    jsonschema.validate(value, schema)


def test_tuples_of_older_drafts_are_read():
    schema = {"type": "array", "items": [{"type": "integer"}], "additionalItems": {"type": "boolean"}, "minItems": 3}
    assert sample(schema) == [1, False, True]
    jsonschema.validate([1, False, True], schema, cls=jsonschema.Draft7Validator)


def test_an_alternative_that_comes_to_an_end_is_chosen_when_the_first_does_not():
    branch = obj({"left": {"$ref": "#/$defs/Any"}, "right": {"$ref": "#/$defs/Any"}}, ["left", "right"])
    leaves = {"type": "array", "minItems": 1, "items": {"type": "integer"}}
    alternatives = {"anyOf": [{"$ref": "#/$defs/Branch"}, {"allOf": [{"$ref": "#/$defs/Leaves"}]}]}
    schema = {"$ref": "#/$defs/Any", "$defs": {"Any": alternatives, "Branch": branch, "Leaves": leaves}}
    value = sample(schema)
    jsonschema.validate(value, schema)
    assert value["left"]["right"]["left"] == {"left": [1], "right": [1]}


def test_alternatives_none_of_which_comes_to_an_end_are_cut_off():
    endless = obj({"a": {"anyOf": [{"$ref": "#"}, obj({"b": {"$ref": "#"}}, ["b"])]}}, ["a"])
    assert json.dumps(sample(endless)).count('"a"') == 33


@pytest.mark.parametrize(
    "schema",
    [
        obj({"a": {"$ref": "#/$defs/Nowhere"}}),
        obj({"a": {"$ref": "#anchor"}, "b": {"$ref": "#/required/7"}, "c": {"$ref": "#/required/x"}}, ["a", "b", "c"]),
        obj({"a": {"$ref": "https://example.com/other.json"}}),
        obj({"a": {"$ref": 5}, "b": {"$ref": "#/required/" + "9" * 5_000}}),
        obj({"a": {"enum": []}, "b": {"examples": "x"}, "c": {"anyOf": []}, "d": {"allOf": None}}),
        {"type": "object", "properties": None, "required": None},
        {"type": "object", "properties": ["a"], "required": "a"},
        {"type": "object", "required": [1, None]},
        {"type": "nonsense"},
        {"type": 5, "pattern": "("},
        {"type": "array", "items": True, "minItems": "many"},
        {"type": "integer", "minimum": "low", "maximum": True, "multipleOf": 0},
        {"type": "number", "minimum": 1e300, "multipleOf": 1e-300},
        {"type": "number", "minimum": float("nan"), "maximum": float("inf")},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        obj({"a": {"$ref": "#"}}, ["a"]),
        True,
        False,
        None,
        "string",
    ],
)
def test_what_makes_no_sense_as_a_schema_is_passed_over(schema):
    assert len(json.dumps(sample(schema))) < 2_000


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**9, "items": {"type": "string"}},
        {"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100}}},
        {"type": "string", "minLength": 10**9},
        {"type": "string", "pattern": "(((a{900}){900}){900}){900}"},
        {"type": "object", "minProperties": 10**9},
        {"type": "array", "minItems": 100, "items": {"$ref": "#"}},
        {"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": {"const": "x" * 10_000}}},
        {"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": {"minLength": 10**9}}},
        {"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": obj({"k" * 10_000: {}})}},
        {"$ref": "#/$defs/0", "$defs": {str(number): {"allOf": [{"$ref": f"#/$defs/{number + 1}"}] * 2} for number in range(60)}},
        {"$ref": "#/$defs/0", "$defs": {str(number): {"allOf": [{"$ref": f"#/$defs/{number + 1}"}]} for number in range(2_000)}},
    ],
)  # fmt: skip
def test_no_schema_makes_it_large(schema):
    assert len(json.dumps(sample(schema))) < 150_000


def test_a_constant_of_the_schema_is_used_whatever_its_length():
    assert sample({"const": "x" * 200_000}) == "x" * 200_000


def strings(lengths):
    return {"type": "string", "minLength": min(lengths), "maxLength": max(lengths)}


def numbers(kind, least, room, exclusive):
    lower, upper = ("exclusiveMinimum", "exclusiveMaximum") if exclusive else ("minimum", "maximum")
    return {"type": kind, lower: least, upper: least + room}


def some_required(properties, count, rest):
    required = {} if count is None else {"required": list(properties)[:count]}
    return {"type": "object", "properties": properties, "additionalProperties": rest, **required}


PLAIN = (
    st.lists(st.integers(0, 30), min_size=1, max_size=2).map(strings)
    | st.builds(numbers, st.sampled_from(["integer", "number"]), st.integers(-50, 50), st.integers(2, 9), st.booleans())
    | st.sampled_from(
        [
            {"type": "boolean"},
            {"type": ["null", "string"]},
            {"enum": ["a", 1, None]},
            {"const": {"a": 1}},
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": "^[A-Z]{2}\\d+$"},
            {"type": "integer", "multipleOf": 7},
            {"$ref": "#/$defs/Count"},
        ]
    )
)
WITHIN = st.recursive(
    PLAIN,
    lambda inner: (
        st.builds(
            some_required, st.dictionaries(st.sampled_from("abc"), inner), st.none() | st.integers(0, 3), st.booleans()
        )
        | st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 3))
        | st.builds(lambda items: {"type": "array", "prefixItems": items}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda options: {"anyOf": options}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"allOf": [part, {"description": "both"}]}, inner)
        | st.builds(lambda rest: {"type": "object", "additionalProperties": rest, "minProperties": 2}, inner)
    ),
    max_leaves=12,
)


@given(WITHIN)
def test_any_schema_that_makes_sense_allows_its_sample(schema):
    whole = schema | {"$defs": {"Count": {"type": "integer", "minimum": 3}}}
    jsonschema.validate(sample(whole), whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


KEYWORDS = (
    *("type", "properties", "required", "items", "minItems", "maxItems", "enum", "anyOf", "allOf", "$ref", "pattern"),
    *("format", "minLength", "maxLength", "minimum", "maximum", "multipleOf", "default", "const", "minProperties", "a"),
    *("oneOf", "prefixItems", "examples", "exclusiveMinimum", "exclusiveMaximum", "additionalProperties"),
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYWORDS),
            inner
            | st.sampled_from(["object", "array", "string", "integer", "number", "#", "#/properties/a", "#/anyOf/0"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANY_JSON)
def test_any_schema_yields_a_value_and_always_the_same(schema):
    assert json.dumps(sample(schema)) == json.dumps(sample(schema))
