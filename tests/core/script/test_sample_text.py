"""Texts by format, pattern and length."""

import re

import jsonschema
import pytest

from runmock.core.script.sample_text import FORMATS, LONGEST, sample_text


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_has_an_example_and_another(name):
    schema = {"type": "string", "format": name}
    texts = [sample_text(schema, "x", nth) for nth in range(251)]
    assert (len(set(texts[:250])), texts[250]) == (250, texts[0])
    for text in texts:
        jsonschema.validate(text, schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{3}-\d{2,4}$",
        r"^(foo|bar)[^a-z]+\w*\s?$",
        r"^\+?[1-9]\d{1,14}$",
        r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
        r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        r"^(?:a|b)*?c.d$",
        r"^[^\d]\D\W\S[^x]$",
        r"(?=a)a(?!b)",
        r"^$",
        "",
        "^[ -~]+$",
        "[^ -~]",
        r"^[^\x00-\x7f]{2}$",
        "^[[a-z]$",
        r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)$",
    ],
)
def test_a_pattern_is_spelled_out(pattern):
    for nth in (0, 1):
        assert re.search(pattern, sample_text({"pattern": pattern}, "name", nth))


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        r"(a)\1",
        r"\p{L}+",
        "a++b",
        "x{5000}",
        "(?P<n>a)(?(n)b|c)",
        "(?<=b)a",
        "(?<name>a)",
        r"[^\s\S]",
        r"[\ud800-\udfff]",
        "^(?=.*[A-Z])(?=.*[0-9]).{8,}$",
    ],
)
def test_a_pattern_beyond_it_is_passed_over(pattern):
    assert sample_text({"pattern": pattern}, "name", 0) == "name"


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({}, "name"),
        ({"minLength": 8}, "nameeeee"),
        ({"maxLength": 2}, "na"),
        ({"maxLength": 0}, ""),
        ({"minLength": 3, "maxLength": 3}, "nam"),
        ({"pattern": "^a+$", "minLength": 3}, "aaa"),
        ({"pattern": "^a$", "minLength": 3}, "a"),
        ({"pattern": "", "minLength": 3}, "xxx"),
        ({"pattern": "^[a-z]*[0-9]$", "minLength": 3}, "aa0"),
        ({"pattern": "^(foo)+$", "minLength": 7}, "foofoofoo"),
        ({"pattern": "@", "format": "email"}, "ada1@example.com"),
        ({"pattern": "^A", "format": "email"}, "A"),
        ({"minLength": "3", "maxLength": None, "format": 5}, "name"),
        ({"maxLength": -1}, "name"),
    ],
)
def test_a_text_is_as_long_as_it_must_be(schema, text):
    assert sample_text(schema, "name", 0) == text


def test_several_texts_differ_and_none_is_endless():
    assert [sample_text({}, "name", nth) for nth in (0, 1)] == ["name", "name 2"]
    assert [sample_text({"minLength": 8}, "name", nth) for nth in (1, 21)] == ["nameee 2", "namee 22"]
    assert [sample_text({"maxLength": most}, "name", 9) for most in (0, 1, 2, 3, 4)] == ["", "0", "10", " 10", "n 10"]
    for schema in (
        {"minLength": 10**9},
        {"minLength": 10**9, "pattern": "^(ab)+$"},
        {"minLength": 10**9, "maxLength": 10**9},
    ):
        assert len(sample_text(schema, "name", 0)) == LONGEST
