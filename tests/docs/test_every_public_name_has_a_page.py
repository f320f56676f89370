"""Every public name occurs in code marks on a page: of the guides, of the reference, or on the quick start.

What people choose (verbs, keywords, options, commands) is also on a page that is written by hand.
"""

import re
from functools import cache
from pathlib import Path

import click
import pytest
from generated_api import FIXTURES, OF_SESSION, VERBS
from generated_options import flag
from pytest_runmock.option_table import MARKER_KEYWORDS, OPTIONS, VARIABLES

import runmock
from runmock.cli import main
from runmock.tape.schema.key_docs import KEY_DOCS

DOCS = Path(__file__).parents[2] / "docs"
BY_HAND = [DOCS / "quick-start.md", *sorted(DOCS.glob("guides/*.md"))]
ALL = [*BY_HAND, *sorted(DOCS.glob("reference/*.md"))]

NAMES = {
    "names of the package": runmock.__all__,
    "verbs": VERBS,
    "members of a session": OF_SESSION,
    "fixtures": FIXTURES,
    "keywords of the marker": MARKER_KEYWORDS,
    "options": [flag(option) for option in OPTIONS],
    "settings of the ini file": [f"runmock_{option.name}" for option in OPTIONS],
    "environment variables": list(VARIABLES.values()),
    "commands": [f"runmock {name}" for name in main.commands],
    "options of commands": sorted(
        {
            name
            for command in main.commands.values()
            for option in command.params
            if isinstance(option, click.Option)
            for name in option.opts
        }
    ),
    "keys of a cassette": sorted({key for keys in KEY_DOCS.values() for key in keys}),
}
CHOSEN = ("verbs", "fixtures", "keywords of the marker", "options", "commands")


@cache
def code_of(pages):
    """All code of some pages, in blocks and within lines."""
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found += re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        found += re.findall(
            r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        )
    return "\n".join(each if isinstance(each, str) else each[1] for each in found)


def missing(names, code):
    """The names that do not occur in a text as words."""
    return [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code)]


@pytest.mark.parametrize("kind", NAMES)
def test_each_name_is_on_a_page(kind):
    assert missing(NAMES[kind], code_of(tuple(ALL))) == []


@pytest.mark.parametrize("kind", CHOSEN)
def test_what_people_choose_is_on_a_page_that_is_written_by_hand(kind):
    assert missing(NAMES[kind], code_of(tuple(BY_HAND))) == []


def test_what_is_missing_is_listed():
    assert missing(["reply", "repl", "--port", "--po"], "runmock.reply()\n--port N") == ["repl", "--po"]
