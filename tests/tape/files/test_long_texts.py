"""Texts in pieces: short ones are kept, long ones are made again each time."""

from runmock.tape.files import long_texts
from runmock.tape.files.long_texts import Pieces, kept_if_short, pieces_of


def test_the_pieces_of_a_long_text_are_made_again_each_time(monkeypatch):
    monkeypatch.setattr(long_texts, "LONGEST_WHOLE", 6)
    begun = []

    def pieces(*texts):
        begun.append(texts)
        yield from texts

    assert kept_if_short(lambda: pieces("abc", "def")) == ["abc", "def"]
    long = kept_if_short(lambda: pieces("abc", "defg"))
    assert isinstance(long, Pieces)
    assert "".join(long) == "".join(pieces_of(long)) == "abcdefg"
    assert begun == [("abc", "def"), *[("abc", "defg")] * 3]


def test_a_whole_text_is_one_piece():
    assert list(pieces_of("abc")) == ["abc"]
