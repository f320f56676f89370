"""`runmock schema` as a user calls it."""

import json
from pathlib import Path

from click.testing import CliRunner

from runmock.cli import main

PUBLISHED = Path(__file__).parents[2] / "runmock/tape/schema/cassette.schema.json"


def _schema(*arguments):
    result = CliRunner().invoke(main, ["schema", *arguments])
    assert result.exit_code == 0
    return result.output


def test_it_prints_the_published_schema():
    text = _schema()
    assert text == PUBLISHED.read_text(encoding="utf-8")
    assert json.loads(text)["$id"] == "urn:runmock:cassette:1"


def test_it_prints_where_the_published_file_is():
    assert Path(_schema("--path").removesuffix("\n")) == PUBLISHED


def test_its_help_has_an_example():
    assert "runmock schema > cassette.schema.json" in _schema("--help")
