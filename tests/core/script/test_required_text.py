"""The text that a pattern requires is in everything in which the pattern is found."""

import re
import string
import sys
import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runmock.core.script.patterns import as_regex
from runmock.core.script.playlist import Playlist
from runmock.core.script.required_text import required_text
from runmock.core.script.script import Match, ScriptedRun, Source

LONG_S, DOTLESS_I, KELVIN, SIGMAS = "\u017f", "\u0131", "\u212a", "\u03a3\u03c3\u03c2"
LETTERS = f"abkKsSiIİßẞéÉ01 .-\n中{LONG_S}{DOTLESS_I}{KELVIN}{SIGMAS}"
"""Among them letters that mean others too when case is ignored."""
ESCAPES = [r"\.", r"\\", r"\(", r"\[", r"\d", r"\D", r"\w", r"\s", r"\b", r"\B", r"\A", r"\Z", r"\n", r"\t", r"\x61"]
ESCAPES = [*ESCAPES, r"\u0073", r"\N{COMMA}", r"\1"]
ATOMS = [*LETTERS, *"^$.#{}]", *ESCAPES, "(?P=n)", "{a}"]
CLASSES = ["[ab]", "[^a]", "[]a]", "[^]a]", r"[\]s]", r"[a\\]", "[a-k]", "[(]", "[)|]", "[[a]", "[{]"]
REPEATS = ["*", "+", "?", "{0}", "{1}", "{2}", "{0,1}", "{,1}", "{1,}", "{,}", "{ 1}", "{}"]
REPEATS = [*REPEATS, *(repeat + more for repeat in REPEATS for more in "?+")]
GROUPS = ["", "?:", "?P<n>", "?=", "?!", "?<=", "?<!", "?>"]
OTHER_GROUPS = ["?i:", "?-i:", "?s-i:", "?x:", "?a:", "?#", "?(1)"]
INLINE = ["(?i)", "(?x)", "(?ax)", "(?s)", "(?m)"]
FLAGS = ["", "i", "i", "m", "s", "ims"]


def rarely(*choices):
    """A strategy for mostly nothing, else for one of the choices."""
    return st.sampled_from(["" for _ in choices] * 3 + [*choices])


def in_a_row(pieces):
    """A strategy for a pattern of such pieces, of which some are repeated."""
    return st.lists(st.tuples(pieces, rarely(*REPEATS)).map("".join), min_size=1, max_size=4).map("".join)


def grouped(pieces):
    """Strategies for groups of such pieces, with and without alternatives."""
    inside = st.lists(in_a_row(pieces), min_size=1, max_size=2).map("|".join)
    return st.tuples(st.sampled_from(GROUPS * 3 + OTHER_GROUPS), inside).map(lambda both: f"({both[0]}{both[1]})")


WORDS = st.text(LETTERS.replace(".", ""), min_size=1, max_size=4)
PIECES = st.recursive(WORDS | st.sampled_from(ATOMS + CLASSES), lambda pieces: pieces | grouped(pieces), max_leaves=4)
PATTERNS = st.one_of(
    in_a_row(WORDS | PIECES), in_a_row(WORDS | PIECES), st.lists(in_a_row(PIECES), min_size=2).map("|".join)
)
TEXTS = st.text(LETTERS, max_size=12)
NAMES = ["last_message", "last_message", "instructions"]


@st.composite
def written_patterns(draw):
    """A pattern as a cassette has it, that compiles."""
    text = f"/{draw(rarely(*INLINE))}{draw(PATTERNS)}/{draw(st.sampled_from(FLAGS))}"
    with warnings.catch_warnings(action="ignore"):  # such as a class in a class
        try:
            as_regex(text)
        except (re.error, OverflowError):
            assume(False)
    return text


def texts_for(pattern):
    """Texts with the letters of a pattern, in which it may be found."""
    own = re.sub(r"[^\w .\n-]", "", pattern)
    return [own, own.upper(), own.lower(), own.replace("s", LONG_S).replace("i", DOTLESS_I)]


@given(written_patterns(), TEXTS)
def test_what_has_a_match_has_the_text(written, before):
    pattern = as_regex(written)
    for text in (before, *texts_for(pattern.pattern), before + texts_for(pattern.pattern)[0]):
        if pattern.search(text) is not None:
            assert required_text(pattern) in (text.lower() if pattern.flags & re.IGNORECASE else text)


@given(st.lists(st.tuples(st.sampled_from(NAMES), written_patterns() | TEXTS), max_size=4), TEXTS)
def test_the_run_is_the_first_that_a_plain_search_finds(conditions, before):
    waiting = [
        ScriptedRun(Source("inline", number), match=Match(**{name: expected}))
        for number, (name, expected) in enumerate(conditions)
    ]
    playlist = Playlist()
    playlist.add(waiting)
    for _, expected in conditions:
        for text in (expected, before, *texts_for(expected.strip("/"))):
            facts = {"last_message": text, "instructions": f"{before} {text}"}
            first = next((run for run in waiting if is_met(run.match, facts)), None)
            assert playlist.take(facts) is first
            waiting = [run for run in waiting if run is not first]


def is_met(match, facts):
    """Whether a text is met, by Python's own search."""
    name = "instructions" if match.last_message is None else "last_message"
    expected = getattr(match, name)
    if (pattern := as_regex(expected)) is not None:
        return pattern.search(facts[name]) is not None
    return facts[name] == expected


LETTERS_OF_PYTHON = [chr(number) for number in range(sys.maxunicode + 1)]
WITH_CASE = [letter for letter in LETTERS_OF_PYTHON if not letter == letter.lower() == letter.upper()]


def test_a_letter_with_case_means_only_what_is_found_in_lower_case():
    every = "".join(WITH_CASE)
    taken = set()
    for letter in WITH_CASE:
        pattern = re.compile(letter, re.IGNORECASE)
        if text := required_text(pattern):
            taken.add(letter)
            assert {found.lower() for found in pattern.findall(every)} == {text}
    assert taken == set(string.ascii_letters) - set("iskISK")


def test_a_letter_without_case_means_only_itself():
    without_case = "".join(sorted(set(LETTERS_OF_PYTHON) - set(WITH_CASE)))
    assert re.search(f"[{''.join(WITH_CASE)}]", without_case, re.IGNORECASE) is None
    assert without_case.lower() == without_case


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("question 12", "question 12"),
        (r"question 12\.$", "question 12."),
        (r"^\(a\) \d+ days$", " days"),
        ("colou?r and", "r and"),
        ("hello+ you", "hello"),
        ("a{2}bc", "bc"),
        ("a{b}", "a{b}"),
        ("(?P<city>Paris|Rome) is", " is"),
        ("((a|b)c)d", "d"),
        ("[]ab]cd[^]x]", "cd"),
        (r"[\]ab]cd", "cd"),
        ("paris|rome", ""),
        ("(?i)paris", ""),
        ("(?x) a # b", ""),
        (r"\x61b", ""),
        (r"(a)\1b", ""),
        ("(?#(a)bc", ""),
        ("(?x:a # )\n bcd)e", ""),
        ("", ""),
    ],
)
def test_the_longest_text_is_taken_where_it_is_plain(pattern, text):
    assert required_text(re.compile(pattern)) == text


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("Question 12", "on 12"), ("RAPPORT DÉTAILLÉ", "rapport d"), ("中文?x", "中"), ("kiss*", "")],
)
def test_a_text_without_case_is_in_lower_case_and_has_no_letter_with_several_forms(pattern, text):
    assert required_text(re.compile(pattern, re.IGNORECASE)) == text
