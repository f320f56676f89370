"""What `help()`, `pytest --markers` and `pytest --fixtures` show: examples, and each keyword once."""

import inspect
import pydoc
import re

import pytest
from generated_api import FIXTURES
from pytest_runmock import marker_help
from pytest_runmock.option_table import MARKER_KEYWORDS

import runmock
from runmock.session.keywords import Keywords


def test_the_function_explains_each_keyword_once():
    explained = re.findall(r"^(\w+)\n    \S", inspect.getdoc(runmock.use_cassette), re.MULTILINE)
    assert sorted(explained) == sorted(Keywords.__annotations__)


def test_the_help_of_the_package_has_examples_and_leads_further():
    shown = pydoc.plain(pydoc.render_doc(runmock))
    for words in ("def test_the_temperature(runmock):", "@pytest.mark.runmock(", "use_cassette(", "pytest --markers"):
        assert words in shown


@pytest.fixture
def shown(pytester):
    def run(option):
        pytester.makepyfile("def test_it(): ...")
        return pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:randomly", option).stdout.str()

    return run


def test_pytest_shows_the_marker_with_examples_and_each_keyword_once(shown):
    text = shown("--markers").partition("@pytest.mark.runmock(*cassettes, ")[2].partition("\n@pytest.mark.")[0]
    assert '@pytest.mark.runmock("weather")' in text
    assert re.findall(r"^  (\w+)=$", text, re.MULTILINE) == list(marker_help.keywords())
    assert sorted(marker_help.keywords()) == sorted(MARKER_KEYWORDS)


def test_pytest_shows_the_fixtures_with_examples(shown):
    text = shown("--fixtures")
    for name in FIXTURES:
        (paragraph,) = re.findall(rf"^{name} -- .*\n((?:    .*\n)+)", text, re.MULTILINE)
        assert "Example:" in paragraph
