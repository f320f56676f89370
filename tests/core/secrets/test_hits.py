import pytest

from runmock.core.secrets.hits import SecretSpan, merged, replaced


@pytest.mark.parametrize(
    ("pieces", "hits", "expected"),
    [
        (["my key is abc."], [SecretSpan(10, 13)], ["my key is redacted."]),
        (["abc"], [SecretSpan(0, 3)], ["redacted"]),
        (["abc and def"], [SecretSpan(8, 11, instead="y"), SecretSpan(0, 3, instead="x")], ["x and y"]),
        (["my ke", "y is a", "b", "c."], [SecretSpan(11 - 1, 13)], ["my ke", "y is redacted", "", "."]),
        (["a", "bc", "", "d"], [SecretSpan(1, 3)], ["a", "redacted", "", "d"]),
        (["ab", "cd"], [SecretSpan(1, 2), SecretSpan(2, 3)], ["aredacted", "redactedd"]),
        (["abcd"], [SecretSpan(0, 3), SecretSpan(1, 4)], ["redacted"]),
        (["abc", "def"], [], ["abc", "def"]),
    ],
)
def test_hits_are_replaced_in_the_delta_where_they_begin(pieces, hits, expected):
    assert replaced(pieces, hits) == expected


def test_of_hits_that_overlap_the_first_gives_the_kind():
    assert merged([SecretSpan(2, 6, "b"), SecretSpan(0, 3, "a"), SecretSpan(1, 2, "c"), SecretSpan(6, 7, "d")]) == [
        SecretSpan(0, 6, "a"),
        SecretSpan(6, 7, "d"),
    ]


def test_hits_overlap_when_they_share_a_letter():
    assert SecretSpan(0, 3).overlaps(SecretSpan(2, 4))
    assert not SecretSpan(0, 3).overlaps(SecretSpan(3, 4))
