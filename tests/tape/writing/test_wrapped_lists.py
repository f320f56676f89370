"""Lists of texts in lines: what is yielded is few texts, whose lines are as long as wanted."""

import pytest

from runmock.tape.writing.wrapping import LINES_OF_MANY, MANY_PIECES, WIDTH, wrapped

WORDS = [f"word{number}" for number in range(1_000)]


def text_of(pieces):
    return "".join(wrapped("- [", pieces, indent=4, end="]\n"))


@pytest.mark.parametrize("number", [0, 1, 100, 101, MANY_PIECES, MANY_PIECES + 1, 1_000])
def test_the_pieces_are_on_lines_of_the_width_and_many_on_few_lines(number):
    text = text_of(WORDS[:number])
    lines = text.splitlines()
    assert " ".join(line.strip() for line in lines) == f"- [{', '.join(WORDS[:number])}]"
    assert all(line.startswith("    word") for line in lines[1:])
    if number > MANY_PIECES:
        assert len(lines) == LINES_OF_MANY
    else:
        assert max(map(len, lines)) <= WIDTH
        assert min(map(len, lines[:-1]), default=WIDTH) > WIDTH - len(", word999")


def test_many_pieces_are_yielded_in_few_texts():
    assert len(list(wrapped("- [", WORDS, indent=4, end="]\n"))) < len(WORDS) / 50
