"""A small cache of the latest values."""

from runmock.core.latest import MOST, Latest


def test_a_kept_value_is_found_and_none_is_when_there_were_too_many():
    latest = Latest()
    assert [latest.keep(number, -number) for number in range(MOST)] == [-number for number in range(MOST)]
    assert latest.get(0) == 0
    latest.keep(MOST, -MOST)
    assert latest == {MOST: -MOST}
