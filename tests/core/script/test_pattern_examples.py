"""Examples of what a script expects."""

import pytest

from runmock.core.errors import CassetteError
from runmock.core.script.examples import example_of, example_output
from runmock.core.script.script import Source

SOURCE = Source("a.yaml", 3, 12)


@pytest.mark.parametrize(
    ("expected", "example"),
    [
        ("Paris", "Paris"),
        (5, 5),
        ("/^[0-9]{2}$/", "00"),
        ({"city": "/^P$/", "days": [1, "/^x$/"]}, {"city": "P", "days": [1, "x"]}),
        (("a", "b"), ["a", "b"]),
    ],
)
def test_an_example_meets_the_condition(expected, example):
    assert example_of(expected, "last_message", SOURCE) == example


def test_a_pattern_without_an_example_is_an_error_that_names_the_run():
    with pytest.raises(CassetteError) as raised:
        example_of(r"/(?=a)b/", "last_message", SOURCE)
    assert str(raised.value) == (
        "a.yaml:12: no example of /(?=a)b/ can be made, for 'last_message' in run 3; ask with the requests of a "
        "recording: --like RECORDING"
    )


@pytest.mark.parametrize(
    ("expected", "example"),
    [
        (None, "the output of get_weather"),
        ("any", "the output of get_weather"),
        ("21", "21"),
        ({"degrees": 21}, '{"degrees":21}'),
        (21, "21"),
        (True, "true"),
        (float("inf"), "inf"),
    ],
)
def test_an_example_of_an_output_is_a_text(expected, example):
    assert example_output(expected, "get_weather", SOURCE) == example
