import pytest

from runmock.core.secrets.hits import Hit, merged, replaced


@pytest.mark.parametrize(
    ("pieces", "hits", "told"),
    [
        (["my key is abc."], [Hit(10, 13)], ["my key is redacted."]),
        (["abc"], [Hit(0, 3)], ["redacted"]),
        (["abc and def"], [Hit(8, 11, instead="y"), Hit(0, 3, instead="x")], ["x and y"]),
        (["my ke", "y is a", "b", "c."], [Hit(11 - 1, 13)], ["my ke", "y is redacted", "", "."]),
        (["a", "bc", "", "d"], [Hit(1, 3)], ["a", "redacted", "", "d"]),
        (["ab", "cd"], [Hit(1, 2), Hit(2, 3)], ["aredacted", "redactedd"]),
        (["abcd"], [Hit(0, 3), Hit(1, 4)], ["redacted"]),
        (["abc", "def"], [], ["abc", "def"]),
    ],
)
def test_hits_are_replaced_in_the_piece_where_they_begin(pieces, hits, told):
    assert replaced(pieces, hits) == told


def test_of_hits_that_overlap_the_first_gives_the_kind():
    assert merged([Hit(2, 6, "b"), Hit(0, 3, "a"), Hit(1, 2, "c"), Hit(6, 7, "d")]) == [Hit(0, 6, "a"), Hit(6, 7, "d")]


def test_hits_overlap_when_they_share_a_letter():
    assert Hit(0, 3).overlaps(Hit(2, 4))
    assert not Hit(0, 3).overlaps(Hit(3, 4))
