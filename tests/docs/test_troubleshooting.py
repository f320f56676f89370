"""Every message of the product has its entry in docs/guides/troubleshooting.md, and every entry there has a message.

A message is on the page when its literal words are in a text in backticks, or in a heading, with anything in the place
of its fields. A long message is there when its first clause is (`Message.clause`). An entry is a text in backticks at
the beginning of a line, on a line of its own in a list, or in the first column of a table; a source must have it.

Some messages are families: hundreds of the same form, which name the place (FILE:LINE:COLUMN, the verb, the parameter)
and what is expected there. The page has a section for each family, with the form and some examples, and what to do. A
family is honest where the text is enough to correct the value, and where a row of its own could only repeat it:

- faults in a cassette: each names its line, the key and what belongs there;
- arguments of verbs: each names the verb and the argument;
- findings of `check`, by their rules, and the notes of `distill`, `expand` and `show` about one run or event;
- what an importer says about one place in a file of another tool;
- refusals of the service: their texts are the service's, and docs/protocol/errors.md has them all.
"""

import ast
import re
import textwrap
from fnmatch import fnmatch
from typing import NamedTuple

import pytest
from messages import FEWEST_WORDS, ROOT, Message, messages, texts, words_in

from runmock.core.report.broken_rule import NOTE
from runmock.documents.check.findings import RULES

FAMILIES = {
    "Errors in a cassette": (
        "runmock/tape/format/*",
        "runmock/tape/yaml/*",
        "runmock/tape/reading/script*",
        "runmock/tape/reading/stream.py",
        "runmock/tape/reading/payloads.py",
        "runmock/tape/reading/event_data_errors.py",
        "runmock/apis/*/delta_pieces.py",
        "runmock/apis/*/recorded/stream_pieces.py",
        "runmock/core/script/substitution.py",
    ),
    "Verbs": ("runmock/session/verbs/*",),
    "runmock check": ("runmock/*/check/*", "runmock/apis/*/rules/*", "runmock/core/report/broken_rule.py"),
    "runmock import": ("runmock/*/importers/*",),
    "runmock expand, distill, diff, show, demo": (
        "runmock/*/convert/*",
        "runmock/apis/*/application*",
        "runmock/apis/*/script_entries/*",
        "runmock/core/script/examples.py",
        "runmock/*/story/*",
        "runmock/*/show/*",
        "runmock/documents/compare.py",
        "runmock/cli/*",
    ),
    "Answers of the service": (
        "runmock/apis/*/refusals.py",
        "runmock/apis/service/files/*",
        "runmock/apis/*/requests/*",
    ),
}
"""By the heading of its section on the page: the modules whose messages are the family."""

NO_MESSAGES = {
    "runmock/core/api*.py": "what an operation does, in words for programmers",
    "runmock/cli/demo.py": "what the demo shows, and the conversation that it plays",
    "runmock/apis/service/other_apis.py": "answers of other APIs, for a route that is proposed",
    "runmock/tape/schema/*": "descriptions of keys; the reference of the format is made of them",
    "runmock/core/secrets/*": "words in the names of keys and tokens",
    "runmock/tape/secrets/secret_shapes.py": "the names of kinds of keys and tokens, and their shapes",
    "pytest_plugin/marker_help.py": "what `pytest --markers` shows",
    "pytest_plugin/option_table.py": "the help of options; the reference of options is made of it",
    "runmock/core/script/sample_*": "values that are made up for a tool's arguments",
}
"""Modules whose texts are no messages, and what they are."""

PARTS = {
    "Hello! How can I assist you today?": "the reply of a run without a script",
    "Sorry, something went wrong.": "the service's own words in a scripted failure",
    "The server had an error processing your request. Sorry about that!": "the same",
    "You exceeded your current quota, please check your plan and billing details.": "the same",
    "no scripted run for this request": "an exception that becomes a miss, with a text of its own",
    "Basic realm=": "a header",
    "ASGI callable returned without completing response.": "a line of uvicorn, which is dropped",
    "The Assistants API is deprecated in favor of the Responses API": "a warning of the SDK, which is counted",
    "invalid truth value ": "a text of pytest",
    "No mock address": "a text of requests-mock",
    "Connection refused by Responses": "a text of responses",
    "the mapping of load()": "a name in the row `to answer it`",
    "from cassettes": "the line of the marker in `pytest --markers`",
    "the body ends": "a name that is not shown",
    "the connection breaks": "the same",
    " bytes in all)": "the end of a request's body on the page of `serve`",
    "this run's `tools`": "a name in the row `offered`",
    "this request's `tools`": "the same",
}
"""Beginnings, or parts, of texts that nobody looks up, and why."""


class Page(NamedTuple):
    """The texts of the page."""

    entries: dict[str, list[str]]
    """By the heading above them."""
    shown: list[str]
    """All texts in backticks, also those in other columns and within sentences, and the headings."""


def page_of(text):
    entries, shown, heading = {}, [], ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
            entries[heading], shown = [], [*shown, heading]
        shown += re.findall(r"`([^`]+)`", line)
        if line.startswith(("| `", "`")) or re.fullmatch(r"(- |  )`[^`]+`\\?", line):
            entries[heading] += re.findall(r"`([^`]+)`", line.split(" | ")[0])
    return Page(entries, shown)


def family_of(module, families):
    return next((name for name, globs in families.items() if any(fnmatch(module, glob) for glob in globs)), None)


def is_no_message(message):
    is_excepted = any(part in message.text for part in PARTS)
    return is_excepted or family_of(message.module, {"": tuple(NO_MESSAGES)}) is not None


PAGE = page_of((ROOT / "docs" / "guides" / "troubleshooting.md").read_text(encoding="utf-8"))
ALL = [*messages()]
MESSAGES = [message for message in ALL if message.is_headline and not is_no_message(message)]


def without_entry(found, page=PAGE):
    """The messages that are neither on the page nor of a family."""
    alone = [message for message in found if family_of(message.module, FAMILIES) is None]
    return [message for message in alone if not any(message.is_in(entry) for entry in page.shown)]


def without_message(page, found=ALL):
    """The entries of the page that no source has; an entry of one or two words is a name."""
    texts_of_messages = [message for message in found if words_in(message.text) >= FEWEST_WORDS - 1]
    return [
        entry
        for entries in page.entries.values()
        for entry in entries
        if words_in(entry) >= FEWEST_WORDS and not any(message.begins(entry) for message in texts_of_messages)
    ]


def test_every_message_has_an_entry():
    missing = without_entry(MESSAGES)
    assert not missing, "no entry in docs/guides/troubleshooting.md for:\n" + "\n".join(map(str, missing))


def test_every_entry_has_a_message():
    unknown = without_message(PAGE)
    assert not unknown, "no source has these entries of docs/guides/troubleshooting.md:\n" + "\n".join(unknown)


@pytest.mark.parametrize("heading", FAMILIES)
def test_a_family_has_its_section_with_examples(heading):
    of_family = [message for message in MESSAGES if family_of(message.module, FAMILIES) == heading]
    assert any(message.is_in(entry) for message in of_family for entry in PAGE.entries[heading])


def test_every_rule_of_check_has_an_entry():
    assert set(PAGE.entries["runmock check"]) >= {*RULES, NOTE}


@pytest.mark.parametrize("globs", [*(glob for globs in FAMILIES.values() for glob in globs), *NO_MESSAGES])
def test_no_name_of_a_module_is_left_over(globs):
    assert any(fnmatch(message.module, globs) for message in ALL)


@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_left_over(part):
    assert any(part in message.text for message in ALL)


def test_a_message_without_entry_is_found():
    page = page_of("## Misses\n\n| text | means |\n|---|---|\n| `no scripted run matches this request` | |\n")
    known, new = (
        Message("runmock/a.py", 1, "no scripted run matches \0 request"),
        Message("runmock/a.py", 2, "it is new"),
    )
    assert without_entry([known, new], page) == [new]


def test_an_entry_without_message_is_found():
    page = page_of("## Runs\n| `the run 3 is gone: why` or `this is not a message` | `nor is this one` |")
    assert without_message(page, [Message("runmock/a.py", 1, "the run \0 is gone")]) == ["this is not a message"]


def test_texts_are_found_by_their_place_in_the_source(tmp_path):
    source = '''
    """A docstring is no message."""
    import re

    LIMIT = 3
    """Nor is the text of an attribute."""
    HEAD: "a type that is a text" = "what is left in"

    @command(help="help is left out")
    def run(name) -> "not a message here":
        re.compile("a pattern is left out")
        raise Error(f"there is no {name!r} here, {more or 'which is not nice'}\\n  row     a row of it")
    '''
    assert [text for _, text in texts(ast.parse(textwrap.dedent(source)))] == [
        "what is left in",
        "there is no \0 here, \0\n  row     a row of it",
        "which is not nice",
    ]
