"""A message's content for people."""

import pytest

from runmock.core.report.message_texts import texts_of


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hello", "Hello"),
        (None, ""),
        (3, ""),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": {"value": "b", "annotations": []}}], "a\nb"),
        ([{"type": "image_file", "image_file": {"file_id": "file-1"}}], "[image_file file-1]"),
        ([{"type": "image_url", "image_url": {"url": "u"}}, {"type": "image_url"}], "[image_url u]\n[image_url]"),
        ([{"type": "refusal", "refusal": "No."}, {"type": "refusal"}, "b"], "[refusal] No.\n[refusal]"),
    ],
)
def test_every_part_is_shown_on_a_line_of_its_own(content, text):
    assert texts_of(content) == text
