"""docs/reference/cassette-format.md is about the format that there is."""

import re
from pathlib import Path

import pytest
from key_tables import TITLES

from runmock.tape.reading.cassette import cassette_from
from runmock.tape.schema.key_docs import KEY_DOCS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "cassette-format.md").read_text(encoding="utf-8")
CASSETTES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_model_of_the_format_has_a_table():
    assert sorted(TITLES) == sorted(model.__name__.removesuffix("Model") for model in KEY_DOCS)


@pytest.mark.parametrize("text", CASSETTES)
def test_a_cassette_of_the_page_is_read(text):
    cassette = cassette_from(text)
    assert cassette.script or cassette.interactions


def test_the_page_has_cassettes():
    assert len(CASSETTES) == 4
