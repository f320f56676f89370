"""Bytes in a cassette's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.tape.files.binary_text import block_of, bytes_in, without_blocks


@given(st.binary(max_size=400))
def test_a_block_shows_its_bytes_in_lines_of_76(data):
    lines = block_of(data)
    assert [len(line) for line in lines[:-1]] == [76] * (len(lines) - 1)
    assert bytes_in("\n".join(lines)) == data


@pytest.mark.parametrize("text", ["abc", "ab=c", "a\u00e4bc", "ab-_", "====", "iVBORw0KGgo"])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - base64 says it in many ways
        bytes_in(text)


TEXT = """\
runmock: 1
interactions:
  - request: GET /files/f/content
    base64: |
      c2stcHJvai1h

      c2stcHJvai1i
    size: 5
  - base64: >-
      c2stcHJvai1j
    request: GET /b
  - request: GET /c
    base64: c2stcHJvai1k
    text: "base64: |\\n  c2stcHJvai1l"
"""


def test_blocks_are_left_empty_and_all_other_lines_stay_where_they_are():
    kept = without_blocks(TEXT)
    assert kept.split("\n") == [
        "" if number in {5, 6, 7, 10} else line for number, line in enumerate(TEXT.split("\n"), 1)
    ]
    assert without_blocks(kept) == kept
    assert without_blocks("runmock: 1\n") == "runmock: 1\n"
    assert without_blocks("base64: |\n  eA==") == "base64: |\n"
