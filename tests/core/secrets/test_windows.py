"""Windows of long texts: every word is whole in one of them, whatever the text."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.secrets import windows as module
from runmock.core.secrets.windows import OVERLAP, SIZE, windows, windows_of


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(module, "SIZE", 20)


def words_of(text):
    return {*text.replace("\n", " ").split(" ")} - {""}


def test_a_short_text_is_its_own_window():
    assert list(windows("a b")) == ["a b"]
    assert list(windows("")) == [""]


def test_windows_overlap_and_end_at_spaces(small):
    text = "one two three four five six seven eight nine ten"
    assert list(windows(text, 5)) == ["one two three four five six", "five six seven eight nine", "eight nine ten"]


def test_a_word_that_is_longer_than_a_window_is_in_one(small):
    assert list(windows(f"a {'x' * 100} b c", 5)) == [f"a {'x' * 100}", "x" * 100, " b c"]
    assert list(windows("x" * 100, 5)) == ["x" * 100]


def test_a_long_text_has_windows_of_about_their_size():
    found = list(windows("word " * SIZE))
    assert {len(window) for window in found[:-1]} <= set(range(SIZE, SIZE + 2 * OVERLAP))
    assert len(found) == 5


@given(st.text("ab \n", max_size=300), st.lists(st.integers(0, 300)), st.integers(0, 60))
def test_every_word_is_whole_in_a_window_however_a_text_is_in_pieces(text, cuts, overlap):
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(places)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIZE", 20)
        for found in (list(windows_of(pieces, overlap)), list(windows(text, overlap))):
            assert {word for window in found for word in words_of(window)} == words_of(text)
            assert all(window in text for window in found)
